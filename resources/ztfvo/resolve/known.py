"""Names asked of services outside, one after the other until one knows them."""

from __future__ import annotations

from ztfvo.outside.ask import Desk, rows_named
from ztfvo.outside.model import Row, Source, State
from ztfvo.outside.sources import sources
from ztfvo.resolve.model import Certainty, Found, Outcome


async def by_source(source: str, name: str, desk: Desk) -> Outcome:
    """Ask a source for a name."""
    asked = sources()[source]
    answer = await desk.answer(rows_named(asked, name))
    if answer.state == State.FOUND:
        return Outcome(tuple(_found(asked, row, name) for row in answer.rows))
    if answer.state == State.EMPTY:
        return Outcome()
    return Outcome(silent={asked.title: answer.reason})


async def first_known(names: tuple[str, ...], name: str, desk: Desk) -> Outcome:
    """Ask sources in turn, until one knows a name; those that do not answer are passed on."""
    silent: dict[str, str] = {}
    for source in names:
        outcome = await by_source(source, name, desk)
        silent |= outcome.silent
        if outcome.found:
            return Outcome(outcome.found, silent)
    return Outcome(silent=silent)


def _found(source: Source, row: Row, name: str) -> Found:
    known = row.get(source.yields.name) if source.yields.name else None
    ra, dec = (row[column] for column in source.position)
    by = row.get("resolver") or source.title
    return Found(str(known or name), ra, dec, Certainty.NAMED, by, source.epoch)
