"""Between which bounds the values of a file must lie, and between which the survey's can lie."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest value; both are allowed."""

    low: float
    high: float
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}{' ' if self.unit else ''}{self.unit}"


RA = Bounds(0.0, 360.0, "degrees")
"""360 is allowed, as float32 rounds up to it."""

DEC = Bounds(-90.0, 90.0, "degrees")

HMJD = Bounds(50000.0, 70000.0)
"""1995 to 2050: times before are no CCD survey's, those after have not come yet."""

CATFLAGS = Bounds(0, 65535)
"""16 bits."""

MAG = Bounds(7.0, 26.0, "mag")
"""Exposures of 30 s saturate near 12.5 mag and reach 21 mag (Masci et al. 2019, PASP 131, 018003);
the files listed in ``inputs/`` have 11.7 to 22.4 mag, and errors of 0.009 to 0.28 mag."""

MAGERR = Bounds(1e-4, 3.0, "mag")
"""One of 1.1 mag is that of a source as bright as its noise."""

EXPTIME = Bounds(1.0, 3600.0, "s")
"""The survey's are 20 to 300 s."""

OUTSIDE = Bounds(float("-inf"), 0.2, "degrees")
"""Distance of a source from its quadrant's nominal outline, negative inside: the telescope does not
point exactly at the field's centre.  In the files listed in ``inputs/`` it is 0.03 at most."""
