"""SSAP's POS, SIZE and TIME, as the standard has them.

DaCHS takes SIZE for a radius, passes over POS without SIZE, lets declinations above 90 find
nothing, and compares TIME with the middle of a time series.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gavo import base, stc
from gavo.svcs import pql

DEFAULT_SIZE = 10 / 3600
"""Diameter in degrees where SIZE is not given."""


def position_phrase(given: dict[str, Any], parameters: dict[str, Any]) -> Iterator[str]:
    """Yield the condition for POS and SIZE: a circle of this diameter (SSAP 1.1, 4.1.1.1-2).

    Raises
    ------
    ValidationError
        If POS is not two numbers on the sky, or SIZE not a diameter from 0 to 180 degrees.
    """
    wanted = pql.PQLPositionPar.fromLiteral(given.get("POS"), "POS")
    if wanted is None:
        return
    size = given.get("SIZE")
    diameter = DEFAULT_SIZE if size is None else size
    if not 0 <= diameter <= 180:
        raise base.ValidationError(
            f"SIZE={size:g} is not possible: give a diameter of 0 to 180 degrees.", "SIZE"
        )
    for ra, dec in wanted._iterICRSPositions():
        if not (0 <= ra <= 360 and abs(dec) <= 90):
            raise base.ValidationError(
                f"POS={ra:g},{dec:g} is no place on the sky: give a right ascension of 0 to 360 "
                "and a declination of -90 to 90 degrees, ICRS.",
                "POS",
            )
    yield wanted.getConeSQL("ssa_location", parameters, diameter / 2)


def time_phrase(given: dict[str, Any], parameters: dict[str, Any]) -> Iterator[str]:
    """Yield the condition that the epochs of a light curve extend over TIME (SSAP 1.1, 4.1.1.4).

    Times are ISO 8601, UTC; an end of a range may be left out.  They are compared with
    heliocentric times, which differ by up to 8.3 minutes.
    """
    wanted = pql.PQLDatePar.fromLiteral(given.get("TIME"), "TIME")
    if wanted is None:
        return
    ranges = [
        pql.PQLRange(*(_mjd(moment) for moment in (each.value, each.start, each.stop)))
        for each in wanted.ranges
    ]
    yield pql.PQLFloatPar(ranges).getSQLForInterval("t_min", "t_max", parameters)


def _mjd(moment: Any) -> float | None:
    return None if moment is None else stc.dateTimeToMJD(moment)
