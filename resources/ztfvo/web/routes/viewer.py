"""Figures and files at the addresses and with the parameters of the SNAD Viewer.

Light curves have good epochs only, as there; what is asked for is put into the parameters of
``/lc``, which delivers it.  Parameters that there are not are not looked at, as there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from anyio import to_thread
from fastapi import APIRouter, Response

from ztfvo.addresses import LIGHT_CURVES, OUTSIDE
from ztfvo.dal import Parameters, shorten
from ztfvo.errors import HTTPError
from ztfvo.outside.ask import curve_of
from ztfvo.outside.model import Source, State
from ztfvo.products import beside
from ztfvo.products.beside import curves_of
from ztfvo.products.kinds import bound
from ztfvo.products.layouts import viewer
from ztfvo.products.model import QUANTITIES, Request
from ztfvo.products.parameters import EPOCHS, MAX_CYCLES, oids
from ztfvo.products.request import JSON, Asked
from ztfvo.releases import as_elsewhere
from ztfvo.store.names import DEFAULT
from ztfvo.web import outside
from ztfvo.web.delivery import deliver
from ztfvo.web.http import ASKING, CHANGING, Given, Reading, ReadingDocument, respond, serve
from ztfvo.web.openapi import operation, path_parameter, query_parameter

router = APIRouter(tags=["Drop-in"])

FORMATS = {"png": "Figure", "pdf": "Figure"}

_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_OID = path_parameter("oid", "A light curve", "680113300005170")
_PLACE = (path_parameter("dr", "Name of a release, or latest for the default one", "latest"), _OID)
_WINDOW = (
    query_parameter("other_oid", "Another light curve; several times", _TEXT),
    query_parameter("min_mjd", "First time, heliocentric MJD (UTC)", _NUMBER),
    query_parameter("max_mjd", "Last time, heliocentric MJD (UTC)", _NUMBER),
)
_FIGURE = (
    query_parameter("format", "png if not given", {"type": "string", "enum": list(FORMATS)}),
    query_parameter("title", "Title; the OID if not given", _TEXT),
    query_parameter("copyright", "no leaves the caption out", _TEXT),
    query_parameter("brightness", "mag if not given", {"type": "string", "enum": list(QUANTITIES)}),
    query_parameter(
        "ref_mag", "oid:mag, reference magnitude (AB) of a light curve; several times", _TEXT
    ),
    query_parameter(
        "lc", "Light curves of other surveys to draw too, such as gaia; several times", _TEXT
    ),
    query_parameter("ref_magerr", "oid:error, that of ref_mag; several times", _TEXT),
)
_FOLDED = (
    query_parameter("offset", "Time of phase 0, heliocentric MJD (UTC); 0 if not given", _NUMBER),
    query_parameter("repeat", "Cycles shown, 2 if not given", {"type": "integer"}),
)
_FIGURES = {"image/png": "Figure", "application/pdf": "Figure"}
_REFUSALS = (400, 404, 429, 503)


@serve(
    router,
    "/{dr}/csv/{oid}",
    summary="Good epochs of light curves as CSV, by time",
    openapi_extra=operation([*_PLACE, *_WINDOW], {"text/csv": "Table"}, _REFUSALS),
)
async def csv(given: Reading) -> Response:
    """Good epochs of light curves, ordered by time: oid, filter, mjd, mag, magerr, clrcoeff, ref,
    ref_err. With a source of light curves in place of a release, those of the source's own object:
    oid, mjd, mag, magerr, filter."""
    survey = curves_of(given.request.path_params["dr"])
    if survey:
        return await _of_survey(given, survey)
    asked = [("RESPONSEFORMAT", "csv"), ("LAYOUT", "viewer"), *_curves(given)]
    return await _deliver(given, asked)


@serve(
    router,
    "/{dr}/figure/{oid}",
    methods=ASKING,
    summary="Figure of the good epochs of light curves",
    openapi_extra=operation([*_PLACE, *_WINDOW, *_FIGURE], _FIGURES, _REFUSALS),
)
async def figure(given: ReadingDocument) -> Response:
    """Figure of the good epochs of light curves; a POST may send own photometry along as JSON."""
    return await _deliver(given, _drawn(given))


@serve(
    router,
    "/{dr}/figure/{oid}/folded/{period}",
    summary="Figure of the good epochs of folded light curves",
    openapi_extra=operation(
        [
            *_PLACE,
            path_parameter("period", "Period (d)", "1.7001674"),
            *_WINDOW,
            *_FIGURE,
            *_FOLDED,
        ],
        _FIGURES,
        _REFUSALS,
    ),
)
async def folded(given: Reading) -> Response:
    """Figure of the good epochs of light curves, folded."""
    asked = [*_drawn(given), ("PERIOD", given.request.path_params["period"])]
    offset = given.parameters.number("OFFSET", *EPOCHS)
    if offset is not None:
        asked.append(("EPOCH", repr(offset)))
    repeat = given.parameters.whole("REPEAT", 1, MAX_CYCLES)
    if repeat is not None:
        asked.append(("CYCLES", str(repeat)))
    return await _deliver(given, asked)


async def _of_survey(given: Given, survey: Source) -> Response:
    """The good epochs of an object of another survey, by the survey's identifier."""
    named = outside.identifier("An identifier", _oid(given))
    if survey.look is None:
        raise HTTPError(
            400,
            f"{survey.title} cannot be asked for an identifier: use"
            f" {OUTSIDE}/{survey.name}/{LIGHT_CURVES}?POS=.. in place of this address.",
        )
    found = await outside.answers(given.request, [curve_of(survey, named)], None)
    answer = found[survey.name]
    if answer.state == State.EMPTY:
        raise HTTPError(404, f"{survey.title} has no light curve of {shorten(named)}.")
    if answer.state != State.FOUND:
        return outside.refused(given.request, survey, answer)
    curve = beside.deliver(
        survey, answer, Request(release=DEFAULT, oids=(), format="csv"), radius=None
    )
    file = outside.file_name(survey, answer.curve.object, "csv")
    headers = {
        "Cache-Control": CHANGING,
        "Content-Disposition": f'attachment; filename="{file}"',
    }
    body = await to_thread.run_sync(viewer.of_others, curve)
    return respond(given.request, body.encode(), "text/csv; charset=utf-8", headers)


async def _deliver(given: Given, asked: Iterable[tuple[str, str]]) -> Response:
    (number,) = oids([_oid(given)])
    path, parameters = [as_elsewhere(given.request.path_params["dr"])], Parameters(asked)
    return await deliver(given.request, Asked(path, parameters, given.body, JSON), str(number))


def _oid(given: Given) -> str:
    """The light curve of the address, as written."""
    return given.request.path_params["oid"]


def _curves(given: Given) -> list[tuple[str, str]]:
    """Parameters of ``/lc`` that choose light curves and epochs."""
    others = [("ID", other) for other in given.parameters.values("OTHER_OID")]
    low, high = (given.parameters.number(name, *EPOCHS) for name in ("MIN_MJD", "MAX_MJD"))
    low, high = -math.inf if low is None else low, math.inf if high is None else high
    if low > high:
        raise HTTPError(400, f"min_mjd={low} is later than max_mjd={high}.")
    return [("QUALITY", "good"), ("TIME", f"{low} {high}"), ("ID", _oid(given)), *others]


def _drawn(given: Given) -> list[tuple[str, str]]:
    """Parameters of ``/lc`` for a figure."""
    parameters, oid = given.parameters, _oid(given)
    form, brightness = parameters.text("FORMAT") or "png", parameters.text("BRIGHTNESS") or "mag"
    for name, word, known in (("format", form, FORMATS), ("brightness", brightness, QUANTITIES)):
        if word not in known:
            raise HTTPError(404, f"{name}={shorten(word)} is not one of {', '.join(known)}.")
    asked = [
        ("RESPONSEFORMAT", form),
        ("QUANTITY", brightness),
        ("TITLE", parameters.text("TITLE") or oid),
        ("CAPTION", "no" if parameters.text("COPYRIGHT") == "no" else "yes"),
        *(("WITH", word) for word in parameters.words("LC") if curves_of(word)),
        *_curves(given),
    ]
    mags, errors = (_by_oid(parameters, name) for name in ("REF_MAG", "REF_MAGERR"))
    if brightness.startswith("diff"):
        for one in [oid, *parameters.values("OTHER_OID")]:
            asked.append(("REFMAG", f"{one}:{mags.get(one, 'inf')}:{errors.get(one, '0')}"))
    return asked


def _by_oid(parameters: Parameters, name: str) -> dict[str, str]:
    """Values of a parameter that has them by OID."""
    found = {}
    for text in parameters.values(name):
        oid, _, value = text.partition(":")
        if not oid.isdigit() or bound(value) is None:
            raise HTTPError(
                400,
                f"{name.lower()}={shorten(text)} is not of the form oid:value: write"
                f" {name.lower()}=680113300005170:13.6.",
            )
        found[oid] = value
    return found
