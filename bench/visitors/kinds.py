"""The eight kinds of requests that ordinary visitors send, each with a check of its answer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import httpx

from bench.service import Target

Visit = Callable[[httpx.AsyncClient, Target, random.Random], Awaitable[None]]
"""Sends one request and checks its answer."""

_ARCSEC = 1 / 3600
_ENDED = ("COMPLETED", "ERROR", "ABORTED")
_JOB_SECONDS = 110.0


class HTTPError(Exception):
    """The site answered 429."""


class Failed(Exception):
    """The answer was not what a visitor came for; the message says what it was."""


async def _ask(client: httpx.AsyncClient, method: str, path: str, **more: object) -> httpx.Response:
    """Send a request.

    Raises
    ------
    HTTPError
        On status 429.
    Failed
        On another error, also one within a document of status 200.
    """
    try:
        answer = await client.request(method, path, **more)
    except httpx.HTTPError as error:
        raise Failed(type(error).__name__) from error
    if answer.status_code == 429:
        raise HTTPError
    if b"Traceback (most" in answer.content:
        raise Failed(f"{answer.status_code} with a traceback")
    if answer.status_code >= 400 or b'value="ERROR"' in answer.content[:20000]:
        raise Failed(f"{answer.status_code}")
    return answer


def _must_have(answer: httpx.Response, text: str) -> None:
    if text not in answer.text:
        raise Failed(f"{answer.status_code} without what was asked for")


async def cone(client: httpx.AsyncClient, target: Target, dice: random.Random) -> None:
    """A cone search of 1 arcsec."""
    _, ra, dec = target
    answer = await _ask(client, "GET", "/scs", params={"RA": ra, "DEC": dec, "SR": _ARCSEC})
    _must_have(answer, "<STREAM")


async def sync(client: httpx.AsyncClient, target: Target, dice: random.Random) -> None:
    """A small synchronous query."""
    query = f"SELECT oid, nobs, mag_mean FROM ztf.objects WHERE oid = {target[0]}"
    data = {"LANG": "ADQL", "QUERY": query, "FORMAT": "csv"}
    _must_have(await _ask(client, "POST", "/tap/sync", data=data), str(target[0]))


async def job(client: httpx.AsyncClient, target: Target, dice: random.Random) -> None:
    """An asynchronous job, from its making to its result."""
    query = f"SELECT COUNT(*) AS n FROM ztf.detections WHERE oid = {target[0]}"
    data = {"LANG": "ADQL", "QUERY": query, "FORMAT": "csv"}
    made = await _ask(client, "POST", "/tap/async", data=data, follow_redirects=False)
    if made.status_code != 303:
        raise Failed(f"{made.status_code} for a new job")
    path = "/tap/async/" + made.headers["Location"].rpartition("/")[2]
    try:
        await _ask(client, "POST", f"{path}/phase", data={"PHASE": "RUN"}, follow_redirects=False)
        deadline = asyncio.get_running_loop().time() + _JOB_SECONDS
        phase = ""
        while phase not in _ENDED:
            if asyncio.get_running_loop().time() > deadline:
                raise Failed(f"job {phase} after {_JOB_SECONDS:.0f} s")
            await asyncio.sleep(0.5)
            phase = (await _ask(client, "GET", f"{path}/phase")).text.strip()
        if phase != "COMPLETED":
            raise Failed(f"job {phase}")
        _must_have(await _ask(client, "GET", f"{path}/results/result"), "n")
    finally:
        await client.delete(path, follow_redirects=False)


async def curve(client: httpx.AsyncClient, target: Target, dice: random.Random) -> None:
    """A light curve as JSON, CSV or VOTable."""
    form = dice.choice(("json", "csv", "vot"))
    _must_have(await _ask(client, "GET", f"/lc/{target[0]}.{form}"), str(target[0]))


async def links(client: httpx.AsyncClient, target: Target, dice: random.Random) -> None:
    """The datalink of a light curve."""
    _must_have(await _ask(client, "GET", "/links", params={"ID": target[0]}), str(target[0]))


async def ssa(client: httpx.AsyncClient, target: Target, dice: random.Random) -> None:
    """A search for time series around a position."""
    place = {"REQUEST": "queryData", "POS": f"{target[1]},{target[2]}", "SIZE": "0.001"}
    _must_have(await _ask(client, "GET", "/ssa", params=place), 'value="OK"')


async def page(client: httpx.AsyncClient, target: Target, dice: random.Random) -> None:
    """The front page, the form or the page of a light curve."""
    path = dice.choice(("/", "/ztf/ztf/cone/form", f"/view/{target[0]}"))
    _must_have(await _ask(client, "GET", path), "</html>")


async def kdb(client: httpx.AsyncClient, target: Target, dice: random.Random) -> None:
    """The knowledge database: its first page, its tags, or the records of a star."""
    path = dice.choice(("/kdb/", "/kdb/api/v1/tags/", f"/kdb/api/v1/objects/{target[0]}/"))
    await _ask(client, "GET", path)


KINDS: dict[str, Visit] = {
    "cone search": cone,
    "TAP sync": sync,
    "TAP job": job,
    "light curve": curve,
    "datalink": links,
    "SSA": ssa,
    "HTML page": page,
    "KDB": kdb,
}
