"""SSAP's POS, SIZE, BAND, TIME and FORMAT, as the standard has them.

DaCHS takes SIZE for a radius, passes over POS without SIZE, lets declinations above 90 find
nothing, compares TIME with the middle of a time series, reads no TIME of a year or a month, and
lets a FORMAT that is none find nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from gavo import base, stc
from gavo.svcs import pql

from ztfvo.addresses import absolute, light_curve
from ztfvo.dal import shorten
from ztfvo.oid import FILTER_IDS
from ztfvo.products.writers import Writer, writers
from ztfvo.store.names import DEFAULT
from ztfvo_dachs import messages

DEFAULT_SIZE = 10 / 3600
"""Diameter in degrees where SIZE is not given."""

POSITION = "give right ascension and declination in degrees, ICRS, e.g. POS=254.45755,35.34236"
TIMES = "TIME=2018, TIME=2018-06-01T04:30:00 or TIME=2018-06/2019"

FORMS = {"all": "vot", "compliant": "vot", "votable": "vot", "graphic": "png"}
"""Words of the standard for what light curves have, with the extension of the form that each means.
A light curve is listed once, as a VOTable, unless other forms are asked for."""
OTHERS = ("native", "fits", "xml", "metadata")
"""Words of the standard for what light curves do not have here, or for no data at all."""

BANDS = {name: band for band in FILTER_IDS for name in (band, band[1:])}
"""Bandpasses by the names that they have in requests."""

_PRECISIONS = {
    "%Y": timedelta(days=366),
    "%Y-%m": timedelta(days=31),
    "%Y-%m-%d": timedelta(days=1),
    "%Y-%m-%dT%H": timedelta(hours=1),
    "%Y-%m-%dT%H:%M": timedelta(minutes=1),
    "%Y-%m-%dT%H:%M:%S": timedelta(0),
    "%Y-%m-%dT%H:%M:%S.%f": timedelta(0),
}
"""Forms of a time, and how long what one means can be."""


def position_phrase(given: dict[str, Any], parameters: dict[str, Any]) -> Iterator[str]:
    """Yield the condition for POS and SIZE: a circle of this diameter (SSAP 1.1, 4.1.1.1-2).

    Raises
    ------
    ValidationError
        If POS is not two numbers on the sky, or SIZE not a diameter from 0 to 180 degrees.
    """
    text = given.get("POS")
    try:
        wanted = pql.PQLPositionPar.fromLiteral(text, "POS")
        places = list(wanted._iterICRSPositions()) if wanted else []
    except base.LiteralParseError as error:
        raise messages.Refused(f"POS={shorten(text)} is no position: {POSITION}.", "POS") from error
    except base.ValidationError as error:
        raise messages.Refused(
            f"POS={shorten(text)} is no position ({error.msg.rstrip('.')}): {POSITION}.", "POS"
        ) from error
    if wanted is None:
        return
    size = given.get("SIZE")
    diameter = DEFAULT_SIZE if size is None else size
    if not 0 <= diameter <= 180:
        raise messages.Refused(
            f"SIZE={size:g} is not possible: give a diameter of 0 to 180 degrees.", "SIZE"
        )
    for ra, dec in places:
        if not (0 <= ra <= 360 and abs(dec) <= 90):
            raise messages.Refused(
                f"POS={ra:g},{dec:g} is no place on the sky: give a right ascension of 0 to 360 "
                "and a declination of -90 to 90 degrees, ICRS.",
                "POS",
            )
    yield wanted.getConeSQL("ssa_location", parameters, diameter / 2)


def band_phrase(given: dict[str, Any], parameters: dict[str, Any]) -> Iterator[str]:
    """Yield the condition for BAND: wavelengths in metres, or names in any case (4.1.1.3)."""
    text = given.get("BAND")
    if not text:
        return
    names = [name.strip().lower() for name in text.split(",")]
    if all(name in BANDS for name in names):
        key = base.getSQLKey("band", {BANDS[name] for name in names}, parameters)
        yield f"ssa_bandpass IN %({key})s"
        return
    try:
        yield pql.PQLFloatPar.fromLiteral(text, "BAND").getSQLForInterval(
            "ssa_specstart", "ssa_specend", parameters
        )
    except base.LiteralParseError:
        yield pql.PQLPar.fromLiteral(text, "BAND").getSQL("ssa_bandpass", parameters)


def format_phrase(given: dict[str, Any], parameters: dict[str, Any]) -> Iterator[str]:
    """Yield the condition for FORMAT, which all light curves meet or none (4.1.1.5).

    Raises
    ------
    ValidationError
        If it is neither a word of the standard nor a media type.
    """
    if not forms(given.get("FORMAT")):
        yield "FALSE"


def forms(text: str | None) -> list[Writer]:
    """Return the forms that FORMAT asks for, in its order; none where light curves have none.

    Raises
    ------
    ValidationError
        If it is neither a word of the standard nor a media type.
    """
    known = {one.extension: one for one in writers()}
    types = {one.content_type.partition(";")[0]: one.extension for one in writers()}
    words = [word.strip().lower() for word in (text or "").split(",")]
    found = []
    for word in filter(None, words):
        if word not in (*FORMS, *OTHERS) and "/" not in word:
            raise messages.Refused(
                f"FORMAT={shorten(word)} is not known here: use one of "
                f"{', '.join((*FORMS, *OTHERS))}, or another media type.",
                "FORMAT",
            )
        extension = FORMS.get(word) or types.get(word.partition(";")[0].strip())
        if extension and known[extension] not in found:
            found.append(known[extension])
    return found if any(words) else [known["vot"]]


def in_forms(table: Any, wanted: list[Writer], most: int) -> None:
    """Give each row of a result, which are of VOTables, once for each form.

    Parameters
    ----------
    most
        Rows that the result may have.
    """
    if [one.extension for one in wanted] == ["vot"]:
        return
    rows = [_in_form(row, one) for row in table.rows for one in wanted]
    if len(rows) > most:
        table.setMeta("_queryStatus", "OVERFLOW")
    table.rows[:] = rows[:most]


def _in_form(row: dict[str, Any], form: Writer) -> dict[str, Any]:
    if form.extension == "vot":
        return row
    return row | {
        "accref": absolute(light_curve(DEFAULT, row["oid"], form.extension)),
        "mime": form.content_type.partition(";")[0],
        "accsize": None,
    }


def time_phrase(given: dict[str, Any], parameters: dict[str, Any]) -> Iterator[str]:
    """Yield the condition that the epochs of a light curve extend over TIME (SSAP 1.1, 4.1.1.4).

    Times are ISO 8601, UTC; one of less precision, such as 2018-06, means all of it; an end of a
    range may be left out.  They are compared with heliocentric times, which differ by up to 8.3
    minutes.

    Raises
    ------
    ValidationError
        If it has other times, or an end before its beginning.
    """
    text = given.get("TIME")
    if not text:
        return
    try:
        wanted = pql.PQLPar.fromLiteral(text, "TIME")
        ranges = [_interval(each) for each in wanted.ranges]
    except ValueError as error:
        raise _no_time(text, str(error)) from error
    except base.LiteralParseError as error:
        raise _no_time(text, "it is no list of times or ranges") from error
    yield pql.PQLFloatPar(ranges).getSQLForInterval("t_min", "t_max", parameters)


def _interval(wanted: pql.PQLRange) -> pql.PQLRange:
    """Return a time or range of times as a range of MJD."""
    first, last = (
        (wanted.value, wanted.value) if wanted.value is not None else (wanted.start, wanted.stop)
    )
    start = None if first is None else _period(first)[0]
    stop = None if last is None else _period(last)[1]
    if None not in (first, last) and _period(last)[0] < start:
        raise ValueError("its end is before its beginning")
    return pql.PQLRange(start=start, stop=stop)


def _period(text: str) -> tuple[float, float]:
    """Return the first and the last MJD of what a time means."""
    for form, longest in _PRECISIONS.items():
        try:
            begin = datetime.strptime(text.removesuffix("Z"), form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return _mjd(begin), _mjd(_end(begin, form, longest))
    raise ValueError(f"{shorten(text)!r} is no time in ISO 8601")


def _end(begin: datetime, form: str, longest: timedelta) -> datetime:
    """Return the end of a period, which of years and months is the first of the next."""
    try:
        end = begin + longest
        return datetime.strptime(end.strftime(form), form).replace(tzinfo=UTC)
    except OverflowError:
        return begin


def _mjd(moment: datetime) -> float:
    return stc.dateTimeToMJD(moment.replace(tzinfo=None))


def _no_time(text: str, reason: str) -> messages.Refused:
    return messages.Refused(
        f"TIME={shorten(text)} cannot be used: {reason}. Write times in ISO 8601, UTC, e.g. "
        f"{TIMES}.",
        "TIME",
    )
