"""What experts recorded on light curves: the public state of the knowledge database."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from ztfvo.db import DatabaseDown, reading
from ztfvo.remote import NoAnswer, Pause
from ztfvo.settings import get_settings

_QUERY = """
SELECT oid, release, tags, description, author, changed_at, annotations
FROM kdb_pages.objects WHERE oid = ANY(%s)
"""

_NOT_THERE = psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName

UNAVAILABLE = "The knowledge database does not answer: try again in a minute"

SLOW = 1.0
"""Seconds from which on a failure is one that others should not wait for too.  One that comes at
once, as while it is restored or restarts, is not remembered."""

_pause = Pause(10.0)


@dataclass(frozen=True)
class Record:
    """The newest record of an OID, unless it deletes what was recorded."""

    oid: int
    release: str
    """Data release that the expert looked at."""
    tags: str
    """Separated by #; empty where there is none."""
    description: str
    author: str
    changed_at: datetime
    """UTC, without a time zone."""
    annotations: int
    """Number of public records of the OID."""

    @property
    def tag_names(self) -> list[str]:
        """The tags."""
        return self.tags.split("#") if self.tags else []


@dataclass(frozen=True)
class Records:
    """Those of some OIDs that have one, or why that is not known."""

    by_oid: dict[int, Record] = field(default_factory=dict)
    unavailable: str = ""
    """Why it is not known, in a sentence without a full stop."""


def read(oids: Iterable[int]) -> Records | None:
    """Return what is recorded now on OIDs; None where the site has no knowledge database.

    Parameters
    ----------
    oids
        Any number of them.
    """
    if not get_settings().kdb_workers:
        return None
    try:
        with _pause:
            return _ask(sorted(set(oids)))
    except NoAnswer as failure:
        return Records(unavailable=str(failure))


def _ask(oids: list[int]) -> Records | None:
    """Read records from the knowledge database.

    Raises
    ------
    NoAnswer
        When it let this process wait, and then gave none.
    """
    began = time.monotonic()
    try:
        with reading() as connection, contextlib.suppress(*_NOT_THERE):
            with connection.cursor(row_factory=class_row(Record)) as cursor:
                found = cursor.execute(_QUERY, (oids,)).fetchall()
            return Records({record.oid: record for record in found})
    except (DatabaseDown, psycopg.DatabaseError) as error:
        if time.monotonic() - began > SLOW:
            raise NoAnswer(UNAVAILABLE) from error
        return Records(unavailable=UNAVAILABLE)
    return None
