"""What part of the sky a release covers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import astropy.units as u
import numpy as np
from psycopg import Connection

from ztfvo.releases import Release

if TYPE_CHECKING:
    from mocpy import MOC


def footprint(connection: Connection, release: Release) -> str:
    """Return the coverage of a release as an ASCII MOC; empty where nothing is loaded."""
    row = connection.execute(
        "SELECT footprint FROM ztf_store.release WHERE name = %s", (release.name,)
    ).fetchone()
    return (row and row[0]) or ""


@lru_cache(maxsize=8)
def moc_of(text: str) -> MOC:
    """Return a MOC from its text."""
    from mocpy import MOC  # takes a second to import, and only this needs it

    return MOC.from_string(text, "ascii")


def covers(connection: Connection, release: Release, ra: float, dec: float) -> bool:
    """Return whether a release covers a place (ICRS, deg), to a cell of its coverage."""
    text = footprint(connection, release)
    return bool(text) and bool(moc_of(text).contains_lonlat([ra] * u.deg, [dec] * u.deg)[0])


def inside(text: str, ra: np.ndarray, dec: np.ndarray, order: int) -> np.ndarray:
    """Return which places (ICRS, deg) lie in cells of an order that a MOC touches (bool)."""
    moc = moc_of(text)
    coarse = moc.degrade_to_order(order) if moc.max_order > order else moc
    return np.asarray(coarse.contains_lonlat(ra * u.deg, dec * u.deg))
