"""Positions as people write them in a form, distinguished from names.

Angles are read by astropy; here it is only said which part of a text is which angle. Every refusal
names the value and the remedy.
"""

from __future__ import annotations

import re

import astropy.units as u
from astropy.coordinates import Angle
from astropy.coordinates.angles.errors import (
    IllegalHourError,
    IllegalMinuteError,
    IllegalSecondError,
)

from ztfvo.dal import NUMBER, is_place, shorten

EXAMPLES = "254.45755 +35.34236, 16:57:49.81 +35:20:32.5 or 16h57m49.81s +35d20m32.5s"

_OF_FIGURES = re.compile(r"""(?:[\d\s.,;:/+()°'"′″-]|(?<=[\d.\s])[hmsd](?![a-z]))+""", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+[\s;]+[+-]?\d+,\d+", re.ASCII)
_BOUNDS = {"hour": 24, "minute": 60, "second": 60}
_FIGURES = re.compile(r"""(\d+\.?\d*|\.\d+)\s*([ms'"′″]?)""", re.ASCII)
_UNITS = {"m": "minute", "'": "minute", "′": "minute", "s": "second", '"': "second", "″": "second"}
_DECIMALS = 11
"""Of right ascension in degrees: 24 h are 360."""


class BadPosition(ValueError):
    """A text made of figures that is no position; the message is for people."""


def is_name(text: str) -> bool:
    """Return whether a text has more than the figures, signs and units of a position."""
    plain = _plain(text)
    return not (_OF_FIGURES.fullmatch(plain) or _numbers(plain))


def read(text: str) -> tuple[float, float]:
    """Return right ascension and declination in degrees.

    Right ascension is from 0 to below 360: of 360 degrees and 24 hours 0 is returned.

    Parameters
    ----------
    text
        Two decimal numbers, degrees, or two angles in hours and degrees with minutes and seconds;
        with or without units, with blanks, comma, semicolon, slash or a sign between.

    Raises
    ------
    BadPosition
        When it is something else, or no place on the sky.
    """
    plain = _plain(text)
    if _DECIMAL_COMMA.fullmatch(plain):
        raise _refused(text, "use a decimal point, not a comma")
    if numbers := _numbers(plain):
        ra, dec = numbers
    else:
        ra, dec = _angles(text, plain)
    if abs(dec) > 90 and abs(ra) <= 90:
        raise _refused(
            text,
            f"{dec:g} is no declination, -90 to 90 degrees. The order is RA Dec, right ascension"
            " first",
        )
    ra = round(ra, _DECIMALS)
    if not is_place(ra, dec):
        name, value, between = (
            ("right ascension", ra, "0 to 360")
            if -90 <= dec <= 90
            else ("declination", dec, "-90 to 90")
        )
        raise _refused(text, f"{name} {value:g} is not in {between} degrees")
    return ra % 360, dec


def _angles(text: str, plain: str) -> tuple[float, float]:
    halves = _halves(plain)
    if halves is None:
        raise _refused(text, "two angles are needed, RA and Dec")
    ra, dec = halves
    if _is_single(ra) != _is_single(dec) and not re.search("[hd°]", ra):
        raise _refused(text, "write both angles in the same way")
    return (
        _angle(text, ra, u.deg if _is_single(ra) else u.hourangle),
        _angle(text, dec, u.deg),
    )


def _angle(text: str, part: str, unit: u.UnitBase) -> float:
    for place, (figures, mark) in enumerate(_FIGURES.findall(part)):
        # Of these astropy warns only, and takes them for the next minute or hour.
        name = _UNITS.get(mark, ("hour", "minute", "second")[min(place, 2)])
        if name != "hour" and float(figures) == _BOUNDS[name]:
            raise _refused(text, f"{part} has 60 {name}s, which must be below 60")
    try:
        return float(Angle(part, unit).deg)
    except (IllegalHourError, IllegalMinuteError, IllegalSecondError) as error:
        ((name, value),) = vars(error).items()
        raise _refused(
            text, f"{part} has {float(value):g} {name}s, which must be below {_BOUNDS[name]}"
        ) from error
    except ValueError as error:
        raise _refused(text, f"{part} is no angle") from error


def _plain(text: str) -> str:
    """Return a text without brackets around it, and with signs as on a keyboard."""
    plain = text.strip().replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    return plain[1:-1].strip() if plain.startswith("(") and plain.endswith(")") else plain


def _numbers(plain: str) -> tuple[float, float] | None:
    """Return the two decimal numbers that a text consists of."""
    words = [word for word in re.split(r"[\s,;/]+", plain) if word]
    if len(words) != 2 or not all(NUMBER.fullmatch(word) for word in words):
        return None
    return float(words[0]), float(words[1])


def _halves(plain: str) -> tuple[str, str] | None:
    """Return the two angles of a text: around its separator, its second sign, or its middle."""
    for pattern in (r"\s*[,;/]\s*", r"\s*(?<=[^\s])\s*(?=[+-])"):
        parts = re.split(pattern, plain)
        if len(parts) == 2 and all(parts):
            return parts[0], re.sub(r"^([+-])\s+", r"\1", parts[1])
    words = plain.split()
    middle, odd = divmod(len(words), 2)
    return None if odd or not words else (" ".join(words[:middle]), " ".join(words[middle:]))


def _is_single(part: str) -> bool:
    """Return whether an angle is one number, of degrees unless it has another unit."""
    return len(re.findall(r"[\d.]+", part)) == 1 and "h" not in part


def _refused(text: str, reason: str) -> BadPosition:
    return BadPosition(
        f"{shorten(text.strip())} is not a position: {reason}. Write e.g. {EXAMPLES}."
    )
