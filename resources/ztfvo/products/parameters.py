"""The parameters of the light-curve service, each declared once.

What reads a request, writes its address, describes the service to VO clients and in OpenAPI, and
draws the form, takes them from here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ztfvo.dal import NUMBER, Parameters, plain, shorten
from ztfvo.errors import HTTPError
from ztfvo.oid import FILTER_IDS, FILTER_NAMES, InvalidOID, parse
from ztfvo.products.columns import OPTIONAL
from ztfvo.products.model import QUANTITIES, Request
from ztfvo.store.names import NAME

MAX_OIDS = 100
MAX_RADIUS = 60.0
"""arcsec"""
MAX_CYCLES = 10
MAX_TITLE = 200
SPANS = (1e-5, 1e6)
"""Days that PERIOD and BIN may have: times have five decimals."""
FIRST_JD = 2.4e6
"""From here on a number is taken for a Julian date: as an MJD it were of the 85th century."""
EPOCHS = (-1e6, FIRST_JD)
"""MJD that EPOCH may have."""
MAX_MASK = 2**31 - 1
FAINTEST = 50.0
"""Magnitude of a reference, of either sign."""

_INFINITE = re.compile(r"([+-]?)inf", re.ASCII | re.IGNORECASE)
_DEFAULT = Request(release="", oids=(), format="")


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

    def read(self, given: Parameters) -> dict[str, Any]:
        """Return attributes by name; none where the parameter is not given.

        Raises
        ------
        HTTPError
            400, where it cannot be used.
        """
        raise NotImplementedError

    def write(self, request: Request) -> list[str]:
        """Return the values that give the attributes again; none for those of a default."""
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
        return [] if value == getattr(_DEFAULT, self.attribute) else [self.text(value)]

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
            _refuse_julian(self.name, text, _bound(text))
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
        return {"type": "string", "enum": words, "default": words[0]}


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


class _Bands(Parameter):
    def read(self, given: Parameters) -> dict[str, Any]:
        known = {**FILTER_IDS, **{name[1:]: number for name, number in FILTER_IDS.items()}}
        words = given.words(self.name)
        for word in words:
            if word.lower() not in known:
                raise HTTPError(
                    400, f"{self.name}={shorten(word)} is not a band of ZTF: use g, r or i."
                )
        return {"filters": frozenset(known[word.lower()] for word in words)} if words else {}

    def write(self, request: Request) -> list[str]:
        if request.filters == _DEFAULT.filters:
            return []
        return [",".join(FILTER_NAMES[number] for number in sorted(request.filters))]


class _Time(Parameter):
    def read(self, given: Parameters) -> dict[str, Any]:
        text = given.text(self.name)
        if text is None:
            return {}
        words = text.replace(",", " ").split()
        if len(words) == 1 and NAME.fullmatch(words[0].lower()) and words[0].lower() != "inf":
            return {"window": words[0].lower()}
        bounds = [_bound(word) for word in words]
        for word, bound in zip(words, bounds, strict=True):
            _refuse_julian(self.name, word, bound)
        if len(bounds) != 2 or any(bound is None for bound in bounds) or bounds[0] > bounds[1]:
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


class _References(Parameter):
    def read(self, given: Parameters) -> dict[str, Any]:
        found: dict[int, tuple[float, float]] = {}
        for word in given.words(self.name):
            oid, *values = (part.strip() for part in word.split(":"))
            numbers = [_bound(value) for value in values]
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


class _Columns(Parameter):
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
        return [",".join(request.columns)] if request.columns else []


def _bound(word: str) -> float | None:
    infinite = _INFINITE.fullmatch(word)
    if infinite:
        return -math.inf if infinite[1] == "-" else math.inf
    return float(word) if NUMBER.fullmatch(word) else None


def _refuse_julian(name: str, text: str, time: float | None) -> None:
    if time is not None and FIRST_JD < time < math.inf:
        raise HTTPError(
            400,
            f"{name}={shorten(text)} looks like a JD, and times here are MJD: MJD = JD - 2400000.5,"
            f" which gives {name}={plain(time - 2400000.5)}.",
        )


QUANTITY = Choice(
    name="QUANTITY",
    attribute="quantity",
    description="What to deliver: magnitude (AB), flux density, or their difference from the"
    " reference source",
    ucd="meta.code;phot",
    options=QUANTITIES,
    meanings={name: name for name in QUANTITIES},
    titles=dict(
        zip(
            QUANTITIES,
            (
                "magnitude",
                "flux density",
                "difference magnitude",
                "difference flux density",
            ),
            strict=True,
        )
    ),
    label="Quantity",
)

PARAMETERS: tuple[Parameter, ...] = (
    QUANTITY,
    Number(
        name="PERIOD",
        attribute="period",
        description="Period to fold the light curve with; adds a column phase",
        unit="d",
        ucd="time.period",
        least=SPANS[0],
        most=SPANS[1],
        label="Period for folding (d)",
    ),
    Moment(
        name="EPOCH",
        attribute="epoch",
        description="Time of phase 0, heliocentric MJD (UTC); 0 if not given",
        unit="d",
        ucd="time.epoch",
        least=EPOCHS[0],
        most=EPOCHS[1],
        label="HMJD of phase 0",
    ),
    Whole(
        name="CYCLES",
        attribute="cycles",
        description="How often a folded light curve is repeated; 2 in figures and 1 in tables if"
        " not given",
        least=1,
        most=MAX_CYCLES,
        described=False,
    ),
    _Time(
        name="TIME",
        description="First and last time, two numbers with a blank between, heliocentric MJD (UTC)"
        " of mid-exposure, -Inf and Inf allowed; or the name of a window of the release",
        unit="d",
        ucd="time.interval",
        label="From and to (HMJD)",
    ),
    Number(
        name="RADIUS",
        attribute="radius",
        description="Adds the light curves within this radius around the source",
        unit="arcsec",
        ucd="pos.angDistance",
        least=0,
        most=MAX_RADIUS,
        label="Neighbours within (arcsec)",
    ),
    Number(
        name="BIN",
        attribute="bin",
        description="Width of bins to average in",
        unit="d",
        ucd="time.interval",
        least=SPANS[0],
        most=SPANS[1],
        label="Bins (d)",
    ),
    Choice(
        name="QUALITY",
        attribute="good_only",
        description="All epochs, or good ones only: catflags = 0 and magerr > 0",
        ucd="meta.code.qual",
        options=("all", "good"),
        meanings={"all": False, "good": True},
        label="Good epochs only",
    ),
    Whole(
        name="BAD_CATFLAGS_MASK",
        attribute="bad_catflags_mask",
        description="Leaves out the epochs of which catflags has any of these bits; with BIN 32768"
        " if not given, which are those that are not to be used, otherwise 0",
        ucd="meta.code.qual",
        least=0,
        most=MAX_MASK,
    ),
    _Bands(
        name="BAND",
        description="Bands to deliver; all if not given",
        ucd="instr.filter",
        options=("g", "r", "i"),
        repeated=True,
    ),
    _References(
        name="REFMAG",
        description="Reference magnitude (AB) in place of the catalogue's, for differences: OID:mag"
        " or OID:mag:error",
        unit="mag",
        ucd="phot.mag",
        repeated=True,
    ),
    _Columns(
        name="COLUMNS",
        description="Columns to add: facts of the exposure of each epoch",
        ucd="meta.id",
        options=OPTIONAL,
        repeated=True,
    ),
    Text(
        name="TITLE",
        attribute="title",
        description="Title of a figure; the OIDs if not given",
        longest=MAX_TITLE,
        described=False,
    ),
    Choice(
        name="CAPTION",
        attribute="caption",
        description="Whether a figure says where the data come from",
        meanings={"yes": True, "no": False},
        described=False,
    ),
)
"""What can be asked for, besides light curves and format."""

ID = "ID"
"""Light curves asked for; ``OID`` means the same."""
FORMAT = "RESPONSEFORMAT"
NAMES = (ID, "OID", *(parameter.name for parameter in PARAMETERS), FORMAT)


def limits(parameter: Parameter) -> str:
    """Return a parameter's bounds in words, empty where it has none."""
    if isinstance(parameter, Number | Whole):
        return f"{plain(parameter.least)} to {plain(parameter.most)}"
    return ""


def oids(words: list[str]) -> tuple[int, ...]:
    """Return the light curves that are named, each once.

    Raises
    ------
    HTTPError
        400, where there is none, one is no OID, or there are too many.
    """
    if not words:
        raise HTTPError(
            400, "No light curve is named: give ID, as in ID=680113300005170, or several."
        )
    try:
        found = tuple(dict.fromkeys(parse(shorten(word)) for word in words))
    except InvalidOID as error:
        raise HTTPError(400, f"{ID}: {error}.") from error
    if len(found) > MAX_OIDS:
        raise HTTPError(
            400,
            f"{len(found)} light curves are named, {MAX_OIDS} are the limit: ask several times, or"
            " upload the list to TAP and join the table detections.",
        )
    return found
