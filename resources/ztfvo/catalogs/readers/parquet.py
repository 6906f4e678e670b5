"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ztfvo.catalogs.declaration import Layout
from ztfvo.catalogs.readers import ROWS, Block
from ztfvo.errors import BadFile


def read(path: Path, layout: Layout) -> Iterator[Block]:
    """Yield the rows of a file, reading only the columns that are wanted."""
    with pq.ParquetFile(path) as file:
        there = set(file.schema_arrow.names)
        for source in layout.columns.values():
            if source.of not in there and not source.optional:
                named = ", ".join(file.schema_arrow.names)[:300]
                raise BadFile(path, None, f"the column {source.of} is missing; there are: {named}")
        wanted = sorted({source.of for source in layout.columns.values()} & there)
        number = 1
        for batch in file.iter_batches(ROWS, columns=wanted):
            rows = np.arange(number, number + len(batch))
            number += len(batch)
            none = pa.nulls(len(batch), pa.string())
            values = {
                name: batch[source.of] if source.of in there else none
                for name, source in layout.columns.items()
            }
            yield Block(rows, values)
