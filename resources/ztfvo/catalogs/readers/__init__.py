"""One module for each kind of layout, each with a function ``read``.

``read(path, layout)`` yields `Block` after block of a file's rows.  It raises `BadFile` where the
file is none of that kind or lacks a column.
"""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from ztfvo import plugins
from ztfvo.catalogs.declaration import READERS, Layout
from ztfvo.errors import BadFile

ROWS = 100_000
"""Of a block."""

PACKED = (".gz", ".zip")
"""Endings of files that are unpacked as they are read."""

_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?: - (?:(\d{4}-\d{2}-\d{2}) )?(\d{2}:\d{2}:\d{2}))?"
)


@dataclass
class Block:
    """Some consecutive rows of a file."""

    row: np.ndarray
    """Number of each row, from 1: the line's in text files (int64[n])."""
    values: dict[str, pa.Array]
    """Values by our names of columns, as the file has them: text, or numbers."""
    bad: dict[int, str] = field(default_factory=dict)
    """What is wrong with whole rows, by their places in the block."""


def read(path: Path, layout: Layout) -> Iterator[Block]:
    """Yield the rows of a file.

    Raises
    ------
    BadFile
        When it is not of the layout, or damaged.
    """
    module = plugins.modules(READERS)[layout.kind.replace("-", "_")]
    try:
        yield from module.read(path, layout)
    except (EOFError, OSError, zlib.error, zipfile.BadZipFile, pa.ArrowException) as error:
        raise BadFile(path, None, f"cannot be read to its end ({error})") from error


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or what is packed in it.

    Raises
    ------
    BadFile
        If a ZIP file holds anything but one file.
    """
    if path.suffix == ".gz":
        with gzip.open(path) as file:
            yield file
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if len(names) != 1:
                raise BadFile(path, None, f"holds {len(names)} files, where one was expected")
            with archive.open(names[0]) as file:
                yield file
    else:
        with path.open("rb") as file:
            yield file


def timestamp(path: Path, layout: Layout) -> datetime | None:
    """When a file was made by its first line, UTC; None where the layout has no such line.

    Raises
    ------
    BadFile
        If the line has no time.
    """
    if not layout.timestamp:
        return None
    with unpacked(path) as file:
        line = file.readline(1000).decode("utf-8", "replace").strip()
    found = _TIME.search(line)
    if not found:
        raise BadFile(
            path, 1, f"a time was expected in the first line, not {line[:60]!r}"
        ) from None
    day, clock, last_day, last_clock = found.groups()
    text = f"{last_day or day} {last_clock or clock}"
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
