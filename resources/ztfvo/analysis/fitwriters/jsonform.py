"""JSON: parameters with errors, how good the fit is, and the model for each light curve.

Identifiers are texts, as readers of JSON would round them; a value that there is not is null.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from ztfvo.analysis import epochs
from ztfvo.analysis.fitted import Answer, Asked, lines
from ztfvo.analysis.fitwriters._described import PARAMETERS
from ztfvo.products.model import Line
from ztfvo.times import HELIOCENTRIC_FRAME

NAMES = ("json", "application/json")
CONTENT_TYPE = "application/json"
TITLE = "Parameters, chi-square, and the model for each light curve"
ORDER = 10
FIGURE = False


def write(answer: Answer) -> bytes:
    """The document."""
    asked, fitted = answer.asked, answer.fitted
    template = asked.job.model.template
    free = [one.name for one in fitted.values if one.free]
    body = {
        "release": asked.product.release,
        "simulated": asked.product.simulated,
        "frame": {"time": HELIOCENTRIC_FRAME, "magnitudes": "AB", "flux": "Jy"},
        "model": {
            "name": template.name,
            "title": template.title,
            "type": template.type,
            "citation": template.citation,
            "files": list(asked.job.model.sources),
        },
        "bands": _bands(asked),
        "dust": _dust(asked),
        "selection": epochs.selection(asked.product.request),
        "redshift_bounds": list(asked.job.redshift),
        "converged": fitted.converged,
        "parameters": [
            {
                "name": one.name,
                "value": one.value,
                "error": one.error,
                "free": one.free,
                "unit": PARAMETERS[one.name][0],
                "description": PARAMETERS[one.name][2],
            }
            for one in fitted.values
        ],
        "covariance": {"parameters": free, "values": fitted.covariance},
        "chi_square": fitted.chi_square,
        "degrees_of_freedom": fitted.dof,
        "nepochs": int(fitted.used.sum()),
        "lightcurves": [
            {
                "oid": str(one.curve.oid),
                "filter": one.curve.filter,
                "nepochs": len(one),
                "nepochs_used": int((fitted.used & (asked.job.curve == number)).sum()),
                "refmag": reference[0],
                "refmagerr": reference[1],
            }
            for number, (one, reference) in enumerate(
                zip(asked.curves, asked.references, strict=True)
            )
        ],
        "left_out": list(asked.left_out),
        "notes": answer.notes,
        "curves": [_curve(one) for one in lines(answer)],
    }
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n"


def _bands(asked: Asked) -> dict[str, Any]:
    here = asked.job.bands
    return {
        "origin": here.template.title if here else "approximate",
        "files": list(here.sources) if here else [],
    }


def _dust(asked: Asked) -> dict[str, Any]:
    dust = asked.dust
    here = dust.map
    return {
        "state": dust.state,
        "ebv_sf11": dust.ebv if not dust.reason else None,
        "origin": dust.origin,
        "map": here.map.name if here else None,
        "simulated": here.map.simulated if here else None,
        "ebv": dust.of_map,
        "scale": here.map.scale if here else None,
        "citation": here.map.citation or None if here else None,
        "reason": dust.reason or None,
    }


def _curve(line: Line) -> dict[str, Any]:
    brightest = int(np.argmax(line.values["flux"]))
    return {
        "oid": str(line.curve.oid),
        "filter": line.curve.filter,
        "peak": {
            "hmjd": line.hmjd[brightest],
            "mag": line.values["mag"][brightest],
            "diffmag": line.values["diffmag"][brightest],
        },
        "hmjd": line.hmjd,
        **{
            name: np.where(np.isfinite(values), values, np.nan)
            for name, values in line.values.items()
        },
    }
