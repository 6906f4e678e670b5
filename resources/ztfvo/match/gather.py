"""Answers of all catalogues at all places, as they come."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from typing import Any
from urllib.parse import quote

import numpy as np
from anyio import to_thread
from astropy.coordinates import position_angle

from ztfvo.match import columns, hosted
from ztfvo.match.model import PLACE, RECORD, Compared, Match, Outcome, Target, Wanted
from ztfvo.outside.ask import Desk, Question, rows_around
from ztfvo.outside.model import Answer, Place, Row, Source, State
from ztfvo.outside.rows import ANGLE, AS_LISTED

_NAME = re.compile(r"\{([^{}]+)\}")


async def all_answers(desk: Desk, match: Match) -> Outcome:
    """Return all answers that came in the time of a request; the others are unavailable."""
    return Outcome(match, [one async for one in answers(desk, match)])


async def answers(desk: Desk, match: Match) -> AsyncIterator[Compared]:
    """Ask all catalogues at the same time, and give what each has at a place as it comes."""
    asked = [
        (_question(wanted, target), wanted, target)
        for wanted in match.wanted
        for target in match.targets
    ]
    of_question = {id(question): (wanted, target) for question, wanted, target in asked}
    questions = [question for question, *_ in asked]
    async for question, answer in desk.answers(questions, match.wait):
        wanted, target = of_question[id(question)]
        yield compared(wanted, target, answer, match.motion)


def _question(wanted: Wanted, target: Target) -> Question:
    question = rows_around(wanted.catalog.source, target.place, wanted.radius)
    if not wanted.catalog.here:
        return question

    async def here() -> Answer:
        return await to_thread.run_sync(hosted.answer, wanted.catalog, target.place, wanted.radius)

    return replace(question, here=here)


def compared(wanted: Wanted, target: Target, answer: Answer, motion: bool) -> Compared:
    """Return an answer with the rows that are meant, and what each row gets."""
    source = wanted.catalog.source
    rows = answer.rows if motion else without_motion(source, answer.rows, target, wanted.radius)
    state = State.EMPTY if answer.state == State.FOUND and not rows else answer.state
    complete = tuple(completed(wanted, zip(repeat(target), rows)))
    return Compared(wanted, replace(answer, state=state, rows=complete), target)


def completed(wanted: Wanted, rows: Iterable[tuple[Target, Row]]) -> Iterator[Row]:
    """Give rows with all columns of a catalogue's table, in their order."""
    names = [column.name for column in columns.of(wanted)]
    for target, row in rows:
        address = record(wanted.catalog.source, row, target.place, wanted.radius)
        known = {**row, PLACE: target.number, RECORD: address}
        yield {name: known[name] for name in names}


def without_motion(
    source: Source, rows: Sequence[Row], target: Target, radius: float
) -> Sequence[Row]:
    """Return the rows within a radius by the places that the catalogue has, nearest first.

    Position angles are those of these places too.
    """
    if source.position is None:
        return rows
    here = np.radians([target.place.ra, target.place.dec])
    near = []
    for row in rows:
        if row[AS_LISTED] <= radius:
            there = np.radians([row[name] for name in source.position])
            angle = position_angle(*here, *there).to_value("deg")
            near.append(row | {ANGLE: float(angle)})
    return sorted(near, key=lambda row: row[AS_LISTED])


def record(source: Source, row: Mapping[str, Any], place: Place, radius: float) -> str | None:
    """Return the address of the full record of a row; None where it has none."""
    known = {"ra": place.ra, "dec": place.dec, "radius": radius, **row}
    wanted = _NAME.findall(source.record)
    if not source.record or any(known.get(name) is None for name in wanted):
        return None
    return _NAME.sub(lambda name: quote(str(known[name[1]]), safe=""), source.record)
