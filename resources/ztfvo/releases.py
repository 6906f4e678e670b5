"""The releases that are loaded at this site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection, errors, sql
from psycopg.rows import class_row

from ztfvo.dal import shorten
from ztfvo.errors import HTTPError
from ztfvo.store.names import DEFAULT, LATEST, NAME, schema_of

EXAMPLE = 680113300005170
"""The OID of the documents: HZ Her in g."""


@dataclass(frozen=True)
class Release:
    """One release, as the store has it."""

    name: str
    title: str
    simulated: bool
    is_default: bool
    nlightcurves: int
    ndetections: int
    nexposures: int
    hmjd_first: float | None
    hmjd_last: float | None
    """Heliocentric MJD, UTC, of mid-exposure; None where nothing is loaded."""
    loaded_at: datetime
    """UTC, without time zone."""
    files: int


PUBLIC = re.compile(r"dr\d+", re.ASCII)
"""Names of the survey's releases, which addresses of other services have too."""


class NoRelease(HTTPError):
    """There is no release of a name; the message has those there are."""

    def __init__(self, name: str, known: list[str]) -> None:
        there = f"There are: {', '.join(known)}." if known else "None is loaded here yet."
        super().__init__(404, f"There is no release {name!r}. {there}")
        self.name, self.known = name, known


def releases(connection: Connection) -> list[Release]:
    """Return all releases by name."""
    names = ", ".join(Release.__dataclass_fields__)
    with connection.cursor(row_factory=class_row(Release)) as cursor:
        try:
            cursor.execute(f"SELECT {names} FROM ztf_store.releases ORDER BY name")
        except errors.UndefinedTable:  # nothing was ever loaded
            return []
        return cursor.fetchall()


def find_release(connection: Connection, name: str) -> Release:
    """Return a release.

    Parameters
    ----------
    name
        Of a release, or `DEFAULT` for the default one.

    Raises
    ------
    NoRelease
        When there is no such release.
    """
    known = releases(connection)
    for one in known:
        if one.name == name or (one.is_default and name == DEFAULT):
            return one
    raise NoRelease(name, [one.name for one in known])


@dataclass(frozen=True)
class Known:
    """Where a light curve is, by the first release that has it."""

    release: str
    ra: float
    dec: float
    """ICRS, deg."""
    hmjd: float | None
    """Middle between its first and last epoch; None where it has none."""


def places_of(connection: Connection, oids: Iterable[int]) -> dict[int, Known]:
    """Return where light curves are, those that a release has: the default one, then the others."""
    known = sorted(releases(connection), key=lambda one: (not one.is_default, one.name))
    missing, found = set(oids), {}
    for release in known if missing else ():
        query = sql.SQL(
            "SELECT oid, ra, dec, (hmjd_first + hmjd_last) / 2 FROM {} WHERE oid = ANY(%s)"
        ).format(sql.Identifier(schema_of(release.name), "objects"))
        for oid, *rest in connection.execute(query, (list(missing),)):
            found[oid] = Known(release.name, *rest)
        missing -= found.keys()
    return found


def as_elsewhere(name: str) -> str:
    """Return a release by the name that addresses of other services have for it.

    Parameters
    ----------
    name
        Of a release, or `LATEST` for the default one.

    Raises
    ------
    HTTPError
        404, when it cannot name a release.
    """
    if not NAME.fullmatch(name):
        raise HTTPError(404, f"There is no release {shorten(name)!r}: give one like dr24.")
    return DEFAULT if name == LATEST else name


def example_of(connection: Connection, release: Release) -> int | None:
    """Return an OID that the release has: that of the documents, else any; None without one."""
    table = sql.Identifier(schema_of(release.name), "object")
    query = sql.SQL(
        "(SELECT oid FROM {0} WHERE oid = %s) UNION ALL (SELECT oid FROM {0} LIMIT 1) LIMIT 1"
    ).format(table)
    row = connection.execute(query, (EXAMPLE,)).fetchone()
    return row[0] if row else None
