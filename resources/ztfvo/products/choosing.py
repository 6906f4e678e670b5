"""Kinds of parameters that choose a release, light curves and epochs."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from ztfvo import designation
from ztfvo.bands import BANDS
from ztfvo.dal import Parameters, plain, shorten
from ztfvo.errors import HTTPError
from ztfvo.oid import FILTER_IDS, FILTER_NAMES
from ztfvo.products.kinds import DEFAULT, Parameter, bound, refuse_julian
from ztfvo.products.model import Circle, Request
from ztfvo.store.names import NAME

MAX_CIRCLE = 0.1667
"""deg, of the radius of a circle."""

SOURCE_IDS = 12 << 2 * 29
"""Number of HEALPix cells of order 29, of which identifiers of stars are."""

_SOURCE_ID = re.compile(r"[0-9]{1,19}", re.ASCII)
_NAMES = {**FILTER_IDS, **{name[1:]: number for name, number in FILTER_IDS.items()}}
_NUMBERS = {str(number): number for number in FILTER_NAMES}
_COLLECTION = re.compile(rf"(?:ztf_)?({NAME.pattern})", re.ASCII)


class Bands(Parameter):
    """Bands by name, or by a range of wavelengths."""

    def read(self, given: Parameters) -> dict[str, Any]:
        words = given.words(self.name)
        if not words:
            return {}
        lengths = [bound(part) for part in " ".join(words).split()]
        if None not in lengths:
            return {"filters": self._within(given, lengths)}
        for word in words:
            if word.lower() not in _NAMES:
                raise HTTPError(
                    400,
                    f"{self.name}={shorten(word)} is not a band of ZTF: use g, r or i, or"
                    " wavelengths in m, as in BAND=4.1e-7 5.5e-7.",
                )
        return {"filters": frozenset(_NAMES[word.lower()] for word in words)}

    def write(self, request: Request) -> list[str]:
        if request.filters == DEFAULT.filters:
            return []
        names = [FILTER_NAMES[number] for number in sorted(request.filters)]
        return [",".join(names) or "0"]

    def _within(self, given: Parameters, lengths: list[float]) -> frozenset[int]:
        """filterids of the bands that have any of a range of wavelengths."""
        low, high = lengths[0], lengths[-1]
        if len(lengths) > 2 or low > high:
            raise HTTPError(
                400,
                f"{self.name}={shorten(' '.join(given.values(self.name)))} is not a range: give one"
                " or two wavelengths in m, the shorter first, as in BAND=4.1e-7 5.5e-7.",
            )
        return frozenset(
            number
            for number, band in BANDS.items()
            if low <= band.edges[1] and high >= band.edges[0]
        )


class BandNames(Parameter):
    """Bands by name or number."""

    def read(self, given: Parameters) -> dict[str, Any]:
        words = given.words(self.name)
        known = _NAMES | _NUMBERS
        for word in words:
            if word.lower() not in known:
                raise HTTPError(
                    400, f"{self.name}={shorten(word)} is not a band of ZTF: use g, r or i."
                )
        return {"filters": frozenset(known[word.lower()] for word in words)} if words else {}

    def write(self, request: Request) -> list[str]:
        return []


class Time(Parameter):
    """A range of times, a time, or the name of a window."""

    def read(self, given: Parameters) -> dict[str, Any]:
        text = given.text(self.name)
        if text is None:
            return {}
        words = text.replace(",", " ").split()
        if len(words) == 1 and NAME.fullmatch(words[0].lower()) and words[0].lower() != "inf":
            return {"window": words[0].lower()}
        bounds = [bound(word) for word in words]
        for word, time in zip(words, bounds, strict=True):
            refuse_julian(self.name, word, time)
        if len(bounds) == 1 and bounds[0] is not None and math.isfinite(bounds[0]):
            bounds *= 2
        if len(bounds) != 2 or None in bounds or bounds[0] > bounds[1]:
            raise HTTPError(
                400,
                f"{self.name}={shorten(text)} is not a range: give two heliocentric MJD, the"
                " earlier first, as in TIME=58194 59280 or TIME=-Inf 59280, or the name of a window"
                " of the release.",
            )
        return {"hmjd_min": bounds[0], "hmjd_max": bounds[1]}

    def write(self, request: Request) -> list[str]:
        if request.window:
            return [request.window]
        if (request.hmjd_min, request.hmjd_max) == (-math.inf, math.inf):
            return []
        return [f"{request.hmjd_min} {request.hmjd_max}"]


@dataclass(frozen=True, kw_only=True)
class CircleParameter(Parameter):
    """A circle on the sky."""

    shape: str = ""
    """The word before its numbers."""

    def read(self, given: Parameters) -> dict[str, Any]:
        text = given.text(self.name)
        if text is None:
            return {}
        words = text.replace(",", " ").split()
        if self.shape:
            if words[:1] and words[0].upper() != self.shape:
                raise self._refused(text, f"it does not begin with {self.shape}")
            words = words[1:]
        numbers = [bound(word) for word in words]
        if len(numbers) != 3 or not all(number is not None for number in numbers):
            raise self._refused(text, "it has not three numbers")
        ra, dec, radius = numbers
        for name, number, low, high in (("RA", ra, -360, 360), ("Dec", dec, -90, 90)):
            if not low <= number <= high:
                raise self._refused(text, f"{name} is not from {low} to {high}")
        if not 0 < radius <= MAX_CIRCLE:
            raise self._refused(text, f"the radius is not above 0, and at most {MAX_CIRCLE:g}")
        return {"circle": Circle(ra % 360, dec, radius)}

    def write(self, request: Request) -> list[str]:
        if request.circle is None or self.means:
            return []
        numbers = (request.circle.ra, request.circle.dec, request.circle.radius)
        return [" ".join([self.shape, *map(plain, numbers)])]

    def _refused(self, text: str, reason: str) -> HTTPError:
        example = " ".join(filter(None, [self.shape, "254.4576 35.3424 0.0003"]))
        return HTTPError(
            400,
            f"{self.name}={shorten(text)} is not a circle: {reason}. Give RA, Dec and radius in"
            f" degrees (ICRS), as in {self.name}={example}.",
        )


class Star(Parameter):
    """A star, by identifier or by the name made of its position."""

    def read(self, given: Parameters) -> dict[str, Any]:
        text = given.text(self.name)
        if text is None:
            return {}
        if _SOURCE_ID.fullmatch(text) and int(text) < SOURCE_IDS:
            return {"star": int(text)}
        name = designation.read(text)
        if name is None:
            raise HTTPError(
                400,
                f"{self.name}={shorten(text)} is not a star: give a source_id of the table sources,"
                f" or a name like {designation.EXAMPLE}.",
            )
        return {"star": name}

    def write(self, request: Request) -> list[str]:
        return [] if request.star is None else [str(request.star)]


class Magnitudes(Parameter):
    """A range of magnitudes, or one."""

    def read(self, given: Parameters) -> dict[str, Any]:
        text = given.text(self.name)
        if text is None:
            return {}
        bounds = [bound(word) for word in text.replace(",", " ").split()]
        if not 1 <= len(bounds) <= 2 or None in bounds or bounds[0] > bounds[-1]:
            raise HTTPError(
                400,
                f"{self.name}={shorten(text)} is not a range: give two magnitudes, the brighter"
                " first, as in MAG=17.0 17.7 or MAG=-Inf 17.7.",
            )
        return {"magnitudes": (bounds[0], bounds[-1])}

    def write(self, request: Request) -> list[str]:
        if request.magnitudes == DEFAULT.magnitudes:
            return []
        return [" ".join(map(str, request.magnitudes))]


class Collection(Parameter):
    """A release, by IRSA's name of its collection."""

    def read(self, given: Parameters) -> dict[str, Any]:
        text = given.text(self.name)
        if text is None:
            return {}
        match = _COLLECTION.fullmatch(text.lower())
        if not match:
            raise HTTPError(
                400,
                f"{self.name}={shorten(text)} is not a collection: give ztf_ and the name of a"
                " release, as in COLLECTION=ztf_dr24.",
            )
        return {"release": match[1]}

    def write(self, request: Request) -> list[str]:
        return []  # the address names it
