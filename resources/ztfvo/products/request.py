"""The parameters of a request for light curves, read and checked.

Every refusal names the parameter, its value and the remedy.  Parameters without a value count as
not given, as forms send them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import numpy as np

from ztfvo.oid import FILTER_IDS, FILTER_NAMES, InvalidOID, parse
from ztfvo.products import own, writers
from ztfvo.products.model import QUANTITIES, OwnPhotometry, Request
from ztfvo.products.writers import Writer
from ztfvo.settings import get_settings
from ztfvo.store.names import DEFAULT
from ztfvo.web import Question, Refused, shorten

DEFAULT_FORMAT = "votable"

PARAMETERS = (
    *("ID", "OID", "RADIUS", "BAND", "TIME", "QUALITY", "BAD_CATFLAGS_MASK", "QUANTITY"),
    *("REFMAG", "PERIOD", "EPOCH", "CYCLES", "BIN", "RESPONSEFORMAT", "TITLE", "CAPTION"),
)

MAX_OIDS = 100
MAX_RADIUS = 60.0
"""arcsec"""
MAX_CYCLES = 10
MAX_TITLE = 200
SPANS = (1e-5, 1e6)
"""Days that PERIOD and BIN may have: times have five decimals."""
EPOCHS = (-1e6, 1e7)
"""MJD that EPOCH may have."""
MAX_MASK = 2**31 - 1
FAINTEST = 50.0
"""Magnitude of a reference, of either sign."""

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
JSON = "application/json"

_NUMBER = re.compile(r"[+-]?(\d++(\.\d*+)?|\.\d++)([eE][+-]?\d+)?", re.ASCII)
_INFINITE = re.compile(r"([+-]?)inf", re.ASCII | re.IGNORECASE)
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)
_WINDOW = re.compile(r"[a-z][a-z0-9_]{0,30}", re.ASCII)
_RELEASE = re.compile(r"[a-z][a-z0-9_]{0,30}", re.ASCII)


def read(question: Question, writer: Writer) -> Request:
    """Check a request's path and parameters.

    Parameters
    ----------
    question
        Its path is nothing, an OID, a release, or a release and an OID; OIDs may have an extension
        and be several with commas between.
    writer
        The format, see `wanted`.

    Raises
    ------
    Refused
        With 404 for a path that is none of these, otherwise 400.
    """
    release, named = split(question)
    given = _Given(question.parameters)
    unknown = [name for name in question.parameters if name not in PARAMETERS]
    if unknown:
        raise Refused(
            400,
            f"There is no parameter {shorten(unknown[0])}. Known are: {', '.join(PARAMETERS)}.",
        )
    low, high, window = _time(given)
    period = given.number("PERIOD", *SPANS)
    return Request(
        release=release,
        oids=_oids([*named, *given.words("ID"), *given.words("OID")]),
        format=writer.names[0],
        radius=given.number("RADIUS", 0, MAX_RADIUS) or 0.0,
        filters=_filters(given.words("BAND")),
        hmjd_min=low,
        hmjd_max=high,
        window=window,
        good_only=given.choice("QUALITY", ("all", "good")) == "good",
        bad_catflags_mask=given.whole("BAD_CATFLAGS_MASK", 0, MAX_MASK) or 0,
        quantity=given.choice("QUANTITY", QUANTITIES),
        references=_references(given.words("REFMAG")),
        period=period,
        epoch=given.number("EPOCH", *EPOCHS) or 0.0,
        cycles=(given.whole("CYCLES", 1, MAX_CYCLES) or writer.cycles) if period else 1,
        bin=given.number("BIN", *SPANS),
        title=_title(given),
        caption=given.choice("CAPTION", ("yes", "no")) == "yes",
        own=_own(question, writer),
    )


def address(request: Request) -> str:
    """Address below the site's that asks for the same, with OIDs and parameters in a fixed form."""
    default = Request(release=DEFAULT, oids=request.oids, format=request.format)
    given: list[tuple[str, object]] = [("ID", ",".join(map(str, request.oids)))]
    for name, attribute in _PLAIN.items():
        value = getattr(request, attribute)
        if value is not None and value != getattr(default, attribute):
            given.append((name, value))
    if request.window or (request.hmjd_min, request.hmjd_max) != (-math.inf, math.inf):
        given.append(("TIME", request.window or f"{request.hmjd_min} {request.hmjd_max}"))
    if request.filters != default.filters:
        given.append(("BAND", ",".join(FILTER_NAMES[number] for number in sorted(request.filters))))
    if request.good_only:
        given.append(("QUALITY", "good"))
    for oid, (mag, error) in request.references.items():
        given.append(("REFMAG", f"{oid}:{mag}:{error}"))
    given.append(("RESPONSEFORMAT", request.format))
    release = "" if request.release == DEFAULT else f"/{request.release}"
    return f"{release}/lc?{urlencode(given)}"


def url(request: Request) -> str:
    """The whole address of `address`, for documents that leave the site."""
    return get_settings().url + address(request)


_PLAIN = {
    "RADIUS": "radius",
    "BAD_CATFLAGS_MASK": "bad_catflags_mask",
    "QUANTITY": "quantity",
    "PERIOD": "period",
    "EPOCH": "epoch",
    "CYCLES": "cycles",
    "BIN": "bin",
    "TITLE": "title",
}
"""Parameters that are one attribute of a request."""


def split(question: Question) -> tuple[str, list[str]]:
    """Take a path apart: the release, and the OIDs as written.

    Raises
    ------
    Refused
        When it is none of those that are served.
    """
    path = list(question.path)
    release = DEFAULT
    if path and _RELEASE.fullmatch(path[0]):
        release = path.pop(0)
    if len(path) > 1:
        raise Refused(
            404,
            f"There is nothing at /lc/{shorten('/'.join(question.path))}. Light curves are at"
            " /lc/OID, /lc/OID.json and so on, and /RELEASE/lc/OID.",
        )
    return release, [word for word in path[0].partition(".")[0].split(",") if word] if path else []


def wanted(question: Question) -> Writer:
    """The format asked for by extension or RESPONSEFORMAT; VOTable where none is.

    Raises
    ------
    Refused
        When there is no such format, or when the two differ.
    """
    named = _Given(question.parameters).text("RESPONSEFORMAT")
    _, _, extension = question.path[-1].partition(".") if question.path else ("", "", "")
    by_name, by_extension = writers.by_name(), writers.by_extension()
    if extension and extension.lower() not in by_extension:
        known = ", ".join(sorted(by_extension))
        raise Refused(404, f".{shorten(extension)} is not known here: use one of {known}.")
    if named and "".join(named.lower().split()) not in by_name:
        known = ", ".join(sorted(writer.names[0] for writer in writers.writers()))
        raise Refused(
            400, f"RESPONSEFORMAT={shorten(named)} is not known here: use one of {known}."
        )
    first = by_extension.get(extension.lower())
    second = by_name.get("".join((named or "").lower().split()))
    if first and second and first is not second:
        raise Refused(
            400,
            f"The address asks for .{first.extension} and RESPONSEFORMAT={shorten(named)} for"
            " something else: give one of them.",
        )
    return first or second or by_name[DEFAULT_FORMAT]


def _own(question: Question, writer: Writer) -> tuple[OwnPhotometry, ...]:
    if question.method != "POST" or not question.body or question.content_type in FORMS:
        return ()
    if question.content_type != JSON:
        raise Refused(
            415,
            f"A POST with {shorten(question.content_type) or 'no content type'} is not understood:"
            f" send a form, or own photometry as {JSON}.",
        )
    if not writer.figure:
        figures = ", ".join(sorted(w.names[0] for w in writers.writers() if w.figure))
        raise Refused(400, f"Own photometry can be shown in figures only: ask for {figures}.")
    return own.parse(question.body)


class _Given:
    """The parameters that have a value."""

    def __init__(self, parameters: Mapping[str, list[str]]) -> None:
        self._values = {
            name: kept
            for name, values in parameters.items()
            if (kept := [value.strip() for value in values if value.strip()])
        }

    def words(self, name: str) -> list[str]:
        """All values of a parameter that may be repeated or have commas."""
        return [
            word.strip()
            for value in self._values.get(name, ())
            for word in value.split(",")
            if word.strip()
        ]

    def text(self, name: str) -> str | None:
        """The value of a parameter that is given once at most."""
        values = self._values.get(name)
        if not values:
            return None
        if len(values) > 1:
            some = ", ".join(shorten(value) for value in values[:3])
            raise Refused(400, f"{name} is given {len(values)} times ({some}): give it once.")
        return values[0]

    def number(self, name: str, least: float, most: float) -> float | None:
        """A finite number within bounds."""
        return self._within(name, _NUMBER, float, "a number", least, most)

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number within bounds."""
        return self._within(name, _WHOLE, int, "a whole number", least, most)

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
            low, high = (np.format_float_positional(bound, trim="-") for bound in (least, most))
            raise Refused(400, f"{name}={shorten(text)} is not {kind} from {low} to {high}.")
        return convert(text)

    def choice(self, name: str, words: tuple[str, ...]) -> str:
        """One of some words; the first where none is given."""
        text = self.text(name)
        if text is None:
            return words[0]
        if text.lower() not in words:
            raise Refused(400, f"{name}={shorten(text)} is not one of {', '.join(words)}.")
        return text.lower()


def _oids(words: list[str]) -> tuple[int, ...]:
    if not words:
        raise Refused(
            400, "No light curve is named: give ID, as in ID=680113300005170, or several."
        )
    try:
        oids = tuple(dict.fromkeys(parse(shorten(word)) for word in words))
    except InvalidOID as error:
        raise Refused(400, f"ID: {error}.") from error
    if len(oids) > MAX_OIDS:
        raise Refused(
            400,
            f"{len(oids)} light curves are named, {MAX_OIDS} are the limit: ask several times, or"
            " upload the list to TAP and join the table detections.",
        )
    return oids


def _filters(words: list[str]) -> frozenset[int]:
    known = {**FILTER_IDS, **{name[1:]: number for name, number in FILTER_IDS.items()}}
    for word in words:
        if word.lower() not in known:
            raise Refused(400, f"BAND={shorten(word)} is not a band of ZTF: use g, r or i.")
    return frozenset(known[word.lower()] for word in words) or frozenset(FILTER_IDS.values())


def _time(given: _Given) -> tuple[float, float, str | None]:
    text = given.text("TIME")
    if text is None:
        return -math.inf, math.inf, None
    words = text.replace(",", " ").split()
    if len(words) == 1 and _WINDOW.fullmatch(words[0].lower()) and words[0].lower() != "inf":
        return -math.inf, math.inf, words[0].lower()
    bounds = [_bound(word) for word in words]
    if len(bounds) != 2 or any(bound is None for bound in bounds) or bounds[0] > bounds[1]:
        raise Refused(
            400,
            f"TIME={shorten(text)} is not a range: give two heliocentric MJD, the earlier first, as"
            " in TIME=58194 59280 or TIME=-Inf 59280, or the name of a window of the release.",
        )
    return bounds[0], bounds[1], None


def _bound(word: str) -> float | None:
    infinite = _INFINITE.fullmatch(word)
    if infinite:
        return -math.inf if infinite[1] == "-" else math.inf
    return float(word) if _NUMBER.fullmatch(word) else None


def _references(words: list[str]) -> dict[int, tuple[float, float]]:
    found: dict[int, tuple[float, float]] = {}
    for word in words:
        oid, *values = (part.strip() for part in word.split(":"))
        numbers = [_bound(value) for value in values]
        if not 1 <= len(numbers) <= 2 or None in numbers or numbers[0] == -math.inf:
            raise _bad_reference(word, "it is not oid:mag or oid:mag:err")
        if math.isfinite(numbers[0]) and abs(numbers[0]) > FAINTEST:
            raise _bad_reference(word, f"a magnitude is not beyond {FAINTEST:g}")
        error = numbers[1] if len(numbers) == 2 else 0.0
        if not 0 <= error < math.inf:
            raise _bad_reference(word, "an error is neither negative nor infinite")
        try:
            key = parse(shorten(oid))
        except InvalidOID as wrong:
            raise _bad_reference(word, str(wrong)) from wrong
        if key in found:
            raise _bad_reference(word, f"{key} is given twice")
        found[key] = (numbers[0], error)
    return found


def _bad_reference(word: str, reason: str) -> Refused:
    return Refused(
        400,
        f"REFMAG={shorten(word)} cannot be used: {reason}. Write REFMAG=680113300005170:13.6:0.02,"
        " or inf as the magnitude where the reference has no flux.",
    )


def _title(given: _Given) -> str | None:
    text = given.text("TITLE")
    if text and len(text) > MAX_TITLE:
        raise Refused(400, f"TITLE has {len(text)} characters, {MAX_TITLE} are the limit.")
    return text
