"""Results of queries as a reader of each format has them."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

import numpy as np
import pyarrow as pa
from astropy.io import fits
from astropy.table import Table
from pyarrow import parquet

TYPED = ("votable", "votableb2", "votabletd", "fits", "parquet", "arrow")
"""Formats that name the type of a column, which can be too small for its values."""

FORMATS = (*TYPED, "csv", "tsv", "json")


def read(content: bytes, kind: str) -> list[tuple[Any, ...]]:
    """Rows of a result as a reader of its format has them; None where a value is missing."""
    if kind in ("csv", "tsv"):
        lines = csv.reader(
            io.StringIO(content.decode(), newline=""), delimiter="\t" if kind == "tsv" else ","
        )
        _, *rows = [tuple(map(parse, line)) for line in lines]
        return rows
    if kind == "json":
        table = json.loads(content)
        kinds = [
            int if (column["json"], column["datatype"]) == ("text", "long") else lambda value: value
            for column in table["columns"]
        ]
        return [
            tuple(
                None if value is None else kind(value)
                for kind, value in zip(kinds, row, strict=True)
            )
            for row in table["data"]
        ]
    if kind == "parquet":
        return [tuple(row.values()) for row in parquet.read_table(io.BytesIO(content)).to_pylist()]
    if kind == "arrow":
        return [tuple(row.values()) for row in pa.ipc.open_stream(content).read_all().to_pylist()]
    if kind == "fits":
        with fits.open(io.BytesIO(content)) as found:
            return [tuple(map(plain, row)) for row in found[1].data]
    return [tuple(map(plain, row)) for row in Table.read(io.BytesIO(content), format="votable")]


def parse(text: str) -> Any:
    if text.startswith("["):
        return json.loads(text)
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def plain(value: Any) -> Any:
    if value is np.ma.masked:
        return None
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.item() if isinstance(value, np.generic) else value


def key(row: tuple[Any, ...]) -> str:
    return repr([float(v) if isinstance(v, int | float) else v for v in row])


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, float | np.floating):
        tolerance = 1e-6 if isinstance(expected, np.float32) else 1e-12
        return math.isclose(found, expected, rel_tol=tolerance)
    if isinstance(expected, str):  # FITS has no blanks at the end
        return str(found).rstrip() == expected.rstrip()
    return found == expected
