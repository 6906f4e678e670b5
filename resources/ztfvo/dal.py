"""Parameters of requests, read as DALI 1.1, section 3, has them.

Names do not depend on case.  Parameters without a value count as not given, as forms send them.
Every refusal names the parameter, its value and the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np

from ztfvo.errors import HTTPError

NUMBER = re.compile(r"[+-]?(\d++(\.\d*+)?|\.\d++)([eE][+-]?\d+)?", re.ASCII)
WHOLE = re.compile(r"\d{1,18}", re.ASCII)

_AROUND_SIGNS = re.compile(r"\s*([;=])\s*")
_CONTENT = re.compile(r";content=[^;]*")

_BETWEEN = re.compile(r"\s*,\s*|\s+")
"""What stands between the numbers of a position."""

LONGEST_SHOWN = 60
"""Characters of a value that a sentence repeats."""


def shorten(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return a value as it may stand in a sentence: not too long."""
    return text if len(text) <= longest else f"{text[:longest]}..."


def media_type(text: str) -> str:
    """Return the name of a form of results as it was meant.

    A plus sign that was not encoded in an address has become a blank; other blanks of a media type
    are around the signs of its parameters.  Case does not matter, nor does ``content``, which says
    what is in a document.
    """
    plain = _AROUND_SIGNS.sub(r"\1", text.strip().lower())
    return _CONTENT.sub("", plain).replace(" ", "+")


class BadParameter(HTTPError):
    """A parameter that cannot be used.

    Parameters
    ----------
    name
        The parameter.
    message
        For people, with the value and the remedy.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(400, message)
        self.name = name


class Parameters:
    """The parameters of one request.

    Parameters
    ----------
    pairs
        Names and values as they were sent.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        given = [(name.upper(), value.strip()) for name, value in pairs]
        self.names = list(dict.fromkeys(name for name, _ in given))
        """Names that were given, with or without a value, in capitals."""
        self._values: dict[str, list[str]] = {}
        for name, value in given:
            if value:
                self._values.setdefault(name, []).append(value)

    def require_known(self, known: Sequence[str]) -> None:
        """Check that every parameter is one of those there are.

        Raises
        ------
        BadParameter
            400, with all that are known.
        """
        for name in self.names:
            if name not in known:
                raise BadParameter(
                    name, f"There is no parameter {shorten(name)}. Known are: {', '.join(known)}."
                )

    def pairs(self) -> list[tuple[str, str]]:
        """Return names, in capitals, and values of what is given."""
        return [(name, value) for name, values in self._values.items() for value in values]

    def without(self, names: Collection[str]) -> Parameters:
        """Return the parameters but those of some names."""
        return Parameters(pair for pair in self.pairs() if pair[0] not in names)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._values)

    def values(self, name: str) -> list[str]:
        """Return all values of a parameter that may be repeated."""
        return list(self._values.get(name, ()))

    def words(self, name: str) -> list[str]:
        """Return all values of a parameter that may be repeated or have commas."""
        words = (word.strip() for value in self.values(name) for word in value.split(","))
        return [word for word in words if word]

    def text(self, name: str) -> str | None:
        """Return the value of a parameter that is given once at most.

        Raises
        ------
        BadParameter
            400, where it is given several times.
        """
        values = self.values(name)
        if len(values) > 1:
            some = ", ".join(shorten(value) for value in values[:3])
            raise BadParameter(name, f"{name} is given {len(values)} times ({some}): give it once.")
        return values[0] if values else None

    def number(self, name: str, least: float, most: float) -> float | None:
        """Return a finite number within bounds.

        Raises
        ------
        BadParameter
            400, where it is something else.
        """
        return self._within(name, NUMBER, float, "a number", least, most)

    def whole(self, name: str, least: int, most: int) -> int | None:
        """Return a whole number within bounds.

        Raises
        ------
        BadParameter
            400, where it is something else.
        """
        return self._within(name, WHOLE, int, "a whole number", least, most)

    def choice(self, name: str, words: Sequence[str]) -> str | None:
        """Return one of some words, in small letters.

        Raises
        ------
        BadParameter
            400, where it is another one.
        """
        text = self.text(name)
        if text is not None and text.lower() not in words:
            raise BadParameter(name, f"{name}={shorten(text)} is not one of {', '.join(words)}.")
        return None if text is None else text.lower()

    def _within(
        self,
        name: str,
        pattern: re.Pattern[str],
        convert: Callable[[str], float],
        kind: str,
        least: float,
        most: float,
    ) -> float | None:
        text = self.text(name)
        if text is None:
            return None
        if not pattern.fullmatch(text) or not least <= convert(text) <= most:
            low, high = (plain(bound) for bound in (least, most))
            raise BadParameter(name, f"{name}={shorten(text)} is not {kind} from {low} to {high}.")
        return convert(text)


def place(name: str, value: str) -> tuple[float, float]:
    """Return right ascension and declination of a parameter, deg.

    Parameters
    ----------
    name
        Of the parameter.
    value
        Two numbers with a comma or blanks between.

    Raises
    ------
    BadParameter
        400, where it is something else.
    """
    parts = _BETWEEN.split(value)
    if len(parts) == 2 and all(NUMBER.fullmatch(part) for part in parts):
        ra, dec = map(float, parts)
        if is_place(ra, dec):
            return ra % 360, dec
    raise BadParameter(
        name,
        f"{name}={shorten(value)} is no position: give right ascension (0 to 360) and declination"
        f" (-90 to 90) in degrees (ICRS), as in {name}=254.4575,35.3424.",
    )


def is_place(ra: float, dec: float) -> bool:
    """Return whether numbers are a right ascension and a declination in degrees."""
    return 0 <= ra <= 360 and -90 <= dec <= 90


def plain(number: float) -> str:
    """Return a number without an exponent."""
    return np.format_float_positional(number, trim="-")
