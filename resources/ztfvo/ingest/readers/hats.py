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
from ._preview import Preview, of_parquet

NAME = "hats"
DESCRIPTION = "HATS partitions of DR24 (nested column lightcurve)"
SUFFIXES = (".parquet",)
MERGES = False

BESIDE = {
    *("_metadata", "_common_metadata", "data_thumbnail.parquet"),
    *("partition_info.csv", "partition_join_info.csv"),
    *("properties", "hats.properties", "collection.properties"),
    *("catalog_info.json", "provenance_info.json", "point_map.fits", "skymap.fits"),
}
"""Names of files that catalogues have beside their partitions."""

_PROPERTIES = ("hats.properties", "properties")
_OBJECTS = {"object", "nested"}

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


def is_beside(folder: Path) -> bool:
    """Whether a folder is a catalogue of a collection that repeats rows of another, or has none.

    Margins and indexes are such; their properties say so.
    """
    for name in _PROPERTIES:
        try:
            lines = (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        values = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
        said = {key.strip(): value.strip() for key, value in values.items()}
        return said.get("dataproduct_type", "object") not in _OBJECTS
    return False


def matches(path: Path) -> bool:
    """Whether this is a Parquet file with a column ``lightcurve``."""
    columns = _arrow.parquet_columns(path)
    return columns is not None and "lightcurve" in columns


def preview(path: Path) -> Preview:
    """Look at columns and first times.

    Raises
    ------
    BadFile
        When the file is damaged, or a column is missing or of another type.
    """

    def look(schema: pa.Schema) -> tuple[dict[str, pa.DataType], list[str]]:
        present = {name: kinds for name, kinds in _OPTIONAL.items() if name in schema.names}
        _arrow.check_types(path, schema, _REQUIRED | present)
        kinds = {name: schema.field(name).type for name in (*_REQUIRED, *present)}
        nested = _nested_types(path, schema.field("lightcurve").type)
        dropped = [name for name in schema.names if name not in {*kinds, "lightcurve"}]
        dropped += [f"lightcurve.{name}" for name in nested if name not in _NESTED]
        return kinds | {name: nested[name] for name in _NESTED}, dropped

    return of_parquet(path, look)


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
    kinds = _nested_types(path, column.type)
    if pa.types.is_struct(column.type):
        fields = dict(zip(column.type.names, column.flatten(), strict=True))
    else:
        fields = _arrow.lists_of_struct(path, column, "lightcurve")
    flat: dict[str, np.ndarray] = {}
    lengths = None
    for name, (_, dtype) in _NESTED.items():
        count, flat[name] = _arrow.lists(path, fields[name], f"lightcurve.{name}", dtype)
        if lengths is None:
            lengths = count
        _arrow.check_lengths(path, f"lightcurve.{name}", count, "lightcurve.hmjd has", lengths)
    return flat, lengths, kinds["hmjd"]


def _nested_types(path: Path, kind: pa.DataType) -> dict[str, pa.DataType]:
    """Types of the members of the nested column, or of their elements.

    One that is missing or wrong is refused.
    """
    if pa.types.is_struct(kind):
        members = {member.name: member.type for member in kind}
    elif _arrow.is_list(kind) and pa.types.is_struct(kind.value_type):
        members = {member.name: pa.list_(member.type) for member in kind.value_type}
    else:
        cause = f"column lightcurve is of type {kind}, expected a struct of lists"
        raise BadFile(path, None, cause)
    for name, (allowed, _) in _NESTED.items():
        if name not in members:
            raise BadFile(path, None, f"lightcurve.{name} is missing")
        if not _arrow.is_list(members[name]) or members[name].value_type not in allowed:
            wanted = " or ".join(str(kind) for kind in allowed)
            cause = f"lightcurve.{name} is of type {members[name]}, expected a list of {wanted}"
            raise BadFile(path, None, cause)
    return {name: _arrow.element(kind) for name, kind in members.items()}
