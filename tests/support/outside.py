"""A local stand-in of all services outside, which is asked as a gateway: /https/HOST/PATH.

What it answers is registered for a host and the beginning of a path; each host can have a fault.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

T = TypeVar("T")

FAULTS = ("slow", "refused", "500", "429", "truncated", "html")
"""What a host may do in place of answering."""
RESET = 90
"""Seconds after which a host wants to be asked again that has had too many requests."""
HTML = b"<!DOCTYPE html><html><body>Maintenance &amp; more</body></html>"


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    host: str
    path: str
    """Without parameters."""
    values: dict[str, str]
    """Of the address and of the form; the last where there are several."""
    body: bytes
    headers: dict[str, str]

    def choose(self, by_place: dict[str, T]) -> T | None:
        """Return what is given for the host, or best for host and path; * stands for all."""
        place = self.host + self.path
        known = [one for one in by_place if one == "*" or place.startswith(one)]
        return by_place[max(known, key=len)] if known else None


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Respond = Callable[[Asked], Reply]


@dataclass
class Outside:
    """The stand-in on a port of this machine; use it as a context manager."""

    port: int = 0
    """0 stands for any free one."""
    asked: list[Asked] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    """One of `FAULTS`, by host, or by host and the beginning of a path; * stands for all hosts."""
    delay: float = 0.0
    """Seconds before each answer."""
    changes: dict[str, Callable[[Reply], Reply]] = field(default_factory=dict)
    """What is done to answers, by host, or by host and the beginning of a path."""
    _answers: dict[tuple[str, str], Respond] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Outside:
        bound = type("Handler", (_Handler,), {"stand_in": self})
        self._server = _Server(("127.0.0.1", self.port), bound)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The gateway."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, host: str, path: str, respond: Respond | Reply | bytes) -> None:
        """Register what a host answers below a path."""
        if isinstance(respond, bytes):
            respond = Reply(respond)
        fixed = respond
        self._answers[host, path] = respond if callable(respond) else lambda _: fixed

    def registered(self, host: str, path: str) -> Respond | None:
        """Return what answers below a path."""
        return self._answers.get((host, path))

    @contextmanager
    def failing(self, where: str, fault: str) -> Iterator[None]:
        """Have a host do one of `FAULTS` for a while, for all paths or those that begin so."""
        self.faults[where] = fault
        try:
            yield
        finally:
            del self.faults[where]

    def recover(self) -> None:
        """Forget faults, answers, and what was asked."""
        self._answers.clear()
        self.faults.clear()
        self.changes.clear()
        self.asked.clear()
        self.delay = 0.0

    def reply(self, asked: Asked) -> Reply:
        """Return what is answered to a request."""
        known = [
            (path, respond)
            for (host, path), respond in self._answers.items()
            if host == asked.host and asked.path.startswith(path)
        ]
        if not known:
            return Reply(b"there is nothing here", "text/plain", 404)
        _, respond = max(known, key=lambda one: len(one[0]))
        reply = respond(asked)
        change = asked.choose(self.changes)
        return change(reply) if change else reply

    def wait(self, seconds: float) -> None:
        """Wait, unless the stand-in ends before."""
        self._ended.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that have hung up."""


class _Handler(BaseHTTPRequestHandler):
    stand_in: Outside
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        _, _, host, path = parts.path.split("/", 3)
        values = {name: all_[-1] for name, all_ in parse_qs(parts.query).items()}
        if "form" in self.headers.get("Content-Type", ""):
            values |= {name: all_[-1] for name, all_ in parse_qs(body.decode()).items()}
        asked = Asked(self.command, host, f"/{path}", values, body, dict(self.headers))
        stand_in = self.stand_in
        stand_in.asked.append(asked)
        fault = asked.choose(stand_in.faults)
        if fault == "refused":
            self.close_connection = True
            return
        stand_in.wait(60 if fault == "slow" else stand_in.delay)
        if fault == "slow":
            self.close_connection = True
            return
        if fault == "500":
            reply = Reply(b"Internal Server Error", "text/plain", 500)
        elif fault == "429":
            headers = {"x-rate-limit-reset": str(RESET)}
            reply = Reply(b'{"id_code":429}', status=429, headers=headers)
        elif fault == "html":
            reply = Reply(HTML, "text/html; charset=utf-8")
        else:
            reply = stand_in.reply(asked)
        self._send(reply, truncated=fault == "truncated")

    def _send(self, reply: Reply, truncated: bool) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if truncated else reply.body)
        self.close_connection = truncated


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    begun = time.monotonic()
    work()
    return time.monotonic() - begun
