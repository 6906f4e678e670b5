"""A local stand-in of IRSA's TAP service that knows the metadata of some science images.

It answers the one form of query that the finder sends as IRSA does: CSV, and for unknown tables or
columns an error document with status 200.
"""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

TABLE = "ztf.ztf_current_meta_sci"
COLUMNS = ("field", "ccdid", "qid", "fid", "filefracday", "obsjd", "exptime")
_QUERY = re.compile(r"SELECT (.+) FROM (\S+) WHERE (.+)")
_EQUAL = re.compile(r"(\w+) = (\d+)")
_BETWEEN = re.compile(r"(\w+) BETWEEN ([0-9.]+) AND ([0-9.]+)")


@dataclass
class IrsaTap:
    """The service on a port of this machine; use it as a context manager."""

    port: int = 0
    """0 stands for any free one."""
    queries: list[str] = field(default_factory=list)
    """What was asked by HTTP."""
    delay: float = 0.0
    """Seconds before each answer."""
    status: int = 200
    body: str | None = None
    """Sent in place of every answer."""
    _images: dict[tuple[int, ...], list[dict[str, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> IrsaTap:
        bound = type("Handler", (_Handler,), {"stand_in": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), bound)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    def recover(self) -> None:
        """Know nothing, behave well, and forget the queries."""
        self._images.clear()
        self.queries.clear()
        self.delay, self.status, self.body = 0.0, 200, None

    def add(self, **row: float) -> None:
        """Know an image, given by `COLUMNS`."""
        self._images[(*(row[name] for name in COLUMNS[:4]), int(row["obsjd"]))].append(row)

    def answer(self, query: str) -> str:
        """Return the body of the answer to a query."""
        parts = _QUERY.fullmatch(query)
        if not parts or parts[2] != TABLE:
            return error(f"Table not found in {query}")
        columns = parts[1].split(", ")
        equal = {name: int(value) for name, value in _EQUAL.findall(parts[3])}
        between = [(name, float(a), float(b)) for name, a, b in _BETWEEN.findall(parts[3])]
        for name in (*columns, *equal, *(name for name, _, _ in between)):
            if name not in COLUMNS:
                return error(f"Column {name} not found")
        channel = tuple(equal[name] for name in COLUMNS[:4])
        ((_, low, high),) = between
        chosen = [
            row
            for day in range(int(low), int(high) + 1)
            for row in self._images.get((*channel, day), [])
            if low <= row["obsjd"] <= high
        ]
        lines = [",".join(_printed(name, row[name]) for name in columns) for row in chosen]
        return "\n".join([",".join(columns), *lines, ""])


def error(message: str) -> str:
    """Write an error document as IRSA sends it, whatever format was asked for."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<VOTABLE version="1.4"'
        ' xmlns="http://www.ivoa.net/xml/VOTable/v1.3">\n<RESOURCE type="results">\n'
        f'<INFO name="QUERY_STATUS" value="ERROR">{escape(message)}</INFO>\n'
        "</RESOURCE>\n</VOTABLE>\n"
    )


def _printed(name: str, value: float) -> str:
    return f"{value:.7f}" if name == "obsjd" else str(value)


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one stand-in."""

    stand_in: IrsaTap
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query).get("QUERY", [""])[0]
        self.stand_in.queries.append(query)
        time.sleep(self.stand_in.delay)
        found = parts.path == "/TAP/sync"
        body = self.stand_in.body
        content = (self.stand_in.answer(query) if body is None else body).encode()
        self.send_response(self.stand_in.status if found else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass
