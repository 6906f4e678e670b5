"""Answers to what goes wrong, for people and for scripts."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from psycopg import errors as sql
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kdb.config.options import get_options

TITLES = {
    400: "Not understood",
    401: "Login needed",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    409: "Changed meanwhile",
    413: "Too large",
    429: "Too often",
    500: "The service failed",
    503: "Not available now",
}
"""Headings of error pages."""

log = logging.getLogger("kdb")


class Conflict(APIException):
    """A change that does not fit what is there now; `detail` is the body of the answer."""

    status_code = 409

    def __init__(self, detail: str, **more: Any) -> None:
        self.detail = {"detail": detail} | more

    def __str__(self) -> str:
        return str(self.detail["detail"])


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception of a view; None leaves it to Django (status 500)."""
    if isinstance(error, OperationalError):
        return _database_error(error)
    return exception_handler(error, context)


def _database_error(error: DatabaseError) -> Response:
    if isinstance(error.__cause__, sql.QueryCanceled):
        detail = "This takes too long: ask for less, with more filters."
    else:
        log.error("The database does not answer: %s", error)
        detail = "The database does not answer: try again in a minute."
    return Response({"detail": detail}, status=503, headers={"Retry-After": "60"})


def answer(
    request: HttpRequest, status: int, detail: str, headers: dict[str, str] | None = None
) -> HttpResponse:
    """Report what went wrong: as JSON below the API's root, else as a page."""
    if for_scripts(request):
        return JsonResponse({"detail": detail}, status=status, headers=headers)
    context = {"status": status, "title": TITLES.get(status, "Refused"), "detail": detail}
    page = render(request, "pages/error.html", context, status=status)
    for name, value in (headers or {}).items():
        page[name] = value
    return page


def for_scripts(request: HttpRequest) -> bool:
    """Whether an address is the API's, and not a page's."""
    return request.path_info.startswith("/api/")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a request whose origin is in doubt."""
    if for_scripts(request):
        remedy = "Get a token from login/ and send X-CSRFToken."
    else:
        remedy = "Go back, load the page again, and send the form from there."
    return answer(request, 403, f"The request was refused: {reason} {remedy}")


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """Answer a login name that has to wait; the same whether there is such a user or not."""
    minutes = get_options().login_minutes
    detail = f"Too many wrong passwords: wait {minutes:g} minutes."
    return answer(request, 429, detail, {"Retry-After": str(round(60 * minutes))})


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what the visitor may not do."""
    return answer(request, 403, "You may not do this.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return answer(request, 404, "There is nothing at this address.")


def failed(request: HttpRequest) -> HttpResponse:
    """Answer when the service itself is at fault."""
    return answer(request, 500, "The service failed; the operator's log says why.")


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that is not well formed."""
    return answer(request, 400, "The request is malformed.")
