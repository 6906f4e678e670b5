"""Light curves of catalogs in HATS, which are declared only.

HATS (https://www.ivoa.net/documents/Notes/HATS/) keeps the rows of a catalog in Parquet files, one
for each of its HEALPix cells; ``partition_info.csv`` lists them.  Rows are sorted by their cell of
order 29, so that the statistics of row groups say which are needed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import astropy.units as u
import numpy as np
import pyarrow as pa
from anyio import to_thread
from astropy.coordinates import Latitude, Longitude
from mocpy import MOC
from pyarrow import compute, csv, parquet

from ztfvo.outside.cache import DAY
from ztfvo.outside.client import Asker
from ztfvo.outside.curves import light_curve, missing
from ztfvo.outside.model import Column, LightCurve, Malformed, Place, Row, Source, Yields
from ztfvo.outside.parquet import Reader
from ztfvo.photometry import ab_to_jansky
from ztfvo.times import MJD_ORIGIN, heliocentric_from_barycentric, utc_from_tdb

CELL = "_healpix_29"
ORDER = 29
DEPTH = 18
"""Order of the cells that a cone is covered with: 0.8 arcsec."""
SAME = 2.0
"""arcsec around the position of an object in which its rows are."""
MOST_BYTES = 20_000_000
ARCSEC = np.degrees(1) * 3600


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What the columns of a catalog of light curves are."""

    root: str
    """Address of the catalog."""
    identifier: str
    """Column of the object's identifier, a whole number."""
    position: tuple[str, str]
    """Columns of right ascension and declination, ICRS, deg."""
    nested: str = ""
    """Structure of lists that holds the epochs of a row; without one a row is one epoch."""
    of_rows: tuple[str, ...] = ()
    """Native columns that are of a row, not of its epochs."""
    time: str
    """Native column of times: TDB, at the barycentre."""
    origin: float
    """JD of time 0."""
    bands: Mapping[str, str]
    """Names of filters, by values of the column of bands; by the empty text where there is none."""
    band: str = ""
    """Native column of bands."""
    mag: str = ""
    """Native columns of AB magnitudes and their errors,"""
    magerr: str = ""
    magerr_unit: float = 1.0
    """mag"""
    flux: str = ""
    """or of fluxes and their errors."""
    fluxerr: str = ""
    zero_point: float = 0.0
    """AB magnitude of a flux of 1."""
    flag: str = ""
    """Native column that is 0 for epochs that the source advises to use."""
    locate: Callable[[str], Place | None] | None = None
    """Returns about where the object of an identifier is, where that says it."""
    locate_radius: float = 0.0
    """arcsec"""
    notes: tuple[str, ...] = ()

    def path(self, key: str) -> str:
        """Return the path in the file of a native column."""
        return f"{self.nested}.{key}" if self.nested and key not in self.of_rows else key


def catalog(layout: Layout, native: Sequence[Column], **declared: Any) -> Source:
    """Return a catalog of light curves as a source.

    Parameters
    ----------
    native
        Columns of epochs; their `key` is that in the file, without the name of the structure.
    declared
        All else, see `ztfvo.outside.model.Source`.
    """

    async def find(
        asker: Asker, source: Source, place: Place, radius: float
    ) -> Sequence[Mapping[str, Any]]:
        table = await _around(asker, layout, place, radius, (layout.identifier, *layout.position))
        return await to_thread.run_sync(_objects, layout, table)

    async def fetch(asker: Asker, source: Source, row: Row) -> LightCurve | None:
        columns = (layout.identifier, *(layout.path(column.key) for column in native))
        place = Place(row["ra"], row["dec"])
        table = await _around(asker, layout, place, SAME, columns)
        return await to_thread.run_sync(_curve, source, layout, row, table)

    async def look(asker: Asker, source: Source, name: str) -> Sequence[Mapping[str, Any]]:
        place = layout.locate(name)
        if place is None:
            return []
        rows = await find(asker, source, place, layout.locate_radius)
        return [row for row in rows if str(row[layout.identifier]) == name]

    ra, dec = layout.position
    known: Mapping[str, Any] = {
        "gives": ("light curve",),
        "hosts": (re.match(r"https://[^/]+", layout.root)[0],),
        "radius": 1.0,
        "largest_radius": 10.0,
        "columns": (
            Column("id", "str", None, "meta.id;meta.main", "Identifier", layout.identifier),
            Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension", ra),
            Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination", dec),
            Column("nrows", "int64", None, "meta.number", "Number of its rows in the catalog"),
        ),
        "yields": Yields(name="id"),
        "native": tuple(native),
        "find": find,
        "fetch": fetch,
        "look": look if layout.locate else None,
        "seconds": 60.0,
        "days": 30.0,
        "most_bytes": MOST_BYTES,
    }
    return Source(**{**known, **declared})


def covering(place: Place, radius: float) -> np.ndarray:
    """Return ranges of cells of order 29 that cover a cone.

    Parameters
    ----------
    radius
        arcsec

    Returns
    -------
    numpy.ndarray
        First cell and the one after the last, shape (n, 2).
    """
    moc = MOC.from_cone(
        Longitude(place.ra * u.deg),
        Latitude(place.dec * u.deg),
        radius=radius * u.arcsec,
        max_depth=DEPTH,
    )
    return moc.to_depth29_ranges.astype(np.int64)


def reached(ranges: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return whether ranges of cells touch others, from `low` up to before `high` (bool)."""
    return ((ranges[:, 0] < high[:, None]) & (ranges[:, 1] > low[:, None])).any(axis=1)


async def _around(
    asker: Asker, layout: Layout, place: Place, radius: float, columns: Sequence[str]
) -> pa.Table:
    """Columns of the rows within a cone, and some around it."""
    ranges = await to_thread.run_sync(covering, place, radius)
    orders, cells = await _partitions(asker, layout.root)
    scale = np.left_shift(np.int64(1), 2 * (ORDER - orders))
    touched = reached(ranges, cells * scale, (cells + 1) * scale)
    reader = Reader(asker)
    tables = [
        await reader.read(
            _file(layout.root, order, cell),
            (CELL, *columns),
            lambda metadata: _row_groups(metadata, ranges),
        )
        for order, cell in zip(orders[touched].tolist(), cells[touched].tolist(), strict=True)
    ]
    if not tables:
        return pa.table({})
    try:
        return pa.concat_tables(tables)
    except pa.ArrowException as error:
        raise Malformed(f"files of the catalog differ in their columns: {error}") from error


def _file(root: str, order: int, cell: int) -> str:
    folder = cell // 10_000 * 10_000
    return f"{root}/dataset/Norder={order}/Dir={folder}/Npix={cell}.parquet"


def _row_groups(metadata: parquet.FileMetaData, ranges: np.ndarray) -> list[int]:
    """Those that may have rows in the ranges; all where there are no statistics."""
    paths = [metadata.schema.column(place).path for place in range(metadata.num_columns)]
    place, chosen = paths.index(CELL), []
    for number in range(metadata.num_row_groups):
        known = metadata.row_group(number).column(place).statistics
        if known is not None and known.has_min_max:
            low, high = np.array([known.min]), np.array([known.max + 1])
            if not reached(ranges, low, high)[0]:
                continue
        chosen.append(number)
    return chosen


async def _partitions(asker: Asker, root: str) -> tuple[np.ndarray, np.ndarray]:
    """Orders and numbers of the cells that have files; the list is kept."""
    url = f"{root}/partition_info.csv"
    key = f"{asker.source.name}:partitions:{url}"
    kept = await to_thread.run_sync(asker.cache.get, key)
    body = kept or (await asker.get(url)).body
    found = await to_thread.run_sync(_listed, body)
    if kept is None:
        await to_thread.run_sync(asker.cache.put, key, body, asker.source.days * DAY)
    return found


def _listed(body: bytes) -> tuple[np.ndarray, np.ndarray]:
    try:
        table = csv.read_csv(io.BytesIO(body))
        names = ("Norder", "Npix")
        for name in names:
            if name not in table.column_names:
                raise Malformed(missing(name, table.column_names), body)
        orders, cells = (table.column(name).cast(pa.int64()).to_numpy() for name in names)
    except (pa.ArrowException, OSError) as error:
        raise Malformed(f"the list of partitions cannot be read: {error}", body) from error
    if ((orders < 0) | (orders > ORDER) | (cells < 0)).any():
        raise Malformed("the list of partitions has cells that are none", body)
    return orders, cells


def _objects(layout: Layout, table: pa.Table) -> list[dict[str, Any]]:
    """One row for each object, with its position and number of rows."""
    if not table.num_rows:
        return []
    identifiers = _array(table, layout.identifier, "int64")
    ra, dec = (_array(table, name, "float64") for name in layout.position)
    found, first, counts = np.unique(identifiers, return_index=True, return_counts=True)
    columns = (found, ra[first], dec[first], counts)
    names = (layout.identifier, *layout.position, "nrows")
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _curve(source: Source, layout: Layout, row: Row, table: pa.Table) -> LightCurve | None:
    if not table.num_rows:
        return None
    mine = table.filter(compute.equal(table.column(layout.identifier), int(row["id"])))
    native = _epochs(source, layout, mine)
    time, place = native[layout.time], (row["ra"], row["dec"])
    bands = native[layout.band].tolist() if layout.band else [""] * len(time)
    unknown = set(bands) - set(layout.bands)
    if unknown:
        raise Malformed(f"column {layout.band} has {min(unknown)[:20]!r}, which is not a filter")
    brightness = _brightness(layout, native)
    usable = np.isfinite(time) & np.isfinite(brightness["flux"])
    if layout.mag:
        usable &= (native[layout.mag] > 0) & (native[layout.magerr] > 0) & (time > 0)
    if not usable.any():
        return None
    good = brightness["flux"] > 0
    if layout.flag:
        good &= native[layout.flag] == 0
    utc = utc_from_tdb(time[usable] + (layout.origin - MJD_ORIGIN))
    return light_curve(
        source,
        identifier=row["id"],
        position=place,
        hmjd=heliocentric_from_barycentric(utc, *place),
        filter=np.array([layout.bands[band] for band in bands], str)[usable],
        **{name: values[usable] for name, values in brightness.items()},
        good=good[usable],
        native={name: values[usable] for name, values in native.items()},
        notes=layout.notes,
    )


def _brightness(layout: Layout, native: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """AB magnitudes and flux densities, with their errors."""
    if layout.mag:
        mag = np.asarray(native[layout.mag], float)
        magerr = native[layout.magerr] * layout.magerr_unit
        flux, fluxerr = ab_to_jansky(mag, magerr)
        return {"mag": mag, "magerr": magerr, "flux": flux, "fluxerr": fluxerr}
    counts, error = (np.asarray(native[one], float) for one in (layout.flux, layout.fluxerr))
    with np.errstate(divide="ignore", invalid="ignore"):
        mag = layout.zero_point - 2.5 * np.log10(counts)
        magerr = 2.5 / np.log(10) * error / counts
    scale, _ = ab_to_jansky(layout.zero_point, 0.0)
    return {"mag": mag, "magerr": magerr, "flux": counts * scale, "fluxerr": error * scale}


def _epochs(source: Source, layout: Layout, table: pa.Table) -> dict[str, np.ndarray]:
    """Native columns, one element for each epoch."""
    if layout.nested:
        table = _unnested(table, layout, [column.key for column in source.native])
    return {column.name: _array(table, column.key, column.dtype) for column in source.native}


def _unnested(table: pa.Table, layout: Layout, names: Sequence[str]) -> pa.Table:
    """A row for each epoch of the lists in a structure."""
    rows = table.column(layout.nested).combine_chunks()
    members = [name for name in names if name not in layout.of_rows]
    lists = {name: compute.struct_field(rows, name) for name in members}
    lengths = [compute.list_value_length(one) for one in lists.values()]
    if not all(one.equals(lengths[0]) for one in lengths):
        raise Malformed(f"lists of {layout.nested} have different lengths")
    parents = compute.list_parent_indices(lists[members[0]])
    return pa.table(
        {name: compute.list_flatten(one) for name, one in lists.items()}
        | {name: table.column(name).take(parents) for name in layout.of_rows}
    )


def _array(table: pa.Table, name: str, dtype: str) -> np.ndarray:
    """A column as an array of the declared type; what is null is not-a-number or empty."""
    column = table.column(name)
    is_kind, kind, nothing = _KINDS[dtype]
    if not is_kind(column.type):
        raise Malformed(f"column {name} is {column.type}, which is not {_WORDS[dtype]}")
    if column.null_count and nothing is None:
        raise Malformed(f"column {name} has no value in a row")
    filled = column.cast(kind)
    if column.null_count:
        filled = filled.fill_null(nothing)
    values = filled.to_numpy()
    return values.astype(str) if dtype == "str" else values


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    types = pa.types
    return types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)


_KINDS = {
    "float64": (_is_number, pa.float64(), float("nan")),
    "int64": (pa.types.is_integer, pa.int64(), None),
    "str": (_is_text, pa.string(), ""),
    "bool": (pa.types.is_boolean, pa.bool_(), None),
}
_WORDS = {
    "float64": "a number",
    "int64": "a whole number",
    "str": "a text",
    "bool": "true or false",
}
