"""Requests to the site byte by byte, as no client library would send them."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit


def send(site: str, request: bytes, patience: float = 1.0) -> tuple[int, bytes]:
    """Send bytes as they are; return status and body of the answer, status 0 for none.

    Parameters
    ----------
    patience
        Seconds in which nothing comes, after which nothing more is waited for.
    """
    address = urlsplit(site)
    with socket.create_connection(("127.0.0.1", address.port), timeout=20) as line:
        line.sendall(request)
        line.settimeout(patience)
        answer = b""
        try:
            while block := line.recv(65536):
                answer += block
                head, found, body = answer.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: (\d+)", head)
                if found and length and len(body) >= int(length[1]):
                    break
        except TimeoutError:
            pass
    match = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(match[1]) if match else 0, answer.partition(b"\r\n\r\n")[2]


def raw(
    site: str, target: bytes, *headers: bytes, method: bytes = b"GET", patience: float = 1.0
) -> tuple[int, bytes]:
    """Send a request of these lines."""
    lines = [method + b" " + target + b" HTTP/1.1", b"Host: localhost", b"Connection: close"]
    return send(site, b"\r\n".join([*lines, *headers, b"", b""]), patience)
