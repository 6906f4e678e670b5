"""VOTable 1.4: a table of parameters, and one with the model for each light curve."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.io.votable.tree import TableElement, VOTableFile

from ztfvo import votable
from ztfvo.analysis import epochs
from ztfvo.analysis.fitted import Answer, lines
from ztfvo.analysis.fitwriters._described import PARAMETERS
from ztfvo.products.columns import COLUMNS
from ztfvo.products.model import Line
from ztfvo.times import HELIOCENTRIC_FRAME
from ztfvo.votable import NumberTable

NAMES = ("votable", "vot", votable.MEDIA_TYPE, "text/xml")
CONTENT_TYPE = votable.MEDIA_TYPE
TITLE = "A table of parameters, and one with the model for each light curve"
ORDER = 20
FIGURE = False

_FRAME = "hmjd_frame"
_PARAMETERS = (
    ("name", "char", None, "meta.id;meta.main", "Name of the parameter"),
    ("value", "double", None, "stat.fit.param", "Its value, in the unit that the row has"),
    ("error", "double", None, "stat.error", "Standard error; empty where it is fixed"),
    ("unit", "char", None, "meta.unit", "Unit; empty where there is none"),
    ("free", "boolean", None, "meta.code", "Whether the fit found it"),
    ("ucd", "char", None, "meta.ucd", "UCD of the value"),
    ("description", "char", None, "meta.note", "What it is"),
)
_CURVE = ("hmjd", "mag", "flux", "diffmag", "diffflux")
"""Columns as those of light curves."""


def write(answer: Answer) -> bytes:
    """The document."""
    document, resource = votable.document(_infos(answer), {_FRAME: HELIOCENTRIC_FRAME})
    resource.tables.append(_parameters(document, answer))
    resource.tables.extend(_curve(document, one) for one in lines(answer))
    return votable.as_bytes(document)


def _infos(answer: Answer) -> list[tuple[str, str, str | None]]:
    asked, fitted = answer.asked, answer.fitted
    template, dust = asked.job.model.template, asked.dust
    bands = asked.job.bands
    low, high = asked.job.redshift
    return [
        ("release", asked.product.release, asked.product.title),
        ("simulated", str(asked.product.simulated).lower(), None),
        ("model", template.name, f"{template.title}, {template.type}"),
        ("citation", template.citation, "Of the model"),
        ("bands", bands.template.name if bands else "approximate", None),
        ("dust", dust.map.map.name if dust.map else dust.origin, dust.reason or dust.origin),
        ("redshift_bounds", f"{low:g} {high:g}", None),
        ("converged", str(fitted.converged).lower(), fitted.message or None),
        ("chi_square", repr(fitted.chi_square), None),
        ("degrees_of_freedom", str(fitted.dof), "Epochs that were used less free parameters"),
        ("selection", epochs.selection(asked.product.request), None),
        *(
            ("lightcurve", str(one.curve.oid), f"{one.curve.filter}, {len(one)} epochs")
            for one in asked.curves
        ),
        *(("left_out", str(i), text) for i, text in enumerate(asked.left_out, start=1)),
        *(("note", note, None) for note in answer.notes),
    ]


def _parameters(document: VOTableFile, answer: Answer) -> TableElement:
    table = TableElement(document, ID="parameters", name="parameters")
    table.description = "Parameters of the model"
    for name, datatype, unit, ucd, text in _PARAMETERS:
        attributes: dict[str, Any] = {"datatype": datatype, "unit": unit, "ucd": ucd}
        table.fields.append(
            votable.field(document, text, ID=f"parameter_{name}", name=name, **attributes)
        )
    values = answer.fitted.values
    table.create_arrays(len(values))
    for i, one in enumerate(values):
        unit, ucd, text = PARAMETERS[one.name]
        error = np.nan if one.error is None else one.error
        table.array[i] = (one.name, one.value, error, unit or "", one.free, ucd, text)
    return table


def _curve(document: VOTableFile, line: Line) -> TableElement:
    oid = line.curve.oid
    table = NumberTable(document, ID=f"model_{oid}", name=f"model_{oid}")
    table.format = "binary"  # as light curves, whose magnitudes may be infinite
    table.description = f"The model for light curve {oid}, band {line.curve.filter}"
    for name in _CURVE:
        column = COLUMNS[name]
        table.fields.append(
            votable.field(
                document,
                column.description,
                ID=f"{name}_{oid}",
                name=name,
                datatype="double",
                unit=column.unit,
                ucd=column.ucd,
                ref=_FRAME if name == "hmjd" else None,
            )
        )
    table.create_arrays(len(line.hmjd))
    for name in _CURVE:
        table.array[f"{name}_{oid}"] = line.hmjd if name == "hmjd" else line.values[name]
    return table
