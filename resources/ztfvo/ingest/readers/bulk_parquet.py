"""IRSA's bulk Parquet files (DR5 and later): one file per field, filter and quadrant.

Types changed between releases.  DR5 has float32 times, which are exact multiples of 1/256 d, with
uint8 filter and channel and uint16 flags.  DR8 has float64 times that are differences of JD in
double precision, DR19 such of five decimals, int8 and int32.  All carry a left-over index column of
pandas, which is not read.  Which float64 times a file has is declared of its release.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from ztfvo.store.lightcurves import LightCurves
from ztfvo.store.times import FIVE_DECIMALS, FLOAT32_TICKS

from . import _arrow
from ._preview import Preview, of_parquet

NAME = "bulk-parquet"
DESCRIPTION = "bulk Parquet of DR5 and later (lists hmjd, mag, magerr, clrcoeff, catflags)"
SUFFIXES = (".parquet",)
MERGES = False

_SMALL = (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.int64())
_FLOATS = (pa.float32(), pa.float64())
_COLUMNS = {
    "objectid": (pa.int64(), pa.uint64()),
    "filterid": _SMALL,
    "fieldid": _SMALL,
    "rcid": _SMALL,
    "objra": _FLOATS,
    "objdec": _FLOATS,
    "nepochs": (*_SMALL, pa.uint32()),
    "hmjd": tuple(pa.list_(kind) for kind in _FLOATS),
    "mag": (pa.list_(pa.float32()),),
    "magerr": (pa.list_(pa.float32()),),
    "clrcoeff": (pa.list_(pa.float32()),),
    "catflags": tuple(pa.list_(kind) for kind in (pa.int32(), pa.uint16(), pa.int16())),
}


def matches(path: Path) -> bool:
    """Whether this is a Parquet file with OIDs and times at the top level."""
    columns = _arrow.parquet_columns(path)
    return columns is not None and "objectid" in columns and "lightcurve" not in columns


def preview(path: Path) -> Preview:
    """Look at columns and first times.

    Raises
    ------
    BadFile
        When the file is damaged, or a column is missing or of another type.
    """

    def look(schema: pa.Schema) -> tuple[dict[str, pa.DataType], list[str]]:
        _arrow.check_types(path, schema, _COLUMNS)
        kinds = {name: schema.field(name).type for name in _COLUMNS}
        return kinds, [name for name in schema.names if name not in _COLUMNS]

    return of_parquet(path, look)


def read(path: Path) -> LightCurves:
    """Read the light curves of one file.

    Raises
    ------
    BadFile
        When the file is damaged, a column is missing or of another type, a value is null, or a
        list is not as long as nepochs says.
    """
    table = _arrow.read_parquet(path, _COLUMNS)
    _arrow.check_types(path, table.schema, _COLUMNS)
    nepochs = _arrow.scalars(path, table["nepochs"], "nepochs", np.int64)
    flat = {}
    for name, dtype in (
        ("hmjd", np.float64),
        ("mag", np.float32),
        ("magerr", np.float32),
        ("clrcoeff", np.float32),
        ("catflags", np.int32),
    ):
        lengths, flat[name] = _arrow.lists(path, table[name], name, dtype)
        _arrow.check_lengths(path, name, lengths, "nepochs is", nepochs)
    short_times = table.schema.field("hmjd").type.value_type == pa.float32()
    return LightCurves(
        oid=_arrow.scalars(path, table["objectid"], "objectid", np.int64),
        ra=_arrow.scalars(path, table["objra"], "objra", np.float64),
        dec=_arrow.scalars(path, table["objdec"], "objdec", np.float64),
        fieldid=_arrow.scalars(path, table["fieldid"], "fieldid", np.int16),
        rcid=_arrow.scalars(path, table["rcid"], "rcid", np.int16),
        filterid=_arrow.scalars(path, table["filterid"], "filterid", np.int16),
        offsets=_arrow.offsets_of(nepochs),
        ticks_per_day=FLOAT32_TICKS if short_times else FIVE_DECIMALS,
        **flat,
    )
