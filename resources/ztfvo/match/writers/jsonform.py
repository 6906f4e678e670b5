"""JSON: places, and for each catalogue its columns, state and rows.

Identifiers are texts, as readers of JSON would round them.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from ztfvo.match import columns
from ztfvo.match.model import Compared, Match, Outcome, Target, Wanted
from ztfvo.outside.model import Column, Row

NAMES = ("json", "application/json")
CONTENT_TYPE = "application/json"
TITLE = "Places, and for each catalogue columns, states and rows"
ORDER = 10
ONE_CATALOG = False


def write(outcome: Outcome) -> bytes:
    """The document."""
    match = outcome.match
    body = heading(match) | {
        "left_out": list(outcome.left_out),
        "catalogs": [
            catalog(wanted) | {"answers": [answer(one) for one in outcome.of(wanted)]}
            for wanted in match.wanted
        ],
    }
    return orjson.dumps(body) + b"\n"


def heading(match: Match) -> dict[str, Any]:
    """Return what is said of the whole."""
    return {
        "motion": match.motion,
        "wait": match.wait,
        "places": [place(target) for target in match.targets],
    }


def place(target: Target) -> dict[str, Any]:
    """Return a place."""
    return {
        "number": target.number,
        "id": target.name or None,
        "release": target.release or None,
        "ra": target.place.ra,
        "dec": target.place.dec,
        "epoch": target.place.epoch,
    }


def catalog(wanted: Wanted) -> dict[str, Any]:
    """Return what a catalogue is."""
    source = wanted.catalog.source
    return {
        "name": source.name,
        "title": source.title,
        "hosted": wanted.catalog.here,
        "as_of": wanted.catalog.as_of or None,
        "simulated": wanted.catalog.simulated,
        "radius": wanted.radius,
        "epoch": source.epoch,
        "about": source.about,
        "citation": source.citation,
        "licence": source.licence,
        "yields": {name: value for name, value in asdict(source.yields).items() if value},
        "columns": [_column(column) for column in columns.of(wanted)],
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "dtype": "str" if _is_identifier(column) else column.dtype,
        "unit": column.unit,
        "ucd": column.ucd,
        "description": column.description,
    }


def answer(one: Compared) -> dict[str, Any]:
    """Return what came of a question."""
    came = one.answer
    identifiers = [column.name for column in columns.of(one.wanted) if _is_identifier(column)]
    return {
        "place": one.target.number if one.target else None,
        "state": came.state,
        "reason": came.reason or None,
        "complete": came.complete,
        "asked_at": came.asked_at or None,
        "since": came.since or None,
        "again_at": came.again_at or None,
        "seconds": came.seconds,
        "rows": [_with_texts(row, identifiers) for row in came.rows],
    }


def _with_texts(row: Row, names: list[str]) -> Row:
    return row | {name: None if row[name] is None else str(row[name]) for name in names}


def _is_identifier(column: Column) -> bool:
    return column.dtype == "int64" and "meta.id" in column.ucd.split(";")
