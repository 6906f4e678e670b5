"""Images of an epoch: the finder, redirects to products, and the display cutout: ``/epoch``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Response

from ztfvo.dal import Parameters, media_type, shorten
from ztfvo.errors import HTTPError
from ztfvo.images import cutout, document
from ztfvo.images.finder import Found, find
from ztfvo.images.products import FITS_IMAGE
from ztfvo.settings import get_settings
from ztfvo.store.names import DEFAULT
from ztfvo.votable import MEDIA_TYPE as VOTABLE
from ztfvo.web import turns
from ztfvo.web.errors import TEXT, answer_as
from ztfvo.web.http import ASKING, CHANGING, NAMED_RELEASE, Given, Reading, respond, serve
from ztfvo.web.openapi import operation, path_parameter, query_parameter

router = APIRouter(tags=["Images"])

JSON = "application/json"
Write = Callable[[Found, str, bool], bytes]
FORMATS: dict[str, tuple[str, Write]] = {
    "json": (JSON, document.as_json),
    JSON: (JSON, document.as_json),
    "votable": (VOTABLE, document.as_votable),
    VOTABLE: (VOTABLE, document.as_votable),
    "text/xml": (VOTABLE, document.as_votable),
}
CUTOUTS = {"cutout.fits": cutout.fits, "cutout.png": cutout.png}
PRODUCTS = (
    *document.SCIENCE,
    document.RAW,
    *document.REFERENCE,
    *("archive.fits", *CUTOUTS, "folder"),
)
ID, FORMAT, SIZE, IMAGE = "ID", "RESPONSEFORMAT", "SIZE", "IMAGE"
NAMES = (ID, FORMAT, SIZE, IMAGE)
OF_CUTOUTS = (SIZE, IMAGE)
FORM = "Ask for /epoch/OID/HMJD, like /epoch/680113300005170/58269.47837."

_RELEASE = path_parameter("release", "Name of a release, such as dr24", "demo")
_EPOCH = (
    path_parameter("oid", "A light curve", "680113300005170"),
    path_parameter(
        "hmjd",
        "Heliocentric MJD (UTC) of an epoch, to 1e-5 d, with - and a number behind it where others"
        " have the same; or first, last or peak",
        "last",
    ),
)
_PRODUCT = path_parameter(
    "product", "A product of the archive, or a cutout", "sciimg.fits", PRODUCTS
)
_ID = query_parameter(
    ID, "OID-HMJD, where the path has none", {"type": "string"}, example="680113300005170-last"
)
_FORMAT = query_parameter(
    FORMAT,
    "Form of the answer, also by its media type; JSON if not given",
    {"type": "string", "enum": ["json", "votable"]},
)
_SIZE = query_parameter(
    SIZE,
    f"Side of a cutout (arcsec), {cutout.DEFAULT_ARCSEC:g} if not given",
    {
        "type": "number",
        "minimum": cutout.SMALLEST_ARCSEC,
        "maximum": get_settings().largest_cutout,
    },
)
_IMAGE = query_parameter(
    IMAGE,
    "Of which image a cutout is: of the exposure, of its difference from the reference, or of the"
    " reference; science if not given",
    {"type": "string", "enum": list(cutout.IMAGES)},
)


def _finder(*parameters: dict[str, Any]) -> dict[str, Any]:
    answers = {JSON: "Facts and addresses", VOTABLE: "The same as a table"}
    return operation([*parameters, _FORMAT], answers, (400, 404, 503))


def _product(*parameters: dict[str, Any]) -> dict[str, Any]:
    answers = {FITS_IMAGE: "Cutout as FITS", cutout.PNG: "Cutout as a picture"}
    return operation([*parameters, _SIZE, _IMAGE], answers, (302, 400, 404, 502, 503))


@serve(
    router,
    "/epoch",
    methods=ASKING,
    summary="What there is of an epoch's image, by ID",
    openapi_extra=_finder(_ID),
)
@serve(
    router,
    "/epoch/{oid}/{hmjd}",
    methods=ASKING,
    summary="What there is of an epoch's image",
    openapi_extra=_finder(*_EPOCH),
)
@serve(
    router,
    "/{release}/epoch/{oid}/{hmjd}",
    methods=ASKING,
    summary="What there is of the image of an epoch of a named release",
    openapi_extra=_finder(_RELEASE, *_EPOCH),
)
@serve(
    router,
    "/epoch/{oid}/{hmjd}/{product}",
    methods=ASKING,
    summary="An image product, or a cutout",
    openapi_extra=_product(*_EPOCH, _PRODUCT),
)
@serve(
    router,
    "/{release}/epoch/{oid}/{hmjd}/{product}",
    methods=ASKING,
    summary="An image product of a named release, or a cutout",
    openapi_extra=_product(_RELEASE, *_EPOCH, _PRODUCT),
)
@serve(router, "/epoch/{path:path}", methods=ASKING)
@serve(router, "/{release}/epoch", methods=ASKING)
@serve(router, "/{release}/epoch/{path:path}", methods=ASKING)
async def epoch(given: Reading) -> Response:
    """What is known of an epoch's exposure and where its images are; products are redirects into
    the site's copy of the archive, cutouts are made here."""
    return await turns.work(given.request, turns.outside(), _answer, given)


def _answer(given: Given) -> Response:
    parameters = given.parameters
    for asked in parameters.values(FORMAT):
        answer_as(given.request, FORMATS.get(media_type(asked), (TEXT,))[0])
    parameters.require_known(NAMES)
    release, oid, hmjd, product = _place(given.around("epoch"), parameters)
    if product is None:
        _only_of_cutouts(parameters)
        content_type, write = _format(parameters)
        found = find(release, oid, hmjd)
        body = write(found, get_settings().url, release != DEFAULT)
        return respond(given.request, body, content_type, _headers(found, release))
    _only_with(parameters, FORMAT, "the address without a product")
    if product in CUTOUTS:
        which = parameters.choice(IMAGE, cutout.IMAGES) or cutout.SCIENCE
        file = CUTOUTS[product](find(release, oid, hmjd), _size(parameters), which)
        return respond(given.request, file.body, file.content_type, _headers_of(file))
    _only_of_cutouts(parameters)
    if product not in PRODUCTS:
        raise HTTPError(
            404, f"There is no product {shorten(product)!r}. There are: {', '.join(PRODUCTS)}."
        )
    found = find(release, oid, hmjd)
    path = next(
        one.path for one in document.products(found, release != DEFAULT) if one.name == product
    )
    headers = _headers(found, release) | {"Location": path}
    return respond(given.request, f"{path}\n".encode(), TEXT, headers, 302)


def _only_of_cutouts(parameters: Parameters) -> None:
    for name in OF_CUTOUTS:
        _only_with(parameters, name, "cutout.fits and cutout.png")


def _only_with(parameters: Parameters, name: str, where: str) -> None:
    if parameters.values(name):
        raise HTTPError(400, f"{name} goes with {where} only.")


def _place(path: Sequence[str], parameters: Parameters) -> tuple[str, str, str, str | None]:
    """Return release, OID, HMJD and product, as they were written."""
    rest = list(path)
    release = DEFAULT
    if rest and not rest[0][:1].isdigit() and "-" not in rest[0]:
        release = rest.pop(0)
    identifier = parameters.text(ID)
    if identifier:
        if rest:
            raise HTTPError(400, f"The epoch is given twice, by path and by ID. {FORM}")
        oid, dash, hmjd = identifier.partition("-")
        if not dash:
            raise HTTPError(
                400,
                f"ID={shorten(identifier)!r} is not of the form OID-HMJD, like"
                " 680113300005170-58269.47837.",
            )
        return release, oid, hmjd, None
    if len(rest) not in (2, 3):
        raise HTTPError(
            400 if len(rest) < 2 else 404, f"This is not the address of an epoch. {FORM}"
        )
    return release, rest[0], rest[1], rest[2] if rest[2:] else None


def _format(parameters: Parameters) -> tuple[str, Write]:
    asked = parameters.text(FORMAT) or "json"
    if media_type(asked) not in FORMATS:
        raise HTTPError(400, f"{FORMAT}={shorten(asked)!r} is not known here: use json or votable.")
    return FORMATS[media_type(asked)]


def _size(parameters: Parameters) -> float:
    text = parameters.text(SIZE)
    if text is None:
        return cutout.DEFAULT_ARCSEC
    try:
        return float(text)
    except ValueError:
        raise HTTPError(
            400, f"{SIZE}={shorten(text)!r} is not a number: give the side in arcsec."
        ) from None


def _headers(found: Found, release: str) -> dict[str, str]:
    settled = release != DEFAULT and found.obsmjd_source == "observed"
    return {"Cache-Control": NAMED_RELEASE if settled else CHANGING}


def _headers_of(file: cutout.File) -> dict[str, str]:
    return {
        "Cache-Control": NAMED_RELEASE,
        "Content-Disposition": f'inline; filename="{file.name}"',
        "X-Object-Pixel": f"{file.pixel[0]:.3f} {file.pixel[1]:.3f}",
    }
