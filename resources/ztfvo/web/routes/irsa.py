"""Light curves at the address, with the parameters and in the columns of IRSA's service."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ztfvo.addresses import IRSA_LIGHT_CURVES
from ztfvo.dal import Parameters
from ztfvo.products import parameters
from ztfvo.products.request import Asked
from ztfvo.products.writers import writers
from ztfvo.web.delivery import deliver
from ztfvo.web.http import ASKING, Reading, serve
from ztfvo.web.openapi import curve_parameters, operation, query_parameter

router = APIRouter(tags=["Drop-in"])

NAMES = (
    *("POS", "CIRCLE", "BAND", "BANDNAME", "NOBS_MIN", "NUM_OBS", "MAG", "TIME"),
    *("BAD_CATFLAGS_MASK", "COLLECTION"),
)
"""Parameters there, besides those that name light curves and the format."""
FORMATS = ("votable", "ipac_table", "csv", "tsv")


@serve(
    router,
    IRSA_LIGHT_CURVES,
    methods=ASKING,
    summary="Light curves as IRSA's service has them",
    openapi_extra=operation(
        [
            query_parameter(
                parameters.ID,
                "OIDs, several times or with commas between; or give POS",
                {"type": "string"},
                required=True,
                example="680113300005170",
            ),
            *curve_parameters(NAMES),
            query_parameter(
                parameters.SHORT_FORMAT,
                "Form of the answer; VOTable if not given",
                {"type": "string", "enum": list(FORMATS)},
            ),
        ],
        {
            writer.content_type.partition(";")[0]: writer.title
            for writer in writers()
            if writer.names[0] in FORMATS
        },
        (400, 404, 503),
    ),
)
async def light_curves(given: Reading) -> Response:
    """Light curves in the columns of IRSA's service; TIME is of its column mjd. No light curve is
    an empty table."""
    given.parameters.require_known([parameters.ID, *NAMES, parameters.SHORT_FORMAT])
    given.parameters.choice(parameters.SHORT_FORMAT, FORMATS)
    pairs = [*given.parameters.pairs(), ("LAYOUT", "irsa")]
    return await deliver(given.request, Asked(parameters=Parameters(pairs)))
