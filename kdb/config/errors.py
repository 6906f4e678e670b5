"""Answers to what goes wrong, for people and for scripts."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from psycopg import errors as sql
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kdb.config.options import get_options

log = logging.getLogger("kdb")


class Conflict(Exception):
    """A change that does not fit what is there now; `body` is the answer."""

    def __init__(self, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.body = {"detail": detail} | more


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception of a view; None leaves it to Django (status 500)."""
    if isinstance(error, OperationalError):
        return _database_error(error)
    if isinstance(error, Conflict):
        return Response(error.body, status=status.HTTP_409_CONFLICT)
    return exception_handler(error, context)


def _database_error(error: DatabaseError) -> Response:
    if isinstance(error.__cause__, sql.QueryCanceled):
        detail = "This takes too long: ask for less, with more filters."
    else:
        log.error("The database does not answer: %s", error)
        detail = "The database does not answer: try again in a minute."
    return Response({"detail": detail}, status=503, headers={"Retry-After": "60"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a request whose origin is in doubt."""
    detail = f"The request was refused: {reason} Get a token from login/ and send X-CSRFToken."
    return JsonResponse({"detail": detail}, status=403)


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """Answer a login name that has to wait; the same whether there is such a user or not."""
    minutes = get_options().login_minutes
    detail = f"Too many wrong passwords: wait {minutes:g} minutes."
    headers = {"Retry-After": str(round(60 * minutes))}
    return JsonResponse({"detail": detail}, status=429, headers=headers)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return JsonResponse({"detail": "There is nothing at this address."}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer when the service itself is at fault."""
    return JsonResponse({"detail": "The service failed; the operator's log says why."}, status=500)


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that is not well formed."""
    return JsonResponse({"detail": "The request is malformed."}, status=400)
