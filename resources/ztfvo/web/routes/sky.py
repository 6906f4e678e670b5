"""The sky around a place, with marks: ``/sky``, which other pages show in a frame.

It stands alone, since Aladin Lite needs more rights than the site's other pages have.
"""

from __future__ import annotations

from fastapi import APIRouter, Response

from ztfvo import addresses
from ztfvo.dal import NUMBER, BadParameter, Parameters, place, plain, shorten
from ztfvo.settings import get_settings
from ztfvo.web.errors import answer_as
from ztfvo.web.http import CHANGING, Given, Reading, respond, serve
from ztfvo.web.pages import HTML, chart, page
from ztfvo.web.pages.motions import arrows

router = APIRouter()

RA, DEC, FOV, MARK, MOTION, SURVEY = "RA", "DEC", "FOV", "MARK", "MOTION", "SURVEY"
MOST_MARKS = 200
"""Of marks, and of motions."""
FASTEST = 20_000.0
"""mas/yr; no star is known to go faster than Barnard's, by 10,400."""
VIEWS = (0.001, 60.0)
"""Widths of the view, deg."""
DEFAULT_VIEW = 0.12
"""deg, that of an image cutout."""
LONGEST_LABEL = 100


@serve(router, addresses.SKY)
def sky(given: Reading) -> Response:
    """Show the sky around RA and DEC (ICRS, deg), FOV degrees wide, with each MARK, which is
    right ascension, declination and label with commas between, and an arrow for each MOTION, which
    is right ascension, declination and proper motion in both (mas/yr), on one of the SURVEYs."""
    answer_as(given.request, HTML)
    parameters = given.parameters
    parameters.require_known([RA, DEC, FOV, MARK, MOTION, SURVEY])
    ra, dec = parameters.number(RA, 0, 360), parameters.number(DEC, -90, 90)
    if ra is None or dec is None:
        return _form(parameters, RA if ra is None else DEC)
    view = parameters.number(FOV, *VIEWS) or DEFAULT_VIEW
    marks, moving = _marks(given), arrows(_motions(given), view)
    surveys = get_settings().sky_surveys
    chosen = parameters.text(SURVEY)
    if chosen is not None and chosen not in surveys:
        there = ", ".join(surveys) or "none"
        raise BadParameter(
            SURVEY, f"{SURVEY}={shorten(chosen)} is not one that this site shows: {there}."
        )
    body = page(
        "sky.html",
        title=f"Sky around {ra:.5f} {dec:+.5f}",
        chart=chart.chart((ra, dec), view, marks, moving.ends),
        place=(ra, dec),
        view=view,
        marks=marks,
        arrows=moving,
        surveys=[(one, _short(one)) for one in surveys],
        chosen=chosen or (surveys[0] if surveys else ""),
        kept=[(name, value) for name, value in parameters.pairs() if name != SURVEY],
    )
    return respond(given.request, body, HTML, {"Cache-Control": CHANGING})


def _form(parameters: Parameters, missing: str) -> Response:
    """Say what is missing, with a form for it."""
    sentence = (
        f"{missing} is missing: give the place in degrees (ICRS), as in RA=254.4575&DEC=35.3424."
    )
    given = {name: parameters.text(name) or "" for name in (RA, DEC, FOV)}
    body = page(
        "sky-form.html", title="Sky around a place", fault=sentence, given=given, views=VIEWS
    )
    return Response(body, 400, {"Cache-Control": "no-store"}, HTML)


def _marks(given: Given) -> list[tuple[float, float, str]]:
    found = []
    for value in _values(given, MARK):
        ra, _, rest = value.partition(",")
        dec, _, label = rest.partition(",")
        if len(label) > LONGEST_LABEL or not label.isprintable():
            raise BadParameter(
                MARK,
                f"{MARK}={shorten(value)} has no label of at most {LONGEST_LABEL} printable"
                " letters.",
            )
        found.append((*place(MARK, f"{ra},{dec}"), label))
    return found


def _motions(given: Given) -> list[tuple[float, float, float, float]]:
    found = []
    for value in _values(given, MOTION):
        words = value.split(",")
        motion = [float(word) for word in words[2:] if NUMBER.fullmatch(word)]
        if len(words) != 4 or len(motion) != 2 or max(map(abs, motion)) > FASTEST:
            raise BadParameter(
                MOTION,
                f"{MOTION}={shorten(value)} is no proper motion: give right ascension and"
                " declination (deg), and the motion in both (mas/yr), at most"
                f" {plain(FASTEST)}, with commas between, as in"
                f" {MOTION}=254.4575,35.3424,-4.8,-7.9.",
            )
        found.append((*place(MOTION, ",".join(words[:2])), *motion))
    return found


def _values(given: Given, name: str) -> list[str]:
    values = given.parameters.values(name)
    if len(values) > MOST_MARKS:
        raise BadParameter(
            name, f"{name} is given {len(values)} times, {MOST_MARKS} are the limit."
        )
    return values


def _short(address: str) -> str:
    """Return a survey's name until its own title is known: the folders of its address."""
    return " ".join(address.split("/")[3:]) or address
