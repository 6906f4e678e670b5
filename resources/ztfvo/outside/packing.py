"""Answers as they are kept: JSON, with nothing in it that could be executed when it is read."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import orjson

from ztfvo.outside.model import Answer, LightCurve, Source, State

_ARRAYS = {
    **dict.fromkeys(("hmjd", "mag", "magerr", "flux", "fluxerr"), float),
    "filter": str,
    **dict.fromkeys(("limit", "difference", "good"), bool),
}
_PLAIN = ("object", "ra", "dec")


def pack(answer: Answer) -> bytes:
    """Return an answer as bytes."""
    kept = {one.name: getattr(answer, one.name) for one in fields(answer)}
    curve = answer.curve
    kept["curve"] = None if curve is None else _packed(curve)
    return orjson.dumps(kept, option=orjson.OPT_SERIALIZE_NUMPY)


def unpack(source: Source, body: bytes) -> Answer:
    """Return the answer of a source that was kept."""
    kept = orjson.loads(body)
    curve = kept["curve"]
    return Answer(
        **kept
        | {
            "state": State(kept["state"]),
            "rows": tuple(kept["rows"]),
            "curve": None if curve is None else _unpacked(source, curve),
        }
    )


def _packed(curve: LightCurve) -> dict[str, Any]:
    arrays = {name: _listed(getattr(curve, name)) for name in _ARRAYS}
    native = {name: _listed(values) for name, values in curve.native.items()}
    plain = {name: getattr(curve, name) for name in _PLAIN}
    return plain | arrays | {"native": native, "notes": curve.notes}


def _listed(values: np.ndarray) -> Any:
    return values.tolist() if values.dtype.kind in "UOb" else np.ascontiguousarray(values)


def _unpacked(source: Source, kept: dict[str, Any]) -> LightCurve:
    types = {column.name: column.dtype for column in source.native}
    return LightCurve(
        **{name: kept[name] for name in _PLAIN},
        **{name: _array(kept[name], kind) for name, kind in _ARRAYS.items()},
        native={name: _array(kept["native"][name], types[name]) for name in kept["native"]},
        notes=tuple(kept["notes"]),
    )


def _array(values: list[Any], kind: Any) -> np.ndarray:
    if kind in (float, "float64"):
        return np.array([np.nan if value is None else value for value in values], float)
    return np.array(values, kind)
