"""Asking the API from inside: pages have no filters, rules and permissions of their own."""

from __future__ import annotations

import io
import json
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIRequest
from rest_framework.response import Response
from rest_framework.views import APIView

Pairs = list[tuple[str, str]]

DROPPED = ("HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
"""Headers that are not for the API: pages know people by their session alone."""


class Refused(Exception):
    """Something is refused that the page has no place to tell; an error page does."""

    def __init__(self, status: int, detail: str, wait: str | None = None) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail
        self.headers = {"Retry-After": wait} if wait else {}


def ask(
    request: WSGIRequest,
    view: type[APIView],
    method: str = "GET",
    query: Pairs | None = None,
    body: Any = None,
    expect: Collection[int] = (),
    **path: Any,
) -> Response:
    """Have a view of the API answer, for the visitor of a page.

    Parameters
    ----------
    request
        The page's request; its middleware has checked where it comes from.
    view
        View of the API.
    method
        GET, POST, PATCH or DELETE.
    query
        Parameters of the address.
    body
        What to send as JSON.
    expect
        Statuses from 400 on that the page deals with.
    **path
        Parts of the API's address.

    Raises
    ------
    Refused
        When the status is 400 or more, and not among those expected.
    """
    inner = _inner_request(request, method, query, body)
    response = view.as_view()(inner, **path)
    _carry_back(inner, request)
    if response.status_code >= 400 and response.status_code not in expect:
        detail = " ".join(sentences(response.data))
        raise Refused(response.status_code, detail, response.headers.get("Retry-After"))
    return response


def sentences(data: Any) -> list[str]:
    """Return all messages of an error's body, with the names of what they are about."""
    if isinstance(data, dict):
        plain = ("detail", "non_field_errors")
        return [
            text if name in plain else f"{name}: {text}"
            for name, value in data.items()
            for text in sentences(value)
        ]
    if isinstance(data, list | tuple):
        return [text for value in data for text in sentences(value)]
    return [str(data)]


def _inner_request(
    request: WSGIRequest, method: str, query: Pairs | None, body: Any
) -> WSGIRequest:
    content = b"" if body is None else json.dumps(body).encode()
    known = {name: value for name, value in request.environ.items() if name not in DROPPED}
    inner = WSGIRequest(
        known
        | {
            "REQUEST_METHOD": method,
            # The page's request put the path here as text; WSGI has bytes in this disguise.
            "PATH_INFO": request.path_info.encode().decode("latin-1"),
            "QUERY_STRING": urlencode(query or []),
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(content)),
            "HTTP_ACCEPT": "application/json",
            "wsgi.input": io.BytesIO(content),
        }
    )
    inner.user, inner.session = request.user, request.session
    # The page's own middleware did it, with the form's token.
    inner.csrf_processing_done = True
    return inner


def _carry_back(inner: WSGIRequest, request: WSGIRequest) -> None:
    if inner.META.get("CSRF_COOKIE") != request.META.get("CSRF_COOKIE"):
        request.META["CSRF_COOKIE"] = inner.META["CSRF_COOKIE"]
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    if getattr(inner, "axes_locked_out", False):
        request.axes_locked_out = True
