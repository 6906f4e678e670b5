"""A local stand-in of the ZTF image archive: true paths, listings, cutouts, and misbehaviour.

Its images have the headers of real cutouts where the real data are present, and a made one of the
same form where they are not; `Holdings.header_origin` says which.
"""

from __future__ import annotations

import hashlib
import random
import re
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from astropy.io import fits

from support import sky_images
from support.sky_images import centred, known_images, made_header, whole_image, widened
from support.waiting import wait_until
from ztfvo.settings import get_settings
from ztfvo.site import supervisor


@cache
def _header_at(ra: float, dec: float) -> fits.Header:
    """A header of an image with a position in its middle, for copies: it takes 0.2 s to find."""
    return centred(known_images()[0].header if known_images() else made_header(), ra, dec)


class Holdings:
    """What the archive has, for all its mirrors.

    Attributes
    ----------
    files
        Bytes by path, or a function that makes them.
    header_origin
        ``real`` or ``made``.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes | Callable[[], bytes]] = {}
        self.header_origin = "real" if known_images() else "made"
        for known in known_images():
            self.files[known.path] = cache(
                lambda known=known: whole_image(widened(known), known.path)
            )

    def add(self, path: str, ra: float, dec: float) -> None:
        """Have an image at a science path, with this position (ICRS, deg) in its middle."""
        header = _header_at(ra, dec)
        self.files[path] = cache(lambda: whole_image(header.copy(), path))

    def content(self, path: str) -> bytes | None:
        """Return a file."""
        found = self.files.get(path)
        return found() if callable(found) else found

    def listing(self, folder: str) -> bytes | None:
        """Return a folder's listing in the form of the archive's; None when there is none."""
        names = {
            re.match(r"[^/]+/?", path.removeprefix(folder))[0]
            for path in self.files
            if path.startswith(folder)
        }
        if not names:
            return None
        links = "".join(f'<a href="{name}">{name}</a>\n' for name in sorted(names))
        return f"<html><body><pre><a href='../'>../</a>\n{links}</pre></body></html>".encode()


class _Server(ThreadingHTTPServer):
    """A server whose clients may lose patience."""

    daemon_threads = True

    def handle_error(self, *where: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*where)


@dataclass
class Mirror:
    """One address of the archive; start and stop it, or tell it to misbehave."""

    holdings: Holdings
    port: int
    root: str
    """Path of the archive's root, with closing slash."""
    delay: float = 0.0
    """Seconds before each answer."""
    status: int | None = None
    """Status of all answers, without a body."""
    silent: bool = False
    """Whether connections are closed without an answer."""
    broken_off: bool = False
    """Whether they are closed in the middle of the body."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of all answers."""
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, target as it came in, and headers by lower-case name."""
    _server: _Server | None = None

    def start(self, tls: ssl.SSLContext | None = None) -> None:
        """Listen, unless it does; with `tls`, by https."""
        if self._server is None:
            bound = type("Handler", (_Handler,), {"mirror": self})
            self._server = _Server(("127.0.0.1", self.port), bound)
            if tls:
                self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def recover(self) -> None:
        """Behave well, and forget the requests."""
        self.delay, self.status, self.silent, self.broken_off = 0.0, None, False, False
        self.headers.clear()
        self.requests.clear()
        self.start()

    def answer(self, target: str) -> tuple[int, bytes]:
        """Return status and body of the answer to a request."""
        parts = urlsplit(target)
        path = parts.path.removeprefix(self.root)
        if not parts.path.startswith(self.root):
            return 404, b"not below the root"
        if not path:
            return 200, b"<html>products</html>"
        found = self.holdings.content(path)
        if found is None and path.endswith("/"):
            found = self.holdings.listing(path)
        if found is None:
            return 404, b"<html>Not Found</html>"
        part = sky_images.cut(found, parts.query) if parts.query else found
        return (400, b"the cutout is off the image") if part is None else (200, part)


@dataclass
class ImageArchive:
    """The archive at all its mirrors; use it as a context manager."""

    mirrors: list[Mirror]

    @classmethod
    def at(cls, addresses: tuple[str, ...]) -> ImageArchive:
        """Make mirrors at addresses of this machine, as the settings give them."""
        holdings = Holdings()
        parts = [urlsplit(address) for address in addresses]
        return cls([Mirror(holdings, part.port, part.path) for part in parts])

    def __enter__(self) -> ImageArchive:
        for mirror in self.mirrors:
            mirror.start()
        return self

    def __exit__(self, *_: object) -> None:
        for mirror in self.mirrors:
            mirror.stop()

    @property
    def holdings(self) -> Holdings:
        """What all mirrors have."""
        return self.mirrors[0].holdings

    def add(self, path: str, ra: float, dec: float) -> None:
        """Have an image at a science path, with this position (ICRS, deg) in its middle."""
        self.holdings.add(path, ra, dec)

    def recover(self) -> None:
        """Let all mirrors behave well, and forget the requests."""
        for mirror in self.mirrors:
            mirror.recover()

    @property
    def targets(self) -> list[str]:
        """What all mirrors were asked for, below their roots, in the order of the mirrors."""
        return list(self._targets())

    def _targets(self) -> Iterator[str]:
        for mirror in self.mirrors:
            for _, target, _ in mirror.requests:
                yield target.removeprefix(mirror.root)


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one mirror."""

    mirror: Mirror
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._respond()

    def do_HEAD(self) -> None:
        self._respond()

    def log_message(self, *_: object) -> None:
        pass

    def _respond(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.mirror.requests.append((self.command, self.path, headers))
        time.sleep(self.mirror.delay)
        if self.mirror.silent:
            self.close_connection = True
            return
        status, body = self.mirror.answer(self.path)
        if self.mirror.status:
            status, body = self.mirror.status, b""
        tag = f'"{hashlib.md5(body).hexdigest()[:12]}"'
        if status == 200 and headers.get("if-none-match") == tag:
            status, body = 304, b""
        self.send_response(status)
        if status == 200:
            self.send_header("ETag", tag)
            self.send_header("Last-Modified", "Mon, 01 Jun 2026 00:00:00 GMT")
        for name, value in self.mirror.headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.mirror.broken_off:
            self.close_connection = True
            body = body[: len(body) // 2]
        if self.command == "GET":
            self.wfile.write(body)


def reload_nginx() -> None:
    """Let nginx forget which mirrors failed, by new worker processes in place of the old ones."""
    before = workers()
    supervisor.send_signal(get_settings(), supervisor.NGINX, "HUP")
    wait_until(lambda: not before & workers(), seconds=20, pause=0.02)


def workers() -> set[str]:
    """Process numbers of nginx' workers."""
    master = (get_settings().run / "nginx" / "nginx.pid").read_text().strip()
    return set(Path(f"/proc/{master}/task/{master}/children").read_text().split())


def new_path(suffix: str = "sciimg.fits") -> str:
    """A path that no earlier test, or run of the tests, has asked for."""
    number = random.SystemRandom().randrange(10**9)
    day = f"20{18 + number % 7}{1 + number // 7 % 12:02d}{1 + number // 84 % 28:02d}"
    moment = f"{number % 10**6:06d}"
    field = 1 + number // 10**6
    return f"sci/{day[:4]}/{day[4:]}/{moment}/ztf_{day}{moment}_{field:06d}_zr_c07_o_q4_{suffix}"
