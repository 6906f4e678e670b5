"""The checks that a cone search's parameters pass before anything is asked of the database.

Every refusal names the value and the remedy. Nothing here needs DaCHS.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ztfvo.dal import NUMBER, WHOLE, BadParameter, Parameters, shorten
from ztfvo.settings import get_settings

EXAMPLE = "RA=254.45755&DEC=35.34236&SR=0.001"


class Cone(NamedTuple):
    """A cone in the sky, all in degrees, ICRS."""

    ra: float
    dec: float
    radius: float


def read(parameters: Mapping[str, Sequence[str]]) -> Cone:
    """Read RA, DEC and SR, and refuse a MAXREC or VERB that means nothing.

    Parameters
    ----------
    parameters
        Name to values, as they came in; names in any case.

    Raises
    ------
    BadParameter
        For the first parameter that is missing, repeated, not a number or out of range.
    """
    given = given_in(parameters)
    read_rows(given)
    read_verbosity(given)
    ra, dec, radius = (_number(name, given) for name in ("RA", "DEC", "SR"))
    return check(ra, dec, radius)


def given_in(parameters: Mapping[str, Sequence[str]]) -> Parameters:
    """Return parameters as DALI reads them."""
    return Parameters((name, value) for name, values in parameters.items() for value in values)


def check(ra: float, dec: float, radius: float, radius_name: str = "SR") -> Cone:
    """Return the cone when it is on the sky and not larger than the site allows.

    Raises
    ------
    BadParameter
        When a number is not finite or out of its range.
    """
    for name, value in (("RA", ra), ("DEC", dec), (radius_name, radius)):
        if not math.isfinite(value):
            raise BadParameter(name, f"{name}={value} is not finite: give degrees, e.g. {EXAMPLE}.")
    if not 0 <= ra <= 360:
        raise BadParameter("RA", f"RA={ra:g} is not in 0 to 360 degrees: add or subtract 360.")
    if not -90 <= dec <= 90:
        raise BadParameter("DEC", f"DEC={dec:g} is not in -90 to 90 degrees.")
    if radius < 0:
        raise BadParameter(radius_name, f"{radius_name}={radius:g} is negative: give 0 or more.")
    limit = get_settings().max_cone_radius
    if radius > limit:
        raise BadParameter(
            radius_name,
            f"{radius_name}={radius:g} is above the limit of {limit:g} degree: ask for several "
            "smaller cones, or query the table by TAP, which has no such limit.",
        )
    return Cone(ra, dec, radius)


def read_rows(given: Parameters) -> int | None:
    """Return MAXREC, or None when it is not given.

    Raises
    ------
    BadParameter
        When it is not a whole number, 0 or more.
    """
    text = given.text("MAXREC")
    if text is None:
        return None
    if not WHOLE.fullmatch(text):
        raise BadParameter(
            "MAXREC",
            f"MAXREC={shorten(text)} is not a number of rows: give a whole number, 0 or more.",
        )
    return int(text)


def read_verbosity(given: Parameters) -> int:
    """Return VERB, 2 when it is not given.

    Raises
    ------
    BadParameter
        When it is not 1, 2 or 3.
    """
    text = given.text("VERB")
    if text is None:
        return 2
    if text not in ("1", "2", "3"):
        raise BadParameter(
            "VERB", f"VERB={shorten(text)} is not 1 (few columns), 2 or 3 (all columns)."
        )
    return int(text)


def _number(name: str, given: Parameters) -> float:
    text = given.text(name)
    if text is None:
        raise BadParameter(
            name,
            f"{name} is missing: a cone search needs RA, DEC and SR in degrees, e.g. {EXAMPLE}.",
        )
    if not NUMBER.fullmatch(text):
        raise BadParameter(
            name, f"{name}={shorten(text)} is not a decimal number: give degrees, e.g. {EXAMPLE}."
        )
    return float(text)
