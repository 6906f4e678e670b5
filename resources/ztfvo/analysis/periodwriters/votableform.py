"""VOTable 1.4: a table of peaks, and one with an outline of the periodogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy.io.votable.tree import TableElement, VOTableFile

from ztfvo import votable
from ztfvo.analysis import epochs
from ztfvo.analysis.periodic import Periodic
from ztfvo.analysis.periodwriters import POINTS
from ztfvo.periods.search import outline

NAMES = ("votable", "vot", votable.MEDIA_TYPE, "text/xml")
EXTENSION = "vot"
CONTENT_TYPE = votable.MEDIA_TYPE
TITLE = "A table of peaks, and an outline of the periodogram"
ORDER = 20
FIGURE = False

_PEAKS = (
    ("period", "double", "d", "time.period", "Period"),
    ("period_error", "double", "d", "stat.error;time.period", "Standard error of the period"),
    ("frequency", "double", "d-1", "time.period;arith.rate", "Frequency: 1/period"),
    ("power", "double", None, "stat.fit.goodness", "Share of chi-square that is removed"),
    ("s_to_n", "double", None, "stat.snr", "Power less mean power, over the scatter of powers"),
    ("fap", "double", None, "stat.probability", "False-alarm probability"),
    ("flags", "char", None, "meta.code", "What it may be in place of a period of the star"),
    ("twice", "char", None, "meta.note", "For or against twice the period"),
    ("half", "char", None, "meta.note", "For or against half the period"),
)
_POWERS = (_PEAKS[2], _PEAKS[3])


def write(answer: Periodic) -> bytes:
    """The document."""
    found, method, grid = answer.found, answer.method, answer.found.grid
    shown = f"{grid.number} from {grid.first!r} to {grid.last!r} in steps of {grid.step!r} 1/d"
    infos: list[tuple[str, str, str | None]] = [
        ("release", answer.product.release, answer.product.title),
        ("simulated", str(answer.product.simulated).lower(), None),
        ("method", method.NAME, f"{method.TITLE} ({method.REFERENCE})"),
        ("false_alarm", method.FALSE_ALARM or "none", None),
        ("grid", shown, None),
        ("selection", epochs.selection(answer.product.request), None),
        *(("lightcurve", str(one.curve.oid), f"{len(one)} epochs") for one in answer.curves),
        *(("left_out", str(i), text) for i, text in enumerate(answer.left_out, start=1)),
    ]
    document, resource = votable.document(infos, {})
    rows = [
        (
            one.period,
            one.error,
            one.frequency,
            one.power,
            one.s_to_n,
            np.nan if one.fap is None else one.fap,
            ", ".join(one.flags),
            *(each.reason for each in one.alternatives),
        )
        for one in found.peaks
    ]
    resource.tables.append(_table(document, "peaks", _PEAKS, rows))
    spectrum = outline(found.spectrum, POINTS)
    powers = list(zip(spectrum.frequency.tolist(), spectrum.power.tolist(), strict=True))
    resource.tables.append(_table(document, "periodogram", _POWERS, powers))
    return votable.as_bytes(document)


def _table(
    document: VOTableFile,
    name: str,
    columns: Sequence[tuple[str, str, str | None, str, str]],
    rows: Sequence[tuple[Any, ...]],
) -> TableElement:
    table = TableElement(document, ID=name, name=name)
    table.fields.extend(
        votable.field(
            document,
            text,
            ID=f"{name}_{column}",
            name=column,
            datatype=datatype,
            unit=unit,
            ucd=ucd,
        )
        for column, datatype, unit, ucd, text in columns
    )
    table.create_arrays(len(rows))
    for i, row in enumerate(rows):
        table.array[i] = row
    return table
