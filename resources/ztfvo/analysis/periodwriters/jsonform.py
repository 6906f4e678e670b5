"""JSON: peaks with what to think of them, grid, method and an outline of the periodogram."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import orjson

from ztfvo.analysis import epochs
from ztfvo.analysis.periodic import Periodic
from ztfvo.analysis.periodwriters import POINTS
from ztfvo.periods.model import Peak
from ztfvo.periods.search import outline

NAMES = ("json", "application/json")
EXTENSION = "json"
CONTENT_TYPE = "application/json"
TITLE = "Peaks, grid, method and an outline of the periodogram"
ORDER = 10
FIGURE = False


def write(answer: Periodic) -> bytes:
    """The document."""
    found, method, product = answer.found, answer.method, answer.product
    shown = outline(found.spectrum, POINTS)
    body = {
        "release": product.release,
        "simulated": product.simulated,
        "method": {
            "name": method.NAME,
            "title": method.TITLE,
            "reference": method.REFERENCE,
            "false_alarm": method.FALSE_ALARM or None,
        },
        "selection": epochs.selection(product.request),
        "lightcurves": [
            {"oid": str(one.curve.oid), "filter": one.curve.filter, "nepochs": len(one)}
            for one in answer.curves
        ],
        "left_out": list(answer.left_out),
        "grid": {
            "first": found.grid.first,
            "last": found.grid.last,
            "step": found.grid.step,
            "number": found.grid.number,
            "unit": "1/d",
            "duration": found.duration,
        },
        "window": list(found.window),
        "peaks": [_peak(one) for one in found.peaks],
        "periodogram": {"frequency": shown.frequency, "power": shown.power},
    }
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n"


def _peak(one: Peak) -> dict[str, Any]:
    return {
        "period": one.period,
        "period_error": one.error if math.isfinite(one.error) else None,
        "frequency": one.frequency,
        "power": one.power,
        "s_to_n": one.s_to_n,
        "fap": one.fap,
        "flags": list(one.flags),
        "alternatives": [asdict(each) for each in one.alternatives],
    }
