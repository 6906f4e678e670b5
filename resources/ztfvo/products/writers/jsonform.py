"""JSON: an object with these members.

- ``release``: name, title and whether it is simulated
- ``request``: address that gives the same again; ``citation``: of the survey's paper
- ``frame``: of positions, times and magnitudes
- ``notes``: a list of sentences on all light curves
- ``columns``: dtype, unit, ucd and description of each name below
- ``outside``, where services outside were asked: a list; each has source, title, state, reason,
  what the source is, columns, notes, nrows, and rows: an array of nrows elements for every column
- ``lightcurves``: a list; each has the single values oid, filter, ra, dec, fieldid, rcid, filterid,
  separation, refmag, refmagerr and nrows, and an array of nrows elements for every other name; in
  bins also the numbers of epochs averaged and left_out

JSON has neither infinite numbers nor not-a-number: both are null.  Numbers of exposures are texts:
readers take numbers for doubles.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import orjson

from ztfvo.products.beside import Beside, sentences
from ztfvo.products.beside import columns_of as columns_beside
from ztfvo.products.columns import CITATION, COLUMNS, FACTS, Column
from ztfvo.products.model import Curve, Product, Request
from ztfvo.products.notes import columns_of, notes
from ztfvo.products.request import url
from ztfvo.times import HELIOCENTRIC_FRAME

NAMES = ("json", "application/json")
EXTENSION = "json"
CONTENT_TYPE = "application/json"
TITLE = "The same light curve as JSON"
ORDER = 50


def write(product: Product) -> bytes:
    """The document, in UTF-8."""
    if not product.release:
        return orjson.dumps(_alone(product), option=orjson.OPT_SERIALIZE_NUMPY)
    document: dict[str, Any] = {
        "release": {
            "name": product.release,
            "title": product.title,
            "simulated": product.simulated,
            "times": product.times,
        },
        "request": url(product),
        "citation": CITATION,
        "frame": orjson.Fragment(_FRAME),
        "notes": notes(product),
        "columns": orjson.Fragment(_described(tuple(columns_of(product)))),
        "lightcurves": [
            curve.facts() | {"nrows": len(curve)} | _binned(curve) | _arrays(curve)
            for curve in product.curves
        ],
    }
    if product.beside:
        document["outside"] = [_beside(one, product.request) for one in product.beside]
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


def _alone(product: Product) -> dict[str, Any]:
    """The document of what services outside gave: request, frame and outside."""
    return {
        "request": url(product),
        "frame": orjson.Fragment(_FRAME),
        "outside": [_beside(one, product.request) for one in product.beside],
    }


_PLAIN = ("title", "about", "citation", "licence", "times", "photometry")
"""What is said of a source."""


def _beside(one: Beside, request: Request) -> dict[str, Any]:
    """What one source gave."""
    answer, columns = one.answer, columns_beside(one, request)
    names = ["filter", *(column.name for column in columns)]
    return (
        one.facts()
        | {name: getattr(one.source, name) for name in _PLAIN}
        | {name: getattr(answer, name) or None for name in ("reason", "since", "again_at")}
        | {
            "state": answer.state,
            "asked_at": answer.asked_at or None,
            "radius": one.radius,
            "record": one.record,
            "left_out": one.left_out,
            "notes": list(sentences(one)),
            "filters": {
                name: {"svo_id": filter_.svo_id, "wavelength_eff": filter_.wavelength_eff}
                for name, filter_ in one.source.filters.items()
            },
            "native_times": one.source.frames,
            "columns": {
                column.name: {fact: getattr(column, fact) for fact in _SAID} for column in columns
            },
            "nrows": len(one),
            "rows": {name: _listed(one.columns.get(name, [])) for name in names},
        }
    )


def _listed(values: np.ndarray | list[Any]) -> Any:
    """Values as orjson writes them: texts and truths as a list."""
    is_list = isinstance(values, list) or values.dtype.kind not in "Ub"
    return values if is_list else values.tolist()


_FRAME = orjson.dumps({"position": "ICRS", "time": HELIOCENTRIC_FRAME, "magnitudes": "AB"})


def _arrays(curve: Curve) -> dict[str, Any]:
    return {name: _sent(COLUMNS[name], values) for name, values in curve.columns.items()}


def _sent(column: Column, values: np.ndarray) -> np.ndarray | list[Any]:
    """The values of a column as orjson writes them."""
    if column.beyond_doubles:
        return [None if value == column.null else str(value) for value in values.tolist()]
    if column.null is not None:
        return [None if value == column.null else value for value in values.tolist()]
    return values.tolist() if column.width else values


def _binned(curve: Curve) -> dict[str, int]:
    if curve.averaged is None:
        return {}
    return {"averaged": curve.averaged, "left_out": curve.left_out}


_SAID = ("name", "dtype", "unit", "ucd", "description")
"""What is said of a column."""


@lru_cache(maxsize=64)
def _described(columns: tuple[Column, ...]) -> bytes:
    described = [*FACTS.values(), *columns]
    return orjson.dumps(
        {column.name: {fact: getattr(column, fact) for fact in _SAID} for column in described}
    )
