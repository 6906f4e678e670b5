"""Positions with words: the frame before or behind them, or the names of the angles."""

from __future__ import annotations

import re
from dataclasses import dataclass

import astropy.units as u
from astropy.coordinates import SkyCoord

from ztfvo import position
from ztfvo.dal import NUMBER, is_place, shorten
from ztfvo.outside.ask import Desk
from ztfvo.position import BadPosition
from ztfvo.resolve.model import Certainty, Found, Outcome

ORDER = 28
TITLE = "a position with its frame: J2000, FK5, ICRS or galactic"
EXAMPLE = "J2000 16:57:49.81 +35:20:32.5 or galactic 58.149 +37.523"

_EQUATORIAL = r"ICRS|FK5|J ?2000(?:\.0*)?|equatorial"
_GALACTIC = r"galactic|gal\b\.?"
_OTHER = r"FK4|B ?1950(?:\.0*)?|B ?1875(?:\.0*)?|ecliptic|supergalactic|alt-?az|az-?alt"
_WORD = rf"(?:(?P<equatorial>{_EQUATORIAL})|(?P<galactic>{_GALACTIC})|(?P<other>{_OTHER}))"
_BEFORE = re.compile(rf"\(?{_WORD}\)?(?:[\s:=,]+|(?=[+-]))(?P<rest>.+)", re.IGNORECASE)
_BEHIND = re.compile(rf"(?P<rest>.+?)[\s,]*[\s,(]{_WORD}\)?", re.IGNORECASE)
_RIGHT, _UP = r"RA_?(?:deg|ICRS|J2000)?|R\.A\.|right ascension|α", r"DE(?:CL?\.?|clination)?|δ"
_LABELS = rf"(?:{_RIGHT})|(?P<l>l|lon|glon)", rf"(?:(?:{_UP})(?:_?(?:deg|ICRS|J2000))?)|b|lat|glat"
_LABELLED = re.compile(
    r"(?:{})(?:\s*[:=]\s*|\s+)(?P<one>.+?)[\s,;&]+(?:{})(?:\s*[:=]\s*|\s+)(?P<two>.+)".format(
        *_LABELS
    ),
    re.IGNORECASE,
)
_NAMED = re.compile(r"G(\d{1,3}\.\d+)([+-]\d{1,2}(?:\.\d+)?)", re.ASCII)
_DEGREES = re.compile(r"(?<=[\d.])\s*(?:degrees|degree|deg)\b\.?", re.IGNORECASE)
_ANGLE = re.compile(r"(?<![\w.])[+-]?\d+(?:\.\d+|(?::\d+)+(?:\.\d+)?)", re.ASCII)
_ALONE = re.compile(rf"(?:{_RIGHT}|DEC|[lb])\s*[:=]\s*[\d.+-].*", re.IGNORECASE)
_NO_NUMBER = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True)
class Framed:
    """A place that a text with words has."""

    ra: float
    dec: float
    """ICRS, deg."""
    name: str = ""
    """The text, where it is a name made of the position."""


def read(text: str) -> Framed | None:
    """Return the place of a text that has words of positions."""
    plain = text.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    if named := _NAMED.fullmatch(plain):
        return Framed(*_galactic(text, *named.groups()), name=text)
    if not position.is_name(plain):
        return None
    words = re.split(r"[\s,;]+", plain)
    if len(words) == 2 and any(map(_NO_NUMBER.fullmatch, words)):
        other = [one for one in words if not _NO_NUMBER.fullmatch(one)]
        if all(map(NUMBER.fullmatch, other)):
            raise _refused(text, "both angles have to be finite numbers")
    frames, figures = _without_words(plain)
    if not position.is_name(figures) and len(re.findall(r"\d+(?:\.\d*)?", figures)) > 1:
        if "other" in frames or len(frames & {"equatorial", "galactic"}) > 1:
            raise _refused(
                text, "give right ascension and declination in ICRS (J2000), or galactic ones"
            )
        if "galactic" in frames:
            return Framed(*_galactic(text, *re.split(r"[\s,;/]+|(?<=\d)(?=[+-])", figures)))
        return Framed(*position.read(figures))
    if _ALONE.fullmatch(figures):
        raise _refused(text, "two angles are needed")
    if len(_ANGLE.findall(plain)) > 1:
        raise _refused(text, "it has words beside the angles that are not known")
    return None


async def find(place: Framed, desk: Desk) -> Outcome:
    """Return the position itself."""
    if place.name:
        note = "The position is that in the name, as exact as its digits"
        exact, by = Certainty.APPROXIMATE, "its digits"
    else:
        note, exact, by = "", Certainty.EXACT, "its coordinates"
    name = place.name or f"{place.ra:.6f} {place.dec:+.6f}"
    return Outcome((Found(name, place.ra, place.dec, exact, by, note=note),))


def _without_words(plain: str) -> tuple[set[str], str]:
    """Return the frames that a text names, and what it has beside their words."""
    frames = set()
    while match := _BEFORE.fullmatch(plain) or _BEHIND.fullmatch(plain):
        frames |= {name for name, word in match.groupdict().items() if word and name != "rest"}
        plain = match["rest"].strip()
    if match := _LABELLED.fullmatch(plain):
        frames |= {"galactic"} if match["l"] else {"equatorial"}
        comma = "," in match["one"] + match["two"]
        plain = f"{match['one']}{' ' if comma else ', '}{match['two']}"
    return frames, _DEGREES.sub("d", plain)


def _galactic(text: str, *angles: str) -> tuple[float, float]:
    """Right ascension and declination of a galactic longitude and latitude, deg."""
    words = [one.rstrip("d°") for one in angles if one]
    if len(words) != 2 or not all(map(NUMBER.fullmatch, words)):
        raise _refused(text, "galactic longitude and latitude are two numbers in degrees")
    longitude, latitude = map(float, words)
    if not is_place(longitude, latitude):
        raise _refused(text, "galactic longitude is from 0 to 360 degrees, latitude -90 to 90")
    place = SkyCoord(longitude * u.deg, latitude * u.deg, frame="galactic").icrs
    return float(place.ra.deg) % 360, float(place.dec.deg)


def _refused(text: str, reason: str) -> BadPosition:
    examples = " or ".join((*EXAMPLE.split(" or "), position.EXAMPLES.partition(",")[0]))
    return BadPosition(
        f"{shorten(text)} is not a position that is read here: {reason}. Write e.g. {examples}."
    )
