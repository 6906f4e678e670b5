"""Visitors who send slowly keep nobody else waiting, and are dismissed."""

from __future__ import annotations

import resource
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from support.visitors import PATHS, visiting

from ztfvo.settings import get_settings

HALF = b"GET /scs?RA=1&DEC=1&SR=0.1 HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"POST /lc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nOID="
ADDRESSES = ("127.0.0.11", "127.0.0.12", "127.0.0.13", "127.0.0.14")
PATIENCE = 60
"""Seconds until the last of them is dismissed; the longest limit of nginx is 20."""


@contextmanager
def half_requests(text: bytes, number: int) -> Iterator[list[socket.socket]]:
    """Have so many connections that sent `text` and nothing more, from several addresses."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2 * number + 500)), hard))
    with ExitStack() as opened:
        found = []
        for turn in range(number):
            source = (ADDRESSES[turn % len(ADDRESSES)], 0)
            place = ("127.0.0.1", get_settings().port)
            one = opened.enter_context(socket.create_connection(place, 10, source))
            one.sendall(text)
            found.append(one)
        yield found


def dismissed(sockets: list[socket.socket], seconds: float) -> int:
    """Wait for the server to close connections; return how many it did."""
    until, left = time.monotonic() + seconds, set(sockets)
    with selectors.DefaultSelector() as ready:
        for one in sockets:
            one.setblocking(False)
            ready.register(one, selectors.EVENT_READ)
        while left and time.monotonic() < until:
            for key, _ in ready.select(1):
                try:
                    ended = not key.fileobj.recv(65536)
                except ConnectionError:
                    ended = True
                if ended:
                    ready.unregister(key.fileobj)
                    left.discard(key.fileobj)
    return len(sockets) - len(left)


@pytest.mark.parametrize(("text", "number"), [(HALF, 2200), (BODY, 300)], ids=["headers", "bodies"])
def test_who_sends_half_a_request_keeps_nobody_waiting_and_is_dismissed(site, text, number):
    with (
        visiting(site, PATHS, patience=10) as answers,
        half_requests(text, number) as sockets,
    ):
        assert dismissed(sockets, PATIENCE) == number
    succeeded = sum(status == 200 for _, status in answers)
    assert succeeded >= 0.99 * len(answers) > 100
