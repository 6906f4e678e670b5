"""Kinds of parameters: how values are read, written and described.

`ztfvo.products.parameters` declares the parameters that there are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ztfvo.dal import NUMBER, Parameters, plain, shorten
from ztfvo.errors import HTTPError
from ztfvo.products.model import Request

FIRST_JD = 2.4e6
"""From here on a number is taken for a Julian date: as an MJD it were of the 85th century."""
LAST_JD = 5e6
"""From here on it is none either: it were of the 90th."""

DEFAULT = Request(release="", oids=(), format="")
"""A request of which nothing is asked."""

_INFINITE = re.compile(r"([+-]?)inf", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter, and the attributes of a `Request` that it means."""

    name: str
    description: str
    unit: str = ""
    """As VOTable writes it."""
    ucd: str = ""
    options: tuple[str, ...] = ()
    """The values there are; all when it is empty."""
    label: str | None = None
    """In forms; without one, forms keep its value and do not show it."""
    described: bool = True
    """Whether service descriptors show it: where it means something in every format."""
    repeated: bool = False
    """Whether it may be given several times, or with commas between values."""
    means: str = ""
    """The parameter that it is another name of, which scripts for other services use."""

    def read(self, given: Parameters) -> dict[str, Any]:
        """Return attributes by name; none where the parameter is not given.

        Raises
        ------
        HTTPError
            400, where it cannot be used.
        """
        raise NotImplementedError

    def write(self, request: Request) -> list[str]:
        """Return the values that give the attributes again; none for those of a default, and none
        by another name."""
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """Return its JSON schema, for OpenAPI."""
        return {"type": "string"}


@dataclass(frozen=True, kw_only=True)
class Attribute(Parameter):
    """One that is an attribute of a request by itself."""

    attribute: str

    def parse(self, given: Parameters) -> Any:
        """Return the attribute's value, None where it is not given."""
        raise NotImplementedError

    def read(self, given: Parameters) -> dict[str, Any]:
        value = self.parse(given)
        return {} if value is None else {self.attribute: value}

    def write(self, request: Request) -> list[str]:
        value = getattr(request, self.attribute)
        default = self.means or value == getattr(DEFAULT, self.attribute)
        return [] if default else [self.text(value)]

    def text(self, value: Any) -> str:
        """Return a value as the parameter has it."""
        return str(value)


@dataclass(frozen=True, kw_only=True)
class Number(Attribute):
    """A number within bounds."""

    least: float
    most: float

    def parse(self, given: Parameters) -> float | None:
        return given.number(self.name, self.least, self.most)

    def text(self, value: float) -> str:
        return plain(value)

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, kw_only=True)
class Moment(Number):
    """A time in MJD."""

    def parse(self, given: Parameters) -> float | None:
        text = given.text(self.name)
        if text is not None:
            refuse_julian(self.name, text, bound(text))
        return super().parse(given)


@dataclass(frozen=True, kw_only=True)
class Whole(Attribute):
    """A whole number within bounds."""

    least: int
    most: int

    def parse(self, given: Parameters) -> int | None:
        return given.whole(self.name, self.least, self.most)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, kw_only=True)
class Choice(Attribute):
    """One of some words; the first is the default."""

    meanings: Mapping[str, Any]
    titles: Mapping[str, str] = field(default_factory=dict)
    """Words for people, where they differ."""

    def parse(self, given: Parameters) -> Any:
        word = given.choice(self.name, tuple(self.meanings))
        return None if word is None else self.meanings[word]

    def text(self, value: Any) -> str:
        return next(word for word, meaning in self.meanings.items() if meaning == value)

    def schema(self) -> dict[str, Any]:
        words = list(self.meanings)
        first = self.meanings[words[0]]
        default = {"default": words[0]} if getattr(DEFAULT, self.attribute, first) == first else {}
        return {"type": "string", "enum": words, **default}


@dataclass(frozen=True, kw_only=True)
class Text(Attribute):
    """Words of a bounded length."""

    longest: int

    def parse(self, given: Parameters) -> str | None:
        text = given.text(self.name)
        if text and len(text) > self.longest:
            raise HTTPError(
                400, f"{self.name} has {len(text)} characters, {self.longest} are the limit."
            )
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.longest}


def bound(word: str) -> float | None:
    """Return a number, infinity (`inf`, `-Inf`) among them; None where a word is something else."""
    infinite = _INFINITE.fullmatch(word)
    if infinite:
        return -math.inf if infinite[1] == "-" else math.inf
    return float(word) if NUMBER.fullmatch(word) else None


def refuse_julian(name: str, text: str, time: float | None) -> None:
    """Refuse a time that is none in MJD.

    Raises
    ------
    HTTPError
        400, with the MJD that a Julian date is.
    """
    if time is not None and FIRST_JD < time < LAST_JD:
        raise HTTPError(
            400,
            f"{name}={shorten(text)} looks like a JD, and times here are MJD: MJD = JD - 2400000.5,"
            f" which gives {name}={plain(time - 2400000.5)}.",
        )
