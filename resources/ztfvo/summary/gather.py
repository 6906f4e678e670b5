"""Everything at once: what is here, what each catalogue says as it comes, and what follows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import replace

from anyio import to_thread

from ztfvo.match import gather
from ztfvo.match.model import Match
from ztfvo.outside.ask import Desk
from ztfvo.settings import Settings
from ztfvo.summary import dust, judge, others
from ztfvo.summary.model import Last, Own, Part, Summary


async def parts(desk: Desk, match: Match) -> AsyncIterator[Part]:
    """Give what each catalogue says, as it comes."""
    async for compared in gather.answers(desk, match):
        yield others.of(compared)


async def finish(own: Own, found: Sequence[Part], settings: Settings) -> tuple[Own, Last]:
    """Return what follows from all parts, and what is here with the extinction that needs them."""
    distances = [one for part in found for one in part.distances]
    reddening = await to_thread.run_sync(dust.at, own, distances, settings)
    ordered = sorted(found, key=_order)
    last = judge.last(own, ordered, reddening.by_band)
    own = replace(own, missing=[*own.missing, *reddening.missing])
    return own, replace(last, facts=[*reddening.facts, *last.facts])


async def all_of_it(
    reading: Awaitable[Own], desk: Desk, match: Match, settings: Settings
) -> Summary:
    """Return everything that came in the time of a request.

    Parameters
    ----------
    reading
        Gives what is here, which is read while catalogues are asked.
    """
    here = asyncio.ensure_future(reading)
    try:
        found = [one async for one in parts(desk, match)]
    finally:
        own = await here
    own, last = await finish(own, found, settings)
    return Summary(own, sorted(found, key=_order), last)


def _order(part: Part) -> tuple[float, str]:
    source = part.compared.wanted.catalog.source
    return source.order, source.name
