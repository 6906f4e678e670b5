"""HATS partitions (DR24): Parquet by HEALPix pixel with a nested column ``lightcurve``.

The column is a struct of lists, or, as some writers leave it, a list of structs.  Field and channel
are not always among the columns; the OID has them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from ztfvo.errors import BadFile
from ztfvo.store.lightcurves import LightCurves
from ztfvo.store.times import FIVE_DECIMALS, FLOAT32_TICKS

from ... import oid as oids
from . import _arrow

NAME = "hats"
DESCRIPTION = "HATS partitions of DR24 (nested column lightcurve)"
MERGES = False

_WHOLE = (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64())
_FLOATS = (pa.float32(), pa.float64())
_REQUIRED = {
    "objectid": (pa.int64(), pa.uint64()),
    "filterid": _WHOLE,
    "objra": _FLOATS,
    "objdec": _FLOATS,
}
_OPTIONAL = {"fieldid": _WHOLE, "rcid": _WHOLE, "nepochs": _WHOLE}
_NESTED = {
    "hmjd": (_FLOATS, np.float64),
    "mag": ((pa.float32(),), np.float32),
    "magerr": ((pa.float32(),), np.float32),
    "clrcoeff": ((pa.float32(),), np.float32),
    "catflags": (_WHOLE, np.int32),
}


def matches(path: Path) -> bool:
    """Whether this is a Parquet file with a column ``lightcurve``."""
    columns = _arrow.parquet_columns(path)
    return columns is not None and "lightcurve" in columns


def read(path: Path) -> LightCurves:
    """Read the light curves of one partition file.

    Raises
    ------
    BadFile
        When the file is damaged, a column is missing or of another type, a value is null, or the
        lists of one light curve differ in length.
    """
    table = _arrow.read_parquet(path, [*_REQUIRED, *_OPTIONAL, "lightcurve"])
    present = {name: kinds for name, kinds in _OPTIONAL.items() if name in table.column_names}
    _arrow.check_types(path, table.schema, _REQUIRED | present)
    flat, lengths, kind = _unnest(path, table["lightcurve"])
    plain = {
        name: _arrow.scalars(path, table[name], name, np.int64) for name in ("objectid", *present)
    }
    if "nepochs" in plain:
        _arrow.check_lengths(path, "lightcurve", lengths, "nepochs is", plain["nepochs"])
    oid = plain["objectid"]
    try:
        parts = oids.split(oid)
    except oids.InvalidOID as error:
        row = int(np.flatnonzero(~oids.is_valid(oid))[0])
        raise BadFile(path, row + 1, str(error)) from error
    return LightCurves(
        oid=oid,
        ra=_arrow.scalars(path, table["objra"], "objra", np.float64),
        dec=_arrow.scalars(path, table["objdec"], "objdec", np.float64),
        fieldid=_arrow.narrow(path, plain.get("fieldid", parts.fieldid), "fieldid", np.int16),
        rcid=_arrow.narrow(path, plain.get("rcid", parts.rcid), "rcid", np.int16),
        filterid=_arrow.scalars(path, table["filterid"], "filterid", np.int16),
        offsets=_arrow.offsets_of(lengths),
        ticks_per_day=FLOAT32_TICKS if kind == pa.float32() else FIVE_DECIMALS,
        **flat,
    )


def _unnest(
    path: Path, column: pa.ChunkedArray
) -> tuple[dict[str, np.ndarray], np.ndarray, pa.DataType]:
    """Flat arrays of the nested column, epochs of each row (int64[n]), and the type of hmjd."""
    if pa.types.is_struct(column.type):
        fields = dict(zip(column.type.names, column.flatten(), strict=True))
    elif _arrow.is_list(column.type) and pa.types.is_struct(column.type.value_type):
        fields = _arrow.lists_of_struct(path, column, "lightcurve")
    else:
        cause = f"column lightcurve is of type {column.type}, expected a struct of lists"
        raise BadFile(path, None, cause)
    flat: dict[str, np.ndarray] = {}
    lengths = None
    for name, (kinds, dtype) in _NESTED.items():
        if name not in fields:
            raise BadFile(path, None, f"lightcurve.{name} is missing")
        found = fields[name].type
        if not _arrow.is_list(found) or found.value_type not in kinds:
            wanted = " or ".join(str(kind) for kind in kinds)
            cause = f"lightcurve.{name} is of type {found}, expected a list of {wanted}"
            raise BadFile(path, None, cause)
        count, flat[name] = _arrow.lists(path, fields[name], f"lightcurve.{name}", dtype)
        if lengths is None:
            lengths = count
        _arrow.check_lengths(path, f"lightcurve.{name}", count, "lightcurve.hmjd has", lengths)
    return flat, lengths, fields["hmjd"].type.value_type
