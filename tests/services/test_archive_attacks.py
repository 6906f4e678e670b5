"""Nothing but known products and folders of the image archive is reached through its proxy."""

from __future__ import annotations

import random
import re

import pytest
import requests
from support.image_archive import new_path
from support.rawhttp import raw, send

POSITION = (254.45755, 35.34236)
CENTRE = "center=254.45755,35.34236"

DAY = r"20\d\d/[01]\d[0-3]\d"
ASKED = re.compile(
    rf"sci/{DAY}/(\d{{6}}/(ztf_\d{{14}}_\d{{6}}_z[gri]_c[01]\d_o_q[1-4]_[a-z]+\.(fits(\.fz)?|psf|txt"
    r"|tar\.gz))?)?(\?center=[\d.]+,-?[\d.]+&size=[\d.]+(arcsec|pix)&gzip=(true|false))?"
    rf"|raw/{DAY}/\d{{6}}/ztf_\d{{14}}_\d{{6}}_z[gri]_c[01]\d_o\.fits\.fz"
    r"|ref/00\d/field\d{6}/z[gri]/ccd[01]\d/q[1-4]/ztf_\d{6}_z[gri]_c[01]\d_q[1-4]_ref[a-z]+\.fits",
    re.ASCII,
)
"""All that the archive may ever be asked for."""


@pytest.fixture(autouse=True)
def well(archive):
    """Both mirrors behave well, and have not been asked for anything."""
    archive.recover()


@pytest.fixture
def path(archive) -> str:
    """Path of an image that only the archive has."""
    made = new_path()
    archive.add(made, *POSITION)
    return made


@pytest.fixture
def get(site):
    def ask(target: str, **options):
        return requests.get(f"{site}/archive/{target}", timeout=60, **options)

    return ask


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND", "MOVE", "PURGE", "get", "TRACE", "X"]
)
def test_other_methods_are_refused(archive, site, path, method):
    status, _ = raw(site, f"/archive/{path}".encode(), method=method.encode())
    assert status in (400, 405)
    assert archive.targets == []


def test_nothing_of_a_client_reaches_the_archive(archive, get, path):
    private = {
        "Cookie": "session=1",
        "Authorization": "Basic YTpi",
        "Proxy-Authorization": "Basic YTpi",
        "X-Forwarded-For": "203.0.113.9",
        "Referer": "https://a.example/secret",
        "User-Agent": "browser",
        "Origin": "https://a.example",
        "Range": "bytes=0-9",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "X-Accel-Redirect": "/tap",
        "If-None-Match": '"of the client"',
        "Host": "evil.example",
    }
    assert get(path, headers=private, data=b"body").status_code in (200, 206)
    ((method, _, headers),) = archive.mirrors[0].requests
    assert method == "GET"
    assert headers == {
        "host": f"127.0.0.1:{archive.mirrors[0].port}",
        "user-agent": "ztfvo",
        "connection": "close",
    }


GOOD = "sci/2019/0314/432616/ztf_20190314432616_000633_zr_c07_o_q4_sciimg.fits"

HOSTILE_PATHS = [
    "",
    "sci",
    "sci/",
    "sci/2019/",
    "sci/2019/0314",
    "sci/2019/1314/",
    "sci/2019/0332/",
    "sci/2019/0314/432616",
    "sci/2019/0314/43261/",
    "sci/2019/0314/../",
    "sci/2019/0314/432616/../../",
    "sci/2019/0314/432616/..;/",
    "sci/2019/0314//432616/",
    "./sci/2019/0314/",
    "cal/2019/0314/",
    "raw/2019/0314/",
    "ref/",
    "ref/000/field000633/zr/ccd07/q4/",
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/ibe/search/ztf/products/sci",
    "%252e%252e%252f",
    "..%5c..%5c",
    "..;/",
    "http://evil.example/",
    "//evil.example/",
    "@evil.example/",
    "sci%2F2019/0314/",
    "sci/2019%2F0314/",
    "sci/2019/0314/%34%33%32%36%31%36/",
    "sci/2019/0314%00/",
    "sci/2019/0314/%0d%0aHost:%20evil/",
    "sci/2019/0314/%0a",
    "sci/2019/0314/;x/",
    "SCI/2019/0314/",
    "sci/\u0662\u0660\u0661\u0669/0314/",
    "sci/2019/0314/\uff14\uff13\uff12\uff16\uff11\uff16/",
    GOOD + "/",
    GOOD + "%00",
    GOOD + "%00.txt",
    GOOD + ";x",
    GOOD + "%3fcenter=1,2",
    GOOD + ".bak",
    GOOD.replace("_sciimg", "%5fsciimg"),
    GOOD.replace("sciimg.fits", "sciimgXfits"),
    GOOD.replace("sciimg.fits", "other.fits"),
    GOOD.replace("0314/", "0315/"),
    GOOD.replace("2019/", "2018/"),
    GOOD.replace("/432616", "/432617"),
    GOOD.replace("_000633", "_633"),
    GOOD.replace("_000633", "_0000633"),
    GOOD.replace("_zr", "_zu"),
    GOOD.replace("_c07", "_c00"),
    GOOD.replace("_c07", "_c17"),
    GOOD.replace("_c07", "_c7"),
    GOOD.replace("_q4", "_q5"),
    GOOD.replace("_o_", "_f_"),
    GOOD.replace("sci/", "raw/"),
    "raw/2019/0314/432616/ztf_20190314432616_000633_zr_c07_o_q4.fits.fz",
    "ref/000/field001722/zr/ccd07/q4/ztf_001722_zr_c07_q4_refimg.fits",
    "ref/001/field001722/zr/ccd07/q4/ztf_001723_zr_c07_q4_refimg.fits",
    "ref/001/field001722/zg/ccd07/q4/ztf_001722_zr_c07_q4_refimg.fits",
    "ref/001/field001722/zr/ccd08/q4/ztf_001722_zr_c07_q4_refimg.fits",
    "ref/001/field001722/zr/ccd07/q3/ztf_001722_zr_c07_q4_refimg.fits",
    "ref/001/field001722/zr/ccd07/q4/ztf_001722_zr_c07_q4_sciimg.fits",
    "x" * 6000,
    "sci/2019/0314/" + "432616/" * 500,
]


@pytest.mark.parametrize("target", HOSTILE_PATHS)
def test_no_other_path_reaches_the_archive(archive, site, target):
    status, body = raw(site, b"/archive/" + target.encode())
    assert status in (400, 404)
    if status == 404:
        assert b"not the address of a product or folder of the ZTF archive" in body
    assert archive.targets == []


HOSTILE_QUERIES = [
    "x=1",
    "?",
    "&",
    "center",
    "center=1,2",
    "size=60arcsec",
    "gzip=false",
    f"{CENTRE}&size=60arcsec&x=1",
    f"{CENTRE}&size=60arcsec&",
    f"&{CENTRE}&size=60arcsec",
    f"{CENTRE}&{CENTRE}&size=60arcsec",
    f"{CENTRE}&size=60arcsec&center=1,2",
    f"{CENTRE}&size=60arcsec&size=3deg",
    f"{CENTRE}&size=60arcsec&gzip=false&gzip=true",
    f"{CENTRE}&size=60arcsec&GZIP=true",
    f"{CENTRE}&SIZE=60arcsec",
    f"{CENTRE}&size=60arcsec&cent%65r=1,2",
    f"{CENTRE}&size=60arcsec&gzip=maybe",
    f"{CENTRE}&size=60",
    f"{CENTRE}&size=60deg",
    f"{CENTRE}&size=0arcsec",
    f"{CENTRE}&size=0.000arcsec",
    f"{CENTRE}&size=-1arcsec",
    f"{CENTRE}&size=900.001arcsec",
    f"{CENTRE}&size=901pix",
    f"{CENTRE}&size=1e3arcsec",
    f"{CENTRE}&size=9999999999arcsec",
    f"{CENTRE}&size=60,60arcsec",
    f"{CENTRE}&size=60arcsec%26x=1",
    f"{CENTRE}&size=60arcsec%0d%0aX:%20y",
    f"{CENTRE}&size=%36%30arcsec",
    f"{CENTRE}&size=\u0666\u0660arcsec",
    "center=360.1,2&size=60arcsec",
    "center=-1,2&size=60arcsec",
    "center=1,90.1&size=60arcsec",
    "center=1,-91&size=60arcsec",
    "center=1&size=60arcsec",
    "center=1,2,3&size=60arcsec",
    "center=1,2deg&size=60arcsec",
    "center=1,+2&size=60arcsec",
    "center=nan,2&size=60arcsec",
    "center=1e2,2&size=60arcsec",
    "center=1,2%26size=9deg&size=60arcsec",
    "center=1,2%00&size=60arcsec",
    "center=1,2%20HTTP/1.1&size=60arcsec",
    "center=1,2;x&size=60arcsec",
    "center=1%252C2&size=60arcsec",
    "center=" + "1" * 3000 + ",2&size=60arcsec",
    "center=1," + "0" * 3000 + "&size=60arcsec",
    "center[]=1,2&size=60arcsec",
]


@pytest.mark.parametrize("query", HOSTILE_QUERIES)
def test_no_other_arguments_reach_the_archive(archive, site, query):
    status, body = raw(site, f"/archive/{GOOD}?{query}".encode())
    assert status == 400
    assert b"not those of a cutout" in body
    assert archive.targets == []


@pytest.mark.parametrize(
    "target",
    [
        "sci/2019/0314/",
        "sci/2019/0314/432616/",
        GOOD.replace("sciimg.fits", "psfcat.fits"),
        GOOD.replace("sciimg.fits", "sciimlog.txt"),
        "raw/2019/0314/432616/ztf_20190314432616_000633_zr_c07_o.fits.fz",
        "ref/001/field001722/zr/ccd07/q4/ztf_001722_zr_c07_q4_refpsfcat.fits",
    ],
)
def test_cutouts_are_made_of_images_only(archive, get, target):
    answer = get(f"{target}?{CENTRE}&size=60arcsec")
    assert answer.status_code == 400
    assert "Cutouts are made of single images only" in answer.text
    assert archive.targets == []


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET http://evil.example/ HTTP/1.1",
        b"GET http://evil.example/ibe/search HTTP/1.1",
        b"GET http://127.0.0.1:%d/ibe/data/ztf/products/cal/ HTTP/1.1",
        b"GET /foo/../archive/cal/ HTTP/1.1",
        b"GET /archive\\sci/2019/0314/ HTTP/1.1",
        b"GET /archive/sci/2019/0314/\x00 HTTP/1.1",
        b"GET /archive/sci/2019/0314/\xd9\xa4/ HTTP/1.1",
        b"GET /archive/sci/2019/0314/ x HTTP/1.1",
        b"GET /archive/cal/#/sci/2019/0314/ HTTP/1.1",
        b"CONNECT 127.0.0.1:%d HTTP/1.1",
        b"GET /__pages__/archive/down.txt HTTP/1.1",
        b"GET /archive/../__pages__/archive/down.txt HTTP/1.1",
        b"GET /sci/2019/0314/ HTTP/1.1",
        b"GET /ibe/data/ztf/products/sci/ HTTP/1.1",
    ],
)
def test_odd_request_lines_reach_no_archive(archive, site, request_line):
    port = archive.mirrors[0].port
    line = request_line.replace(b"%d", str(port).encode())
    send(site, line + b"\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % port)
    assert archive.targets == []


def test_smuggled_requests_are_checked_like_others(archive, site, path):
    inner = b"GET /archive/cal/x HTTP/1.1\r\nHost: a\r\n\r\n"
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(inner), inner)
    for headers, body in (
        (b"Content-Length: %d" % len(inner), inner),
        (b"Transfer-Encoding: chunked", chunked),
        (b"Content-Length: 4\r\nTransfer-Encoding: chunked", chunked),
        (b"Content-Length: 0", inner),
    ):
        send(
            site,
            b"GET /archive/%s HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n%s" % (path.encode(), headers, body),
        )
    assert set(archive.targets) <= {path}


@pytest.mark.parametrize(
    "header", [b"Host: evil.example", b"Host: archive_mirrors", b"Host: 127.0.0.1:1", b"Host:"]
)
def test_the_host_header_steers_nothing(archive, site, path, header):
    send(
        site,
        b"GET /archive/%s HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n" % (path.encode(), header),
    )
    assert set(archive.targets) <= {path}
    first = archive.mirrors[0]
    hosts = {headers["host"] for _, _, headers in first.requests}
    assert hosts <= {f"127.0.0.1:{first.port}"}


def test_random_mutations_of_good_requests_never_reach_the_archive_in_another_form(archive, site):
    chance = random.Random(4)
    good = [
        GOOD,
        f"{GOOD}?{CENTRE}&size=60arcsec&gzip=false",
        "sci/2019/0314/432616/",
        "ref/001/field001722/zr/ccd07/q4/ztf_001722_zr_c07_q4_refimg.fits",
    ]
    pieces = ["/", "..", "%2f", "%00", "?", "&", "#", "=", "0", "q", "\\", "%25", ";", "//", "%0a"]
    sent = 0
    for _ in range(1500):
        target = chance.choice(good)
        for _ in range(chance.choice((1, 1, 2, 3))):
            place = chance.randrange(len(target))
            target = target[:place] + chance.choice(pieces) + target[place + chance.randrange(3) :]
        status, _ = raw(site, b"/archive/" + target.encode())
        sent += 1
        assert status
    assert sent == 1500
    assert [target for target in archive.targets if not ASKED.fullmatch(target)] == []
