"""How a request that cannot be answered is refused: in the form that the client asked for.

VO clients get an error document (DALI 1.1, section 4.4), all others a sentence. Who asks for a page
first, as browsers do for what they show, gets one in any case.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Sequence
from http import HTTPStatus

from anyio import to_thread
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from ztfvo import votable
from ztfvo.db import DatabaseDown
from ztfvo.errors import HTTPError
from ztfvo.releases import NoRelease
from ztfvo.settings import get_settings
from ztfvo.web import elsewhere, turns
from ztfvo.web.http import CHANGING
from ztfvo.web.pages import HTML, page

_log = logging.getLogger(__name__)

TEXT = "text/plain; charset=utf-8"

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
BUSY = "The site is busy, and has no memory for this just now: ask again in a minute."
CLIENT_CLOSED = 499
"""Status in logs of what nobody waited for, as nginx writes it."""
RETRY_SECONDS = 30
"""After which an answer may be possible again."""


def install(app: FastAPI) -> None:
    """Have an application refuse requests in this way."""
    app.add_exception_handler(HTTPError, _refused)
    app.add_exception_handler(HTTPException, _not_routed)
    app.add_exception_handler(DatabaseDown, _down)
    app.add_exception_handler(MemoryError, _exhausted)
    app.add_exception_handler(turns.Gone, _gone)
    app.add_exception_handler(Exception, _failed)


def answer_as(request: Request, content_type: str) -> None:
    """Note which form of answer a request asked for, so that a refusal has the same."""
    request.state.content_type = content_type


def refuse(
    request: Request,
    status: int,
    message: str,
    headers: dict[str, str] | None = None,
    links: Sequence[tuple[str, str]] = (),
) -> Response:
    """Refuse a request.

    Parameters
    ----------
    message
        For people.
    links
        Titles and addresses of what a page may lead to.
    """
    asked = getattr(request.state, "content_type", "")
    own = {"Cache-Control": "no-store", **(headers or {})}
    browser = _browser(request)
    if asked == votable.MEDIA_TYPE and not browser:
        return Response(votable.error(message), status, own, votable.MEDIA_TYPE)
    if browser or asked == HTML or (not asked and "text/html" in request.headers.get("accept", "")):
        reason = HTTPStatus(status).phrase
        body = page("error.html", title=reason, message=message, status=status, links=links)
        return Response(body, status, own, HTML)
    return Response(f"{message}\n", status, own | {"Content-Type": TEXT})


async def _refused(request: Request, error: HTTPError) -> Response:
    if isinstance(error, NoRelease):
        other = await to_thread.run_sync(elsewhere.address, request, error)
        if other:
            return Response(status_code=307, headers={"Location": other, "Cache-Control": CHANGING})
    links = await to_thread.run_sync(elsewhere.links, request, error) if _browser(request) else ()
    return refuse(request, error.status, error.message, links=links)


def _browser(request: Request) -> bool:
    """Return whether a page is asked for first, as browsers do for what they show."""
    return request.headers.get("accept", "").lstrip().lower().startswith("text/html")


def _not_routed(request: Request, error: HTTPException) -> Response:
    message, headers = str(error.detail), dict(error.headers or {})
    if error.status_code == 404:
        message = "There is nothing at this address: see / for what there is."
    elif error.status_code == 405:
        headers["Allow"] = ", ".join(one for one in METHODS if one in _methods(request))
        message = f"{request.method} is not possible here: use {headers['Allow']}."
    elif error.status_code == 400:
        message = (
            "The body of the request is not the form that its content type says: send it as"
            " application/x-www-form-urlencoded or multipart/form-data."
        )
    return refuse(request, error.status_code, message, headers)


def _methods(request: Request) -> set[str]:
    """Return the methods that the request's address has."""
    routes = [route for route in request.app.routes if isinstance(route, APIRoute)]
    matching = [route for route in routes if route.matches(request.scope)[0] != Match.NONE]
    return {"OPTIONS"}.union(*(route.methods for route in matching))


def _down(request: Request, error: DatabaseDown) -> Response:
    return refuse(request, 503, str(error), {"Retry-After": str(RETRY_SECONDS)})


def _exhausted(request: Request, error: MemoryError) -> Response:
    """Refuse, and have the supervisor restart the process: what failed to get memory may fail
    again, and in libraries that do not survive it."""
    _log.exception("no memory is left, the process ends", exc_info=error)
    signal.raise_signal(signal.SIGTERM)
    return refuse(request, 503, BUSY, {"Retry-After": str(RETRY_SECONDS)})


def _gone(request: Request, error: turns.Gone) -> Response:
    return Response(status_code=CLIENT_CLOSED)


def _failed(request: Request, error: Exception) -> Response:
    return refuse(
        request,
        500,
        "The site failed at this, which is its own fault and was logged. Try again; if it stays so,"
        f" report what you asked for to {get_settings().whom_to_ask}.",
    )
