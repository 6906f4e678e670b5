"""What a name or position stands for: ``/resolve``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from fastapi import APIRouter, Response

from ztfvo import addresses
from ztfvo.dal import BadParameter, shorten
from ztfvo.errors import HTTPError
from ztfvo.resolve import Resolved, all_rules, resolve
from ztfvo.store.names import DEFAULT
from ztfvo.web.desk import desk_of
from ztfvo.web.forms import FORMAT, FORMAT_PARAMETER, JSON, form_of
from ztfvo.web.http import CHANGING, Reading, respond, serve
from ztfvo.web.openapi import operation, query_parameter
from ztfvo.web.pages import HTML, page

router = APIRouter(tags=["Outside"])

NAME = "NAME"


def _example() -> str:
    return all_rules()["coordinates"].EXAMPLE.partition(" or ")[0]


@serve(
    router,
    addresses.RESOLVE,
    summary="What a name or position stands for",
    openapi_extra=operation(
        [
            query_parameter(
                NAME,
                "An OID, position or name",
                {"type": "string"},
                required=True,
                example=_example(),
            ),
            FORMAT_PARAMETER,
        ],
        {JSON: "The places, by which rule, and how sure it is", "text/html": "The same as a page"},
        (400, 404, 503),
    ),
)
async def resolved(given: Reading) -> Response:
    """Find the place of an OID, a position or a name."""
    given.parameters.require_known([NAME, FORMAT])
    content_type = form_of(given)
    text = given.parameters.text(NAME)
    if text is None:
        raise BadParameter(NAME, f"{NAME} is missing: give an OID, a position or a name.")
    result = await resolve(text, desk_of(given.request))
    require_found(result)
    found = describe(result)
    body = (
        page("resolve.html", title=result.text, result=found)
        if content_type == HTML
        else orjson.dumps(found) + b"\n"
    )
    headers = {"Cache-Control": CHANGING, "Vary": "Accept"}
    return respond(given.request, body, content_type, headers)


def require_found(result: Resolved) -> None:
    """Check that a text stands for a place.

    Raises
    ------
    HTTPError
        503 where who may know it does not answer, 404 where nobody knows it.
    """
    if result.found:
        return
    said = f"{NAME}={shorten(result.text)}, read as {result.title},"
    if result.outcome.silent:
        reasons = "; ".join(result.outcome.silent.values())
        raise HTTPError(
            503,
            f"{said} cannot be looked up now ({reasons}). Try again later, or give a position.",
        )
    raise HTTPError(404, f"{said} is known to nobody: check it, or give a position.")


def describe(result: Resolved) -> dict[str, Any]:
    """Return what came of a text, as JSON has it."""
    return {
        "text": result.text,
        "rule": result.rule,
        "read_as": result.title,
        "found": [asdict(one) | {"url": _address(one.oids)} for one in result.found],
        "not_answering": result.outcome.silent,
    }


def _address(oids: tuple[int, ...]) -> str | None:
    """Address of the page of light curves, where some are meant."""
    return addresses.absolute(addresses.view(DEFAULT, *oids)) if oids else None
