"""The caching proxy to the image archive: what it serves, keeps, and says when it cannot."""

from __future__ import annotations

import hashlib
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from support.image_archive import ImageArchive, Mirror, new_path, reload_nginx

from ztfvo.settings import get_settings
from ztfvo.site import mirrors

POSITION = (254.45755, 35.34236)
CENTRE = "center=254.45755,35.34236"


def folder(path: str) -> str:
    return path.rpartition("/")[0] + "/"


def night(path: str) -> str:
    return path[: len("sci/2019/0314/")]


@pytest.fixture(autouse=True)
def well(archive):
    """Both mirrors behave well, and have not been asked for anything."""
    archive.recover()


@pytest.fixture
def broken(archive):
    """The mirrors, to be broken: afterwards they behave well again, and nginx knows it."""
    yield archive.mirrors
    archive.recover()
    reload_nginx()


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


def test_an_image_is_served_whole_and_asked_for_once(archive, get, path):
    content = archive.holdings.content(path)
    for state in ("MISS", "HIT"):
        answer = get(path, headers={"Origin": "https://elsewhere.example"})
        assert answer.content == content
        assert answer.headers["X-Cache-Status"] == state
        assert answer.headers["Content-Type"] == "image/fits"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Content-Range" in answer.headers["Access-Control-Expose-Headers"]
    assert archive.targets == [path]


@pytest.mark.parametrize(
    ("product", "content_type"),
    [
        ("sci/DAY/MOMENT/ztf_NIGHTMOMENT_000633_zg_c16_o_q1_mskimg.fits", "image/fits"),
        ("sci/DAY/MOMENT/ztf_NIGHTMOMENT_000633_zi_c01_o_q2_scimrefdiffimg.fits.fz", "image/fits"),
        ("sci/DAY/MOMENT/ztf_NIGHTMOMENT_000633_zg_c09_o_q3_psfcat.fits", "application/fits"),
        ("sci/DAY/MOMENT/ztf_NIGHTMOMENT_000633_zg_c09_o_q3_sciimlog.txt", "text/plain"),
        ("sci/DAY/MOMENT/ztf_NIGHTMOMENT_000633_zg_c09_o_q3_sciimgdao.psf", "text/plain"),
        ("sci/DAY/MOMENT/ztf_NIGHTMOMENT_000633_zg_c09_o_q3_alerts.tar.gz", "application/gzip"),
        ("raw/DAY/MOMENT/ztf_NIGHTMOMENT_000633_zg_c09_o.fits.fz", "image/fits"),
        (
            "ref/000/field000FIELD/zg/ccd10/q1/ztf_000FIELD_zg_c10_q1_refpsfcat.fits",
            "application/fits",
        ),
        ("ref/001/field001FIELD/zr/ccd07/q4/ztf_001FIELD_zr_c07_q4_refimg.fits", "image/fits"),
    ],
)
def test_every_kind_of_product_is_served_with_its_type(archive, get, product, content_type):
    _, year, day, moment, _ = new_path().split("/")
    words = {"DAY": f"{year}/{day}", "NIGHT": year + day, "MOMENT": moment, "FIELD": moment[:3]}
    for word, value in words.items():
        product = product.replace(word, value)
    archive.holdings.files[product] = f"content of {product}".encode()
    answer = get(product)
    assert (answer.status_code, answer.text) == (200, f"content of {product}")
    assert answer.headers["Content-Type"].partition(";")[0] == content_type


def test_listings_are_served_and_kept_for_an_hour(archive, get, path):
    _, _, _, moment, name = path.split("/")
    for listed, entry in ((night(path), f"{moment}/"), (folder(path), name)):
        answer = get(listed)
        assert f'<a href="{entry}">{entry}</a>' in answer.text
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_cutout_is_asked_for_in_one_form_however_it_is_written(archive, get, path):
    forms = (
        f"{CENTRE}&size=60arcsec&gzip=false",
        f"gzip=false&size=60arcsec&{CENTRE}",
        f"{CENTRE.replace(',', '%2C')}&size=60arcsec",
        f"size=60arcsec&{CENTRE.replace(',', '%2c')}&gzip=",
    )
    answers = [get(f"{path}?{form}") for form in forms]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].content[:6] == b"SIMPLE"
    assert archive.targets == [f"{path}?{CENTRE}&size=60arcsec&gzip=false"]


def test_a_zipped_cutout_says_that_it_is_zipped(get, path):
    answer = get(f"{path}?{CENTRE}&size=30pix&gzip=true", stream=True)
    assert answer.headers["Content-Type"] == "application/gzip"
    assert answer.raw.read(2) == b"\x1f\x8b"


def test_ranges_are_served_from_the_first_request_on(archive, get, path):
    content = archive.holdings.content(path)
    for span, part in (("bytes=2880-5759", content[2880:5760]), ("bytes=-100", content[-100:])):
        answer = get(path, headers={"Range": span})
        assert (answer.status_code, answer.content) == (206, part)
        assert answer.headers["Content-Range"].endswith(f"/{len(content)}")
    assert get(path, headers={"Range": "bytes=99999999-"}).status_code == 416
    assert archive.targets == [path]
    assert "range" not in archive.mirrors[0].requests[0][2]


def test_what_is_unchanged_is_not_sent_again(get, path):
    tag = get(path).headers["ETag"]
    assert get(path, headers={"If-None-Match": tag}).status_code == 304


def test_head_and_options_are_answered(archive, site, path):
    address = f"{site}/archive/{path}"
    head = requests.head(address, timeout=60)
    assert head.headers["Content-Length"] == str(len(archive.holdings.content(path)))
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    answer = requests.options(address, headers=asked, timeout=60)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Range" in answer.headers["Access-Control-Allow-Headers"]


def test_nothing_but_the_file_comes_back_from_the_archive(archive, get, path):
    for mirror in archive.mirrors:
        mirror.headers |= {
            "Set-Cookie": "a=b",
            "X-Accel-Redirect": "/__proxy__",
            "X-Accel-Expires": "0",
            "Access-Control-Allow-Origin": "https://a.example",
            "Access-Control-Allow-Credentials": "true",
            "Cache-Control": "no-store",
            "Content-Type": "text/html",
            "Content-Disposition": "attachment; filename=x.exe",
            "Strict-Transport-Security": "max-age=1",
            "Link": "<x>; rel=preload",
            "Refresh": "0; url=https://a.example",
            "Vary": "*",
        }
    answer = get(path)
    assert answer.content == archive.holdings.content(path)
    assert set(answer.headers) == {
        "Server",
        "Date",
        "Content-Type",
        "Content-Length",
        "Connection",
        "ETag",
        "Last-Modified",
        "Accept-Ranges",
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers",
        "Access-Control-Expose-Headers",
        "Access-Control-Max-Age",
        "Allow",
        "Cache-Control",
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "X-Cache-Status",
    }
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Type"] == "image/fits"
    assert get(path).headers["X-Cache-Status"] == "HIT"


def test_what_is_missing_is_reported_and_not_asked_for_again_at_once(archive, get):
    missing = new_path()
    for _ in range(2):
        answer = get(missing)
        assert answer.status_code == 404
        assert "The ZTF archive has no such file" in answer.text
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert archive.targets == [missing]


@pytest.mark.parametrize("status", [401, 403])
def test_what_is_not_public_is_reported_as_missing(archive, get, path, status):
    for mirror in archive.mirrors:
        mirror.status = status
        mirror.headers["WWW-Authenticate"] = "Basic realm=x"
    answer = get(path)
    assert (answer.status_code, "WWW-Authenticate" in answer.headers) == (404, False)
    assert "does not give it out" in answer.text


def test_a_cutout_off_the_image_is_reported(get, path):
    answer = get(f"{path}?center=10,10&size=60arcsec")
    assert answer.status_code == 400
    assert "may be off the image" in answer.text


def test_many_at_once_are_one_request_of_the_archive(archive, get, path):
    for mirror in archive.mirrors:
        mirror.delay = 0.8
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(get, [path] * 12))
    assert {answer.content for answer in answers} == {archive.holdings.content(path)}
    assert archive.targets == [path]


@pytest.mark.parametrize("fault", ["refused", "slow", 500, 502, 503, 504, 429, "silent"])
def test_the_second_mirror_answers_where_the_first_fails(archive, broken, get, path, fault):
    first, second = broken
    if fault == "refused":
        first.stop()
    elif fault == "slow":
        first.delay = get_settings().archive_seconds + 1
    elif fault == "silent":
        first.silent = True
    else:
        first.status = fault
    answer = get(path)
    assert answer.content == archive.holdings.content(path)
    assert [target for _, target, _ in second.requests] == [f"{second.root}{path}"]


def test_a_mirror_that_keeps_failing_is_left_alone_for_a_while(archive, broken, get):
    first, second = broken
    first.status = 503
    paths = [new_path("psfcat.fits") for _ in range(9)]
    archive.holdings.files |= dict.fromkeys(paths, b"catalogue")
    for path in paths[:8]:
        assert get(path).status_code == 200
    assert len(first.requests) == 3
    assert len(second.requests) == 8
    first.status = None
    time.sleep(11.5)  # nginx counts whole seconds
    assert get(paths[8]).status_code == 200
    assert len(first.requests) == 4
    assert len(second.requests) == 8


def test_half_an_answer_is_not_kept(archive, get, path):
    archive.mirrors[0].broken_off = True
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get(path)
    archive.mirrors[0].broken_off = False
    answer = get(path)
    assert answer.headers["X-Cache-Status"] == "MISS"
    assert answer.content == archive.holdings.content(path)


def test_an_archive_that_is_down_is_reported_and_not_remembered(archive, broken, get, path):
    for mirror in broken:
        mirror.stop()
    answer = get(path)
    assert answer.status_code == 502
    assert "The ZTF archive does not answer now" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    archive.recover()
    reload_nginx()
    assert get(path).status_code == 200


def test_an_archive_that_is_slow_is_reported_in_time(archive, broken, get, path):
    for mirror in broken:
        mirror.delay = get_settings().archive_seconds + 3
    begin = time.monotonic()
    answer = get(path)
    assert answer.status_code in (502, 504)
    assert "The ZTF archive does not answer now" in answer.text
    assert time.monotonic() - begin < 2 * get_settings().archive_seconds + 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(archive, get, path, status):
    with other_server() as (address, seen):
        for mirror in archive.mirrors:
            mirror.status = status
            mirror.headers["Location"] = f"{address}/{path}"
        answer = get(path, allow_redirects=False)
        assert answer.status_code == 502
        assert "does not follow" in answer.text
        assert "Location" not in answer.headers
        assert seen == []


class other_server:
    """Another server of this machine, that lists what it is asked."""

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.mirror = Mirror(ImageArchive.at(get_settings().archive_mirrors).holdings, port, "/")
        self.mirror.start()
        return f"http://127.0.0.1:{port}", self.mirror.requests

    def __exit__(self, *_):
        self.mirror.stop()


def age(target: str) -> None:
    """Let the kept answer to a request end its time: nginx writes it into the file's head."""
    name = hashlib.md5(target.encode()).hexdigest()
    file = get_settings().var / "cache" / "archive" / name[-1] / name[-3:-1] / name
    content = bytearray(file.read_bytes())
    struct.pack_into("=q", content, 8, int(time.time()) - 10)
    file.write_bytes(content)


def test_old_answers_are_given_while_the_archive_is_down(archive, broken, get, path):
    target = f"{path}?{CENTRE}&size=60arcsec&gzip=false"
    fresh = get(target)
    age(target)
    for mirror in broken:
        mirror.stop()
    for _ in range(3):
        stale = get(target)
        assert (stale.status_code, stale.content) == (200, fresh.content)
        assert stale.headers["X-Cache-Status"] in ("STALE", "UPDATING")


def test_old_answers_are_renewed_without_waiting(archive, get, path):
    get(path)
    age(path)
    archive.recover()
    for mirror in archive.mirrors:
        mirror.delay = 0.5
    begin = time.monotonic()
    assert get(path).headers["X-Cache-Status"] in ("STALE", "UPDATING")
    assert time.monotonic() - begin < 0.4
    time.sleep(1.0)
    assert get(path).headers["X-Cache-Status"] == "HIT"
    ((_, _, headers),) = archive.mirrors[0].requests
    assert headers["if-none-match"].startswith('"')


def test_very_large_answers_are_passed_on_but_not_kept(archive, get):
    path = new_path("alerts.tar.gz")
    archive.holdings.files[path] = bytes(100_000_000)
    for _ in range(2):
        answer = get(path)
        assert len(answer.content) == 100_000_000
        assert answer.headers["X-Cache-Status"] == "MISS"
    assert len(archive.targets) == 2


def test_the_status_command_shows_which_mirrors_answer(archive, broken):
    addresses = get_settings().archive_mirrors
    archive.mirrors[1].stop()
    assert mirrors.states(get_settings()) == [
        (addresses[0], "answers"),
        (addresses[1], "does not answer (status 502)"),
    ]


def test_the_mirrors_sockets_are_closed_to_other_users(site):
    settings = get_settings()
    assert (settings.run / "nginx").stat().st_mode & 0o077 == 0
