"""What is known of a loaded release, for its RD: coverage and numbers of rows.

The ingest writes it: coverage to the one row of ``<store>.coverage`` (columns `spatial`, a MOC
in ASCII; `mjd_first`, `mjd_last`; `energy_min`, `energy_max` in joule), the numbers to
``ztf_store.releases``. A release that is not loaded has neither, and its RD is valid without.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gavo import base

DEFAULT_STORE = "ztf_store"
COUNTS = {
    "objects": "nlightcurves",
    "lightcurves": "nlightcurves",
    "detections": "ndetections",
    "exposures": "nexposures",
}


def spatial(store: str) -> Iterator[dict[str, str]]:
    """Yield the MOC as `value`, if there is one."""
    for (moc,) in _rows(f"SELECT spatial FROM {store}.coverage WHERE spatial IS NOT NULL"):
        yield {"value": moc}


def temporal(store: str) -> Iterator[dict[str, str]]:
    """Yield first and last time in MJD as `value`, if they are known."""
    yield from _interval(store, "mjd_first", "mjd_last")


def spectral(store: str) -> Iterator[dict[str, str]]:
    """Yield lowest and highest photon energy in joule as `value`, if they are known."""
    yield from _interval(store, "energy_min", "energy_max")


def rows(store: str, table: str) -> Iterator[dict[str, str]]:
    """Yield the number of rows of one of a release's tables as `value`, if it is known."""
    condition = "is_default" if store == DEFAULT_STORE else "name || '_store' = %(store)s"
    query = f"SELECT {COUNTS[table]} FROM {DEFAULT_STORE}.releases WHERE {condition}"
    for (number,) in _rows(query, {"store": store}):
        yield {"value": str(number)}


def _interval(store: str, first: str, last: str) -> Iterator[dict[str, str]]:
    query = f"SELECT {first}, {last} FROM {store}.coverage WHERE {first} IS NOT NULL"
    for low, high in _rows(query):
        yield {"value": f"{low!r} {high!r}"}


def _rows(query: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Rows of a query; none where its table does not exist."""
    try:
        with base.getAdminConn() as connection:
            return list(connection.query(query, parameters or {}))
    except base.DBError:
        return []
