"""A body that cannot be read is the fault of who sent it, and nobody else's."""

from __future__ import annotations

import pytest
from support.hostile import LEAKS
from support.rawhttp import send

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
}
PATHS = (b"/tap/sync", b"/tap/async", b"/scs", b"/lc", b"/links", b"/ztf/ztf/cone/form")


def request(path, kind, body, port):
    head = [
        b"POST " + path + b" HTTP/1.1",
        b"Host: localhost",
        b"Connection: close",
        b"Content-Type: " + kind,
        b"Content-Length: " + str(len(body)).encode(),
    ]
    return send(f"http://127.0.0.1:{port}", b"\r\n".join([*head, b"", b""]) + body)


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
