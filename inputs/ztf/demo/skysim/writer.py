"""Bulk Parquet files as IRSA publishes them, in the column types of DR19."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .channel import Curves, Sources, observe, oids
from .geometry import Channel
from .schedule import Exposures

_COLUMNS = {
    "objectid": "int64",
    "filterid": "int8",
    "fieldid": "int16",
    "rcid": "int8",
    "objra": "float32",
    "objdec": "float32",
    "nepochs": "int64",
    "hmjd": "list[float64]",
    "mag": "list[float32]",
    "magerr": "list[float32]",
    "clrcoeff": "list[float32]",
    "catflags": "list[int32]",
    "__index_level_0__": "int64",
}
"""Column names and types, in the order of the file."""


def _pandas_metadata() -> bytes:
    """Describe the columns as the data frame library did that wrote the published files."""

    def column(name: str, kind: str) -> dict:
        return {
            "name": None if name.startswith("__index") else name,
            "field_name": name,
            "pandas_type": kind,
            "numpy_type": "object" if kind.startswith("list") else kind,
            "metadata": None,
        }

    unicode = {"name": None, "field_name": None, "pandas_type": "unicode"}
    unicode |= {"numpy_type": "object", "metadata": {"encoding": "UTF-8"}}
    content = {
        "index_columns": ["__index_level_0__"],
        "column_indexes": [unicode],
        "columns": [column(name, kind) for name, kind in _COLUMNS.items()],
        "creator": {"library": "pyarrow", "version": "3.0.0"},
        "pandas_version": "1.3.4",
    }
    return json.dumps(content).encode()


def _arrow_type(kind: str) -> pa.DataType:
    """Translate a type of `_COLUMNS`; list elements are called item, as published."""
    if kind.startswith("list"):
        return pa.list_(pa.field("item", pa.type_for_alias(kind[5:-1])))
    return pa.type_for_alias(kind)


SCHEMA = pa.schema(
    [pa.field(name, _arrow_type(kind)) for name, kind in _COLUMNS.items()],
    metadata={"pandas": _pandas_metadata()},
)
"""Schema of a DR19 bulk file."""


def to_table(channel: Channel, curves: Curves) -> pa.Table:
    """Arrange light curves as the columns of a bulk file."""
    count = len(curves.number)
    offsets = pa.array(curves.offsets.astype(np.int32))

    def lists(name: str) -> pa.Array:
        values = pa.array(getattr(curves, name))
        return pa.ListArray.from_arrays(offsets, values, type=SCHEMA.field(name).type)

    columns = [
        pa.array(oids(channel, curves)),
        pa.array(np.full(count, channel.filterid, np.int8)),
        pa.array(np.full(count, channel.field, np.int16)),
        pa.array(np.full(count, channel.rcid, np.int8)),
        pa.array(curves.ra),
        pa.array(curves.dec),
        pa.array(np.diff(curves.offsets)),
        *(lists(name) for name in ("hmjd", "mag", "magerr", "clrcoeff", "catflags")),
        pa.array(curves.number),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def write_curves(path: Path, channel: Channel, curves: Curves) -> None:
    """Write one bulk file: a single row group, snappy, dictionaries, statistics."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    table = to_table(channel, curves)
    pq.write_table(
        table,
        partial,
        row_group_size=max(len(table), 1),
        version="1.0",
        data_page_version="1.0",
        data_page_size=1 << 20,
        dictionary_pagesize_limit=1 << 20,
        compression="snappy",
        use_dictionary=True,
        write_statistics=True,
        use_compliant_nested_type=False,
        store_schema=True,
    )
    partial.replace(path)


def write_channel(
    folder: Path,
    release: str,
    channel: Channel,
    sources: Sources,
    exposures: Exposures,
    rng: np.random.Generator,
) -> tuple[Path, int, int]:
    """Simulate one channel and write its bulk file.

    Parameters
    ----------
    folder
        Folder of the release; the file goes to `Channel.path` below it.
    release
        Release name at the end of the file name.
    channel, sources, exposures
        What is observed and when.
    rng
        The only source of randomness.

    Returns
    -------
    path, curves, detections
        The file and the numbers of its light curves and detections.
    """
    curves = observe(sources, exposures, channel.filterid, rng)
    path = folder / channel.path(release)
    write_curves(path, channel, curves)
    return path, len(curves.number), len(curves.hmjd)
