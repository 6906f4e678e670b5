"""For each service outside: what it answers, and what has to come of it.

Answers are recorded ones of the shared data where there are some; the others are written as the
service documents them.  A module of ``support/cases/`` has what belongs to one source: ``CASE``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from support import tapserver
from support.outside import Outside, Reply
from ztfvo.outside.ask import Question, rows_around, rows_named
from ztfvo.outside.model import Place, Source
from ztfvo.plugins import modules

SHARED = Path(os.environ.get("ZTF_SHARED_DATA", "/nowhere")) / "external"


Wrong = tuple[bytes, bytes] | Callable[[Outside], None]
"""Bytes that are replaced, or what registers another answer."""


@dataclass(frozen=True, kw_only=True)
class CurveCase:
    """What a source answers that is asked for the light curve of an object."""

    path: str
    """Host and beginning of the path of the request for the light curve."""
    look: str
    """The source's identifier of the object; empty where it cannot be asked for one."""
    points: int
    good: int
    """Points that the source advises to use."""
    first: dict[str, Any]
    """Some values of the first point, those of arrays and of native columns."""
    renamed: tuple[bytes, bytes]
    """A column's name in the answer, and another one."""
    wrong: Wrong
    """A value in the answer, and one of a type that is not declared."""
    none: Callable[[Outside], None]
    """Registers answers of which none has photometry of the object."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One source with answers, and what has to come of them."""

    place: Place | None = None
    radius: float = 0.0
    """arcsec"""
    name: str = ""
    """What is asked for where the source knows names only."""
    answer: Callable[[Outside], None]
    """Registers what the service answers."""
    empty: Callable[[Outside], None]
    """Registers what it answers where it has nothing."""
    expected: dict[str, Any]
    """Some values of the nearest row."""
    rows: int
    """Number of rows, within the radius where there is one."""
    renamed: tuple[bytes, bytes]
    """A column's name in the answer, and another one."""
    wrong: Wrong
    """A value in the answer, and one of a type that is not declared."""
    asked: dict[str, str] = field(default_factory=dict)
    """Some parameters of the first request."""
    curve: CurveCase | None = None
    """Of sources that give light curves."""

    def question(self, source: Source, number: int = 0) -> Question:
        """Return what the source is asked; questions of other numbers are others to the cache."""
        if self.place is None:
            return rows_named(source, self.name + " " * number)
        return rows_around(source, self.place, self.radius * (1 - 1e-6 * number))


def of_vizier(
    table: str,
    rows: dict[str, list[Any]],
    place: Place,
    radius: float,
    expected: dict[str, Any],
    *,
    found: int,
    renamed: str,
    wrong: tuple[bytes, bytes],
) -> Case:
    """Return the case of a table of VizieR.

    Parameters
    ----------
    rows
        Values by columns.
    found
        Number of rows that are within the radius.
    renamed
        A column.
    """
    name = f'"{table}"'
    return Case(
        place=place,
        radius=radius,
        answer=lambda outside: tapserver.answer(outside, tapserver.VIZIER, name, rows),
        empty=lambda outside: tapserver.answer(
            outside, tapserver.VIZIER, name, tapserver.empty(rows)
        ),
        expected=expected,
        rows=found,
        renamed=(f'{{"name": "{renamed}"}}'.encode(), f'{{"name": "{renamed}_"}}'.encode()),
        wrong=wrong,
        asked={"FORMAT": "json", "LANG": "ADQL", "REQUEST": "doQuery"},
    )


@lru_cache(maxsize=1)
def cases() -> dict[str, Case]:
    """Return the cases by source."""
    return {name: module.CASE for name, module in modules("support.cases").items()}


def spoil(outside: Outside, place: str, wrong: Wrong) -> Callable[[], bool]:
    """Have a host, or paths of it, answer otherwise.

    Returns
    -------
    callable
        That says whether an answer was changed.
    """
    if callable(wrong):
        wrong(outside)
        return lambda: True
    seen: list[bool] = []

    def change(reply: Reply) -> Reply:
        body = reply.body.replace(*wrong)
        seen.append(body != reply.body)
        return replace(reply, body=body)

    outside.changes[place] = change
    return lambda: any(seen)


def recorded(path: str) -> bytes:
    """Return a recorded answer; the test is skipped where there are none."""
    file = SHARED / path
    if not file.exists():
        pytest.skip(f"no recorded answers: {file} is missing (ZTF_SHARED_DATA)")
    return file.read_bytes()
