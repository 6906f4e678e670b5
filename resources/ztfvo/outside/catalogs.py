"""Catalogs that this site declares, as sources: the same rows if it hosts one, or asks VizieR."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from ztfvo.catalogs import Catalog
from ztfvo.outside import vizier
from ztfvo.outside.model import Column, Row, Source, Yields

FIRST = 30
"""Place in lists of the catalog whose rank is 0; ten ranks are one place."""
LARGEST_RADIUS = 60.0
"""arcsec around a place, of those that VizieR is asked for."""

_DTYPES = {
    "text": "str",
    "timestamp": "str",
    "real": "float64",
    "double precision": "float64",
    "smallint": "int64",
    "integer": "int64",
    "bigint": "int64",
}


def described(catalog: Catalog) -> dict[str, Any]:
    """Return what does not depend on who answers: fields of `ztfvo.outside.model.Source`."""
    yields = catalog.yields
    return {
        "name": catalog.name,
        "title": catalog.title,
        "label": catalog.label,
        "order": FIRST + catalog.rank / 10,
        "gives": ("cross-match", "classification") if yields.type else ("cross-match",),
        "radius": catalog.radius,
        "record": catalog.record or _record(catalog),
        "citation": f"https://ui.adsabs.harvard.edu/abs/{quote(catalog.source)}",
        "columns": tuple(
            Column(one.name, _DTYPES[one.sql], one.unit or None, one.ucd, one.description)
            for one in catalog.published
        ),
        "yields": Yields(
            name=yields.name[-1],
            type="type" if yields.type else None,
            period="period" if yields.period else None,
            redshift=yields.redshift or None,
        ),
    }


def at_vizier(catalog: Catalog) -> Source:
    """Return the table of VizieR that has a catalog, with the columns of the table here."""
    known, places = described(catalog), catalog.vizier.columns
    named = {name: place.of for name, place in places.items()}
    known["columns"] = tuple(_named(one, catalog) for one in known["columns"])
    known["record"] = _record(catalog) or known["record"]
    return vizier.table(
        catalog.vizier.table,
        position=(named["ra"], named["dec"]),
        made=[one.key for one in known["columns"] if one.name not in named],
        shape=_shape(catalog),
        largest_radius=max(LARGEST_RADIUS, catalog.radius),
        example=catalog.vizier.example,
        **known,
    )


def _named(column: Column, catalog: Catalog) -> Column:
    """A column with VizieR's name, or one that VizieR has not."""
    place = catalog.vizier.columns.get(column.name)
    if place is None:
        return replace(column, native=_made(column.name))
    return replace(column, native=place.of, nulls=(*place.null, *map(_number, place.null)))


def _number(null: str) -> float | str:
    """A value that stands for none, as columns of numbers have it."""
    try:
        return float(null)
    except ValueError:
        return null


def _made(name: str) -> str:
    """A column that VizieR has not, in its rows: none of its own is called so."""
    return f"made:{name}"


def _record(catalog: Catalog) -> str:
    """Address of VizieR's record; empty where none is declared."""
    if catalog.vizier is None or not catalog.vizier.key:
        return ""
    key = catalog.vizier.key
    return vizier.record(catalog.vizier.table, catalog.vizier.columns[key].of, key)


def _shape(catalog: Catalog) -> Callable[[Row], None]:
    """Return what gives rows of VizieR the columns that VizieR has not."""
    places = catalog.vizier.columns
    lacking = [_made(one.name) for one in catalog.published if one.name not in places]
    offsets = {place.of: place.offset for place in places.values() if place.offset}
    amplitudes = {
        _made(name): (places[one.of].of, places[one.flag].of)
        for name, one in catalog.amplitudes.items()
        if one.of in places and one.flag in places
    }
    standard = {
        column.name: places[made_of]
        for made_of, column in catalog.standard.items()
        if made_of in places
    }

    def shape(row: Row) -> None:
        row.update(dict.fromkeys(lacking))
        for name, offset in offsets.items():
            value = row.get(name)
            if isinstance(value, int | float) and value > offset:
                row[name] = round(value - offset, 8)
        for name, (of, flag) in amplitudes.items():
            if of in row and "(" in str(row.get(flag) or ""):
                row[name], row[of] = row[of], None
        for name, place in standard.items():
            value = row.get(place.of)
            code = "" if value is None else str(value).strip()
            if code not in place.null:
                word = catalog.yields.types.get(code, value) if name == "type" else value
                row[_made(name)] = word

    return shape
