"""Arrow columns to flat numpy arrays, with every departure from the expected refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ztfvo.errors import BadFile

DAMAGED = "Download the file again; its checksum is in the archive's list."


@contextmanager
def arrow_errors(path: Path):
    """Turn what Arrow raises on a damaged file into :class:`BadFile`.

    A damaged footer can even name columns in bytes that are no text (UnicodeDecodeError).
    """
    try:
        yield
    except (pa.ArrowException, OSError, EOFError, ValueError) as error:
        detail = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise BadFile(path, None, f"damaged or unreadable: {detail}", remedy=DAMAGED) from error


def parquet_columns(path: Path) -> set[str] | None:
    """Names of the top-level columns of a Parquet file; None when the name says it is none.

    Raises
    ------
    BadFile
        When the name ends in ``.parquet`` and the content is not Parquet.
    """
    if path.suffix != ".parquet":
        return None
    with arrow_errors(path):
        return set(pq.read_schema(path).names)


def read_parquet(path: Path, columns: Iterable[str]) -> pa.Table:
    """Read those of the columns that the file has, and nothing of the folders' names."""
    with arrow_errors(path), pq.ParquetFile(path) as file:
        present = [name for name in file.schema_arrow.names if name in set(columns)]
        table = file.read(columns=present)
        table.validate(full=False)
        return table


def check_types(
    path: Path, schema: pa.Schema, required: Mapping[str, tuple[pa.DataType, ...]]
) -> None:
    """Refuse a column that is missing or repeated, or of a type that its layout never had."""
    for name, allowed in required.items():
        number = schema.names.count(name)
        if number != 1:
            what = f"there {number} times" if number else "missing"
            raise BadFile(path, None, f"column {name} is {what}")
        found = schema.field(name).type
        if plain(found) not in allowed:
            wanted = " or ".join(str(kind) for kind in allowed)
            raise BadFile(path, None, f"column {name} is of type {found}, expected {wanted}")


def plain(kind: pa.DataType) -> pa.DataType:
    """The type of the same values with short offsets: ``large_list`` as ``list``, and so on."""
    if is_list(kind):
        return pa.list_(plain(kind.value_type))
    if pa.types.is_large_string(kind):
        return pa.string()
    return kind


def element(kind: pa.DataType) -> pa.DataType:
    """The type of the elements of a list; any other type as it is."""
    return kind.value_type if is_list(kind) else kind


def scalars(path: Path, column: pa.ChunkedArray, name: str, dtype: type) -> np.ndarray:
    """Make an array of a plain column; a null is refused with its row."""
    if column.null_count:
        row = int(np.flatnonzero(column.is_null().to_numpy())[0]) + 1
        raise BadFile(path, row, f"column {name} is null")
    return narrow(path, column.to_numpy(), name, dtype)


def narrow(path: Path, values: np.ndarray, name: str, dtype: type) -> np.ndarray:
    """Convert to a type; a value that it cannot hold is refused with its row."""
    with np.errstate(invalid="ignore"):
        converted = values.astype(dtype, copy=False)
    if np.dtype(dtype).kind == "i" and converted.dtype != values.dtype:
        wrong = np.flatnonzero(converted != values)
        if wrong.size:
            row = int(wrong[0])
            raise BadFile(path, row + 1, f"column {name} is {values[row]}, out of range")
    return converted


def is_list(kind: pa.DataType) -> bool:
    """Whether a type is a list of variable length."""
    return pa.types.is_list(kind) or pa.types.is_large_list(kind)


def lists_of_struct(path: Path, column: pa.ChunkedArray, name: str) -> dict[str, pa.ChunkedArray]:
    """Turn a list of structs into one list column for each member."""
    members: dict[str, list[pa.Array]] = {member.name: [] for member in column.type.value_type}
    for chunk in column.chunks:
        if chunk.null_count:
            row = int(np.flatnonzero(chunk.is_null().to_numpy(zero_copy_only=False))[0]) + 1
            raise BadFile(path, row, f"column {name} is null")
        values = chunk.flatten()
        bounds = offsets_of(chunk.value_lengths().to_numpy().astype(np.int64))
        for member, array in zip(members, values.flatten(), strict=True):
            members[member].append(pa.LargeListArray.from_arrays(pa.array(bounds), array))
    kinds = {member.name: pa.large_list(member.type) for member in column.type.value_type}
    return {member: pa.chunked_array(members[member], kinds[member]) for member in members}


def lists(
    path: Path, column: pa.ChunkedArray, name: str, dtype: type
) -> tuple[np.ndarray, np.ndarray]:
    """Take a list column apart into lengths (int64[n]) and all its values in one array.

    Working by chunk keeps files with more than 2**31 values readable.
    """
    if column.null_count:
        row = int(np.flatnonzero(column.is_null().to_numpy())[0]) + 1
        raise BadFile(path, row, f"column {name} is null")
    lengths, values, row = [], [], 0
    for chunk in column.chunks:
        lengths.append(chunk.value_lengths().to_numpy(zero_copy_only=False).astype(np.int64))
        flat = chunk.flatten()
        if flat.null_count:
            where = int(np.flatnonzero(flat.is_null().to_numpy(zero_copy_only=False))[0])
            inside = int(np.searchsorted(np.cumsum(lengths[-1]), where, side="right"))
            raise BadFile(path, row + inside + 1, f"column {name} holds a null")
        values.append(flat.to_numpy(zero_copy_only=False).astype(dtype, copy=False))
        row += len(chunk)
    if not values:
        return np.empty(0, np.int64), np.empty(0, dtype)
    if len(values) == 1:
        return lengths[0], values[0]
    return np.concatenate(lengths), np.concatenate(values)


def offsets_of(lengths: np.ndarray) -> np.ndarray:
    """Bounds (int64[n + 1]) of lists of these lengths laid end to end."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def check_lengths(
    path: Path, name: str, lengths: np.ndarray, reference: str, expected: np.ndarray
) -> None:
    """Refuse a row whose list is not as long as another column says."""
    wrong = np.flatnonzero(lengths != expected)
    if wrong.size:
        row = int(wrong[0])
        raise BadFile(
            path,
            row + 1,
            f"{name} has {lengths[row]} values, {reference} {expected[row]}",
        )
