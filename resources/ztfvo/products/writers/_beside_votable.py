"""Light curves of services outside in VOTable: a table for each filter, with its calibration.

A source that has none there, or does not answer, has one table without rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from astropy.io.votable.tree import Info, TableElement, VOTableFile

from ztfvo import votable
from ztfvo.products.beside import FACTS, Beside, columns_of, in_short, sentences
from ztfvo.products.columns import Column
from ztfvo.products.model import Product
from ztfvo.products.writers._photcal import calibration
from ztfvo.votable import NumberTable

_TYPES = {"float64": "double", "int64": "long", "str": "char", "bool": "boolean"}
_MEASURED = ("mag", "flux")
_MARKUP = re.compile("[&<>]")


def frames(product: Product) -> dict[str, Mapping[str, Any]]:
    """Return what native times refer to, by identifiers in the document."""
    return {
        _frame(one, name): frame
        for one in product.beside
        for name, frame in one.source.frames.items()
    }


def _frame(one: Beside, column: str) -> str:
    return f"{one.source.name}_{column}_frame"


def tables(
    document: VOTableFile, product: Product, timesys: str, rows: str
) -> Iterator[TableElement]:
    """Yield the tables of all that stands beside a product's light curves.

    Parameters
    ----------
    timesys
        Identifier of what hmjd refers to.
    rows
        ``binary`` or ``tabledata``.
    """
    for one in product.beside:
        for band in one.filters or [None]:
            table = _table(document, product, one, band, timesys)
            table.format = rows
            yield table


def _table(
    document: VOTableFile, product: Product, one: Beside, band: str | None, timesys: str
) -> TableElement:
    name = f"{one.source.name}_{band}" if band else one.source.name
    table = NumberTable(document, ID=name, name=name)
    about = f", filter {band}" if band else f": {in_short(one)}"
    table.description = f"{one.source.title}{about}"
    for number, (what, value) in enumerate(_said(one)):
        table.infos.append(
            Info(ID=f"{what}_{number}_{name}", name=what, value=votable.printable(value))
        )
    for fact, value in [("dataproduct_type", "timeseries"), *one.facts().items()]:
        if value is not None:
            table.params.append(_param(document, fact, _safe(value), name))
    reference = None
    if band:
        table.params.append(_param(document, "filter", band, name))
        filter_ = one.source.filters[band]
        group = calibration(document, filter_.svo_id, filter_.wavelength_eff, name)
        table.groups.append(group)
        reference = group.ID
    rows = one.columns["filter"] == band if band else np.zeros(len(one), bool)
    columns = columns_of(one, product.request)
    values = {column.name: _values(column, one, rows) for column in columns}
    for column in columns:
        size = values[column.name].dtype.itemsize // 4
        attributes = {"arraysize": str(size)} if column.dtype == "str" else {}
        table.fields.append(
            votable.field(
                document,
                column.description,
                ID=f"{column.name}_{name}",
                name=column.name,
                datatype=_TYPES[column.dtype],
                unit=column.unit,
                ucd=column.ucd,
                ref=_reference(one, column.name, timesys, reference),
                **attributes,
            )
        )
    table.create_arrays(int(rows.sum()))
    for field in table.fields:
        table.array[field.ID] = values[field.name]
    return table


def _said(one: Beside) -> Iterator[tuple[str, str]]:
    """What is said of a source's answer: its state, and what those who use it have to know."""
    answer, source = one.answer, one.source
    yield "state", answer.state.value
    for what in ("reason", "asked_at", "since", "again_at"):
        if getattr(answer, what):
            yield what, getattr(answer, what)
    yield "citation", source.citation
    yield "licence", source.licence
    yield "times", source.times
    yield "photometry", source.photometry
    if one.record:
        yield "record", one.record
    for text in sentences(one):
        yield "note", text


def _safe(value: Any) -> Any:
    """A text without what astropy would escape twice in a PARAM."""
    return _MARKUP.sub("?", votable.printable(value)) if isinstance(value, str) else value


def _param(document: VOTableFile, name: str, value: Any, table: str) -> Any:
    described = {
        "dataproduct_type": Column("dataproduct_type", "str", None, "meta.code.class", ""),
        "filter": Column("filter", "str", None, "meta.id;instr.filter", "Name of the filter"),
        **FACTS,
    }[name]
    obscore = "obscore:ObsDataset.dataProductType" if name == "dataproduct_type" else None
    return votable.param(
        document,
        described.description or None,
        ID=f"{name}_{table}",
        name=name,
        value=value,
        datatype=_TYPES[described.dtype],
        unit=described.unit,
        ucd=described.ucd,
        utype=obscore,
        ref=votable.ICRS if name in ("ra", "dec") else None,
    )


def _values(column: Column, one: Beside, rows: np.ndarray) -> np.ndarray:
    """Values of a column as a table has them: texts in ASCII, of one width."""
    kinds = {"str": str, "bool": bool, "int64": np.int64, "float64": float}
    if column.name not in one.columns:
        return np.empty(0, kinds[column.dtype] if column.dtype != "str" else "U1")
    values = one.columns[column.name][rows]
    if column.dtype != "str":
        return values.astype(kinds[column.dtype])
    texts = [text.encode("ascii", "replace").decode() for text in values.tolist()]
    return np.array(texts, f"U{max(map(len, texts), default=1) or 1}")


def _reference(one: Beside, column: str, timesys: str, photcal: str | None) -> str | None:
    """Identifier of what the values of a column refer to."""
    if column == "hmjd":
        return timesys
    if column in one.source.frames:
        return _frame(one, column)
    return photcal if column in _MEASURED else None
