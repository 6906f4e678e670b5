"""Lists that people send to search for: files with positions, or lines of names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import anyio

from ztfvo.dal import BadParameter, is_place, shorten
from ztfvo.errors import HTTPError
from ztfvo.match import lists
from ztfvo.outside.ask import Desk
from ztfvo.resolve import read, resolve
from ztfvo.resolve.model import Found

MOST_LINES = 1_000
MOST_OUTSIDE = 50
"""Names in one list that services outside are asked for."""
LOCAL = frozenset(("oid", "oids", "snad", "iau", "framed", "coordinates"))
"""Rules whose names are looked up at this site alone."""
AT_A_TIME = 8
"""Names looked up at a time."""

_RA = re.compile(r'\s*"?_?ra(?:_?deg|_?icrs|j2000)?"?\s*', re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One row or line of a list."""

    number: int
    """From 1."""
    name: str
    """As it was sent; empty where a row has only a position."""
    place: tuple[float, float] | None = None
    """ICRS, deg; None where it has none."""
    by: str = ""
    """Who says that it is there; empty where the list does."""
    oids: tuple[int, ...] = ()
    """Light curves that it names."""
    fault: str = ""
    """Why it has no place, as a sentence."""
    unavailable: bool = False
    """Whether somebody who may know it does not answer."""


def of_file(body: bytes, content_type: str) -> list[Entry]:
    """Return the rows of a VOTable or CSV.

    Raises
    ------
    HTTPError
        400 or 415 where it cannot be read.
    """
    listed = lists.read(body, content_type)
    values = zip(listed.names, listed.ra.tolist(), listed.dec.tolist(), strict=True)
    return [
        Entry(number, name, (ra % 360, dec))
        if is_place(ra, dec)
        else Entry(number, name, fault=f"The row has no position: {listed.said(number - 1)}.")
        for number, (name, ra, dec) in enumerate(values, 1)
    ]


def is_table(text: str) -> bool:
    """Return whether a text is a table in CSV: its first line names a column of positions."""
    first = text.lstrip("\ufeff \t\r\n").partition("\n")[0]
    names = first.split(lists.delimiter_of(text))
    return len(names) > 1 and any(map(_RA.fullmatch, names))


async def of_lines(text: str, desk: Desk) -> list[Entry]:
    """Return the lines of a text, each an OID, position or name, with their places.

    Raises
    ------
    HTTPError
        400 for no line, too many, or too many names that others have to be asked for.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise HTTPError(400, "The list is empty: give an OID, a position or a name in each line.")
    if len(lines) > MOST_LINES:
        raise HTTPError(
            400,
            f"The list has {len(lines)} lines, {MOST_LINES} are the limit: send parts, or a VOTable"
            f" or CSV with positions, which may have {lists.MOST_PLACES} rows.",
        )
    _require_few(lines)
    entries: list[Entry] = [Entry(0, "")] * len(lines)
    turn = anyio.CapacityLimiter(AT_A_TIME)

    async def look_up(position: int, line: str) -> None:
        async with turn:
            entries[position] = await _entry(position + 1, line, desk)

    async with anyio.create_task_group() as group:
        for position, line in enumerate(lines):
            group.start_soon(look_up, position, line)
    return entries


def _require_few(lines: Sequence[str]) -> None:
    outside = 0
    for line in lines:
        try:
            rule, _ = read(line)
        except BadParameter:
            continue
        outside += rule not in LOCAL
    if outside > MOST_OUTSIDE:
        raise HTTPError(
            400,
            f"The list has {outside} names that other services have to be asked for,"
            f" {MOST_OUTSIDE} are the limit: send parts, or positions.",
        )


async def _entry(number: int, line: str, desk: Desk) -> Entry:
    name = shorten(line)
    try:
        result = await resolve(line, desk)
    except BadParameter as error:
        return Entry(number, name, fault=error.message.partition(": ")[0].rstrip(".") + ".")
    if result.found:
        found: Found = result.found[0]
        return Entry(number, name, (found.ra % 360, found.dec), found.by, found.oids)
    if result.outcome.silent:
        reasons = "; ".join(result.outcome.silent.values())
        return Entry(
            number, name, fault=f"It cannot be looked up now ({reasons}).", unavailable=True
        )
    return Entry(number, name, fault="It is known to nobody.")
