"""The criteria that light curves are found by, each declared once.

What reads a request, writes the query and describes the service takes them from here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ztfvo.bands import BANDS
from ztfvo.dal import BadParameter, Parameters, plain, shorten
from ztfvo.features import columns
from ztfvo.products.kinds import bound

OBJECTS, FEATURES, SOURCES, CATALOG, KNOWLEDGE = "o", "f", "s", "c", "k"
"""Names of the tables in a query."""

MOST_WORDS = 20
LONGEST_WORD = 60
MOST_CORNERS = 100


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One parameter that light curves are found by."""

    name: str
    table: str
    column: str
    """Of the table: what is compared, and shown."""
    description: str
    unit: str = ""

    def condition(self, given: Parameters) -> str | None:
        """Return what the parameter asks for in ADQL; None where it is not given.

        Raises
        ------
        BadParameter
            400, where it cannot be used.
        """
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """Return its JSON schema, for OpenAPI."""
        return {"type": "string"}

    @property
    def full(self) -> str:
        """The column with its table."""
        return f"{self.table}.{self.column}"


@dataclass(frozen=True, kw_only=True)
class Interval(Criterion):
    """Two numbers; either may be infinite."""

    def condition(self, given: Parameters) -> str | None:
        text = given.text(self.name)
        if text is None:
            return None
        bounds = [bound(word) for word in text.replace(",", " ").split()]
        if len(bounds) != 2 or None in bounds or not bounds[0] <= bounds[1]:
            raise BadParameter(
                self.name,
                f"{self.name}={shorten(text)} is not a range: give two numbers, the smaller first,"
                f" as in {self.name}=0.5 1 or {self.name}=0.5 Inf.",
            )
        low, high = bounds
        if math.isinf(low) and math.isinf(high):
            return f"{self.full} IS NOT NULL"
        if math.isinf(high):
            return f"{self.full} >= {plain(low)}"
        if math.isinf(low):
            return f"{self.full} <= {plain(high)}"
        return f"{self.full} BETWEEN {plain(low)} AND {plain(high)}"


@dataclass(frozen=True, kw_only=True)
class Words(Criterion):
    """Words, of which one has to be there."""

    test: Callable[[str, str], str]
    """Returns the condition for a column and a word."""
    options: Sequence[str] = ()

    def condition(self, given: Parameters) -> str | None:
        words = list(dict.fromkeys(given.words(self.name)))
        if len(words) > MOST_WORDS:
            raise BadParameter(
                self.name, f"{self.name} has {len(words)} words, {MOST_WORDS} are the limit."
            )
        for word in words:
            if self.options and word not in self.options:
                raise BadParameter(
                    self.name,
                    f"{self.name}={shorten(word)} is not one of {', '.join(self.options)}.",
                )
            if len(word) > LONGEST_WORD or not word.isprintable() or "%" in word:
                raise BadParameter(
                    self.name,
                    f"{self.name}={shorten(word)} is no word: use at most {LONGEST_WORD} printable"
                    " characters without %.",
                )
        tests = [self.test(self.full, word) for word in words]
        return f"({' OR '.join(tests)})" if len(tests) > 1 else tests[0] if tests else None

    def schema(self) -> dict[str, Any]:
        item = {"type": "string"} | ({"enum": list(self.options)} if self.options else {})
        return {"type": "array", "items": item}


@dataclass(frozen=True, kw_only=True)
class Region(Criterion):
    """A place on the sky, as SIA 2.0 (section 2.1.1) has its parameter POS."""

    def condition(self, given: Parameters) -> str | None:
        text = given.text(self.name)
        if text is None:
            return None
        shape, *words = text.replace(",", " ").split()
        numbers = [bound(word) for word in words]
        make = {"CIRCLE": self._circle, "RANGE": self._range, "POLYGON": self._polygon}
        if shape.upper() not in make:
            raise self._refused(text, "it begins with none of CIRCLE, RANGE and POLYGON")
        if any(number is None or math.isnan(number) for number in numbers):
            raise self._refused(text, "it has words that are no numbers")
        return make[shape.upper()](text, numbers)

    def _circle(self, text: str, numbers: list[float]) -> str:
        if len(numbers) != 3:
            raise self._refused(text, "a circle has three numbers")
        ra, dec, radius = numbers
        self._require_place(text, ra, dec)
        if not 0 < radius <= 180:
            raise self._refused(text, "its radius is not within 0 and 180 degrees")
        # Comparing the distance uses the index of positions.
        return f"DISTANCE(o.ra, o.dec, {plain(ra)}, {plain(dec)}) <= {plain(radius)}"

    def _range(self, text: str, numbers: list[float]) -> str:
        if len(numbers) != 4 or numbers[0] > numbers[1] or numbers[2] > numbers[3]:
            raise self._refused(text, "a range has four numbers, the smaller ones first")
        bounds = zip(("ra", "dec"), (numbers[:2], numbers[2:]), ((0, 360), (-90, 90)), strict=True)
        tests = []
        for column, (low, high), (least, most) in bounds:
            if low > most or high < least:
                raise self._refused(text, f"no {column} is between {low:g} and {high:g}")
            if low > least or high < most:
                ends = plain(max(low, least)), plain(min(high, most))
                tests.append(f"o.{column} BETWEEN {ends[0]} AND {ends[1]}")
        return " AND ".join(tests) or "o.ra IS NOT NULL"

    def _polygon(self, text: str, numbers: list[float]) -> str:
        corners = list(zip(numbers[::2], numbers[1::2], strict=False))
        if len(numbers) % 2 or not 3 <= len(corners) <= MOST_CORNERS:
            raise self._refused(text, f"a polygon has 3 to {MOST_CORNERS} pairs of numbers")
        for ra, dec in corners:
            self._require_place(text, ra, dec)
        inside = ", ".join(f"{plain(ra)}, {plain(dec)}" for ra, dec in corners)
        return f"1 = CONTAINS(POINT(o.ra, o.dec), POLYGON({inside}))"

    def _require_place(self, text: str, ra: float, dec: float) -> None:
        if not (0 <= ra <= 360 and -90 <= dec <= 90):
            raise self._refused(text, f"{ra:g} {dec:g} is no position in degrees")

    def _refused(self, text: str, reason: str) -> BadParameter:
        return BadParameter(
            self.name,
            f"{self.name}={shorten(text)} is no region: {reason}. Write, in degrees, CIRCLE 254.46"
            " 35.34 0.5, RANGE 254 255 35 36 or POLYGON 254 35 255 35 254.5 36.",
        )


def quoted(text: str) -> str:
    """Return a text as a literal of ADQL 2.1 (section 2.1.3)."""
    return "'" + text.replace("'", "''") + "'"


def _is_class(column: str, word: str) -> str:
    if word.endswith("*"):
        return f"{column} LIKE {quoted(word[:-1] + '%')}"
    return f"{column} = {quoted(word)}"


def _has_tag(column: str, word: str) -> str:
    return f"1 = ivo_hashlist_has({column}, {quoted(word)})"


def _of_objects() -> list[Criterion]:
    return [
        Region(name="POS", table=OBJECTS, column="ra", description="Region (ICRS)", unit="deg"),
        Words(
            name="BAND",
            table=OBJECTS,
            column="filter",
            description="Bands",
            options=[one.name[1:] for one in BANDS.values()],
            test=lambda column, word: f"{column} = {quoted(f'z{word}')}",
        ),
        *(
            Interval(name=name, table=OBJECTS, column=column, description=text, unit=unit)
            for name, column, unit, text in (
                ("NOBS", "nobs", "", "Number of epochs"),
                ("NGOODOBS", "ngoodobs", "", "Number of good epochs (catflags = 0)"),
                ("MAG", "mag_median", "mag", "Median magnitude of good epochs (AB)"),
                ("AMPLITUDE", "mag_amplitude", "mag", "Half of the range of good epochs"),
                ("CHI2", "chi2_red", "", "Reduced chi-square of a constant magnitude"),
                ("DURATION", "duration", "d", "Time from first to last good epoch"),
            )
        ),
    ]


def _of_stars() -> list[Criterion]:
    return [
        Interval(name=name, table=SOURCES, column=column, unit="mag", description=text)
        for name, column, text in (
            ("G_R", "g_r", "Colour g - r of the star, of epochs close in time (AB)"),
            ("R_I", "r_i", "Colour r - i of the star, of epochs close in time (AB)"),
        )
    ]


def _of_features() -> list[Criterion]:
    short = {"period_0": "PERIOD", "period_s_to_n_0": "PERIOD_S_TO_N"}
    return [
        Interval(
            name=short.get(one.name, f"F_{one.name}".upper()),
            table=FEATURES,
            column=one.name,
            description=one.description,
            unit=one.unit,
        )
        for one in columns.columns()
    ]


CLASS = Words(
    name="CLASS",
    table=CATALOG,
    column="type",
    description="Classes in a hosted catalogue, as it writes them; RR* stands for all that begin"
    " so",
    test=_is_class,
)
TAG = Words(
    name="TAG",
    table=KNOWLEDGE,
    column="tags",
    description="Tags of the knowledge database",
    test=_has_tag,
)

CRITERIA: Sequence[Criterion] = (*_of_objects(), *_of_stars(), CLASS, TAG, *_of_features())
