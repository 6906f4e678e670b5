"""From what a file has to what the table holds: types, nulls, positions, and what is bad."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ztfvo.catalogs.declaration import Catalog, Column, Layout, Source
from ztfvo.catalogs.readers import Block

TYPES = {
    "text": pa.string(),
    "unicode": pa.string(),
    "real": pa.float32(),
    "double precision": pa.float64(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "timestamp": pa.timestamp("us"),
}

WHAT = {
    pa.string(): "text",
    pa.float32(): "a number",
    pa.float64(): "a number",
    pa.int16(): "a whole number up to 32,767",
    pa.int32(): "a whole number up to 2,147,483,647",
    pa.int64(): "a whole number",
    pa.timestamp("us"): "a time like 2018-08-28 09:25:55",
}

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
WHOLE = r"^[+-]?\d+(\.0*)?$"
TIME = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$"

ANGLE = r"^(?P<sign>[+-]?)(?P<a>\d{1,3})SEP(?P<b>\d{1,2})SEP(?P<c>\d{1,2}(?:\.\d*)?)$"
"""An angle with colons or blanks in it."""

PACKED = r"^(?P<sign>[+-]?)(?P<a>\d{2})(?P<b>\d{2})(?P<c>\d{2}(?:\.\d*)?)$"
"""An angle with two digits for each part."""


@dataclass
class Converted:
    """Rows of a block that can be stored, and what became of the others."""

    table: pa.Table
    """Its columns are those of the catalog, in their order."""
    bad: list[tuple[int, str]] = field(default_factory=list)
    """Row number and reason of each bad row."""
    without_position: int = 0
    """Number of rows that have no position."""


def convert(block: Block, catalog: Catalog, layout: Layout) -> Converted:
    """Convert a block of a file.

    A row is bad where it lacks a value that it has to have, where a value is not of its type, or
    where its position is not on the sky.  A row without position is none that can be searched for:
    it is left out, and counted.
    """
    size = len(block.row)
    reasons: dict[int, str] = dict(block.bad)
    columns = {}
    for column in catalog.columns:
        source = layout.columns.get(column.name)
        if source is None:
            columns[column.name] = pa.nulls(size, TYPES[column.type])
            continue
        raw = _without_nulls(block.values[column.name], source, layout)
        values, wrong = _typed(raw, column, source)
        columns[column.name] = _without_offset(values, source.offset)
        for place in np.flatnonzero(wrong):
            shown = str(raw[int(place)].as_py())[:40]
            what = "an angle" if source.form else WHAT[TYPES[column.type]]
            reasons.setdefault(int(place), f"{column.name} = {shown!r} is not {what}")
    ra, dec = (_numbers(columns[name]) for name in ("ra", "dec"))
    missing = np.isnan(ra) & np.isnan(dec)
    missing[list(reasons)] = False
    _check(catalog, columns, ra, dec, missing, reasons)
    columns["ra"] = pa.array(np.where(ra == 360, 0.0, ra))
    _set_amplitudes(catalog, columns)
    keep = ~missing
    keep[list(reasons)] = False
    return Converted(
        pa.table(columns).filter(pa.array(keep)),
        [(int(block.row[place]), reason) for place, reason in sorted(reasons.items())],
        int(missing.sum()),
    )


def _check(
    catalog: Catalog,
    columns: dict[str, pa.Array],
    ra: np.ndarray,
    dec: np.ndarray,
    missing: np.ndarray,
    reasons: dict[int, str],
) -> None:
    """Note rows whose position is not on the sky, and those that lack a value."""
    with np.errstate(invalid="ignore"):
        for name, value, off in (
            ("ra", ra, (ra < 0) | (ra > 360)),
            ("dec", dec, np.abs(dec) > 90),
        ):
            for place in np.flatnonzero(off):
                text = f"{name} = {value[place]:g} deg is not on the sky"
                reasons.setdefault(int(place), text)
    for column in catalog.columns:
        if column.required or column.name in ("ra", "dec"):
            lacking = _is_null(columns[column.name]) & ~missing
            for place in np.flatnonzero(lacking):
                reasons.setdefault(int(place), f"{column.name} is missing")


def _without_nulls(raw: pa.Array, source: Source, layout: Layout) -> pa.Array:
    """Put nulls in the places of values that stand for none."""
    marks = (*source.null, *layout.null)
    if pa.types.is_string(raw.type) or pa.types.is_large_string(raw.type):
        trimmed = pc.utf8_trim_whitespace(raw.cast(pa.string()))
        if source.strip:
            trimmed = pc.utf8_rtrim(trimmed, characters=source.strip)
        none = pc.is_in(trimmed, pa.array(["", *marks]))
        return pc.if_else(none, pa.scalar(None, pa.string()), trimmed)
    if pa.types.is_floating(raw.type):
        raw = pc.if_else(pc.is_finite(raw), raw, pa.scalar(None, raw.type))
    numbers = [float(mark) for mark in marks if _is_number(mark)]
    if not numbers or not (pa.types.is_floating(raw.type) or pa.types.is_integer(raw.type)):
        return raw
    none = pc.is_in(raw.cast(pa.float64()), pa.array(numbers))
    return pc.if_else(none, pa.scalar(None, raw.type), raw)


def _without_offset(values: pa.Array, offset: float) -> pa.Array:
    """Subtract an offset from values that are larger."""
    if not offset:
        return values
    return pc.if_else(pc.greater(values, offset), pc.round(pc.subtract(values, offset), 8), values)


def _set_amplitudes(catalog: Catalog, columns: dict[str, pa.Array]) -> None:
    """Move amplitudes that stand in the place of magnitudes to columns of their own."""
    for name, one in catalog.amplitudes.items():
        value, kind = columns[one.of], TYPES[catalog.column(name).type]
        flags, none = columns[one.flag].cast(pa.string()), pa.scalar(None, value.type)
        is_amplitude = pc.fill_null(pc.match_substring(flags, "("), False)
        columns[name] = pc.if_else(is_amplitude, value, none).cast(kind)
        columns[one.of] = pc.if_else(is_amplitude, none, value)


def _typed(raw: pa.Array, column: Column, source: Source) -> tuple[pa.Array, np.ndarray]:
    """Return values of a column's type, and whether each is wrong; such ones are null."""
    wanted = TYPES[column.type]
    if source.form:
        return _angles(raw, source.form)
    if pa.types.is_string(raw.type):
        if wanted == pa.string():
            wrong = pc.match_substring(raw, "\0")
        else:
            pattern = TIME if pa.types.is_timestamp(wanted) else NUMBER
            wrong = pc.invert(pc.match_substring_regex(raw, pattern))
        wrong = pc.fill_null(wrong, False)
        raw = pc.if_else(wrong, pa.scalar(None, pa.string()), raw)
        wrong = wrong.to_numpy(zero_copy_only=False).copy()
        if pa.types.is_integer(wanted):
            whole = pc.fill_null(pc.match_substring_regex(raw, WHOLE), True)
            wrong |= ~whole.to_numpy(zero_copy_only=False)
            raw = pc.replace_substring_regex(raw, r"^\+|\.0*$", "")
            raw = pc.if_else(whole, raw, pa.scalar(None, pa.string()))
    elif wanted == pa.string() and pa.types.is_floating(raw.type):
        raw, wrong = raw.cast(pa.int64(), safe=False), np.zeros(len(raw), bool)
    else:
        wrong = np.zeros(len(raw), bool)
    try:
        return raw.cast(wanted), wrong
    except pa.ArrowInvalid:
        return _one_by_one(raw, wanted, wrong)


def _one_by_one(raw: pa.Array, wanted: pa.DataType, wrong: np.ndarray) -> tuple:
    """Convert values of which some cannot be, such as months beyond December."""
    values = []
    for place in range(len(raw)):
        try:
            values.append(raw.slice(place, 1).cast(wanted)[0].as_py())
        except pa.ArrowInvalid:
            values.append(None)
            wrong[place] = True
    return pa.array(values, wanted), wrong


def _angles(raw: pa.Array, form: str) -> tuple[pa.Array, np.ndarray]:
    """Return angles in degrees of hours or degrees, minutes and seconds."""
    found = np.full(len(raw), np.nan)
    separated = ANGLE.replace("SEP", "[: ]+")
    for pattern in (separated, PACKED):
        parts = pc.extract_regex(raw, pattern)
        a, b, c = (_numbers(_empty_as_null(parts.field(name))) for name in "abc")
        sign = np.where(pc.fill_null(pc.equal(parts.field("sign"), "-"), False), -1.0, 1.0)
        value = sign * (a + b / 60 + c / 3600)
        value[(b >= 60) | (c >= 60)] = np.nan
        found = np.where(np.isnan(found), value, found)
    found = found * 15 if form == "hms" else found
    wrong = np.isnan(found) & ~_is_null(raw)
    return pa.array(found, from_pandas=True), wrong


def _empty_as_null(values: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values).cast(pa.float64())


def _numbers(values: pa.Array) -> np.ndarray:
    """Return numbers with NaN for nulls (float64[n])."""
    return pc.fill_null(values.cast(pa.float64()), np.nan).to_numpy(zero_copy_only=False).copy()


def _is_null(values: pa.Array) -> np.ndarray:
    return pc.is_null(values).to_numpy(zero_copy_only=False)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
