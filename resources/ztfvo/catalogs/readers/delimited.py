"""Lines of values with a character, or blanks, between them; values may be quoted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from ztfvo.catalogs.declaration import Layout
from ztfvo.catalogs.readers import ROWS, Block, unpacked
from ztfvo.errors import BadFile

BLANKS = "blanks"
"""Delimiter of files whose values have any number of blanks between them."""

LONGEST_VALUE = 1_000_000

Row = tuple[int, list[str]]


def read(path: Path, layout: Layout) -> Iterator[Block]:
    """Yield the rows of a file; one that has not a value for each column is bad."""
    csv.field_size_limit(LONGEST_VALUE)
    with unpacked(path) as raw:
        errors = "surrogateescape"  # a wrong byte spoils its row alone
        file = io.TextIOWrapper(raw, encoding=layout.encoding, errors=errors, newline="")
        for _ in range(layout.skip):
            file.readline()
        rows = _rows(file, layout)
        names = list(layout.names) or next(rows, (0, []))[1]
        places = _places(path, layout, [name.strip().lstrip("\ufeff") for name in names])
        while some := list(islice(rows, ROWS)):
            yield _block(some, len(names), places)


def _rows(file: Iterable[str], layout: Layout) -> Iterator[Row]:
    """Line number and values of each row that is not empty."""
    if layout.delimiter == BLANKS:
        for number, line in enumerate(file, layout.skip + 1):
            if values := line.split():
                yield number, values
        return
    reader = csv.reader(file, delimiter=layout.delimiter)
    while True:
        try:
            values = next(reader, None)
        except csv.Error as error:
            yield layout.skip + reader.line_num, [f"\0{error}"]
            continue
        if values is None:
            return
        if values:
            yield layout.skip + reader.line_num, values


def _places(path: Path, layout: Layout, names: list[str]) -> dict[str, int | None]:
    """Place of each of our columns among the file's; None where it is missing, and may be."""
    places: dict[str, int | None] = {}
    for name, source in layout.columns.items():
        if source.of in names:
            places[name] = names.index(source.of)
        elif source.optional:
            places[name] = None
        else:
            raise BadFile(
                path,
                None,
                f"the column {source.of} is missing; those there are: {', '.join(names)[:300]}",
            )
    return places


def _block(some: list[Row], width: int, places: dict[str, int | None]) -> Block:
    bad: dict[int, str] = {}
    good = []
    for place, (_, values) in enumerate(some):
        if len(values) != width:
            bad[place] = f"has {len(values)} values, not {width}"
            values = [""] * width
        elif not all(map(_is_text, values)):
            bad[place] = "has bytes that are no text in the file's encoding"
            values = [""] * width
        good.append(values)
    columns = list(zip(*good, strict=True))
    none = pa.nulls(len(some), pa.string())
    values = {
        name: none if place is None else pa.array(columns[place], pa.string())
        for name, place in places.items()
    }
    return Block(np.array([number for number, _ in some]), values, bad)


def _is_text(value: str) -> bool:
    """Whether all bytes of a value could be decoded."""
    return value.isascii() or not any("\udc80" <= one <= "\udcff" for one in value)
