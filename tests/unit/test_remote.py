"""What strangers name is fetched from public addresses only, in bounded size and time."""

from __future__ import annotations

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ztfvo.remote import Failure, Refused, TooLarge
from ztfvo.remote.client import MOST_REDIRECTS
from ztfvo.remote.public import fetch, is_public

PUBLIC = ("8.8.8.8", "134.4.10.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")
PRIVATE = (
    *("127.0.0.1", "127.255.0.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1"),
    *("::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"),
)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_a_machine_or_its_network_are_not_public(address):
    assert not is_public(address)


class Pages(BaseHTTPRequestHandler):
    """Documents, redirects, and answers that do not end."""

    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        kind, _, value = self.path[1:].partition("/")
        if kind == "to":
            self.send_response(302)
            self.send_header("Location", value)
            self.end_headers()
        elif kind == "size":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * int(value))
        elif kind == "slow":
            self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
            try:
                for _ in range(100):
                    self.wfile.write(b"a")
                    time.sleep(0.1)
            except OSError:
                pass
        else:
            self.send_error(int(kind))

    def log_message(self, *_):
        pass


@pytest.fixture
def pages():
    """A server on this machine: its address, and the paths that it is asked for."""
    Pages.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", Pages.asked
    server.shutdown()
    thread.join()
    server.server_close()


def anywhere(_: str) -> bool:
    return True


def test_a_document_is_fetched_through_redirects_absolute_and_relative(pages):
    base, asked = pages
    with fetch(f"{base}/to/{base}/to//size/7", 7, 5, anywhere) as file:
        assert file.read() == b"xxxxxxx"
    assert len(asked) == 3


def test_a_document_larger_than_it_may_be_is_not_fetched(pages):
    with pytest.raises(TooLarge, match="more than 6 bytes"):
        fetch(f"{pages[0]}/size/7", 6, 5, anywhere)


def test_redirects_without_end_are_given_up(pages):
    base, asked = pages
    with pytest.raises(Refused, match="redirects"):
        fetch(f"{base}/to/?", 7, 5, anywhere)
    assert len(asked) == MOST_REDIRECTS + 1


@pytest.mark.parametrize("status", [204, 404, 500])
def test_other_statuses_than_200_are_no_document(pages, status):
    with pytest.raises(Failure, match=str(status)):
        fetch(f"{pages[0]}/{status}", 7, 5, anywhere)


def test_an_answer_that_comes_letter_by_letter_is_given_up_in_time(pages):
    began = time.monotonic()
    with pytest.raises(Failure):
        fetch(f"{pages[0]}/slow", 1000, 0.5, anywhere)
    assert time.monotonic() - began < 2


def test_a_host_that_does_not_accept_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        busy = [socket.socket() for _ in range(4)]
        for one in busy:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        began = time.monotonic()
        with pytest.raises(Failure):
            fetch(f"http://127.0.0.1:{server.getsockname()[1]}/", 1000, 0.5, anywhere)
        assert time.monotonic() - began < 2
        for one in busy:
            one.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0"])
def test_an_address_of_this_machine_is_not_asked_whatever_it_is_called(pages, host):
    base, asked = pages
    with pytest.raises(Failure):
        fetch(f"{base.replace('127.0.0.1', host)}/size/7", 7, 5)
    assert asked == []


def test_a_redirect_to_an_address_that_may_not_be_asked_is_not_followed(pages):
    base, asked = pages
    only_first = base.replace("127.0.0.1", "127.0.0.2")
    with socket.create_server(("127.0.0.2", int(base.rpartition(":")[2]))) as second:
        second.settimeout(0.5)
        with pytest.raises(Refused, match="not public"):
            fetch(f"{base}/to/{only_first}/size/7", 7, 5, lambda one: one == "127.0.0.1")
        assert asked == [f"/to/{only_first}/size/7"]
        with pytest.raises(TimeoutError):
            second.accept()


def test_a_name_with_one_private_address_among_public_ones_is_not_asked(pages, monkeypatch):
    base, asked = pages
    port = int(base.rpartition(":")[2])
    found = [(2, 1, 6, "", ("8.8.8.8", port)), (2, 1, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Refused, match="not public"):
        fetch(f"http://tables.example:{port}/size/7", 7, 5)
    assert asked == []


def test_a_name_is_looked_up_once_so_it_cannot_change_between_check_and_use(pages, monkeypatch):
    base, asked = pages
    port = int(base.rpartition(":")[2])
    looked = []

    def look_up(host, *_, **__):
        looked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with fetch(f"http://tables.example:{port}/size/7", 7, 5, anywhere) as file:
        assert file.read() == b"xxxxxxx"
    assert looked.count("tables.example") == 1
    assert asked == ["/size/7"]


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "/etc/passwd", ""),
        *("http://", "http:///x", "http://[::1/x", "http://127.0.0.1:99999/", "http://a b/"),
        *("http://\x00/", f"http://{'a' * 300}/", "http://xn--a/", "//127.0.0.1/x"),
    ],
)
def test_what_is_no_address_of_the_web_is_not_fetched(url):
    with pytest.raises(Failure):
        fetch(url, 7, 5)
