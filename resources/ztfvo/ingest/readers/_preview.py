"""What a file shows of itself without being read in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from . import _arrow

ROWS = 64
"""Light curves whose times are looked at."""


@dataclass(frozen=True)
class Preview:
    """The columns of a file and some of its times."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Arrow's type by name of each column that is read, of lists that of their elements; empty
    where columns have no types, as in text."""
    dropped: tuple[str, ...] = ()
    """Names of columns that are not read, in the order of the file."""
    hmjd: np.ndarray = field(default_factory=lambda: np.empty(0))
    """Times of the first light curves (heliocentric MJD, UTC, mid-exposure, float64, d); empty
    where the reader itself rounds them."""


Look = Callable[[pa.Schema], tuple[Mapping[str, pa.DataType], Sequence[str]]]
"""Finds the types of the columns that are read, and the names of the others."""


def of_parquet(path: Path, look: Look) -> Preview:
    """Look at the schema of a Parquet file, and at the times of its first rows.

    Parameters
    ----------
    path
        The file.
    look
        What its layout makes of the schema; raises `BadFile` where a column is missing or of a
        wrong type.

    Raises
    ------
    BadFile
        When the file is damaged, or a column is missing or of another type.
    """
    with _arrow.arrow_errors(path), pq.ParquetFile(path) as file:
        kinds, dropped = look(file.schema_arrow)
        leaves = (file.schema.column(i).path for i in range(len(file.schema)))
        times = [leaf for leaf in leaves if "hmjd" in leaf.split(".")]
        first = next(file.iter_batches(batch_size=ROWS, columns=times), None)
        hmjd = np.empty(0) if first is None else _flat(first.column(0))
    columns = {name: str(_arrow.element(kind)) for name, kind in kinds.items()}
    return Preview(columns, tuple(dropped), hmjd)


def _flat(column: pa.Array) -> np.ndarray:
    """All numbers of a column of lists, in whatever they are nested; nulls are left out."""
    while pa.types.is_nested(column.type):
        column = column.flatten()[0] if pa.types.is_struct(column.type) else column.flatten()
    return column.drop_null().to_numpy(zero_copy_only=False).astype(np.float64)
