"""The form of an answer that a request asks for, of those that a folder has."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from ztfvo.dal import media_type, shorten
from ztfvo.errors import HTTPError
from ztfvo.products.parameters import FORMAT, SHORT_FORMAT
from ztfvo.web.errors import answer_as
from ztfvo.web.http import Given
from ztfvo.web.openapi import query_parameter

_BOTH = (FORMAT, SHORT_FORMAT)


def described(known: Sequence[ModuleType]) -> dict[str, Any]:
    """Return the description of the parameter that names one of these writers, for OpenAPI."""
    first, *_ = names = [one.NAMES[0] for one in known]
    return query_parameter(
        FORMAT,
        f"Form of the answer, also by its media type; {first} if not given",
        {"type": "string", "enum": names},
    )


def wanted(given: Given, known: Sequence[ModuleType]) -> ModuleType:
    """Return the writer that a request names, the first if none; refusals have its form.

    Parameters
    ----------
    known
        Writers, each with NAMES and CONTENT_TYPE.

    Raises
    ------
    HTTPError
        400, where there is no such form, or the two differ.
    """
    words = {media_type(text) for each in _BOTH if (text := given.parameters.text(each))}
    if len(words) > 1:
        raise HTTPError(400, f"{FORMAT} and {SHORT_FORMAT} mean the same: give one of them.")
    asked = words.pop() if words else known[0].NAMES[0]
    by_name = {each: one for one in known for each in one.NAMES}
    if asked not in by_name:
        there = ", ".join(one.NAMES[0] for one in known)
        raise HTTPError(400, f"{FORMAT}={shorten(asked)} is not known here: use one of {there}.")
    answer_as(given.request, by_name[asked].CONTENT_TYPE)
    return by_name[asked]
