"""Queries that the application sends to the TAP service of this site."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import httpx
from fastapi import FastAPI, Request

from ztfvo.errors import HTTPError
from ztfvo.settings import Settings, get_settings

SLACK = 5.0
"""Seconds beyond its own limit that TAP has for its answer."""

_SENTENCE = re.compile(r'value="ERROR">(?:Field \w+: )?([^<]*)<')


@asynccontextmanager
async def opened(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Have connections to TAP while the application runs."""
    async with httpx.AsyncClient(timeout=settings.sync_seconds + SLACK, trust_env=False) as client:
        app.state.tap = client
        yield


async def run(request: Request, adql: str, form: str, maxrec: int) -> httpx.Response:
    """Run a query as one of the visitor who sent a request.

    Parameters
    ----------
    form
        RESPONSEFORMAT of the result.
    maxrec
        Rows, at most.

    Raises
    ------
    HTTPError
        With the status and the sentence of TAP's refusal; 503 when TAP does not answer.
    """
    settings = get_settings()
    parameters = {
        "LANG": "ADQL",
        "QUERY": adql,
        "RESPONSEFORMAT": form,
        "MAXREC": str(maxrec),
    }
    headers = {"X-Real-IP": request.headers.get("x-real-ip", "")}
    for number in range(settings.dachs_processes):
        address = f"http://127.0.0.1:{settings.dachs_port + number}/tap/sync"
        try:
            answer = await request.app.state.tap.post(address, data=parameters, headers=headers)
        except httpx.ConnectError:
            continue
        except httpx.HTTPError:
            break
        if answer.status_code == httpx.codes.OK:
            return answer
        raise HTTPError(answer.status_code, _reason(answer))
    raise HTTPError(503, "The TAP service does not answer just now: ask again in a minute.")


def _reason(answer: httpx.Response) -> str:
    found = _SENTENCE.search(answer.text)
    if found is None:
        return "The TAP service refused the query: ask again in a minute."
    return " ".join(unescape(found[1]).split())
