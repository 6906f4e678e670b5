"""What the RD of a release is filled with: what is declared of it, coverage and numbers of rows.

The ingest writes coverage and numbers to ``ztf_store.release``. A release that is not loaded has
nothing there, and its RD is valid without.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from gavo import base

from ztfvo.bands import BANDS
from ztfvo.declarations import declared
from ztfvo.features.columns import columns
from ztfvo.settings import get_settings
from ztfvo.store.names import COMMON, schema_of
from ztfvo.store.times import TIMES

COUNTS = {
    "objects": "nlightcurves",
    "lightcurves": "nlightcurves",
    "detections": "ndetections",
    "exposures": "nexposures",
}

FIRST = ("period_0", "period_s_to_n_0", "amplitude", "chi2")
"""Features that are shown where few columns are."""

SIMULATED = "SIMULATED data, not observed."
"""What is put before the descriptions of a release's tables and services."""

#: Planck's constant times the speed of light, in J m.
HC = 1.98644586e-25


def spatial(store: str) -> Iterator[dict[str, str]]:
    """Yield the MOC as `value`, if there is one."""
    for (moc,) in _of_release(store, "footprint"):
        if moc:
            yield {"value": moc}


def temporal(store: str) -> Iterator[dict[str, str]]:
    """Yield first and last time in MJD as `value`, if they are known."""
    for first, last in _of_release(store, "hmjd_first, hmjd_last"):
        if first is not None:
            yield {"value": f"{first!r} {last!r}"}


def spectral(store: str) -> Iterator[dict[str, str]]:
    """Yield lowest and highest photon energy in joule of the filters used as `value`."""
    for (name,) in _of_release(store, "name"):
        for low, high in ask(f"SELECT min(filterid), max(filterid) FROM {name}_store.exposure_set"):
            if low is not None:
                longest, shortest = BANDS[high].edges[1], BANDS[low].edges[0]
                yield {"value": f"{HC / longest:.4g} {HC / shortest:.4g}"}


def rows(store: str, table: str) -> Iterator[dict[str, str]]:
    """Yield the number of rows of one of a release's tables as `value`, if it is known."""
    for (number,) in _of_release(store, COUNTS[table]):
        yield {"value": str(number)}


def source_rows(store: str) -> Iterator[dict[str, str]]:
    """Yield the number of a release's stars as `value`, if the release is loaded."""
    for (name,) in _of_release(store, "name"):
        for (number,) in ask(f"SELECT sum(nsources) FROM {name}_store.source_cell"):
            yield {"value": str(number or 0)}


def reference_rows() -> Iterator[dict[str, str]]:
    """Yield the number of rows of the reference catalogue as `value`."""
    for (number,) in ask(f"SELECT sum(nsources) FROM {COMMON}.reference_quadrant"):
        yield {"value": str(number or 0)}


def feature_rows(store: str) -> Iterator[dict[str, str]]:
    """Yield the number of rows of a release's table of features as `value`, if it is known."""
    yield from _counted(store, "sum(nfeatures)::bigint FROM {}.feature_quadrant")


def place_rows(store: str) -> Iterator[dict[str, str]]:
    """The same of its table of places in the space of features."""
    yield from _counted(store, "sum(nplaces)::bigint FROM {}.feature_place_quadrant")


def _counted(store: str, what: str) -> Iterator[dict[str, str]]:
    for (name,) in _of_release(store, "name"):
        for (number,) in ask(f"SELECT {what.format(schema_of(name))}"):
            yield {"value": str(number or 0)}


def features() -> Iterator[dict[str, str]]:
    """Yield what each column of the tables of features is."""
    for one in columns():
        yield {
            "name": one.name,
            "unit": one.unit,
            "ucd": one.ucd,
            "level": "10" if one.name in FIRST else "20",
            "description": f"{one.description} ({one.reference})",
        }


def default_objects() -> Iterator[dict[str, str]]:
    """Yield where the objects of the published default release are described as `table`."""
    for _ in ask("SELECT FROM tap_schema.tables WHERE table_name = 'ztf.objects'"):
        yield {"table": "ztf/ztf#objects"}


def declaration(name: str) -> dict[str, str]:
    """Return what a release's ``release.toml`` says, its store schema and its `prefix`.

    Raises
    ------
    CannotBeDone, BadFile
        When it is not declared, or its file is faulty.
    """
    release = declared(name, get_settings().inputs)
    return {
        "store": schema_of(name),
        "title": release.title,
        "label": release.label,
        "short_name": release.short_name,
        "description": release.description,
        "created": f"{release.created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "rank": str(release.rank),
        "prefix": SIMULATED if release.simulated else "",
        "times": _note(release.times),
    } | _stars()


def wording(store: str) -> dict[str, str]:
    """How to call the default release: `label`, `prefix` of descriptions, SSAP's `datasource`, and
    what ends the descriptions of its `times`."""
    times = "".join(_note(times) for (times,) in _of_release(store, "times"))
    if any(simulated for (simulated,) in _of_release(store, "simulated")):
        return {
            "label": "ZTF (simulated)",
            "prefix": SIMULATED,
            "datasource": "artificial",
            "times": times,
        } | _stars()
    return {"label": "ZTF", "prefix": "", "datasource": "survey", "times": times} | _stars()


def _stars() -> dict[str, str]:
    """How stars are found: `radius` (arcsec) and `days` between epochs of a colour."""
    settings = get_settings()
    return {"radius": f"{settings.source_radius:g}", "days": f"{settings.color_days:g}"}


def _note(times: str) -> str:
    """What follows the description of a time: a full stop and a sentence, or nothing."""
    note = TIMES[times].note
    return f". {note.rstrip('.')}" if note else ""


def _of_release(store: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of the list of releases for the release whose store schema this is."""
    condition = "is_default" if store == COMMON else "name || '_store' = %(store)s"
    query = f"SELECT {columns} FROM {COMMON}.release WHERE {condition}"
    return ask(query, {"store": store})


def ask(query: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Return the rows of a query; none where its table does not exist."""
    try:
        with base.getAdminConn() as connection:
            return list(connection.query(query, parameters or {}))
    except base.DBError:
        return []
