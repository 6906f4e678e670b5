"""The site's own addresses, outside DaCHS' services: light-curve products and images.

They are Twisted resources beside DaCHS' tree of RDs, because DaCHS' custom pages cost more than
most of these answers.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from gavo import base
from gavo.web import root
from twisted.internet import threads
from twisted.python import failure
from twisted.web import resource, server

from ztfvo.db import DatabaseDown
from ztfvo.products import writers
from ztfvo.web import Answer, Question, refusal
from ztfvo_dachs import messages

#: First segment of the address, and the module of whose function `answer` serves it.
HANDLERS = {
    "lc": "ztfvo.products.service",
    "epoch": "ztfvo.images.service",
    "health": "ztfvo.health",
}


class Page(resource.Resource):
    """Everything below one address, answered by one function in a thread of the pool."""

    isLeaf = True

    def __init__(self, answer: Callable[[Question], Answer]) -> None:
        super().__init__()
        self._answer = answer

    def render(self, request: Any) -> Any:
        if request.method not in (b"GET", b"HEAD", b"POST"):
            allowed = {"Allow": "GET, HEAD, POST"}
            sentence = f"{request.method.decode('latin-1')} is not possible here: use GET or POST."
            answer = refusal(405, sentence, votable=False)
            return _send(request, Answer(answer.body, answer.content_type, 405, allowed))
        try:
            question = read(request)
        except UnicodeDecodeError:
            return _send(
                request,
                refusal(400, "A path or parameter is not UTF-8: encode it as UTF-8.", False),
            )
        request.notifyFinish().addErrback(lambda reason: None)
        threads.deferToThread(self._answer, question).addErrback(_explain).addCallback(
            lambda answer: _finish(request, answer)
        )
        return server.NOT_DONE_YET


def read(request: Any) -> Question:
    """Take what a handler needs from a Twisted request.

    Raises
    ------
    UnicodeDecodeError
        When path or parameters are not UTF-8.
    """
    parameters: dict[str, list[str]] = {}
    for name, values in request.args.items():
        parameters.setdefault(name.decode().upper(), []).extend(
            value.decode() for value in values if isinstance(value, bytes)
        )
    content_type = request.getHeader("content-type") or ""
    return Question(
        path=tuple(segment.decode() for segment in request.postpath if segment),
        parameters=parameters,
        method=request.method.decode(),
        body=request.content.read() if request.method == b"POST" else b"",
        content_type=content_type.partition(";")[0].strip().lower(),
    )


def _explain(reason: failure.Failure) -> Answer:
    if reason.check(DatabaseDown):
        return refusal(503, str(reason.value), votable=False)
    base.ui.notifyFailure(reason)
    return refusal(500, messages.FAILED, votable=False)


def _send(request: Any, answer: Answer) -> bytes:
    """Set status and headers, and return the body to write."""
    if _is_known(request, answer):
        request.setResponseCode(304)
        for name, value in answer.headers.items():
            request.setHeader(name, value)
        return b""
    request.setResponseCode(answer.status)
    request.setHeader("content-type", answer.content_type)
    request.setHeader("content-length", str(len(answer.body)))
    for name, value in answer.headers.items():
        request.setHeader(name, value)
    return b"" if request.method == b"HEAD" else answer.body


def _is_known(request: Any, answer: Answer) -> bool:
    """Whether the client has this answer already (RFC 9110, section 13.1.2)."""
    wanted = request.getHeader("if-none-match")
    if not wanted or answer.status != 200 or "ETag" not in answer.headers:
        return False
    return answer.headers["ETag"] in {tag.strip().removeprefix("W/") for tag in wanted.split(",")}


def _finish(request: Any, answer: Answer) -> None:
    if request.client is None:
        return
    body = _send(request, answer)
    if body:
        request.write(body)
    request.finish()


def install() -> None:
    """Put all handlers on line, with what the first request would wait for loaded."""
    writers.writers()
    for name, module in HANDLERS.items():
        answer = importlib.import_module(module).answer
        root.ArchiveService.addStatic(name, Page(answer))
