"""Load the light curves of one file into the store, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import Connection
from psycopg.errors import UniqueViolation

from ztfvo.ingest.exposures import ExposureFactsTable, facts, orbit_of, recover
from ztfvo.ingest.statistics import COLUMNS, statistics
from ztfvo.store import copybinary as cb
from ztfvo.store.codec import Encoded, Planes, encode, ticks_of
from ztfvo.store.lightcurves import ExposureTable, LightCurves
from ztfvo.store.tables import RATE_TYPES

_NUMBERS = {"integer": np.int32, "bigint": np.int64, "real": np.float32}
"""By the SQL name of the type."""

H3_RESOLUTION = 10
HEALPIX_ORDER = 29
COVERAGE_ORDER = 8
"""HEALPix order of the coverage that is kept for each file (0.23 degrees)."""


class CountMismatch(Exception):
    """Expected, read and stored numbers do not agree."""

    def __init__(self, what: str, expected: int | None, read: int, stored: int) -> None:
        super().__init__(what, expected, read, stored)
        self.what, self.expected, self.read, self.stored = what, expected, read, stored

    def __str__(self) -> str:
        expected = "unknown" if self.expected is None else self.expected
        return f"{self.what}: expected {expected}, read {self.read}, stored {self.stored}"


class RepeatedObject(Exception):
    """An OID of the file is in the release already."""

    def __init__(self, oid: int | None) -> None:
        which = f"OID {oid}" if oid else "one of the OIDs"
        super().__init__(f"the release has {which} already, from another file")


@dataclass(frozen=True)
class Source:
    """A file as the database remembers it."""

    path: str
    bytes: int
    sha256: str
    layout: str


def load(connection: Connection, curves: LightCurves, file: int) -> None:
    """Write one file's light curves; the caller's transaction and search path are used.

    Parameters
    ----------
    connection
        In a transaction, with the release's schema first in its search path.
    curves
        Checked light curves, at least one.
    file
        Id of their file, from `insert_file`.

    Raises
    ------
    RepeatedObject
        If an OID is in the release already.
    CountMismatch
        If the database does not hold as many light curves and detections as were given.
    """
    ticks = ticks_of(curves)
    table = recover(curves, ticks)
    orbit = orbit_of(table, curves.ticks_per_day)
    encoded = encode(curves, table, ticks, orbit[0])
    sets = _insert_sets(
        connection, curves, table, encoded, facts(curves, table, ticks, orbit), file
    )
    pixels = healpix(curves, HEALPIX_ORDER)
    order = pa.array(np.argsort(pixels, kind="stable"))
    try:
        curve_rows = _lightcurve_rows(curves, encoded, sets)
        copy_rows(connection, "lightcurve", LIGHTCURVE_COLUMNS, pc.take(curve_rows, order))
        object_rows = _object_rows(curves, ticks, pixels, *_tick_types(connection))
        copy_rows(connection, "object", OBJECT_COLUMNS, pc.take(object_rows, order))
    except UniqueViolation as error:
        oid = re.search(r"\d{15,16}", error.diag.message_detail or "")
        raise RepeatedObject(int(oid[0]) if oid else None) from error
    verify(connection, curves)


def healpix(curves: LightCurves, order: int) -> np.ndarray:
    """Nested HEALPix index of each light curve's position, int64[n]."""
    from astropy_healpix.healpy import ang2pix  # takes half a second to import

    return ang2pix(1 << order, curves.ra, curves.dec, nest=True, lonlat=True)


def quadrants_of(curves: LightCurves) -> list[int]:
    """The channels of light curves, as OIDs without their last eight digits, sorted."""
    return np.unique(curves.oid // 10**8).tolist()


def insert_file(connection: Connection, curves: LightCurves, source: Source) -> int:
    """Remember a file, with its counts, time range and coverage; returns its id."""
    cells = healpix(curves, COVERAGE_ORDER)
    times = (
        (float(curves.hmjd.min()), float(curves.hmjd.max())) if curves.detections else (None, None)
    )
    return connection.execute(
        "INSERT INTO input_file (path, bytes, sha256, layout, nlightcurves, ndetections,"
        " hmjd_first, hmjd_last, cells, quadrants)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (
            source.path,
            source.bytes,
            source.sha256,
            source.layout,
            len(curves),
            curves.detections,
            *times,
            np.unique(cells).tolist(),
            quadrants_of(curves),
        ),
    ).fetchone()[0]


def verify(connection: Connection, curves: LightCurves) -> None:
    """Count what the database holds of some light curves.

    Raises
    ------
    CountMismatch
        If that is not what `curves` has.
    """
    stored = connection.execute(
        "SELECT count(*), coalesce(sum(bit_count(mask)), 0) FROM lightcurve WHERE oid = ANY(%s)",
        (curves.oid.tolist(),),
    ).fetchone()
    for what, read, found in zip(
        ("light curves", "detections"), (len(curves), curves.detections), stored, strict=True
    ):
        if read != found:
            raise CountMismatch(what, read, read, int(found))


SET_COLUMNS = (
    *("id", "input_file", "fieldid", "rcid", "filterid", "ticks_per_day", "ticks", "clrcoeff"),
    *("x", "y"),
    *("mjd_mid", "obsmjd", "exptime", "filefracday", "ndetections"),
    *("obsmjd_source", "exptime_source"),
)


def _insert_sets(
    connection: Connection,
    curves: LightCurves,
    table: ExposureTable,
    encoded: Encoded,
    known: ExposureFactsTable,
    file: int,
) -> np.ndarray:
    """Write the exposure sets and return their ids (int32); only those of channels have facts."""
    sets = encoded.sets
    count = len(sets.channel)
    ids = np.fromiter(
        (
            row[0]
            for row in connection.execute(
                "SELECT nextval(pg_get_serial_sequence('exposure_set', 'id'))"
                " FROM generate_series(1, %s)",
                (count,),
            )
        ),
        np.int32,
        count,
    )
    alone = np.arange(count) >= sets.shared
    bounds = np.minimum(sets.starts, sets.starts[sets.shared])
    first = np.where(alone, 0, bounds[:-1])
    columns = [
        cb.scalars(
            ids,
            np.full(count, file, np.int32),
            *table.channels[sets.channel].T.astype(np.int16),
            np.full(count, curves.ticks_per_day, _tick_types(connection)[1]),
        ),
        cb.arrays(sets.ticks, sets.starts, cb.FLOAT8),
        cb.arrays(sets.clrcoeff, sets.starts, cb.FLOAT4),
        *(cb.arrays(axis, bounds, cb.FLOAT4, absent=alone) for axis in sets.gradient),
        cb.arrays(known.mjd_mid, bounds, cb.FLOAT8, absent=alone),
        cb.arrays(known.obsmjd, bounds, cb.FLOAT8, absent=alone),
        cb.arrays(known.exptime, bounds, cb.FLOAT4, absent=alone),
        cb.arrays(known.filefracday, bounds, cb.INT8, absent=alone),
        cb.arrays(known.ndetections, bounds, cb.INT4, absent=alone),
        cb.texts(known.start_source[first].tolist()),
        cb.texts(known.exptime_source[first].tolist()),
    ]
    copy_rows(connection, "exposure_set", SET_COLUMNS, cb.rows(columns, len(SET_COLUMNS)))
    return ids


LIGHTCURVE_COLUMNS = (
    *("oid", "exposure_set", "mag_base", "mag_scale", "magerr_base", "magerr_scale"),
    *("x", "y"),
    *("mask", "odd", "mag_high", "mag_low", "magerr_high", "magerr_low"),
    *("catflags", "mag", "magerr", "late", "again"),
)


def _lightcurve_rows(
    curves: LightCurves, encoded: Encoded, sets: np.ndarray
) -> pa.LargeBinaryArray:
    """Tuples of the table lightcurve, in the file's order."""
    return cb.rows(
        [
            cb.scalars(
                curves.oid,
                sets[encoded.set_of_curve],
                encoded.mag.base,
                encoded.mag.scale,
                encoded.magerr.base,
                encoded.magerr.scale,
                *encoded.place,
            ),
            cb.bit_strings(encoded.mask, encoded.mask_starts, encoded.mask_bits),
            cb.arrays(
                encoded.odd, encoded.odd_starts, cb.INT2, absent=np.diff(encoded.odd_starts) == 0
            ),
            *_planes(encoded.mag, curves.offsets),
            *_planes(encoded.magerr, curves.offsets),
            _flags(curves),
            _plain(encoded.mag, curves.offsets),
            _plain(encoded.magerr, curves.offsets),
            cb.byte_strings(
                encoded.late, encoded.late_starts, absent=np.diff(encoded.late_starts) == 0
            ),
            _repeats(curves),
        ],
        len(LIGHTCURVE_COLUMNS),
    )


def _planes(planes: Planes, offsets: np.ndarray) -> list[list[pa.LargeBinaryArray]]:
    """High and low bytes, NULL where the plain values are kept."""
    return [
        cb.byte_strings(*_only(plane, offsets, ~planes.plain))
        for plane in (planes.high, planes.low)
    ]


def _plain(planes: Planes, offsets: np.ndarray) -> list[pa.LargeBinaryArray]:
    """The values that planes do not hold, NULL elsewhere."""
    values, offsets, absent = _only(planes.values, offsets, planes.plain)
    return cb.arrays(values, offsets, cb.FLOAT4, absent=absent)


def _flags(curves: LightCurves) -> list[pa.LargeBinaryArray]:
    """catflags as 2-byte numbers (65535 as -1), 0 as NULL."""
    flags = curves.catflags.astype(np.uint16).view(np.int16)
    flagged = np.bitwise_or.reduceat(flags != 0, curves.offsets[:-1])
    flags, offsets, absent = _only(flags, curves.offsets, flagged)
    return cb.arrays(flags, offsets, cb.INT2, flags == 0, absent)


def _repeats(curves: LightCurves) -> list[pa.LargeBinaryArray]:
    """Epochs whose time an earlier one of the light curve has, and their numbers among those of
    this time, below 0; NULL where there is none."""
    number = np.arange(curves.detections)
    first = np.ones(curves.detections, bool)
    first[1:] = curves.hmjd[1:] != curves.hmjd[:-1]
    first[curves.offsets[:-1]] = True
    start = np.maximum.accumulate(np.where(first, number, 0))
    again = np.flatnonzero(~first)
    curve = np.repeat(np.arange(len(curves)), curves.nepochs)[again]
    pairs = again - curves.offsets[curve] + 1, start[again] - again - 1
    order = np.argsort(np.concatenate((curve, curve)), kind="stable")
    counts = 2 * np.bincount(curve, minlength=len(curves))
    bounds = np.concatenate(([0], np.cumsum(counts)))
    return cb.arrays(np.concatenate(pairs)[order], bounds, cb.INT4, absent=counts == 0)


def _only(
    values: np.ndarray, offsets: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values and bounds of the `wanted` light curves, the others being empty; and the others."""
    counts = np.diff(offsets)
    if not wanted.all():
        values = values[np.repeat(wanted, counts)]
        offsets = np.concatenate(([0], np.cumsum(np.where(wanted, counts, 0))))
    return values, offsets, ~wanted


OBJECT_COLUMNS = (
    *("oid", "ra", "dec", "h3_10", "healpix_29", "first_tick", "last_tick", "nobs", "ngoodobs"),
    *COLUMNS,
    *("ticks_per_day", "fieldid", "rcid", "filterid"),
)


def _tick_types(connection: Connection) -> tuple[type, type]:
    """Types of ticks, and of their number in a day, in the tables of the release."""
    (ticks,) = connection.execute(
        "SELECT format_type(atttypid, NULL) FROM pg_attribute"
        " WHERE attrelid = 'object'::regclass AND attname = 'first_tick'"
    ).fetchone()
    return _NUMBERS[ticks], _NUMBERS[RATE_TYPES[ticks]]


def _object_rows(
    curves: LightCurves, ticks: np.ndarray, pixels: np.ndarray, tick_type: type, rate_type: type
) -> pa.LargeBinaryArray:
    """Tuples of the table object, in the file's order."""
    good, values = statistics(curves)
    cell: Callable[[float, float], int] = h3.latlng_to_cell
    cells = [
        cell(dec, ra, H3_RESOLUTION)
        for ra, dec in zip(curves.ra.tolist(), curves.dec.tolist(), strict=True)
    ]
    rates = np.full(len(curves), curves.ticks_per_day, rate_type)
    return cb.rows(
        [
            cb.scalars(
                curves.oid,
                curves.ra,
                curves.dec,
                np.array(cells, np.int64),
                pixels,
                ticks[curves.offsets[:-1]].astype(tick_type),
                ticks[curves.offsets[1:] - 1].astype(tick_type),
                curves.nepochs.astype(np.int32),
                good.astype(np.int32),
            ),
            *(
                cb.nullable_scalar(values[name].astype(np.float32), np.isnan(values[name]))
                for name in COLUMNS
            ),
            cb.scalars(rates, curves.fieldid, curves.rcid, curves.filterid),
        ],
        len(OBJECT_COLUMNS),
    )


def copy_rows(
    connection: Connection, table: str, columns: Sequence[str], tuples: pa.LargeBinaryArray
) -> None:
    """COPY tuples into a table, in the caller's transaction."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)"
    with connection.cursor().copy(statement) as copy:
        cb.send(copy, tuples)
