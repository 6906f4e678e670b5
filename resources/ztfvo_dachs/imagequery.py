"""What the parameters of SIA 2 mean: conditions on the columns of ObsCore.

Nothing here needs DaCHS.  Several values of one parameter are alternatives; all parameters have to
be met (SIA 2.0, section 2.1).  A column without a value meets no condition.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ztfvo.dal import NUMBER, BadParameter, shorten
from ztfvo.settings import get_settings
from ztfvo.store.discovery import identifier_of

POSITIONS = (
    "POS=CIRCLE 254.45755 35.34236 0.1, POS=RANGE 254 255 35 36, or "
    "POS=POLYGON 254 35 255 35 255 36"
)
"""Examples of regions."""

LONGEST_EXPOSURE = 1
"""Days.  The start of an image lies at most so long before its end: with that, the index on starts
finds an interval of times by both of its ends."""

LEAST_SIDE = 2e-7
"""Degrees between two points that pgSphere distinguishes."""

PRODUCTS = ("image", "cube")
STATES = ("I", "Q", "U", "V", "RR", "LL", "RL", "LR", "XX", "YY", "XY", "YX", "POLI", "POLA")
"""Polarisation states (ObsCore 1.1, section 4.1)."""
LEVELS = ("0", "1", "2", "3", "4")

_INFINITE = re.compile(r"[+-]?inf(inity)?", re.ASCII | re.IGNORECASE)


class Parameter(NamedTuple):
    """One parameter of SIA 2."""

    title: str
    text: str
    """What it means."""
    condition: Callable[[str, str], tuple[str, list[Any]]]
    """From its name and one value to SQL, with ? for each of the values that follow."""
    example: str = ""
    unit: str = ""
    interval: bool = False
    """Whether a value is one or two numbers."""


def conditions(name: str, values: Sequence[str], parameters: dict[str, Any]) -> Iterator[str]:
    """Yield the condition that values of a parameter stand for, if there are any.

    Parameters
    ----------
    name
        Key of `PARAMETERS`.
    values
        As they were sent.
    parameters
        Gets the values that the SQL refers to, by name.

    Raises
    ------
    BadParameter
        400, for the first value that cannot be used.
    """
    alternatives = []
    for value in filter(None, (value.strip() for value in values)):
        sql, wanted = PARAMETERS[name].condition(name, value)
        keys = []
        for one in wanted:
            key = f"{name}_{len(parameters)}"
            parameters[key] = one
            keys.append(f"%({key})s")
        alternatives.append("({})".format(sql.replace("?", "{}").format(*keys)))
    if alternatives:
        yield f"({' OR '.join(alternatives)})"


def expanded(value: str) -> str:
    """Return an interval with both of its ends, where one number stands for them."""
    words = value.split()
    return " ".join(words * 2 if len(words) == 1 else words)


def _position(name: str, value: str) -> tuple[str, list[Any]]:
    """Images that have something in common with a region, ICRS (SIA 2.0, section 2.1.1)."""
    shape, *words = value.split()
    read = {"CIRCLE": _circle, "RANGE": _range, "POLYGON": _polygon}.get(shape.upper())
    if read is None:
        raise _bad(name, value, f"is no region: write e.g. {POSITIONS}")
    return read(value, [_number("POS", value, word, is_bound=read is _range) for word in words])


def _circle(value: str, numbers: list[float]) -> tuple[str, list[Any]]:
    if len(numbers) != 3:
        raise _bad("POS", value, "is no circle: give right ascension, declination and radius")
    ra, dec, radius = numbers
    _check_place(value, ra, dec)
    if not 0 <= radius <= 180:
        raise _bad("POS", value, "has no radius of 0 to 180 degrees")
    if radius <= 90:
        return "s_region && scircle(spoint(radians(?), radians(?)), radians(?))", numbers
    # Larger circles than pgSphere has are what is not within the circle around the opposite point.
    rest = [(ra + 180) % 360, -dec, 180 - radius]
    return "NOT s_region <@ scircle(spoint(radians(?), radians(?)), radians(?))", rest


def _range(value: str, numbers: list[float]) -> tuple[str, list[Any]]:
    if len(numbers) != 4:
        raise _bad("POS", value, "is no range: give two right ascensions and two declinations")
    ends = zip(numbers, (-math.inf, math.inf) * 2, (0, 360, -90, 90), strict=True)
    west, east, south, north = (
        limit if number == infinite else number for number, infinite, limit in ends
    )
    _check_place(value, west, south)
    _check_place(value, east, north)
    if south > north:
        raise _bad("POS", value, "has its southern end north of the northern one")
    # Boxes without width or height have nothing in common with anything in pgSphere.
    if west == east:
        east += LEAST_SIDE
    if south == north:
        south, north = max(south - LEAST_SIDE / 2, -90), min(north + LEAST_SIDE / 2, 90)
    return (
        "s_region && sbox(spoint(radians(?), radians(?)), spoint(radians(?), radians(?)))",
        [west, south, east, north],
    )


def _polygon(value: str, numbers: list[float]) -> tuple[str, list[Any]]:
    if len(numbers) < 6 or len(numbers) % 2:
        raise _bad("POS", value, "is no polygon: give three corners or more, of two numbers each")
    corners = list(zip(numbers[::2], numbers[1::2], strict=True))
    for ra, dec in corners:
        _check_place(value, ra, dec)
    text = ", ".join(f"({ra!r}d, {dec!r}d)" for ra, dec in corners)
    return "s_region && ?::spoly", [f"{{{text}}}"]


def _overlaps(first: str, last: str, back: float | None = None) -> Callable[..., Any]:
    """Whether what extends between two columns has something in common with an interval.

    Parameters
    ----------
    back
        What extends is at most so long; without, the columns have single precision.
    """

    def condition(name: str, value: str) -> tuple[str, list[Any]]:
        low, high = _interval(name, value)
        if back is None:
            return f"{first} <= ? AND {last} >= ?", [_single(high), _single(low)]
        sql, wanted = f"{first} <= ? AND {last} >= ?", [high, low]
        if math.isfinite(low):
            sql, wanted = f"{sql} AND {first} >= ?", [*wanted, low - back]
        return sql, wanted

    return condition


def _within(column: str) -> Callable[..., Any]:
    """Whether a column, of single precision, lies in an interval."""

    def condition(name: str, value: str) -> tuple[str, list[Any]]:
        return f"{column} BETWEEN ? AND ?", [_single(end) for end in _interval(name, value)]

    return condition


def _equals(column: str, known: Sequence[str] = (), kind: str = "text") -> Callable[..., Any]:
    """Whether a column has a value, one of those that there are."""

    def condition(name: str, value: str) -> tuple[str, list[Any]]:
        if known and value not in known:
            raise _bad(name, value, f"is not one of {', '.join(known)}")
        return f"{column} = ?::{kind}", [value]

    return condition


def _media_type(name: str, value: str) -> tuple[str, list[Any]]:
    return "access_format = ?", [value.lower()]


def _identifier(name: str, value: str) -> tuple[str, list[Any]]:
    """Identifiers do not depend on case; ours have small letters behind the authority."""
    prefix = identifier_of(get_settings(), "")
    if value.lower().startswith(prefix.lower()):
        value = prefix + value[len(prefix) :].lower()
    return "obs_publisher_did = ?", [value]


def _state(name: str, value: str) -> tuple[str, list[Any]]:
    if value.upper() not in STATES:
        raise _bad(name, value, f"is not one of {', '.join(STATES)}")
    return "strpos(pol_states, ?) > 0", [f"/{value.upper()}/"]


def _interval(name: str, value: str) -> tuple[float, float]:
    """Ends of an interval; a single number is both of them (DALI 1.1, section 3.3.4)."""
    words = value.split()
    if len(words) > 2:
        raise _bad(name, value, f"is not one or two numbers: give e.g. {PARAMETERS[name].example}")
    numbers = [_number(name, value, word, is_bound=len(words) == 2) for word in words]
    low, high = numbers[0], numbers[-1]
    if low > high:
        raise _bad(name, value, "has its upper end before the lower one")
    return low, high


def _single(number: float) -> float:
    """Return a number as columns of single precision have it, so that it equals what they show."""
    with np.errstate(over="ignore"):
        return float(np.float32(number))


def _number(name: str, value: str, word: str, is_bound: bool) -> float:
    """A finite number, or an infinite one where it bounds an interval."""
    if NUMBER.fullmatch(word) and math.isfinite(number := float(word)):
        return number
    if is_bound and _INFINITE.fullmatch(word):
        return float(word)
    example = POSITIONS if name == "POS" else PARAMETERS[name].example
    raise _bad(name, value, f"has {shorten(word, 20)!r}, which is no number: give e.g. {example}")


def _check_place(value: str, ra: float, dec: float) -> None:
    if not (0 <= ra <= 360 and -90 <= dec <= 90):
        raise _bad(
            "POS",
            value,
            f"has {ra:g} {dec:g}, which is no place on the sky: give a right ascension of 0 to 360"
            " and a declination of -90 to 90 degrees, ICRS",
        )


def _bad(name: str, value: str, fault: str) -> BadParameter:
    return BadParameter(name, f"{name}={shorten(value)} {fault}.")


PARAMETERS = {
    "POS": Parameter(
        "Position",
        "Region that images have a part of, ICRS: CIRCLE, RANGE or POLYGON",
        _position,
        POSITIONS,
        "deg",
    ),
    "BAND": Parameter(
        "Wavelength",
        "Wavelength, or interval of wavelengths, that images have a part of",
        _overlaps("em_min", "em_max"),
        "BAND=6e-7 7e-7",
        "m",
        interval=True,
    ),
    "TIME": Parameter(
        "Time",
        "Modified Julian date (UTC), or interval of dates, that the exposure has a part of",
        _overlaps("t_min", "t_max", LONGEST_EXPOSURE),
        "TIME=58500 58501.5",
        "d",
        interval=True,
    ),
    "POL": Parameter("Polarisation", "Polarisation state; these images have none", _state),
    "FOV": Parameter(
        "Field", "Diameter of the field", _within("s_fov"), "FOV=1 2", "deg", interval=True
    ),
    "SPATRES": Parameter(
        "Resolution",
        "Spatial resolution",
        _within("s_resolution"),
        "SPATRES=0 3",
        "arcsec",
        interval=True,
    ),
    "SPECRP": Parameter(
        "Resolving power",
        "Spectral resolving power; these images have none",
        _within("em_res_power"),
        "SPECRP=5 10",
        interval=True,
    ),
    "EXPTIME": Parameter(
        "Exposure time",
        "Exposure time",
        _within("t_exptime"),
        "EXPTIME=30 +Inf",
        "s",
        interval=True,
    ),
    "TIMERES": Parameter(
        "Resolution in time",
        "Resolution in time: the exposure time",
        _within("t_resolution"),
        "TIMERES=0 60",
        "s",
        interval=True,
    ),
    "ID": Parameter("Identifier", "Publisher's identifier of an image", _identifier),
    "COLLECTION": Parameter(
        "Collection", "As in obs_collection of ivoa.obscore", _equals("obs_collection")
    ),
    "FACILITY": Parameter(
        "Telescope", "As in facility_name of ivoa.obscore", _equals("facility_name")
    ),
    "INSTRUMENT": Parameter(
        "Camera", "As in instrument_name of ivoa.obscore", _equals("instrument_name")
    ),
    "DPTYPE": Parameter(
        "Product", "Kind of product: image or cube", _equals("dataproduct_type", PRODUCTS)
    ),
    "CALIB": Parameter(
        "Calibration",
        "Level of calibration: 2 science images, 3 reference images",
        _equals("calib_level", LEVELS, "smallint"),
    ),
    "TARGET": Parameter(
        "Target", "Name of a target; images of a survey have none", _equals("target_name")
    ),
    "FORMAT": Parameter("Format", "Media type of the image: image/fits", _media_type),
}
"""All parameters by name, but for those of DALI (SIA 2.0, section 2.1)."""
