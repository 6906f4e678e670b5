"""Columns and row groups of Parquet files, read over HTTP in parts, within a limit of bytes."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from anyio import to_thread
from pyarrow import parquet

from ztfvo.outside.client import Asker, TooLarge
from ztfvo.outside.curves import missing
from ztfvo.outside.model import Malformed

TAIL = 1 << 16
"""Bytes at the end of a file that are asked for first: most footers are shorter."""
GAP = 1 << 15
"""Bytes between two parts that are sent along rather than asked around."""
_MAGIC = b"PAR1"
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)", re.ASCII)

Choose = Callable[[parquet.FileMetaData], Sequence[int]]
"""Returns the numbers of the row groups that are needed."""


@dataclass
class Reader:
    """Reads files of one source, of which it has no more sent than the source allows."""

    asker: Asker
    spent: int = field(default=0, init=False)
    """Bytes."""

    async def read(self, url: str, columns: Sequence[str], choose: Choose) -> pa.Table:
        """Return columns of row groups of a file.

        Parameters
        ----------
        columns
            Their paths in the file; with members of structures behind a dot.

        Raises
        ------
        Malformed
            When the file is not Parquet, or a column is missing.
        TooLarge
            When more bytes would have to be sent than the source allows.
        """
        size, tail = await self._tail(url)
        metadata = _metadata(tail)
        paths = [metadata.schema.column(place).path for place in range(metadata.num_columns)]
        numbers = [
            place
            for place, path in enumerate(paths)
            if any(path == name or path.startswith(f"{name}.") for name in columns)
        ]
        for name in columns:
            if not any(path == name or path.startswith(f"{name}.") for path in paths):
                raise Malformed(missing(name, paths))
        groups = list(choose(metadata))
        parts = list(_merged(_chunks(metadata, groups, numbers)))
        self._spend(sum(end - start for start, end in parts))
        bodies = await asyncio.gather(*(self._part(url, *part) for part in parts))
        pieces = {start: body for (start, _), body in zip(parts, bodies, strict=True)}
        file = _Pieces(size, pieces | {size - len(tail): tail})
        return await to_thread.run_sync(_read, file, metadata, groups, list(columns))

    async def _tail(self, url: str) -> tuple[int, bytes]:
        """Size of a file, and its end with the whole footer."""
        self._spend(TAIL)
        size, tail = await self._range(url, f"-{TAIL}")
        if tail[-4:] != _MAGIC or len(tail) < 12:
            raise Malformed("the file is not Parquet", tail)
        length = int.from_bytes(tail[-8:-4], "little") + 8
        if length > size:
            raise Malformed("the file is not Parquet: its footer is longer than the file", tail)
        if length > len(tail):
            self._spend(length)
            tail = await self._part(url, size - length, size)
        return size, tail

    async def _part(self, url: str, start: int, end: int) -> bytes:
        _, body = await self._range(url, f"{start}-{end - 1}")
        if len(body) != end - start:
            raise Malformed(f"{len(body)} bytes came for {end - start}", body)
        return body

    async def _range(self, url: str, asked: str) -> tuple[int, bytes]:
        reply = await self.asker.get(url, headers={"Range": f"bytes={asked}"}, also=(206,))
        found = _RANGE.fullmatch(reply.headers.get("content-range", ""))
        if reply.status != 206 or not found:
            raise Malformed("the answer is not the part of a file that was asked for", reply.body)
        return int(found[3]), reply.body

    def _spend(self, size: int) -> None:
        self.spent += size
        most = self.asker.source.most_bytes
        if self.spent > most:
            raise TooLarge(f"{self.asker.source.title} would have to send more than {most:,} bytes")


def _metadata(tail: bytes) -> parquet.FileMetaData:
    length = int.from_bytes(tail[-8:-4], "little") + 8
    try:
        return parquet.read_metadata(pa.BufferReader(_MAGIC + tail[-length:]))
    except (pa.ArrowException, OSError) as error:
        raise Malformed(f"the footer of the file cannot be read: {error}", tail) from error


def _chunks(
    metadata: parquet.FileMetaData, groups: Sequence[int], numbers: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """First byte of each chunk of a column, and the one after its last."""
    for group in groups:
        for number in numbers:
            chunk = metadata.row_group(group).column(number)
            start = chunk.data_page_offset
            if chunk.dictionary_page_offset is not None:
                start = min(start, chunk.dictionary_page_offset)
            yield start, start + chunk.total_compressed_size


def _merged(parts: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Parts in their order, those joined that are near to each other."""
    first, last = -1, -1
    for start, end in sorted(parts):
        if last >= 0 and start - last <= GAP:
            last = max(last, end)
            continue
        if last >= 0:
            yield first, last
        first, last = start, end
    if last >= 0:
        yield first, last


def _read(
    file: _Pieces, metadata: parquet.FileMetaData, groups: list[int], columns: list[str]
) -> pa.Table:
    try:
        opened = parquet.ParquetFile(
            pa.PythonFile(file, mode="r"), metadata=metadata, pre_buffer=False
        )
        return opened.read_row_groups(groups, columns=columns, use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise Malformed(f"the file cannot be read: {error}") from error


class _Pieces(io.RawIOBase):
    """A file of which some pieces are known, by their first byte."""

    def __init__(self, size: int, pieces: dict[int, bytes]) -> None:
        super().__init__()
        self._size, self._pieces, self._place = size, pieces, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + (0, self._place, self._size)[whence]
        return self._place

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._size, self._place + size)
        for start, body in self._pieces.items():
            if start <= self._place and end <= start + len(body):
                found = body[self._place - start : end - start]
                self._place = end
                return found
        raise OSError(f"bytes {self._place} to {end} were not asked for")
