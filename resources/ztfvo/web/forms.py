"""Answers that are a page for people and JSON for programs."""

from __future__ import annotations

from ztfvo.dal import shorten
from ztfvo.errors import HTTPError
from ztfvo.web.errors import answer_as
from ztfvo.web.http import Given
from ztfvo.web.openapi import query_parameter
from ztfvo.web.pages import HTML

JSON = "application/json"
FORMAT = "RESPONSEFORMAT"
_FORMS = {"json": JSON, JSON: JSON, "html": HTML, "text/html": HTML}

FORMAT_PARAMETER = query_parameter(
    FORMAT,
    "json or html; if not given, html for browsers and json for others",
    {"type": "string", "enum": ["json", "html"]},
)


def form_of(given: Given) -> str:
    """Return the content type that a request asks for, by parameter or as browsers do.

    Raises
    ------
    HTTPError
        400 for a form that there is not.
    """
    asked = given.parameters.text(FORMAT)
    if asked and asked.lower() not in _FORMS:
        raise HTTPError(400, f"{FORMAT}={shorten(asked)} is not known here: use json or html.")
    browser = "text/html" in given.request.headers.get("accept", "")
    content_type = _FORMS[asked.lower()] if asked else HTML if browser else JSON
    answer_as(given.request, content_type)
    return content_type
