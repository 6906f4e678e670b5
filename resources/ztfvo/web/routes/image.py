"""A page with all the tools of JS9 for an image of this site: ``/image``."""

from __future__ import annotations

import re

from fastapi import APIRouter, Response

from ztfvo import addresses
from ztfvo.dal import BadParameter, shorten
from ztfvo.web.errors import answer_as
from ztfvo.web.http import CHANGING, Reading, respond, serve
from ztfvo.web.pages import HTML, page

router = APIRouter(tags=["Images"])

FILE = "FILE"
_ONE_OF_OURS = re.compile(
    rf"(?:/[a-z][a-z0-9_]*)?/{addresses.EPOCH}/[0-9]+/[0-9a-z.-]+/[a-z]+\.fits(?:\?[A-Z0-9=&.a-z]*)?"
    rf"|{addresses.ARCHIVE}/[A-Za-z0-9/_.-]+\.fits(?:\.fz)?(?:\?[a-z0-9=&.,%-]*)?",
    re.ASCII,
)
"""Images of epochs, and files of the archive."""


@serve(router, addresses.IMAGE)
def image(given: Reading) -> Response:
    """Show an image in JS9."""
    answer_as(given.request, HTML)
    given.parameters.require_known([FILE])
    file = given.parameters.text(FILE)
    if file is None or not _ONE_OF_OURS.fullmatch(file):
        raise BadParameter(
            FILE,
            f"{FILE}={shorten(file or '')} is not an image of this site: give the path of a cutout"
            " or of a file in the archive, like /epoch/680113300005170/58199.49176/cutout.fits.",
        )
    body = page("image.html", title="Image", file=file)
    return respond(given.request, body, HTML, {"Cache-Control": CHANGING})
