"""One way of asking all services that have TAP: a cone on a table, or rows of an identifier."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from anyio import to_thread
from astropy.io.votable import parse
from astropy.table import Column
from pyvo.dal.exceptions import DALQueryError, DALServiceError
from pyvo.dal.query import DALResults

from ztfvo.outside.client import Asker, Reply
from ztfvo.outside.model import Cut, Find, Look, Malformed, Place, Source
from ztfvo.remote import NoAnswer, Refused

MOST_ROWS = 200
"""Of one answer."""
MARGIN = 1.0
"""arcsec that a cone is wider than the radius, as distances are computed here again."""
FAST, FURTHEST = 200.0, 60.0
"""Proper motion (mas/yr) from which on an object may be so far (arcsec) from where it was."""


def cone(
    url: str,
    table: str,
    *,
    position: tuple[str, str],
    motion: tuple[str, str] | None = None,
    where: str = "",
    form: str = "json",
    named: Mapping[str, str] | None = None,
    made: Collection[str] = (),
) -> Find:
    """Return what asks for rows of a table around a place.

    Parameters
    ----------
    url
        Of synchronous queries.
    table
        As ADQL has it: in quotes where it has to be; or joined ones.
    position
        The table's right ascension and declination, deg, as ADQL has them.
    motion
        Its proper motions (mas/yr): objects that move fast are asked for in a wider cone.
    where
        A further condition.
    form
        json or votable: what the service is asked for.
    named
        Columns as ADQL has them, by the names in the answer, where the two differ.
    made
        Columns that the table has not: they are made of what it answers.
    """

    async def find(
        asker: Asker, source: Source, place: Place, radius: float
    ) -> Sequence[Mapping[str, Any]]:
        point = f"POINT('ICRS', {position[0]}, {position[1]})"
        near = _within(point, place, radius + MARGIN)
        if motion:
            # One cone around all, by which tables are searched; the smaller one is compared with.
            fast = " + ".join(f"{one} * {one}" for one in motion)
            far = _within(point, place, radius + FURTHEST)
            near = f"{far} AND ({near} OR {fast} > {FAST**2:.0f})"
        condition = f"{near} AND {where}" if where else near
        here = f"POINT('ICRS', {place.ra!r}, {place.dec!r})"
        query = (
            f"SELECT TOP {MOST_ROWS + 1} {_columns(source, named or {}, made)},"
            f" DISTANCE({point}, {here}) AS match_dist FROM {table} WHERE {condition}"
            " ORDER BY match_dist"
        )
        rows = await ask(asker, url, query, form)
        return rows if len(rows) <= MOST_ROWS else Cut(rows[:MOST_ROWS])

    return find


def equal(
    url: str, table: str, column: str, *, pattern: str, form: str = "json", number: bool = False
) -> Look:
    """Return what asks for rows with an identifier.

    Parameters
    ----------
    column
        As ADQL has it.
    pattern
        Regular expression that identifiers match wholly; for others nothing is asked.
    number
        Whether it is one, not a text.
    """
    wanted = re.compile(pattern, re.ASCII)

    async def look(asker: Asker, source: Source, name: str) -> Sequence[Mapping[str, Any]]:
        if not wanted.fullmatch(name):
            return []
        value = name if number else text(name)
        query = f"SELECT TOP 5 {_columns(source, {})} FROM {table} WHERE {column} = {value}"
        return await ask(asker, url, query, form)

    return look


async def ask(
    asker: Asker, url: str, query: str, form: str = "json", columns: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Send a query and return its rows, by the names of their columns.

    Parameters
    ----------
    columns
        Names that rows need.

    Raises
    ------
    Malformed
        When the answer is neither a VOTable nor the JSON that such services write, or when a column
        is missing.
    Refused
        When the service says that the query failed.
    """
    sent = {"REQUEST": "doQuery", "LANG": "ADQL", "FORMAT": form, "QUERY": query}
    reply = await asker.post(url, sent, also=(400, 500))
    if reply.status != 200 and b"<VOTABLE" not in reply.body:
        kind = Refused if reply.status == 400 else NoAnswer
        raise kind(f"{asker.source.title} answers {reply.status}", reply.status)
    if form == "json" and b"<VOTABLE" not in reply.body[:1000]:
        rows = _json_rows(reply)
    else:
        rows = await to_thread.run_sync(votable_rows, asker.source, reply)
    for name in columns if rows else ():
        if name not in rows[0]:
            raise Malformed(f"column {name} is missing; there are: {', '.join(rows[0])}")
    return rows


def text(value: str) -> str:
    """Return a text as ADQL has it."""
    return "'" + value.replace("'", "''") + "'"


def _within(point: str, place: Place, radius: float) -> str:
    circle = f"CIRCLE('ICRS', {place.ra!r}, {place.dec!r}, {radius / 3600:.9f})"
    return f"1 = CONTAINS({point}, {circle})"


def _columns(source: Source, named: Mapping[str, str], made: Collection[str] = ()) -> str:
    keys = dict.fromkeys(column.key for column in source.columns if column.key not in made)
    return ", ".join(f"{named[key]} AS {key}" if key in named else _quoted(key) for key in keys)


def _quoted(key: str) -> str:
    """A column's name, which may be a word of ADQL, or differ from another one in case only."""
    return '"' + key.replace('"', '""') + '"'


def _json_rows(reply: Reply) -> list[dict[str, Any]]:
    answer = reply.json()
    try:
        names = [column["name"] for column in answer["metadata"]]
        return [dict(zip(names, row, strict=True)) for row in answer["data"]]
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(
            "the JSON has not the members metadata and data of a table", reply.body
        ) from error


def votable_rows(source: Source, reply: Reply) -> list[dict[str, Any]]:
    """Return the rows of a VOTable, by the names of its columns.

    Raises
    ------
    Malformed
        When it is none.
    Refused
        When it says that the query failed.
    """
    try:
        found = DALResults(parse(io.BytesIO(reply.body), verify="ignore"))
        table = found.to_table()
    except (DALQueryError, DALServiceError) as error:
        raise Refused(f"{source.title} refuses the query: {str(error)[:200]}") from error
    except Exception as error:  # astropy raises many kinds
        raise Malformed(f"the answer is not a VOTable: {str(error)[:200]}", reply.body) from error
    names = [field.name for field in found.fielddescs]
    columns = [_values(table[name]) for name in table.colnames]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: Column) -> list[Any]:
    """Return values as the document has them: floats of four bytes by their shortest text."""
    if column.dtype != np.float32:
        return column.tolist()
    return [None if value is np.ma.masked else float(str(value)) for value in column]
