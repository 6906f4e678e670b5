"""Kinds of parameters that change the numbers of light curves, or add to them."""

from __future__ import annotations

import math
from typing import Any

from ztfvo.dal import Parameters, shorten
from ztfvo.dust.maps import maps
from ztfvo.errors import HTTPError
from ztfvo.oid import InvalidOID, parse
from ztfvo.products.beside import curve_sources, curves_of
from ztfvo.products.columns import OPTIONAL
from ztfvo.products.kinds import Parameter, bound
from ztfvo.products.model import Request

ALL = "all"
"""Word for all sources of light curves."""
FAINTEST = 50.0
"""Magnitude of a reference, of either sign."""
NO, YES = "no", "yes"
DEREDDENING = (NO, YES, *maps())
"""What DEREDDEN may be: the first is the default, the second the map that the site prefers."""


class Dereddening(Parameter):
    """Whether extinction is corrected for, and by which map."""

    def read(self, given: Parameters) -> dict[str, Any]:
        word = given.choice(self.name, self.options)
        return {} if word in (None, NO) else {"deredden": word}

    def write(self, request: Request) -> list[str]:
        return [request.deredden] if request.deredden else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.options), "default": NO}


class References(Parameter):
    """Reference magnitudes in place of those of the catalogue."""

    def read(self, given: Parameters) -> dict[str, Any]:
        found: dict[int, tuple[float, float]] = {}
        for word in given.words(self.name):
            oid, *values = (part.strip() for part in word.split(":"))
            numbers = [bound(value) for value in values]
            if not 1 <= len(numbers) <= 2 or None in numbers or numbers[0] == -math.inf:
                raise self._refused(word, "it is not oid:mag or oid:mag:err")
            if math.isfinite(numbers[0]) and abs(numbers[0]) > FAINTEST:
                raise self._refused(word, f"a magnitude is not beyond {FAINTEST:g}")
            error = numbers[1] if len(numbers) == 2 else 0.0
            if not 0 <= error < math.inf:
                raise self._refused(word, "an error is neither negative nor infinite")
            try:
                key = parse(shorten(oid))
            except InvalidOID as wrong:
                raise self._refused(word, str(wrong)) from wrong
            if key in found:
                raise self._refused(word, f"{key} is given twice")
            found[key] = (numbers[0], error)
        return {"references": found} if found else {}

    def write(self, request: Request) -> list[str]:
        return [f"{oid}:{mag}:{error}" for oid, (mag, error) in request.references.items()]

    def _refused(self, word: str, reason: str) -> HTTPError:
        return HTTPError(
            400,
            f"{self.name}={shorten(word)} cannot be used: {reason}. Write"
            " REFMAG=680113300005170:13.6:0.02, or inf as the magnitude where the reference has no"
            " flux.",
        )


class Columns(Parameter):
    """Columns to add."""

    def read(self, given: Parameters) -> dict[str, Any]:
        words = [word.lower() for word in given.words(self.name)]
        for word in words:
            if word not in OPTIONAL:
                raise HTTPError(
                    400,
                    f"{self.name}={shorten(word)} is not among the columns that can be added:"
                    f" {', '.join(OPTIONAL)}.",
                )
        if words and given.values("BIN"):
            raise HTTPError(
                400,
                f"{self.name}={shorten(','.join(words))} means nothing in bins, which are of"
                f" several exposures: leave {self.name} or BIN out.",
            )
        return {"columns": tuple(name for name in OPTIONAL if name in words)} if words else {}

    def write(self, request: Request) -> list[str]:
        if request.layout:  # it has columns of its own
            return []
        return [",".join(request.columns)] if request.columns else []


class With(Parameter):
    """Light curves of services outside."""

    def read(self, given: Parameters) -> dict[str, Any]:
        words = given.words(self.name)
        for word in words:
            if word.lower() != ALL and not curves_of(word):
                raise HTTPError(
                    400,
                    f"{self.name}={shorten(word)} is not among the sources of light curves:"
                    f" {', '.join((ALL, *curve_sources()))}.",
                )
        every = any(word.lower() == ALL for word in words)
        named = {source.name for source in map(curves_of, words) if source}
        chosen = tuple(name for name in curve_sources() if every or name in named)
        return {"beside": chosen} if chosen else {}

    def write(self, request: Request) -> list[str]:
        return [",".join(request.beside)] if request.beside else []
