"""The description of the API for people; programs have the OpenAPI document."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ztfvo.web.http import Reading, respond, serve
from ztfvo.web.pages import HTML, SCHEMA, SWAGGER, page

router = APIRouter()


@serve(router, "/api/docs")
def docs(given: Reading) -> Response:
    """Show the API."""
    body = page("api.html", title="API", schema=SCHEMA, swagger=SWAGGER)
    return respond(given.request, body, HTML, {"Cache-Control": "public, max-age=300"})
