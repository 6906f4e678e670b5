"""Whether the site can answer: for those who watch over it, cheap enough to be asked often."""

from __future__ import annotations

import json

from fastapi import APIRouter, Response

from ztfvo.health import database_fault
from ztfvo.web import turns
from ztfvo.web.errors import RETRY_SECONDS
from ztfvo.web.http import Reading, serve
from ztfvo.web.openapi import operation

router = APIRouter(tags=["Site"])


@serve(
    router,
    "/health",
    summary="Whether light curves can be had",
    openapi_extra=operation([], {"application/json": "healthy, and why not"}, (503,)),
)
async def health(given: Reading) -> Response:
    """200 when light curves can be had, otherwise 503 with the reason."""
    fault = await turns.work(given.request, turns.watching(), database_fault)
    document = {"healthy": fault is None, "database": fault or "answers"}
    headers = {"Cache-Control": "no-store"}
    if fault:
        headers["Retry-After"] = str(RETRY_SECONDS)
    body = json.dumps(document).encode() + b"\n"
    return Response(body, 503 if fault else 200, headers, "application/json")
