"""Names of stars made of their positions: ``ZTF Jhhmmss.ss+ddmmss.s``.

They follow the IAU's specifications for designations: the position is ICRS, and its digits are cut
off, not rounded, so that a name says in which field of 0.01 s by 0.1 arcsec the star is.
"""

from __future__ import annotations

import math
import re

PREFIX = "ZTF J"

_RA = 24_000
"""Hundredths of a second of time in a degree."""
_DEC = 36_000
"""Tenths of an arcsec in a degree."""

EXAMPLE = "ZTF J165749.81+352032.4"

_FORM = re.compile(
    r"(?:ZTF\s*)?J(\d\d)(\d\d)(\d\d\.\d\d)([+ -])(\d\d)(\d\d)(\d\d\.\d)", re.ASCII | re.IGNORECASE
)


def designation(ra: float, dec: float) -> str:
    """Return the name of a star at a position (ICRS, deg; right ascension from 0 to below 360)."""
    east, north = math.floor(ra * _RA), math.floor(abs(dec) * _DEC)
    return (
        f"{PREFIX}{east // 360_000:02}{east // 6000 % 60:02}{east // 100 % 60:02}.{east % 100:02}"
        f"{'-' if dec < 0 else '+'}{north // 36_000:02}{north // 600 % 60:02}"
        f"{north // 10 % 60:02}.{north % 10}"
    )


def read(text: str) -> str | None:
    """Return a name as `designation` writes it; None where a text is none.

    Capitals, the word ZTF and blanks before the letter J do not matter, and a blank stands for the
    plus sign, which addresses make of it.
    """
    match = _FORM.fullmatch(text.strip())
    if not match:
        return None
    *digits, sign, degrees, minutes, seconds = match.groups()
    return f"{PREFIX}{''.join(digits)}{sign.replace(' ', '+')}{degrees}{minutes}{seconds}"


def _digits(value: str, length: int = 2) -> str:
    return f"lpad(({value})::text, {length}, '0')"


def sql(ra: str, dec: str) -> str:
    """Return the SQL of the same as `designation`, of columns of double precision.

    It can be indexed: it depends on nothing but the two.
    """
    east, north = f"floor({ra} * {_RA})::integer", f"floor(abs({dec}) * {_DEC})::integer"
    return (
        f"('{PREFIX}' || {_digits(f'{east} / 360000')} || {_digits(f'{east} / 6000 % 60')}"
        f" || {_digits(f'{east} / 100 % 60')} || '.' || {_digits(f'{east} % 100')}"
        f" || CASE WHEN {dec} < 0 THEN '-' ELSE '+' END || {_digits(f'{north} / 36000')}"
        f" || {_digits(f'{north} / 600 % 60')} || {_digits(f'{north} / 10 % 60')}"
        f" || '.' || ({north} % 10)::text)"
    )
