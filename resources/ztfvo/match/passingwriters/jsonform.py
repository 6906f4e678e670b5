"""JSON: the light curve, how epochs were chosen, and each with the bodies that were near."""

from __future__ import annotations

from typing import Any

import orjson

from ztfvo.match.passing import (
    NOT_CHECKED,
    PASSED,
    SHARE,
    Passing,
    Suspect,
)

NAMES = ("json", "application/json")
CONTENT_TYPE = "application/json"
TITLE = "Epochs that may be of a body, with those that were near"
ORDER = 10

LEFT = (
    f"Others stand off more, or within {PASSED:g} d: ask about this one by"
    " /epoch/OID/HMJD/asteroids, or with a larger N"
)


def write(answer: Passing) -> bytes:
    """The document."""
    asked = answer.asked
    product = asked.product
    (curve,) = product.curves
    body = {
        "release": product.release,
        "simulated": product.simulated,
        "oid": str(curve.oid),
        "ra": curve.ra,
        "dec": curve.dec,
        "filter": curve.filter,
        "nepochs": asked.nepochs,
        "mag_median": asked.median,
        "mag_scatter": asked.scatter,
        "criterion": {
            "sigmas": asked.sigmas,
            "text": f"Brighter than the median of the good epochs by {asked.sigmas:g} times its"
            " error and the scatter, added in quadrature, where the nearest epochs more than"
            f" {PASSED:g} d before and after have less than {SHARE:g} of the excess",
        },
        "suspects": [_suspect(answer, one) for one in asked.suspects],
    }
    return orjson.dumps(body) + b"\n"


def _suspect(answer: Passing, one: Suspect) -> dict[str, Any]:
    came = answer.answers.get(one.moment)
    return {
        "hmjd": one.moment.hmjd,
        "number": one.moment.number,
        "mjd_mid": one.mjd_mid,
        "mag": one.mag,
        "magerr": one.magerr,
        "catflags": one.catflags,
        "excess": one.excess,
        "sigmas": one.sigmas,
        "state": came.state if came else NOT_CHECKED,
        "reason": (came.reason if came else LEFT) or None,
        "bodies": list(came.rows) if came else [],
    }
