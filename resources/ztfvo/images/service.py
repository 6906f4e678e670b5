"""Addresses of images: the finder, redirects to products, and the display cutout.

============================= =====================================================
``/epoch/OID/HMJD``           all that there is of the image (RESPONSEFORMAT)
``/epoch?ID=OID-HMJD``        the same
``/epoch/OID/HMJD/PRODUCT``   redirect to a product in the archive
``/epoch/OID/HMJD/cutout.X``  display cutout, fits or png (SIZE, arcsec)
============================= =====================================================

HMJD may be first, last or peak.  ``/RELEASE/epoch/...`` are those of a named release.
"""

from __future__ import annotations

from collections.abc import Callable

from ztfvo.db import DatabaseDown
from ztfvo.images import cutout, document
from ztfvo.images.epoch import shown
from ztfvo.images.finder import Found, find
from ztfvo.settings import get_settings
from ztfvo.store.names import DEFAULT
from ztfvo.web import TEXT, VOTABLE, Answer, Question, Refused, refusal

JSON = "application/json"
FORMATS: dict[str, tuple[str, Callable[[Found, str, bool], bytes]]] = {
    "json": (JSON, document.as_json),
    JSON: (JSON, document.as_json),
    "votable": (VOTABLE, document.as_votable),
    VOTABLE: (VOTABLE, document.as_votable),
    "text/xml": (VOTABLE, document.as_votable),
}
CUTOUTS = {"cutout.fits": cutout.fits, "cutout.png": cutout.png}
PARAMETERS = ("ID", "RESPONSEFORMAT", "SIZE")
FORM = "Ask for /epoch/OID/HMJD, like /epoch/680113300005170/58269.47837."

KEPT = "public, max-age=86400"
"""For what is known of a named release's exposure."""
CHANGING = "public, max-age=300"
"""Another release may become the default; estimated times may become observed ones."""


def answer(question: Question) -> Answer:
    """Answer a request below ``/epoch``."""
    chosen = (_values(question, "RESPONSEFORMAT") or ["json"])[0].lower()
    votable = chosen in FORMATS and FORMATS[chosen][0] == VOTABLE
    try:
        return _answer(question)
    except Refused as refused:
        return refusal(refused.status, refused.message, votable)
    except DatabaseDown as down:
        return refusal(503, str(down), votable)


def _answer(question: Question) -> Answer:
    _check_parameters(question)
    release, oid, hmjd, product = _read_path(question)
    if product is None:
        _only_with(question, "SIZE", "cutout.fits and cutout.png")
        content_type, write = _format(question)
        found = find(release, oid, hmjd)
        body = write(found, get_settings().url, release != DEFAULT)
        return Answer(body, content_type, headers=_headers(found, release))
    _only_with(question, "RESPONSEFORMAT", "the address without a product")
    if product in CUTOUTS:
        size = _size(question)
        return CUTOUTS[product](find(release, oid, hmjd), size)
    _only_with(question, "SIZE", "cutout.fits and cutout.png")
    if product not in _PRODUCTS:
        raise Refused(
            404, f"There is no product {shown(product)}. There are: {', '.join(_PRODUCTS)}."
        )
    found = find(release, oid, hmjd)
    path = next(
        link.path for link in document.links(found, release != DEFAULT) if link.name == product
    )
    return Answer(f"{path}\n".encode(), TEXT, 302, _headers(found, release) | {"Location": path})


_PRODUCTS = (
    *document.SCIENCE,
    document.RAW,
    *document.REFERENCE,
    *("archive.fits", *CUTOUTS, "folder"),
)


def _values(question: Question, name: str) -> list[str]:
    return [value for value in question.parameters.get(name, []) if value.strip()]


def _check_parameters(question: Question) -> None:
    for name in question.parameters:
        if name not in PARAMETERS:
            raise Refused(
                400, f"There is no parameter {shown(name)}. Known are: {', '.join(PARAMETERS)}."
            )
        if len(_values(question, name)) > 1:
            raise Refused(400, f"{name} is given more than once: ask for one at a time.")


def _only_with(question: Question, name: str, where: str) -> None:
    if _values(question, name):
        raise Refused(400, f"{name} goes with {where} only.")


def _read_path(question: Question) -> tuple[str, str, str, str | None]:
    """Release, OID, HMJD and product, as they were written."""
    path = list(question.path)
    release = DEFAULT
    if path and not path[0][:1].isdigit() and "-" not in path[0]:
        release = path.pop(0)
    identifiers = _values(question, "ID")
    if identifiers:
        if path:
            raise Refused(400, f"The epoch is given twice, by path and by ID. {FORM}")
        oid, dash, hmjd = identifiers[0].strip().partition("-")
        if not dash:
            raise Refused(
                400,
                f"ID={shown(identifiers[0])} is not of the form OID-HMJD, like"
                " 680113300005170-58269.47837.",
            )
        return release, oid, hmjd, None
    if len(path) not in (2, 3):
        raise Refused(400 if len(path) < 2 else 404, f"This is not the address of an epoch. {FORM}")
    return release, path[0], path[1], path[2] if path[2:] else None


def _format(question: Question) -> tuple[str, Callable[[Found, str, bool], bytes]]:
    asked = (_values(question, "RESPONSEFORMAT") or ["json"])[0].strip()
    if asked.lower() not in FORMATS:
        raise Refused(400, f"RESPONSEFORMAT={shown(asked)} is not known here: use json or votable.")
    return FORMATS[asked.lower()]


def _size(question: Question) -> float:
    values = _values(question, "SIZE")
    if not values:
        return cutout.DEFAULT_ARCSEC
    try:
        return float(values[0])
    except ValueError:
        raise Refused(
            400, f"SIZE={shown(values[0])} is not a number: give the side in arcsec."
        ) from None


def _headers(found: Found, release: str) -> dict[str, str]:
    settled = release != DEFAULT and found.obsmjd_source == "observed"
    return {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": KEPT if settled else CHANGING,
    }
