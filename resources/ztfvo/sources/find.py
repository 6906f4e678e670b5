"""Find the stars of some cells, measure them and put them into the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from psycopg import Connection

from ztfvo.dust import reading
from ztfvo.dust.reading import Installed
from ztfvo.ingest.load import copy_rows
from ztfvo.settings import Settings
from ztfvo.sources.cells import Cell, around, bounds, cell_of, pixel_of
from ztfvo.sources.grouping import TWINS, group, positions
from ztfvo.sources.measure import measure
from ztfvo.store import copybinary as cb
from ztfvo.store.tables import BAND_COLUMNS, BAND_LETTERS, COLOR_COLUMNS, COLORS
from ztfvo.store.times import HMJD_FIRST, HMJD_LAST
from ztfvo.store.unpack import read_epochs

AT_A_TIME = 2_000_000
"""Epochs that are in memory at a time, where no star has more."""

FIRST_RINGS = 2

_OBJECTS = f"""
SELECT oid, ra, dec, healpix_29, filterid, nobs, {HMJD_FIRST}, {HMJD_LAST}
FROM unnest(%s::bigint[], %s::bigint[]) AS r(low, high)
  JOIN object ON healpix_29 >= low AND healpix_29 < high
ORDER BY oid
"""
_KINDS = [
    ("oid", "i8"),
    ("ra", "f8"),
    ("dec", "f8"),
    ("healpix", "i8"),
    ("filterid", "i8"),
    ("nobs", "i8"),
    ("first", "f8"),
    ("last", "f8"),
]

_MEASURES = (
    *(f"{name}_{letter}" for letter in BAND_LETTERS for name in BAND_COLUMNS),
    *(f"{color}{name}" for color in COLORS for name in COLOR_COLUMNS),
)
COLUMNS = (
    *("source_id", "ra", "dec", "nlightcurves", "oids", "hmjd_first", "hmjd_last"),
    *_MEASURES,
)


@dataclass(frozen=True)
class Method:
    """How stars are found and measured."""

    radius: float
    """arcsec that a light curve is from the position of its star at most."""
    pair_days: float
    """Days that the two epochs of a colour are apart at most."""

    @classmethod
    def of(cls, settings: Settings) -> Method:
        """Return that of an installation."""
        return cls(settings.source_radius, settings.color_days)

    def __str__(self) -> str:
        return f"1 {self.radius!r} {TWINS!r} {self.pair_days!r}"


@dataclass(frozen=True)
class Found:
    """How much there is in some cells."""

    cells: int
    sources: int
    lightcurves: int
    epochs: int


def find(
    connection: Connection, cells: Sequence[Cell], method: Method, dust: Installed | None = None
) -> Found:
    """Find the stars of cells, and write them; the caller's transaction and schema are used.

    Parameters
    ----------
    connection
        In a transaction, with the release's schema first in its search path.
    cells
        Those that have no stars in the store, sorted by number.
    dust
        Map that has their E(B-V); None where there is none.
    """
    objects, star = _stars(connection, np.array([cell.number for cell in cells]), method)
    sources, sizes = _write(connection, objects, star, method, dust)
    _note(connection, cells, sources, sizes, dust)
    return Found(len(cells), len(sources), len(objects), int(objects["nobs"].sum()))


def edition_of(dust: Installed | None) -> str | None:
    """Return what stands for a map, and changes where it is another."""
    return f"{dust.map.name} {dust.edition}" if dust else None


def _write(
    connection: Connection,
    objects: np.ndarray,
    star: np.ndarray,
    method: Method,
    dust: Installed | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Write stars and their light curves; returns identifiers, and the number of light curves, of
    the stars."""
    if not len(objects):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    starts = np.flatnonzero(np.diff(star, prepend=-1, append=star[-1] + 1))
    sizes = np.diff(starts)
    ra, dec = positions(star, objects["ra"], objects["dec"], objects["nobs"].astype(float))
    measures = _measured(connection, objects, star, method)
    by_oid = objects[np.lexsort((objects["oid"], star))]
    sources = by_oid["healpix"][starts[:-1]]
    columns = [
        cb.scalars(sources, ra, dec, sizes.astype(np.int32)),
        cb.arrays(by_oid["oid"], starts, cb.INT8),
        cb.scalars(
            np.minimum.reduceat(objects["first"], starts[:-1]),
            np.maximum.reduceat(objects["last"], starts[:-1]),
        ),
        *(_column(measures[name]) for name in _MEASURES),
    ]
    names = COLUMNS
    if dust:
        names = (*COLUMNS, "ebv", "ebv_map")
        columns += [_column(reading.at(dust, ra, dec).ebv), cb.texts([dust.map.name] * len(sizes))]
    copy_rows(connection, "source", names, cb.rows(columns, len(names)))
    members = cb.scalars(by_oid["oid"], np.repeat(sources, sizes))
    copy_rows(connection, "source_member", ("oid", "source_id"), cb.rows([members], 2))
    return sources, sizes


def _note(
    connection: Connection,
    cells: Sequence[Cell],
    sources: np.ndarray,
    sizes: np.ndarray,
    dust: Installed | None,
) -> None:
    """List cells as those whose stars are in the store."""
    place = np.searchsorted([cell.number for cell in cells], cell_of(sources))
    counts = (np.bincount(place, each, len(cells)) for each in (None, sizes))
    connection.cursor().executemany(
        "INSERT INTO source_cell (cell, made_of, nsources, nlightcurves, dust)"
        " VALUES (%s, %s, %s, %s, %s)",
        [
            (cell.number, cell.made_of, int(stars), int(curves), edition_of(dust))
            for cell, stars, curves in zip(cells, *counts, strict=True)
        ],
    )


def remove(connection: Connection, cell: int) -> None:
    """Take the stars of a cell out of the store; the caller's transaction and schema are used."""
    for table in ("source_member", "source"):
        connection.execute(
            f"DELETE FROM {table} WHERE source_id >= %s AND source_id < %s", bounds(cell)
        )
    connection.execute("DELETE FROM source_cell WHERE cell = %s", (cell,))


def _stars(
    connection: Connection, cells: np.ndarray, method: Method
) -> tuple[np.ndarray, np.ndarray]:
    """Light curves of the stars of cells, ordered by star, filter and OID, and their stars."""
    rings = FIRST_RINGS
    while True:
        low, high, last = around(cells, rings)
        rows = connection.cursor(binary=True).execute(_OBJECTS, (low, high)).fetchall()
        objects = np.array(rows, _KINDS)
        grouped = group(
            objects["oid"], objects["ra"], objects["dec"], objects["nobs"], method.radius
        )
        inside = np.isin(cell_of(objects["healpix"]), cells)
        at_the_end = np.isin(pixel_of(objects["healpix"]), last)
        if not np.intersect1d(grouped.neighbours[inside], grouped.neighbours[at_the_end]).size:
            break
        rings *= 2
    _, first = np.unique(grouped.star, return_index=True)  # rows are ordered by OID
    mine = inside[first][grouped.star]
    objects, star = objects[mine], grouped.star[mine]
    order = np.lexsort((objects["oid"], objects["filterid"], star))
    return objects[order], np.unique(star[order], return_inverse=True)[1]


def _measured(
    connection: Connection, objects: np.ndarray, star: np.ndarray, method: Method
) -> dict[str, np.ndarray]:
    """`_MEASURES` of stars, from some of their light curves at a time."""
    parts = []
    for part in _parts(star, objects["nobs"]):
        some = objects[part]
        epochs = read_epochs(connection, some["oid"].tolist())
        parts.append(
            measure(star[part] - star[part][0], some["filterid"], epochs, method.pair_days)
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in _MEASURES}


def _parts(star: np.ndarray, nobs: np.ndarray) -> Iterator[slice]:
    """Whole stars with at most `AT_A_TIME` epochs together, where one has no more."""
    ends = np.flatnonzero(np.diff(star, append=star[-1] + 1)) + 1
    total = np.cumsum(nobs)[ends - 1]
    number, begin, before = 0, 0, 0
    while number < len(ends):
        number = max(number + 1, int(np.searchsorted(total, before + AT_A_TIME, side="right")))
        end = int(ends[number - 1])
        yield slice(begin, end)
        begin, before = end, int(total[number - 1])


def _column(values: np.ndarray) -> list:
    """Numbers as they are, others as float32 with nulls for NaN."""
    if values.dtype.kind == "i":
        return cb.scalars(values.astype(np.int32))
    return cb.nullable_scalar(values.astype(np.float32), np.isnan(values))
