"""Take headers that are no text as not sent.

DaCHS decodes some of a request's headers at any address (Origin, Accept, User-Agent), and takes a
byte that is no UTF-8 for a fault of its own, with a traceback in the log.
"""

from __future__ import annotations

from typing import Any


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo.web.common import Request

    original = Request.requestReceived

    def receive(self: Any, command: bytes, path: bytes, version: bytes) -> None:
        for name, values in list(self.requestHeaders.getAllRawHeaders()):
            self.requestHeaders.removeHeader(name)
            if kept := list(filter(_is_text, values)):
                self.requestHeaders.setRawHeaders(name, kept)
        original(self, command, path, version)

    Request.requestReceived = receive


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
