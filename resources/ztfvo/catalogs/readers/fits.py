"""Binary tables of FITS files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from astropy.io import fits

from ztfvo.catalogs.declaration import Layout, Source
from ztfvo.catalogs.readers import ROWS, Block
from ztfvo.errors import BadFile


def read(path: Path, layout: Layout) -> Iterator[Block]:
    """Yield the rows of a table, without reading it as a whole."""
    with fits.open(path, memmap=path.suffix != ".gz") as file:
        if layout.hdu >= len(file) or not isinstance(file[layout.hdu], fits.BinTableHDU):
            raise BadFile(path, None, f"has no binary table in HDU {layout.hdu}")
        table = file[layout.hdu].data
        names = {name.upper(): name for name in table.names}
        _check(path, layout, names)
        for start in range(0, len(table), ROWS):
            some = table[start : start + ROWS]
            values = {
                name: _values(path, some, names.get(source.of.upper()), source)
                for name, source in layout.columns.items()
            }
            yield Block(np.arange(start + 1, start + len(some) + 1), values)


def _check(path: Path, layout: Layout, names: dict[str, str]) -> None:
    for source in layout.columns.values():
        if source.of.upper() not in names and not source.optional:
            there = ", ".join(names.values())[:300]
            raise BadFile(path, None, f"the column {source.of} is missing; there are: {there}")


def _values(path: Path, some: fits.FITS_rec, name: str | None, source: Source) -> pa.Array:
    if name is None:
        return pa.nulls(len(some), pa.string())
    values = np.asarray(some[name])
    if source.element is not None:
        if values.ndim != 2 or source.element >= values.shape[1]:
            raise BadFile(path, None, f"the column {name} has no element {source.element}")
        values = values[:, source.element]
    elif values.ndim != 1:
        raise BadFile(path, None, f"the column {name} holds arrays, where a value was expected")
    if values.dtype.kind in "SU":
        return pa.array([str(value) for value in values.astype("U")], pa.string())
    return pa.array(values.astype(values.dtype.newbyteorder("=")))
