"""Let handlers read bodies that are no form; DaCHS hangs up on any POST with one.

Its parser of forms refuses all other content types, so it must not see them.
"""

from __future__ import annotations

from typing import Any


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo.web.common import Request

    original = Request.requestReceived
    forms = (b"application/x-www-form-urlencoded", b"multipart/form-data")

    def receive(self: Any, command: bytes, path: bytes, version: bytes) -> None:
        sent = self.requestHeaders.getRawHeaders(b"content-type")
        if sent and sent[0].partition(b";")[0].strip().lower() not in forms:
            process = self.process

            def process_with_type() -> None:
                self.requestHeaders.setRawHeaders(b"content-type", sent)
                process()

            self.requestHeaders.removeHeader(b"content-type")
            self.process = process_with_type
        original(self, command, path, version)

    Request.requestReceived = receive
