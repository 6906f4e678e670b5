"""Read the bodies of requests, or say that they cannot be read.

DaCHS hangs up on a POST whose form it cannot read, so that a proxy takes the process for broken,
and on any POST that is no form.
"""

from __future__ import annotations

from typing import Any

from twisted.python import log

from ztfvo import votable

FORMS = (b"application/x-www-form-urlencoded", b"multipart/form-data")
UNREADABLE = (
    "The body of the request is not the form that its content type says: send it as "
    "application/x-www-form-urlencoded or multipart/form-data."
)


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo.web.common import Request

    original = Request.requestReceived

    def receive(self: Any, command: bytes, path: bytes, version: bytes) -> None:
        _hide_other_types(self)
        channel, unreadable = self.channel, []
        channel._respondToBadRequestAndDisconnect = lambda: unreadable.append(True)
        try:
            original(self, command, path, version)
        except Exception as error:
            if not unreadable:
                raise
            log.msg(f"Body of {path[:80]!r} cannot be read: {error!r}")
            _refuse(self)
        finally:
            vars(channel).pop("_respondToBadRequestAndDisconnect", None)

    Request.requestReceived = receive


def _hide_other_types(request: Any) -> None:
    """Keep bodies that are no forms from the parser of forms, which must not see them."""
    sent = request.requestHeaders.getRawHeaders(b"content-type")
    if not sent or sent[0].partition(b";")[0].strip().lower() in FORMS:
        return
    process = request.process

    def process_with_type() -> None:
        request.requestHeaders.setRawHeaders(b"content-type", sent)
        process()

    request.requestHeaders.removeHeader(b"content-type")
    request.process = process_with_type


def _refuse(request: Any) -> None:
    is_page = request.path.endswith(b"/form")
    body = f"{UNREADABLE}\n".encode() if is_page else votable.error(UNREADABLE)
    content_type = "text/plain; charset=utf-8" if is_page else votable.MEDIA_TYPE
    request.setResponseCode(400)
    request.setHeader(b"content-type", content_type.encode())
    request.setHeader(b"content-length", str(len(body)).encode())
    request.setHeader(b"connection", b"close")
    request.write(body)
    request.finish()
