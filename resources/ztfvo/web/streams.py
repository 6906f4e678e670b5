"""Answers that come in parts: as lines of JSON, or as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from types import ModuleType
from typing import Any

import orjson
from fastapi.responses import StreamingResponse

from ztfvo.dal import shorten
from ztfvo.errors import HTTPError
from ztfvo.products.parameters import FORMAT
from ztfvo.web.errors import answer_as
from ztfvo.web.http import Given
from ztfvo.web.openapi import query_parameter

LINES, EVENTS = "application/x-ndjson", "text/event-stream"
STREAMS = {"jsonl": LINES, LINES: LINES, "sse": EVENTS, EVENTS: EVENTS}
"""Forms whose answers come one by one, by their names."""
STREAMED = ("jsonl", "sse")

Write = Callable[[str, dict[str, Any]], bytes]
"""Writes a part of a kind."""


def described(known: Sequence[ModuleType], more: str = "") -> dict[str, Any]:
    """Return the description of the parameter that names a form, for OpenAPI."""
    return query_parameter(
        FORMAT,
        f"Form of the answer, also by its media type; {known[0].NAMES[0]} if not given.{more} jsonl"
        " and sse give each answer as it comes",
        {"type": "string", "enum": [*(one.NAMES[0] for one in known), *STREAMED]},
    )


def form_of(given: Given, known: Sequence[ModuleType]) -> ModuleType | str:
    """Return the writer that is asked for, or the media type of a stream.

    Raises
    ------
    HTTPError
        400, where there is no such form.
    """
    asked = (given.parameters.text(FORMAT) or known[0].NAMES[0]).lower()
    by_name = {name: one for one in known for name in one.NAMES} | STREAMS
    if asked not in by_name:
        there = ", ".join([*(one.NAMES[0] for one in known), *STREAMED])
        raise HTTPError(400, f"{FORMAT}={shorten(asked)} is not known here: use {there}.")
    form = by_name[asked]
    answer_as(given.request, form if isinstance(form, str) else form.CONTENT_TYPE)
    return form


def respond(
    form: str, headers: dict[str, str], parts: Callable[[Write], AsyncIterator[bytes]]
) -> StreamingResponse:
    """Answer in parts, which nobody between here and the client keeps back.

    Parameters
    ----------
    form
        Media type of the stream.
    parts
        Gives what is sent, written as the form has it.
    """
    write = _as_lines if form == LINES else _as_events
    headers = headers | {"X-Accel-Buffering": "no"}
    return StreamingResponse(parts(write), headers=headers, media_type=form)


def _as_lines(kind: str, value: dict[str, Any]) -> bytes:
    return orjson.dumps({"kind": kind} | value) + b"\n"


def _as_events(kind: str, value: dict[str, Any]) -> bytes:
    return f"event: {kind}\ndata: ".encode() + orjson.dumps({"kind": kind} | value) + b"\n\n"
