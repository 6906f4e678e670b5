"""Lists of positions that are sent: read from VOTable or CSV, and compared in one statement."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from astropy.io.votable import parse

from ztfvo.dal import Parameters, is_place, shorten
from ztfvo.errors import HTTPError
from ztfvo.match import hosted, places, request
from ztfvo.match.gather import completed, without_motion
from ztfvo.match.model import OBJECTS, Catalog, Compared, Match, Outcome, Target, Wanted
from ztfvo.outside.model import Answer, Place, State

MOST_PLACES = 20_000
MOST_SAID = 20
"""Places that cannot be used of which a sentence is said."""
MEDIA_TYPES = {
    "text/csv": "csv",
    "application/csv": "csv",
    "application/x-votable+xml": "votable",
    "text/xml": "votable",
    "application/xml": "votable",
}
ENDINGS = {"csv": "text/csv", "vot": "text/xml", "votable": "text/xml", "xml": "text/xml"}
"""Types of files by the endings of their names."""
DELIMITERS = ",;\t"
"""Between the cells of a CSV, of which the comma is meant first."""
_RA = re.compile(r"ra|ra_?deg|raj2000|ra_?icrs|_?raj2000", re.I)
_DEC = re.compile(r"dec|de|decl|declination|dec?_?deg|dej2000|decj2000|dec?_?icrs|_?dej2000", re.I)
_NAME = re.compile(r"id|name|oid|objid|object|source|source_?id|main_id", re.I)
REMEDY = (
    "send a VOTable or a CSV with a line of names, which has columns ra and dec (ICRS, deg), and id"
    " if you like"
)


@dataclass(frozen=True)
class Listed:
    """A list as it was sent."""

    names: Sequence[str]
    """Empty texts where it has none."""
    ra: np.ndarray
    dec: np.ndarray
    """deg; NaN where there is no number."""
    written: Sequence[tuple[str, str]]
    """Right ascension and declination as they were sent."""

    def said(self, row: int) -> str:
        """Return what a row, counted from 0, has for a position, for people."""
        ra, dec = (shorten(one) or "empty" for one in self.written[row])
        return f"ra {ra}, dec {dec}"


def read(body: bytes, content_type: str) -> Listed:
    """Read a list.

    Raises
    ------
    HTTPError
        400 for what is no list or too long, 415 for another type.
    """
    kind = MEDIA_TYPES.get(content_type)
    if kind is None:
        raise HTTPError(
            415,
            f"A list of type {shorten(content_type) or 'none'} cannot be read: {REMEDY}, with the"
            " content type application/x-votable+xml or text/csv.",
        )
    listed = (_votable if kind == "votable" else _csv)(body)
    if not len(listed.ra):
        raise HTTPError(400, f"The list has names of columns, and no rows: {REMEDY}.")
    if len(listed.ra) > MOST_PLACES:
        raise HTTPError(
            400, f"The list has {len(listed.ra)} places, {MOST_PLACES} are the limit: send parts."
        )
    return listed


def type_of(name: str, content_type: str) -> str:
    """Return the type of a file that was sent, by its ending where the sender does not know it."""
    ending = name.rpartition(".")[2].lower()
    return content_type if content_type in MEDIA_TYPES else ENDINGS.get(ending, content_type)


def _csv(body: bytes) -> Listed:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise HTTPError(
            400,
            "The list is not CSV in UTF-8: it is a binary file, or a text in another code:"
            f" {REMEDY}.",
        ) from None
    try:
        lines = io.StringIO(text, newline="")
        rows = list(csv.reader(lines, delimiter=delimiter_of(text), strict=True))
    except csv.Error as error:
        raise HTTPError(400, f"The list is not CSV ({error}): {REMEDY}.") from None
    rows = [row for row in rows if len(row) > 1 or any(cell.strip() for cell in row)]
    header, data = (rows[0], rows[1:]) if rows else ([], [])
    column = _finder([name.strip() for name in header])
    for number, row in enumerate(data, 1):
        if len(row) > len(header):
            raise HTTPError(
                400, f"Row {number} has {len(row)} cells, and there are {len(header)} names."
            )
    at = {what: column(pattern) for what, pattern in (("ra", _RA), ("dec", _DEC), ("id", _NAME))}
    _require(at["ra"], at["dec"], header)

    def cells(position: int) -> list[str]:
        return [row[position].strip() if position < len(row) else "" for row in data]

    names = cells(at["id"]) if at["id"] is not None else [""] * len(data)
    ra, dec = cells(at["ra"]), cells(at["dec"])
    return Listed(names, _numbers(ra), _numbers(dec), list(zip(ra, dec, strict=True)))


def delimiter_of(text: str) -> str:
    """Return what is between the names in the first line of a CSV: a comma, unless the line names
    columns of positions with another one."""
    line = text.lstrip("\ufeff \t\r\n").partition("\n")[0]
    for delimiter in DELIMITERS:
        names = [name.strip(' \r"') for name in line.split(delimiter)]
        if any(map(_RA.fullmatch, names)) and any(map(_DEC.fullmatch, names)):
            return delimiter
    return DELIMITERS[0]


def _votable(body: bytes) -> Listed:
    try:
        table = parse(io.BytesIO(body), verify="ignore").get_first_table()
    except Exception as error:  # astropy raises many kinds
        raise HTTPError(
            400, f"The list is not a VOTable ({shorten(str(error))}): {REMEDY}."
        ) from None
    ucds = [str(field.ucd or "").lower() for field in table.fields]
    column = _finder([field.name or field.ID for field in table.fields])

    def position(word: str, pattern: re.Pattern[str]) -> int | None:
        for ucd in (f"{word};meta.main", f"pos_eq_{word[7:]}_main", word):
            if ucd in ucds:
                return ucds.index(ucd)
        return column(pattern)

    ra, dec, name = position("pos.eq.ra", _RA), position("pos.eq.dec", _DEC), column(_NAME)
    _require(ra, dec, [field.name for field in table.fields])
    fields = [field.ID for field in table.fields]

    def cells(at: int) -> Iterable:
        return np.ma.asarray(table.array[fields[at]]).tolist()

    names = ["" if one is None else str(one) for one in cells(name)] if name is not None else None
    right, up = list(cells(ra)), list(cells(dec))
    written = [tuple(map(_text, pair)) for pair in zip(right, up, strict=True)]
    return Listed(names or [""] * len(right), _numbers(right), _numbers(up), written)


def _text(cell: object) -> str:
    """A cell of a VOTable as people read it; empty where it has no value."""
    return "" if cell is None or cell != cell else str(cell)


def _finder(names: Sequence[str]) -> Callable[[re.Pattern[str]], int | None]:
    def find(pattern: re.Pattern[str]) -> int | None:
        found = [at for at, name in enumerate(names) if pattern.fullmatch(name)]
        same = [name.lower() for name in (names[at] for at in found)]
        if found and same.count(same[0]) > 1:
            raise HTTPError(400, f"Two columns of the list are called {names[found[0]]}: keep one.")
        return found[0] if found else None

    return find


def _require(ra: int | None, dec: int | None, names: Sequence[str]) -> None:
    if ra is None or dec is None:
        there = shorten(", ".join(map(str, names)), 200) or "none"
        raise HTTPError(
            400,
            f"The list has no columns of right ascension and declination: {REMEDY}; it has"
            f" {there}.",
        )


def _numbers(cells: Iterable[object]) -> np.ndarray:
    def number(cell: object) -> float:
        try:
            return float(cell)
        except (TypeError, ValueError):
            return np.nan

    return np.array([number(cell) for cell in cells], float)


def compare(
    parameters: Parameters,
    catalogs: dict[str, Catalog],
    name: str | None,
    body: bytes,
    content_type: str,
) -> Outcome:
    """Compare a list with catalogues that this site hosts.

    Raises
    ------
    HTTPError
        400 or 415 where the list or a parameter cannot be used.
    DatabaseDown
        When the database does not answer, or takes too long.
    """
    parameters.require_known(request.LISTED)
    here = {one: catalog for one, catalog in catalogs.items() if catalog.here}
    if name in catalogs and name not in here:
        raise HTTPError(400, _only(name, here))
    for word in parameters.words(request.CATALOG):
        if word.lower() in catalogs and word.lower() not in here:
            raise HTTPError(400, _only(word, here))
    wanted = request.read_wanted(parameters, here, name, every=list(here), default=[OBJECTS])
    epoch = parameters.number(places.EPOCH, places.FIRST_EPOCH, places.LAST_EPOCH)
    listed = read(body, content_type)
    targets, left_out = _targets(listed, epoch or Place.epoch)
    match = Match(targets, wanted, request.read_motion(parameters), request.LONGEST_WAIT)
    return Outcome(match, [_compared(one, match) for one in wanted], left_out)


def _only(name: str, here: dict[str, Catalog]) -> str:
    return (
        f"A list cannot be compared with {shorten(name)}, which another service has: ask for single"
        f" places, or for what this site hosts: {', '.join(here)}."
    )


def _targets(listed: Listed, epoch: float) -> tuple[list[Target], list[str]]:
    """Return the places, and sentences on rows that are none."""
    targets, left_out = [], []
    values = zip(listed.names, listed.ra.tolist(), listed.dec.tolist(), strict=True)
    for number, (name, ra, dec) in enumerate(values, 1):
        if is_place(ra, dec):
            targets.append(Target(number, Place(ra % 360, dec, epoch), name))
        else:
            left_out.append(f"row {number} has no position: {listed.said(number - 1)}")
    if not targets:
        raise HTTPError(400, f"No row of the list has a position, {left_out[0]}: {REMEDY}.")
    if len(left_out) > MOST_SAID:
        left_out = [*left_out[:MOST_SAID], f"and {len(left_out) - MOST_SAID} further rows"]
    return targets, left_out


def _compared(wanted: Wanted, match: Match) -> Compared:
    """Compare all places with one catalogue."""
    source = wanted.catalog.source
    by_number = {target.number: target for target in match.targets}
    places_ = [(target.number, target.place) for target in match.targets]
    found = [
        (by_number[number], row)
        for number, row in hosted.listed(wanted.catalog, places_, wanted.radius)
    ]
    if not match.motion:
        of_place = groupby(found, key=lambda one: one[0].number)
        grouped = [list(group) for _, group in of_place]
        found = [
            (group[0][0], row)
            for group in grouped
            for row in without_motion(source, [row for _, row in group], group[0][0], wanted.radius)
        ]
    rows = tuple(completed(wanted, found))
    state = State.FOUND if rows else State.EMPTY
    return Compared(wanted, Answer(wanted.catalog.name, state, rows))
