"""Light curves of services outside: ``/outside/NAME/lc``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson
from fastapi import APIRouter, Response

from ztfvo.addresses import LIGHT_CURVES, OUTSIDE, absolute, outside_curve
from ztfvo.dal import place, shorten
from ztfvo.errors import HTTPError
from ztfvo.outside.ask import Question, curve_around, curve_of
from ztfvo.outside.model import Answer, Place, Source, State
from ztfvo.products import beside, parameters, produce, request
from ztfvo.products.model import Product, Request
from ztfvo.products.writers import Writer, writers
from ztfvo.store.names import DEFAULT, NAME
from ztfvo.web import outside, turns
from ztfvo.web.delivery import written
from ztfvo.web.errors import answer_as
from ztfvo.web.forms import JSON
from ztfvo.web.http import CHANGING, Given, Reading, respond, serve
from ztfvo.web.openapi import operation, path_parameter, query_parameter

router = APIRouter(tags=["Outside"])

ID, POS, OBJECT = parameters.ID, "POS", "OBJECT"
RADIUS, QUALITY, RELEASE, WAIT = "RADIUS", "QUALITY", "RELEASE", "WAIT"
GOOD, ALL = "good", "all"

_TIME = next(one for one in parameters.PARAMETERS if one.name == "TIME")
_NAMES = (ID, POS, OBJECT, RADIUS, QUALITY, _TIME.name, RELEASE, WAIT, parameters.FORMAT)

_TEXT = {"type": "string"}
_DESCRIBED = (
    path_parameter(
        "name", "Name of a source of light curves", "gaia_photometry", [*beside.curve_sources()]
    ),
    query_parameter(ID, "OID of a light curve of ZTF at the place", _TEXT),
    query_parameter(POS, "Right ascension and declination, ICRS, deg", _TEXT, example="255,35"),
    query_parameter(OBJECT, "The source's own identifier of an object", _TEXT),
    query_parameter(
        RADIUS,
        "Largest distance from the place (arcsec); the source's own if not given",
        {"type": "number", "exclusiveMinimum": 0},
    ),
    query_parameter(
        QUALITY,
        "Epochs that the source advises to use, or all",
        {"type": "string", "enum": [GOOD, ALL], "default": GOOD},
    ),
    query_parameter(_TIME.name, "First and last heliocentric MJD (UTC), a blank between", _TEXT),
    query_parameter(RELEASE, "Release that has the OID; the default one if not given", _TEXT),
    query_parameter(
        WAIT,
        "Longest time to wait (s); the site's limit holds too",
        {"type": "number", "minimum": 0, "maximum": parameters.LONGEST_WAIT},
    ),
    query_parameter(
        parameters.FORMAT,
        "Form of the answer, also by its media type; VOTable if not given",
        {"type": "string", "enum": [writer.names[0] for writer in writers()]},
    ),
)


@dataclass(frozen=True)
class _Asked:
    """A request for a light curve of a source, read."""

    source: Source
    writer: Writer
    oid: int | None
    place: tuple[float, float] | None
    """ICRS, deg; None where an OID or an object is named."""
    object: str | None
    radius: float
    every: bool
    wait: float | None
    request: Request
    """With the release of the OID, the times asked for, and the format."""


@serve(
    router,
    f"{OUTSIDE}/{{name}}/{LIGHT_CURVES}",
    summary="Light curve of a service outside, by OID, place or its own identifier",
    openapi_extra=operation(
        _DESCRIBED,
        {writer.content_type.partition(";")[0]: writer.title for writer in writers()},
        (400, 404, 502, 503),
    ),
)
async def curve(given: Reading) -> Response:
    """Photometry of the nearest object of a survey, with times, magnitudes and flux densities as
    those of ZTF, and the survey's own columns beside."""
    asked = _read(given)
    product = None
    if asked.oid is not None:
        product = await turns.work(given.request, None, produce.fetch, asked.request)
        asked = replace(asked, place=product.place)
    question = _question(asked)
    answer = (await outside.answers(given.request, [question], asked.wait))[asked.source.name]
    if answer.state in (State.UNAVAILABLE, State.MALFORMED):
        return _refused(given, asked, answer)
    made = _product(given, asked, answer, product)
    write = partial(produce.write, writer=asked.writer)
    body = await written(given.request, made, write, asked.writer.figure)
    return respond(given.request, body, asked.writer.content_type, _headers(asked, answer))


def _read(given: Given) -> _Asked:
    answer_as(given.request, writers()[0].content_type)
    writer = request.wanted(request.Asked(parameters=given.parameters))
    answer_as(given.request, writer.content_type)
    name = given.segments[1]
    source, words = beside.curves_of(name), given.parameters
    if source is None:
        raise HTTPError(
            404,
            f"There is no source {shorten(name)} of light curves. Known are:"
            f" {', '.join(beside.curve_sources())}.",
        )
    words.require_known(_NAMES)
    addressed = [one for one in (ID, POS, OBJECT) if words.values(one)]
    if len(addressed) != 1:
        raise HTTPError(
            400,
            f"{' and '.join(addressed) or 'Nothing'} is given: give one of {ID}=680113300005170,"
            f" {POS}=254.45755,35.34236 and {OBJECT}, the source's own identifier.",
        )
    if addressed[0] == OBJECT:
        _require_names(source)
        if words.values(RADIUS):
            raise HTTPError(400, f"{RADIUS} means nothing with {OBJECT}: leave it out.")
    oids = parameters.oids(words.words(ID)) if addressed[0] == ID else ()
    if len(oids) > 1:
        raise HTTPError(400, f"{ID} names {len(oids)} light curves: give one.")
    release = words.text(RELEASE) or DEFAULT
    if not NAME.fullmatch(release):
        raise HTTPError(
            404, f"There is no release {shorten(release)}: see /status for those there are."
        )
    return _Asked(
        source=source,
        writer=writer,
        oid=oids[0] if oids else None,
        place=place(POS, words.text(POS)) if addressed[0] == POS else None,
        object=outside.identifier(OBJECT, words.text(OBJECT)),
        radius=_radius(given, source),
        every=words.choice(QUALITY, (GOOD, ALL)) == ALL,
        wait=words.number(WAIT, 0, parameters.LONGEST_WAIT),
        request=Request(release=release, oids=oids, format=writer.names[0], **_TIME.read(words)),
    )


def _require_names(source: Source) -> None:
    if source.look is None:
        raise HTTPError(
            400,
            f"{source.title} cannot be asked for an identifier: give {ID} or {POS} in its place.",
        )


def _radius(given: Given, source: Source) -> float:
    radius = given.parameters.number(RADIUS, 0, source.largest_radius)
    if radius == 0:
        raise HTTPError(
            400, f"{RADIUS}=0 finds nothing: give up to {source.largest_radius:g} arcsec."
        )
    return radius or source.radius


def _question(asked: _Asked) -> Question:
    if asked.object is not None:
        return curve_of(asked.source, asked.object)
    return curve_around(asked.source, Place(*map(float, asked.place)), asked.radius)


def _product(given: Given, asked: _Asked, answer: Answer, product: Product | None) -> Product:
    """Return what is to be written: in figures with the light curve of ZTF, if one is named."""
    read = asked.request
    made = beside.deliver(
        asked.source,
        answer,
        read,
        radius=None if asked.object is not None else asked.radius,
        bounds=product.bounds if product else (read.hmjd_min, read.hmjd_max),
        every=asked.every,
    )
    address = absolute(
        outside_curve(asked.source.name, [*given.request.query_params.multi_items()])
    )
    if product and asked.writer.figure:
        return replace(product, beside=(made,), address=address)
    where = asked.object or ", ".join(f"{one:.5f}" for one in asked.place)
    named = answer.curve.object if answer.curve else where
    titled = replace(read, title=f"{asked.source.title} {named}")
    return Product(titled, "", "", False, "", (), beside=(made,), address=address)


def _headers(asked: _Asked, answer: Answer) -> dict[str, str]:
    named = answer.curve.object if answer.curve else "none"
    name = outside.file_name(asked.source, named, asked.writer.extension)
    shown = "attachment" if asked.writer.attachment else "inline"
    return {
        "Cache-Control": CHANGING,
        "Content-Disposition": f'{shown}; filename="{name}"',
    }


def _refused(given: Given, asked: _Asked, answer: Answer) -> Response:
    """Say why there is nothing, in the client's format."""
    if asked.writer.content_type != JSON:
        return outside.refused(given.request, asked.source, answer)
    status, _, headers = outside.reason(asked.source, answer)
    said: dict[str, Any] = {
        "source": asked.source.name,
        "state": answer.state,
        "reason": answer.reason,
        "asked_at": answer.asked_at or None,
        "since": answer.since or None,
        "again_at": answer.again_at or None,
    }
    own = {"Cache-Control": "no-store", **headers}
    return respond(given.request, orjson.dumps(said) + b"\n", JSON, own, status)
