"""A local stand-in of the archive: published trees, checksum lists, and the light-curve service.

It answers as IRSA's server does (directory listings, ranges, ETags), counts what it is asked, and
can be made to misbehave.
"""

from __future__ import annotations

import hashlib
import math
import re
import threading
from collections import defaultdict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from support.files import API_HEADER, SHARED, write_hats

SERVICE = "/cgi-bin/ZTF/nph_light_curves"
DR19 = "/data/ZTF/lc/lc_dr19/"
DR5 = "/data/ZTF/lc/lc_dr5/"
DR24 = "/ztf/enhanced/dr24/lc/hats/ztf_dr24_lc-hats/"


@dataclass
class Fault:
    """What goes wrong with one request of a path."""

    status: int | None = None
    """Answer with this status and no body."""
    retry_after: str | None = None
    """Header Retry-After of that answer."""
    location: str | None = None
    """Header Location of that answer."""
    drop_after: int | None = None
    """Close the connection after so many bytes of the body."""
    hold_after: int | None = None
    """Send so many bytes of the body, and the rest only when the stand-in's `go` is set."""


class StandIn:
    """A server on a free port of this machine; use it as a context manager."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.forms: list[dict[str, list[str]]] = []
        """What was posted; a post is answered as a request for the file is."""
        self.answers: list[dict[str, str]] = []
        self.go = threading.Event()
        self.listings = True
        self.ranges = True
        self.shifted = 0
        """Bytes behind the asked place from where on a part is sent."""
        bound = type("Handler", (_Handler,), {"stand_in": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
        self._server.daemon_threads = True

    def __enter__(self) -> StandIn:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def publish(self, folder: Path, root: str) -> None:
        """Serve the files below a folder under a path."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.files[root + path.relative_to(folder).as_posix()] = path.read_bytes()

    def add_checksums(self, root: str, name: str, prefix: str = "./") -> None:
        """Write one list of MD5 checksums of everything below a root."""
        lines = [
            f"{hashlib.md5(content).hexdigest()}  {prefix}{path.removeprefix(root)}\n"
            for path, content in sorted(self.files.items())
            if path.startswith(root)
        ]
        self.files[root + name] = "".join(lines).encode()

    def add_folder_checksums(self, root: str, name: str) -> None:
        """Write a list of MD5 checksums into every folder that has files."""
        for folder in {path.rpartition("/")[0] + "/" for path in self.files if root in path}:
            self.add_checksums(folder, name, prefix="")

    def serve_answers(self, paths: list[Path]) -> None:
        """Let the light-curve service answer from these CSV files."""
        for path in paths:
            lines = path.read_text(encoding="ascii").splitlines()
            names = lines[0].split(",")
            self.answers.extend(
                dict(zip(names, line.split(","), strict=True)) for line in lines[1:]
            )

    def asked(self, path: str, method: str = "GET") -> list[dict[str, str]]:
        """Headers of the requests for a path, by lower-case name."""
        return [
            headers for verb, wanted, headers in self.requests if (verb, wanted) == (method, path)
        ]

    def answer(self, query: dict[str, list[str]]) -> bytes:
        """Answer the light-curve service's parameters ID and POS with CSV."""
        if "ID" in query:
            wanted = set(query["ID"])
            chosen = [row for row in self.answers if row["oid"] in wanted]
        else:
            _, ra, dec, radius = query["POS"][0].split()
            centre = float(ra), float(dec)
            chosen = [
                row
                for row in self.answers
                if _separation(float(row["ra"]), float(row["dec"]), *centre) <= float(radius)
            ]
        names = API_HEADER.split(",")
        rows = [",".join(row[name] for name in names) for row in chosen]
        return "\n".join([API_HEADER, *rows, ""]).encode()

    def listing(self, folder: str) -> bytes | None:
        """Write a directory listing as Apache does; None when there is no such folder."""
        names = {
            re.match(r"[^/]+/?", path.removeprefix(folder))[0]
            for path in self.files
            if path.startswith(folder)
        }
        if not (names and self.listings):
            return None
        links = "".join(f'<a href="{quote(name)}">{name}</a>  -\n' for name in sorted(names))
        head = '<a href="?C=N;O=D">Name</a> <a href="/data/">Parent Directory</a>\n'
        return (
            f"<html><body><h1>Index of {folder}</h1><pre>{head}{links}</pre></body></html>".encode()
        )


def real_archive(scratch: Path) -> StandIn:
    """Make a stand-in that serves the real files: DR19, DR5, DR24 made from DR19, the service."""
    stand_in = StandIn()
    bulk = SHARED / "ztf-dr-bulk"
    stand_in.publish(bulk / "lc_dr19", DR19)
    stand_in.add_checksums(DR19, "checksum.md5")
    stand_in.publish(bulk / "lc_dr5", DR5)
    stand_in.add_checksums(DR5, "checksums.md5")
    write_hats(sorted((bulk / "lc_dr19").rglob("*.parquet")), scratch)
    stand_in.publish(scratch, DR24)
    stand_in.add_checksums(DR24, "md5sums.txt", prefix="")
    stand_in.serve_answers(sorted((SHARED / "ztf-lc-api" / "panelcast-wd").glob("*.csv")))
    return stand_in


def _separation(ra1: float, dec1: float, ra2: float, dec2: float) -> float:
    ra1, dec1, ra2, dec2 = map(math.radians, (ra1, dec1, ra2, dec2))
    half = math.sin((dec2 - dec1) / 2) ** 2
    half += math.cos(dec1) * math.cos(dec2) * math.sin((ra2 - ra1) / 2) ** 2
    return math.degrees(2 * math.asin(math.sqrt(half)))


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one stand-in."""

    stand_in: StandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._respond(body=True)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.stand_in.forms.append(parse_qs(body))
        self._respond(body=True)

    def do_HEAD(self) -> None:
        self._respond(body=False)

    def log_message(self, *_: object) -> None:
        pass

    def _respond(self, body: bool) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.stand_in.requests.append((self.command, parts.path, headers))
        faults = self.stand_in.faults[parts.path] if body else []
        fault = faults.pop(0) if faults else Fault()
        if fault.status:
            self._send(fault.status, b"", fault, body)
        elif parts.path == SERVICE:
            self._send(200, self.stand_in.answer(parse_qs(parts.query)), fault, body)
        elif parts.path in self.stand_in.files:
            self._file(self.stand_in.files[parts.path], fault, body)
        elif (listing := self.stand_in.listing(parts.path)) and parts.path.endswith("/"):
            self._send(200, listing, fault, body)
        else:
            self._send(404, b"<html>Not Found</html>", fault, body)

    def _file(self, content: bytes, fault: Fault, body: bool) -> None:
        tag = f'"{hashlib.md5(content).hexdigest()[:12]}"'
        headers = {"ETag": tag, "Accept-Ranges": "bytes"}
        if self.headers.get("If-None-Match") == tag:
            self._send(304, b"", fault, body, headers)
            return
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        fresh = self.headers.get("If-Range", tag) == tag
        if not (match and fresh and self.stand_in.ranges):
            self._send(200, content, fault, body, headers)
            return
        start, total = int(match[1]) + self.stand_in.shifted, len(content)
        if start >= total:
            self._send(416, b"", fault, body, {"Content-Range": f"bytes */{total}"})
            return
        headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        self._send(206, content[start:], fault, body, headers)

    def _send(
        self,
        status: int,
        content: bytes,
        fault: Fault,
        body: bool,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        named = {"Retry-After": fault.retry_after, "Location": fault.location}
        for name, value in ((headers or {}) | named).items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        if not body:
            return
        if fault.hold_after is not None:
            self.wfile.write(content[: fault.hold_after])
            self.stand_in.go.wait(30)
            content = content[fault.hold_after :]
        self.wfile.write(content[: fault.drop_after])
        if fault.drop_after is not None:
            self.wfile.flush()
            self.close_connection = True
