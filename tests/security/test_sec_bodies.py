"""A body that cannot be read is the fault of who sent it, and nobody else's."""

from __future__ import annotations

import time

import pytest
import requests
from support.hostile import LEAKS
from support.rawhttp import raw, send

from ztfvo.settings import get_settings

PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nabc'
BODIES = {
    "garbage": (b"multipart/form-data; boundary=x", b"garbage"),
    "no boundary": (b"multipart/form-data", b"garbage"),
    "cut": (b"multipart/form-data; boundary=x", PART),
    "no name": (
        b"multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--\r\n",
    ),
    "bad header": (
        b"multipart/form-data; boundary=x",
        b"--x\r\n\x00\xff: q\r\n\r\nabc\r\n--x--\r\n",
    ),
    "bytes": (b"application/x-www-form-urlencoded", b"%%%&&=;\xff\xfe=%zz"),
    "many": (b"application/x-www-form-urlencoded", b"a=1&" * 20000),
    "charset": (b"application/x-www-form-urlencoded; charset=none", b"QUERY=x"),
    "type": (b"\xff\xfe", b"x"),
    "no type": (b"", b"x"),
    "json": (b"application/json", b"{"),
    "empty boundary": (b"multipart/form-data; boundary=", b"--\r\n\r\n\r\n----"),
}
FORM, PARTS = b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x"
FILE = PART.replace(b'"a"', b'"file"; filename="f"')
END = b"\r\n--x--\r\n"
MIB = 2**20
REFUSED = {
    "fields": (FORM, b"a=1&" * 500_000),
    "separators": (FORM, b"&" * 2_000_000),
    "names": (FORM, b"&".join(b"a%d=1" % number for number in range(9_000))),
    "urlencoded": (FORM, b"QUERY=" + b"x" * (3 * MIB)),
    "digits": (FORM, b"__nevow_form__=genForm&hscs_sr=1&hscs_pos=" + b"1" * MIB),
    "ranges": (FORM, b"__nevow_form__=genForm&mag_amplitude=" + b"1," * (MIB // 2)),
    "long name": (FORM, b"a" * MIB + b"=1"),
    "parts": (PARTS, (PART + b"\r\n") * 30_000 + b"--x--\r\n"),
    "files": (PARTS, (FILE + b"\r\n") * 30_000 + b"--x--\r\n"),
    "no ends": (PARTS, FILE + b"\r\n--xQ" * 300_000 + END),
    "blanks": (PARTS, PART + b"\r\n--x" + b" " * 2_000_000 + END),
    "long field": (PARTS, PART + b"%41" * (3 * MIB) + END),
    "too long": (PARTS, FILE + b"x" * (120 * MIB) + END),
}
"""Forms that take DaCHS' parsers from seconds to minutes, in which it does nothing else."""
FIELDS = (b"hscs_pos", b"hscs_sr", b"mag_amplitude", b"ngoodobs", b"filter", b"RA", b"POS", b"BAND")
SLOWEST = {
    "fields": (FORM, b"a=1&" * 9_999),
    "names": (FORM, b"&".join(b"a%d=1" % number for number in range(480))),
    "values": (
        FORM,
        b"__nevow_form__=genForm&" + b"&".join(b"%s=" % name + b"1|" * 100 for name in FIELDS),
    ),
    "escapes": (FORM, b"QUERY=" + b"a%41" * (MIB // 2 - 10)),
    "per cent signs": (FORM, b"QUERY=" + b"%" * (2 * MIB - 10)),
}
"""The most of each kind that is read."""
PATHS = (b"/tap/sync", b"/tap/async", b"/scs", b"/lc", b"/links", b"/ztf/ztf/cone/form")


def request(path, kind, body, port, patience=1.0):
    head = [
        b"POST " + path + b" HTTP/1.1",
        b"Host: localhost",
        b"Connection: close",
        b"Content-Type: " + kind,
        b"Content-Length: " + str(len(body)).encode(),
    ]
    return send(f"http://127.0.0.1:{port}", b"\r\n".join([*head, b"", b""]) + body, patience)


@pytest.mark.parametrize("name", BODIES)
def test_an_unreadable_body_is_answered_by_nginx_and_by_each_process(site, name):
    settings = get_settings()
    kind, body = BODIES[name]
    for path in PATHS:
        for port in (settings.port, settings.dachs_port):
            if port == settings.dachs_port and path in (b"/scs", b"/links"):
                continue  # nginx' addresses
            status, answer = request(path, kind, body, port)
            assert 200 <= status < 500, (path, port, status)
            assert status != 200 or path != b"/tap/sync", (path, port)
            assert not LEAKS.search(answer.decode("utf-8", "replace")), path


@pytest.mark.parametrize(
    "head",
    [
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
        b"Content-Length: -5\r\n\r\nabc",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: abc\r\n\r\nabc",
    ],
)
def test_a_length_that_is_none_is_refused(site, head):
    status, _ = send(
        site, b"POST /tap/sync HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + head
    )
    assert status == 400


def test_unreadable_bodies_stop_nobody_else(site, ask):
    settings = get_settings()
    for number in range(40):
        kind, body = BODIES["garbage"]
        assert request(b"/tap/sync", kind, body, settings.port)[0] == 400
        if number % 4 == 0:
            assert ask("/tap/availability").status_code == 200


def timed(path, kind, body, port):
    """Status, answer, and how many seconds they took."""
    began = time.monotonic()
    status, answer = request(path, kind, body, port, patience=30)
    return status, answer, time.monotonic() - began


@pytest.mark.parametrize("path", [b"/scs", b"/tap/sync", b"/tap/async", b"/ztf/ztf/cone/form"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_body_that_is_too_much_is_refused_at_once(site, name, path):
    settings = get_settings()
    for port in (settings.port, settings.dachs_port):
        if port == settings.dachs_port and path == b"/scs":
            continue  # nginx' address
        status, answer, seconds = timed(path, *REFUSED[name], port)
        assert status in (400, 413), (port, answer[:300])
        assert seconds < 8, port  # with all others on this machine; it is a hundredth of it
        assert answer.lstrip()[:1] == b"<" or path.endswith(b"/form")
        assert b"nginx" not in answer


@pytest.mark.parametrize("path", [b"/tap/sync", b"/ztf/ztf/cone/form"])
@pytest.mark.parametrize("name", SLOWEST)
def test_the_most_that_is_read_is_read_fast(site, name, path):
    status, _, seconds = timed(path, *SLOWEST[name], get_settings().dachs_port)
    assert status in (200, 400)
    assert seconds < 8


@pytest.mark.parametrize("value", [b"1" * 3_000, b"1|" * 1_000, b"1," * 1_000])
def test_long_values_in_an_address_are_refused(site, value):
    for name in (b"hscs_pos", b"mag_amplitude"):
        path = b"/ztf/ztf/cone/form?__nevow_form__=genForm&hscs_sr=1&" + name + b"="
        assert raw(site, path + value, patience=30)[0] == 400


@pytest.mark.parametrize("value", ["|".join("1" * 99), " | ".join("1" * 50), ",".join("1" * 99)])
def test_a_condition_of_many_parts_is_no_fault_of_the_service(ask, value):
    values = {"hscs_pos": "254.4,35.3", "hscs_sr": "1", "mag_amplitude": value}
    answer = ask("/ztf/ztf/cone/form", __nevow_form__="genForm", **values)
    assert answer.status_code in (200, 400)
    assert "Uncaught" not in answer.text


def test_many_names_in_an_address_are_refused(site):
    names = b"&".join(b"a%d=1" % number for number in range(600))
    for path in (b"/scs?", b"/oai.xml?", b"/ztf/ztf/cone/form?"):
        assert raw(site, path + names, patience=30)[0] == 400


def test_a_query_of_a_megabyte_is_read_as_a_form_and_as_parts(site):
    remark = f"-- {'long ' * 190_000}\n"
    data = {"LANG": "ADQL", "QUERY": f"{remark}SELECT name FROM ztf.releases", "FORMAT": "csv"}
    for files in (None, {"file": ("f", b"x")}):
        answer = requests.post(f"{site}/tap/sync", data=data, files=files, timeout=60)
        assert (answer.status_code, answer.text.splitlines()[0]) == (200, "name")


def test_per_cent_signs_of_a_form_mean_what_its_type_says(site):
    data = {"LANG": "ADQL", "QUERY": "SELECT TOP 1 '%41+é%' AS s FROM ztf.releases"}
    for files in (None, {"file": ("f", b"x")}):
        answer = requests.post(
            f"{site}/tap/sync", data=data | {"FORMAT": "json"}, files=files, timeout=60
        )
        assert answer.json()["data"] == [["%41+é%"]]


def test_no_form_but_an_upload_is_large(site):
    body = FILE + b"x" * (5 * MIB) + END
    for path in (
        b"/scs",
        b"/links",
        b"/ssa",
        b"/sia2",
        b"/kdb/scs",
        b"/tap/async/x/phase",
        b"/oai.xml",
    ):
        assert request(path, PARTS, body, get_settings().port, patience=30)[0] == 413
    for path in (b"/ztf/ztf/cone/form", b"/tap/async/x/phase", b"/tap/tables"):
        assert request(path, PARTS, body, get_settings().dachs_port, patience=30)[0] == 413


@pytest.mark.parametrize(
    "path",
    [b"/tap/sync?LANG=ADQL&QUERY=", b"/scs?RA=", b"/links?ID=", b"/ssa?REQUEST=", b"/sia2?POS=",
     b"/oai.xml?verb=",
     b"/ztf/ztf/cone/form?RA=", b"/tableinfo/ztf.objects?x=", b"/tap/async?PHASE=", b"/kdb/scs?"],
)  # fmt: skip
def test_parameters_that_are_no_text_are_the_senders_mistake(site, path):
    for piece in (b"%ff", b"\xff", b"%ED%A0%80", b"1&%ff=1", b"1&\xff=1&\xfe"):
        status, _ = raw(site, path + piece, patience=30)
        assert 200 <= status < 500, piece
