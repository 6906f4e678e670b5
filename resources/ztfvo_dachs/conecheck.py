"""The checks that a cone search's parameters pass before anything is asked of the database.

Every refusal names the value and the remedy. Nothing here needs DaCHS.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ztfvo.dal import NUMBER, WHOLE
from ztfvo.settings import get_settings

EXAMPLE = "RA=254.45755&DEC=35.34236&SR=0.001"


class BadCone(ValueError):
    """A parameter that cannot be used.

    Parameters
    ----------
    name
        The parameter.
    message
        A sentence for people, with the value and the remedy.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


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
    BadCone
        For the first parameter that is missing, repeated, not a number or out of range.
    """
    given: dict[str, list[str]] = {}
    for name, values in parameters.items():
        given.setdefault(name.upper(), []).extend(values)
    read_rows(given)
    read_verbosity(given)
    ra, dec, radius = (_number(name, given) for name in ("RA", "DEC", "SR"))
    return check(ra, dec, radius)


def check(ra: float, dec: float, radius: float, radius_name: str = "SR") -> Cone:
    """Return the cone when it is on the sky and not larger than the site allows.

    Raises
    ------
    BadCone
        When a number is not finite or out of its range.
    """
    for name, value in (("RA", ra), ("DEC", dec), (radius_name, radius)):
        if not math.isfinite(value):
            raise BadCone(name, f"{name}={value} is not finite: give degrees, e.g. {EXAMPLE}.")
    if not 0 <= ra <= 360:
        raise BadCone("RA", f"RA={ra:g} is not in 0 to 360 degrees: add or subtract 360.")
    if not -90 <= dec <= 90:
        raise BadCone("DEC", f"DEC={dec:g} is not in -90 to 90 degrees.")
    if radius < 0:
        raise BadCone(radius_name, f"{radius_name}={radius:g} is negative: give 0 or more.")
    limit = get_settings().max_cone_radius
    if radius > limit:
        raise BadCone(
            radius_name,
            f"{radius_name}={radius:g} is above the limit of {limit:g} degree: ask for several "
            "smaller cones, or query the table objects by TAP, which has no such limit.",
        )
    return Cone(ra, dec, radius)


def read_rows(given: Mapping[str, Sequence[str]]) -> int | None:
    """Return MAXREC, or None when it is not given.

    Raises
    ------
    BadCone
        When it is not a whole number, 0 or more.
    """
    text = _single("MAXREC", given)
    if text is None:
        return None
    if not WHOLE.fullmatch(text):
        raise BadCone(
            "MAXREC", f"MAXREC={text} is not a number of rows: give a whole number, 0 or more."
        )
    return int(text)


def read_verbosity(given: Mapping[str, Sequence[str]]) -> int:
    """Return VERB, 2 when it is not given.

    Raises
    ------
    BadCone
        When it is not 1, 2 or 3.
    """
    text = _single("VERB", given)
    if text is None:
        return 2
    if text not in ("1", "2", "3"):
        raise BadCone("VERB", f"VERB={text} is not 1 (few columns), 2 or 3 (all columns).")
    return int(text)


def _single(name: str, given: Mapping[str, Sequence[str]]) -> str | None:
    values = [value.strip() for value in given.get(name, [])]
    if len(values) > 1:
        listed = ", ".join(values[:4])
        raise BadCone(name, f"{name} is given {len(values)} times ({listed}): give it once.")
    return values[0] if values else None


def _number(name: str, given: Mapping[str, Sequence[str]]) -> float:
    text = _single(name, given)
    if not text:
        raise BadCone(
            name,
            f"{name} is missing: a cone search needs RA, DEC and SR in degrees, e.g. {EXAMPLE}.",
        )
    if not NUMBER.fullmatch(text):
        raise BadCone(
            name, f"{name}={text[:40]} is not a decimal number: give degrees, e.g. {EXAMPLE}."
        )
    return float(text)
