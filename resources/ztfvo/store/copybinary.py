"""Build PostgreSQL binary COPY streams from numpy arrays.

The format is that of the PostgreSQL manual, section COPY, "Binary Format"; array and bit-string
payloads are those of ``array_recv`` and ``varbit_recv``.  All work is done on whole columns:
each column becomes one Arrow ``large_binary`` array, and Arrow joins the columns row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import Copy

SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"


@dataclass(frozen=True)
class ElementType:
    """An element type of PostgreSQL arrays: its OID in pg_type and its big-endian numpy type."""

    oid: int
    dtype: np.dtype


INT2 = ElementType(21, np.dtype(">i2"))
INT8 = ElementType(20, np.dtype(">i8"))
INT4 = ElementType(23, np.dtype(">i4"))
FLOAT4 = ElementType(700, np.dtype(">f4"))
FLOAT8 = ElementType(701, np.dtype(">f8"))


def _strided(buffer: np.ndarray, rows: int, stride: int) -> pa.LargeBinaryArray:
    """Cut a contiguous buffer into `rows` values of `stride` bytes each."""
    return _sliced(buffer, np.arange(rows + 1, dtype=np.int64) * stride)


def _sliced(buffer: np.ndarray, offsets: np.ndarray) -> pa.LargeBinaryArray:
    """Cut a contiguous buffer at byte `offsets` (int64, shape (rows + 1,))."""
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(buffer)]
    )


def scalars(*columns: np.ndarray) -> list[pa.LargeBinaryArray]:
    """Encode adjacent fixed-width columns that hold no null.

    Parameters
    ----------
    *columns
        One-dimensional arrays of equal length, of boolean, integer or floating type; the
        PostgreSQL column must have the type of the same width.

    Returns
    -------
    list of one `pyarrow.LargeBinaryArray`
        The joined fields of every row.
    """
    big = [c.astype(c.dtype.newbyteorder(">"), copy=False) for c in map(np.asarray, columns)]
    dtype = np.dtype(
        [
            (name, kind)
            for i, c in enumerate(big)
            for name, kind in ((f"l{i}", ">i4"), (f"v{i}", c.dtype))
        ]
    )
    rows = np.empty(len(big[0]), dtype)
    for i, column in enumerate(big):
        rows[f"l{i}"] = column.dtype.itemsize
        rows[f"v{i}"] = column
    return [_strided(rows.view(np.uint8), len(rows), dtype.itemsize)]


def nullable_scalar(column: np.ndarray, isnull: np.ndarray) -> list[pa.LargeBinaryArray]:
    """Encode one fixed-width column with nulls.

    Parameters
    ----------
    column
        Values, shape (rows,).
    isnull
        Where the database shall hold NULL, bool, shape (rows,).
    """
    (full,) = scalars(column)
    null = pa.scalar(b"\xff\xff\xff\xff", pa.large_binary())
    return [pc.if_else(pa.array(isnull), null, full)]


def arrays(
    values: np.ndarray,
    offsets: np.ndarray,
    element: ElementType,
    isnull: np.ndarray | None = None,
    absent: np.ndarray | None = None,
) -> list[pa.LargeBinaryArray]:
    """Encode one array column.

    Parameters
    ----------
    values
        The elements of all rows, one after the other, shape (elements,).
    offsets
        Where each row begins in `values`, int64, shape (rows + 1,).
    element
        Element type in the database; `values` are converted to it.
    isnull
        Elements to be written as NULL, bool, shape (elements,).
    absent
        Rows whose whole array is NULL, bool, shape (rows,); they must hold no elements.

    Returns
    -------
    list of two `pyarrow.LargeBinaryArray`
        Headers and elements of every row.
    """
    lengths = np.diff(offsets)
    width = 4 + element.dtype.itemsize
    cells = np.empty(len(values), np.dtype([("l", ">i4"), ("v", element.dtype)]))
    cells["l"] = element.dtype.itemsize
    cells["v"] = values
    if isnull is None:
        ends, body = offsets.astype(np.int64) * width, cells.view(np.uint8)
    else:
        cells["l"][isnull] = -1
        sizes = np.where(isnull, 4, width)
        ends = np.concatenate(([0], np.cumsum(sizes)))[offsets]
        keep = np.ones((len(values), width), bool)
        keep[isnull, 4:] = False
        body = cells.view(np.uint8).reshape(-1, width)[keep]
    return [_array_headers(lengths, np.diff(ends), element, absent), _sliced(body, ends)]


def _array_headers(
    lengths: np.ndarray, payload: np.ndarray, element: ElementType, absent: np.ndarray | None
) -> pa.LargeBinaryArray:
    """Field length and array header of every row; only the length -1 where the row is NULL."""
    fields = ("size", "ndim", "null", "oid", "dim", "low")
    head = np.empty(len(lengths), np.dtype([(name, ">i4") for name in fields]))
    head["size"] = payload + 20
    head["ndim"] = 1
    head["null"] = payload != lengths * (4 + element.dtype.itemsize)
    head["oid"] = element.oid
    head["dim"] = lengths
    head["low"] = 1
    if absent is None:
        return _strided(head.view(np.uint8), len(head), 24)
    head["size"][absent] = -1
    keep = np.ones((len(head), 24), bool)
    keep[absent, 4:] = False
    ends = np.concatenate(([0], np.cumsum(np.where(absent, 4, 24))))
    return _sliced(head.view(np.uint8).reshape(-1, 24)[keep], ends)


def bit_strings(
    bits: np.ndarray, starts: np.ndarray, counts: np.ndarray
) -> list[pa.LargeBinaryArray]:
    """Encode one ``bit varying`` column.

    Parameters
    ----------
    bits
        Packed bits, most significant first, uint8; every row starts on a byte.
    starts
        First byte of each row in `bits`, and the end of the last, int64, shape (rows + 1,).
    counts
        Number of bits of each row, shape (rows,).
    """
    head = np.empty(len(counts), np.dtype([("size", ">i4"), ("bits", ">i4")]))
    head["size"] = np.diff(starts) + 4
    head["bits"] = counts
    return [_strided(head.view(np.uint8), len(head), 8), _sliced(bits, starts.astype(np.int64))]


def byte_strings(
    values: np.ndarray, offsets: np.ndarray, absent: np.ndarray | None = None
) -> list[pa.LargeBinaryArray]:
    """Encode one ``bytea`` column.

    Parameters
    ----------
    values
        The elements of all rows, whose bytes are written as they are, shape (elements,).
    offsets
        Where each row begins in `values`, int64, shape (rows + 1,).
    absent
        Rows that are NULL, bool, shape (rows,); they must hold no elements.
    """
    ends = offsets.astype(np.int64) * values.dtype.itemsize
    sizes = np.diff(ends).astype(">i4")
    if absent is not None:
        sizes[absent] = -1
    return [_strided(sizes.view(np.uint8), len(sizes), 4), _sliced(values.view(np.uint8), ends)]


def texts(values: Sequence[str]) -> list[pa.LargeBinaryArray]:
    """Encode one text column."""
    column = pa.array(values, pa.large_string()).cast(pa.large_binary())
    sizes = pc.binary_length(column).to_numpy().astype(">i4")
    return [_strided(sizes.view(np.uint8), len(sizes), 4), column]


def rows(columns: Sequence[Sequence[pa.LargeBinaryArray]], fields: int) -> pa.LargeBinaryArray:
    """Join encoded columns to tuples.

    Parameters
    ----------
    columns
        The results of the encoders, in table order.
    fields
        Number of fields of each tuple.

    Returns
    -------
    pyarrow.LargeBinaryArray
        One tuple of the stream an element, without signature and trailer.
    """
    pieces = [piece for column in columns for piece in column]
    lead = _strided(np.full(len(pieces[0]), fields, ">i2").view(np.uint8), len(pieces[0]), 2)
    return pc.binary_join_element_wise(lead, *pieces, pa.scalar(b"", pa.large_binary()))


def send(copy: Copy, tuples: pa.LargeBinaryArray, block: int = 1 << 22) -> None:
    """Write tuples made by `rows` to a ``COPY ... FROM STDIN (FORMAT binary)``.

    Parameters
    ----------
    copy
        psycopg's copy object.
    tuples
        The tuples; their buffer is sent as it is.
    block
        Bytes handed to psycopg at a time.
    """
    copy.write(SIGNATURE)
    offsets = np.frombuffer(tuples.buffers()[1], np.int64)[tuples.offset :][: len(tuples) + 1]
    data = memoryview(tuples.buffers()[2])[offsets[0] : offsets[-1]]
    for start in range(0, len(data), block):
        copy.write(data[start : start + block])
    copy.write(TRAILER)
