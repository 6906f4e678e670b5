"""Lines in which each value has its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ztfvo.catalogs.declaration import Layout
from ztfvo.catalogs.readers import ROWS, Block, unpacked


def read(path: Path, layout: Layout) -> Iterator[Block]:
    """Yield the rows of a file; bytes that a line does not have are blank.

    Characters beyond ASCII become question marks: such a layout counts bytes.
    """
    with unpacked(path) as file:
        number = layout.skip + 1
        lines = islice(file, layout.skip, None)
        while some := [line.rstrip(b"\r\n") for line in islice(lines, ROWS)]:
            rows = np.arange(number, number + len(some))
            number += len(some)
            filled = [place for place, line in enumerate(some) if line.strip()]
            if len(filled) < len(some):
                some, rows = [some[place] for place in filled], rows[filled]
            yield _block(some, rows, layout)


def _block(lines: list[bytes], rows: np.ndarray, layout: Layout) -> Block:
    bad = {}
    for place, line in enumerate(lines):
        if not line.isascii():
            try:
                lines[place] = line.decode(layout.encoding).encode("ascii", "replace")
            except UnicodeDecodeError:
                lines[place] = b""
                bad[place] = f"has bytes that are not {layout.encoding}"
    table = pa.array(lines, pa.binary())
    values = {}
    for name, source in layout.columns.items():
        first, last = source.of
        values[name] = pc.binary_slice(table, first - 1, last).cast(pa.string())
    return Block(rows, values, bad)
