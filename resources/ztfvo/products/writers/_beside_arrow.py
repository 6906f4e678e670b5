"""Light curves of services outside as Arrow tables: alone, or below those of a release.

Alone, a table has all columns of the source.  Below light curves of a release, every row has
``source`` (ztf for the release) and ``state``, and what all sources have in common; a source that
has nothing there, or does not answer, has one row with its state and why (``note``).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from ztfvo.products.beside import COLUMNS, Beside, columns_of, sentences
from ztfvo.products.columns import Column
from ztfvo.products.model import Product, Request
from ztfvo.times import HELIOCENTRIC_FRAME

RELEASE = "ztf"
"""What the column source has for light curves of the release."""

_BRIGHTNESS = {
    "mag": ("mag", "magerr"),
    "diffmag": ("mag", "magerr"),
    "flux": ("flux", "fluxerr"),
    "diffflux": ("flux", "fluxerr"),
}
"""Columns of sources outside, by the quantity asked for."""

KEYS = (
    Column("source", "str", None, "meta.id;meta.dataset", "ztf, or the name of a source outside"),
    Column("state", "str", None, "meta.code.status", "found, empty, unavailable or malformed"),
    Column("object", "str", None, "meta.id", "The source's identifier"),
)
NOTE = Column("note", "str", None, "meta.note", "Why there is nothing")


def alone(product: Product, request: str) -> pa.Table:
    """Return all columns of the sources' light curves; those of one source, as a rule."""
    tables = [_whole(one, product.request) for one in product.beside]
    table = pa.concat_tables(tables, promote_options="default")
    return table.replace_schema_metadata(
        {
            "request": request,
            "time": orjson.dumps(HELIOCENTRIC_FRAME),
            "outside": described(product),
        }
    )


def below(table: pa.Table, product: Product) -> pa.Table:
    """Return a table of light curves of a release with those of sources outside below."""
    size = table.num_rows
    first = [_constant(KEYS[0], RELEASE, size), _constant(KEYS[1], "found", size)]
    for place, (field, values) in enumerate(first):
        table = table.add_column(place, field, values)
    names = {*table.column_names, *_BRIGHTNESS[product.request.quantity]}
    parts = [_plain(table), *(_common(one, product.request, names) for one in product.beside)]
    joined = pa.concat_tables(parts, promote_options="default")
    metadata = {**(table.schema.metadata or {}), b"outside": described(product)}
    return joined.replace_schema_metadata(metadata)


def described(product: Product) -> bytes:
    """Return what is said of each source, as JSON."""
    return orjson.dumps(
        [
            one.facts()
            | {
                "title": one.source.title,
                "state": one.answer.state,
                "reason": one.answer.reason or None,
                "citation": one.source.citation,
                "licence": one.source.licence,
                "times": one.source.times,
                "photometry": one.source.photometry,
                "native_times": one.source.frames,
                "left_out": one.left_out,
                "notes": list(sentences(one)),
            }
            for one in product.beside
        ]
    )


def _plain(table: pa.Table) -> pa.Table:
    """Numbers in double precision, with the same digits, so that those of others keep theirs."""
    for place, field in enumerate(table.schema):
        if field.type == pa.float32():
            digits = table.column(place).cast(pa.string()).cast(pa.float64())
            table = table.set_column(place, field.with_type(pa.float64()), digits)
    return table


def _whole(one: Beside, request: Request) -> pa.Table:
    columns = columns_of(one, request)
    facts = [_constant(KEYS[2], one.facts()["object"], len(one)), _column(_FILTER, one)]
    pairs = [*facts, *(_column(column, one) for column in columns)]
    return _table(pairs)


_FILTER = Column("filter", "str", None, "meta.id;instr.filter", "Name of the filter")


def _common(one: Beside, request: Request, known: Collection[str]) -> pa.Table:
    """Rows of a source; of brightness they have what those of the release have."""
    size = len(one) or 1
    texts = {
        "source": one.source.name,
        "state": one.answer.state.value,
        "object": one.facts()["object"],
        "note": None if len(one) else " ".join(sentences(one)),
    }
    pairs = [_constant(key, texts[key.name], size) for key in (*KEYS, NOTE)]
    if len(one):
        names = ["hmjd", "phase"] if request.period is not None else ["hmjd"]
        names += [name for name in ("mag", "magerr", "flux", "fluxerr") if name in known]
        names += ["limit", "difference"]
        pairs.insert(3, _column(_FILTER, one))
        pairs[4:4] = [_column(COLUMNS[name], one) for name in names]
    return _table(pairs)


def _table(pairs: list[tuple[pa.Field, pa.Array]]) -> pa.Table:
    fields, arrays = zip(*pairs, strict=True)
    return pa.Table.from_arrays(list(arrays), schema=pa.schema(fields))


def _constant(column: Column, value: Any, size: int) -> tuple[pa.Field, pa.Array]:
    return _field(column, pa.string()), pa.array([value] * size, pa.string())


_KINDS = {"float64": pa.float64(), "int64": pa.int64(), "str": pa.string(), "bool": pa.bool_()}


def _column(column: Column, one: Beside) -> tuple[pa.Field, pa.Array]:
    kind = _KINDS[column.dtype]
    values = one.columns.get(column.name, np.empty(0))
    if column.dtype == "str":
        array = pa.array([text or None for text in values.tolist()], kind)
    else:
        array = pa.array(values, from_pandas=True).cast(kind)
    return _field(column, kind), array


def _field(column: Column, kind: pa.DataType) -> pa.Field:
    unit = {"unit": column.unit} if column.unit else {}
    about = unit | {"ucd": column.ucd, "description": column.description}
    return pa.field(column.name, kind, metadata=about)
