"""One server is asked, within limits of time and size, and left alone where it does not answer."""

from __future__ import annotations

import io
import math
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from itertools import pairwise
from socketserver import ThreadingMixIn, UnixStreamServer

import pytest
import stamina

from ztfvo.remote import Client, Failure, NoAnswer, NotFound, Pause, Refused, TooLarge
from ztfvo.remote.client import BUSY, MOST_REDIRECTS, user_agent
from ztfvo.settings import Settings


class Server(BaseHTTPRequestHandler):
    """Answers with what is in the path: /status/503, /to/ADDRESS, /size/7, /drip/body."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str, dict[str, str], bytes]]
    faults: list[tuple[int, dict[str, str]]]
    """Statuses and headers of the next answers."""

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked.append(
            (self.command, self.path, headers | {"from": str(self.client_address)}, body)
        )
        kind, _, value = self.path[1:].partition("?")[0].partition("/")
        if self.faults:
            self.answer(*self.faults.pop(0))
        elif kind == "to":
            self.answer(302, {"Location": value})
        elif kind == "drip":
            self.drip(value)
        else:
            status = int(value) if kind == "status" else 200
            self.answer(status, {"Set-Cookie": "a=b"}, b"x" * int(value) if kind == "size" else b"")

    do_POST = do_HEAD = do_GET

    def answer(self, status, headers, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def drip(self, part):
        """Send one byte after another, without end."""
        start = {
            "head": b"HTTP/1.1 200 OK\r\nX-Slow: ",
            "body": b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
            "redirect": b"HTTP/1.1 302 Found\r\nLocation: /size/3\r\nContent-Length: 9999\r\n\r\n",
        }[part]
        self.close_connection = True
        try:
            self.wfile.write(start)
            for _ in range(100):
                time.sleep(0.05)
                self.wfile.write(b"a")
        except OSError:
            pass

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    """A server on this machine; gives its address."""
    Server.asked, Server.faults = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(server):
    """Make clients of it."""
    return lambda base=server, **limits: Client(base, **{"seconds": 5, "most_bytes": 100} | limits)


@pytest.fixture
def hasty():
    """Retries without waits."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


def test_documents_come_from_below_the_base_address_with_their_query(client, server):
    with client(f"{server}/size") as one:
        assert one.get("3", {"a": "b c"}) == b"xxx"
        assert one.get("/4?d=e") == b"xxxx"
        assert one.get(f"{server}/size/5") == b"xxxxx"
    paths = [path for _, path, *_ in Server.asked]
    assert paths == ["/size/3?a=b+c", "/size/4?d=e", "/size/5"]


def test_forms_are_posted_sizes_asked_and_files_written(client):
    with client() as one:
        assert one.post("size/2", {"QUERY": "SELECT 1"}) == b"xx"
        assert one.size("size/77") == 77
        file = io.BytesIO()
        one.save(file, "size/100")
    assert file.getvalue() == b"x" * 100
    assert [(method, body) for method, _, _, body in Server.asked] == [
        ("POST", b"QUERY=SELECT+1"),
        ("HEAD", b""),
        ("GET", b""),
    ]


def test_requests_name_the_version_ask_for_no_compression_and_bring_no_cookies_back(client):
    with client() as one:
        one.get("size/1")
        one.get("size/1")
    for _, _, headers, _ in Server.asked:
        assert headers["user-agent"].startswith(f"ztfvo/{version('ztfvo')}")
        assert headers["accept-encoding"] == "identity"
        assert "cookie" not in headers


def test_the_contact_is_named_where_it_is_set():
    plain = f"ztfvo/{version('ztfvo')}"
    assert user_agent(Settings.model_construct()) == plain
    contact = Settings.model_construct(contact_email="é@b.example")
    assert user_agent(contact) == f"{plain} (?@b.example)"
    both = Settings.model_construct(contact_email="a@b.example", public_url="https://b.example")
    assert user_agent(both) == f"{plain} (https://b.example; a@b.example)"


@pytest.mark.parametrize("part", ["head", "body"])
def test_an_answer_that_comes_byte_by_byte_is_given_up_in_time(client, part):
    began = time.monotonic()
    with client() as one, pytest.raises(NoAnswer, match=r"drip/.* took more than 0\.3 s"):
        one.get(f"drip/{part}", seconds=0.3)
    assert time.monotonic() - began < 1


def test_the_time_is_that_of_all_attempts(client, hasty):
    began = time.monotonic()
    with client(attempts=50, wait=0.01) as one, pytest.raises(NoAnswer):
        one.get("drip/body", seconds=0.3)
    assert time.monotonic() - began < 1
    Server.faults = [(503, {"Retry-After": "2"})]
    with client(attempts=50) as one, pytest.raises(NoAnswer, match="come back in 2 s"):
        one.get("size/1", seconds=1.5)


def test_no_attempt_is_waited_for_that_would_come_too_late(client):
    Server.faults = [(503, {})] * 5
    with client(attempts=5, wait=60) as one, pytest.raises(NoAnswer, match="503"):
        one.get("size/1", seconds=30)
    assert len(Server.asked) == 1


def test_a_connection_that_is_used_again_has_the_time_of_each_request(client):
    with client(connections=1) as one:
        for _ in range(4):
            one.get("size/1", seconds=0.2)
            time.sleep(0.1)
    assert len({headers["from"] for _, _, headers, _ in Server.asked}) == 1


def test_silence_is_shorter_than_the_time_of_an_answer(client):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        base = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with (
            client(base, seconds=math.inf, silence=0.2) as one,
            pytest.raises(NoAnswer, match=r"was silent for 0\.2 s"),
        ):
            one.get("")
    with client(silence=0.3) as one, pytest.raises(NoAnswer, match=r"took more than 0\.6 s"):
        one.get("drip/body", seconds=0.6)


def test_a_document_has_as_many_bytes_as_it_may_and_no_more(client):
    with client(most_bytes=6) as one:
        assert one.get("size/6") == b"xxxxxx"
        with pytest.raises(TooLarge, match="more than 6 bytes"):
            one.get("size/7")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, NoAnswer) for status in sorted(BUSY)),
        *((404, NotFound), (410, NotFound)),
        *((status, Refused) for status in (204, 304, 400, 401, 403, 501)),
    ],
)
def test_failures_have_a_kind_and_a_status(client, status, kind):
    with client() as one, pytest.raises(kind, match=f"/status/{status} answers {status}") as shown:
        one.get(f"status/{status}?secret=1")
    assert (type(shown.value), shown.value.status) == (kind, status)
    assert "secret" not in str(shown.value)


def test_a_server_that_is_not_there_has_no_status_and_the_name_that_it_was_given(client):
    with (
        client("http://127.0.0.1:9", name="VizieR") as one,
        pytest.raises(NoAnswer, match=r"^VizieR does not answer \(.*refused") as shown,
    ):
        one.get("")
    assert shown.value.status is None


def test_busy_servers_are_asked_again_and_others_are_not(client, hasty):
    with client(attempts=3) as one:
        Server.faults = [(503, {}), (429, {})]
        assert one.get("size/1") == b"x"
        Server.faults = [(503, {})] * 3
        with pytest.raises(NoAnswer):
            one.get("size/1")
        assert len(Server.asked) == 6
        with pytest.raises(NotFound):
            one.get("status/404")
        assert len(Server.asked) == 7


@pytest.mark.parametrize(
    ("header", "again"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Sat, 01 Jan 2000 00:00:00 GMT", 0.0),
        ("21", False),
        ("Sat, 01 Jan 9000 00:00:00 GMT", False),
        ("soon", True),
        ("²", True),
        ("Sat, 01 Jan 2000 00:00:00 +99999999999999", True),
    ],
)
def test_a_server_is_asked_again_when_it_says_unless_that_is_too_late(client, header, again):
    Server.faults = [(503, {"Retry-After": header})]
    with client(longest_wait=20) as one, pytest.raises(NoAnswer) as shown:
        one.get("size/1")
    assert one.again(shown.value) == again
    assert type(one.again(shown.value)) is type(again)


def test_redirects_are_followed_on_the_same_host_only(client, server):
    with client() as one:
        assert one.get("to//size/3") == b"xxx"
        assert one.get("drip/redirect") == b"xxx"
        for other in ("http://localhost", server.replace("127.0.0.1", "localhost"), "//127.0.0.2/"):
            with pytest.raises(Refused, match=f"only {server} is contacted"):
                one.get(f"to/{other}")
        Server.asked.clear()
        with pytest.raises(Refused, match="redirects"):
            one.get("to/?")
        assert len(Server.asked) == MOST_REDIRECTS + 1


def test_no_whole_address_of_another_host_is_asked(client):
    with client() as one, pytest.raises(Refused, match="refused"):
        one.get("http://127.0.0.1:9/")


def test_what_comes_compressed_is_refused_as_it_may_be_of_any_size(client):
    Server.faults = [(200, {"Content-Encoding": "gzip"})]
    with client() as one, pytest.raises(Refused, match="gzip"):
        one.get("size/1")


def test_a_connection_that_breaks_off_is_no_answer(client):
    Server.faults = [(200, {"Content-Length": "5", "Connection": "close"})]
    with client() as one, pytest.raises(NoAnswer):
        one.get("size/1")


def test_requests_keep_their_distance(client):
    times = []
    with client(spacing=0.1) as one:
        for _ in range(3):
            one.get("size/1")
            times.append(time.monotonic())
    assert min(later - sooner for sooner, later in pairwise(times)) > 0.05


def test_a_socket_of_this_machine_is_asked(client, tmp_path):
    class Local(ThreadingMixIn, UnixStreamServer):
        daemon_threads = True

        def get_request(self):
            return super().get_request()[0], ("socket", 0)

    Server.asked, Server.faults = [], []
    with Local(str(tmp_path / "s"), Server) as local:
        threading.Thread(target=local.serve_forever, args=(0.02,), daemon=True).start()
        with client("http://app/", uds=tmp_path / "s", headers={"Host": "a.example"}) as one:
            assert one.get("size/3") == b"xxx"
            with pytest.raises(NoAnswer, match=r"took more than 0\.2 s"):
                one.get("drip/body", seconds=0.2)
        local.shutdown()
    assert Server.asked[0][2]["host"] == "a.example"


def test_a_failure_begins_a_pause_in_which_nobody_asks():
    pause, asked = Pause(0.3), []

    def ask(error=None):
        with pause:
            asked.append(error)
            if error:
                raise error

    ask()
    with pytest.raises(Failure, match="down"):
        ask(Refused("It is down", 400))
    for _ in range(2):
        with pytest.raises(NoAnswer, match="It is down"):
            ask()
    assert (len(asked), pause.reason) == (2, "It is down")
    time.sleep(0.3)
    ask()
    assert (len(asked), pause.reason) == (3, "")
    with pytest.raises(KeyError):
        ask(KeyError())
    assert pause.reason == ""
    with pytest.raises(NoAnswer):
        ask(NoAnswer("It is down again"))
    pause.end()
    ask()


def test_after_a_pause_one_tries_while_the_others_go_on_without():
    pause = Pause(0.1)
    for error in (NoAnswer("It is down"), NoAnswer("It is still down")):
        with pytest.raises(NoAnswer, match=str(error)), pause:
            raise error
        time.sleep(0.1)
    with pause:  # takes its time
        for _ in range(2):
            with pytest.raises(NoAnswer, match="It is still down"), pause:
                pytest.fail("a second one asks")
    for _ in range(2):
        with pause, pause:  # any number at a time, as it answers
            pass
