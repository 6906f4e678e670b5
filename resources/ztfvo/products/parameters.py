"""The parameters of the light-curve service, each declared once.

What reads a request, writes its address, describes the service to VO clients and in OpenAPI, and
draws the form, takes them from here.
"""

from __future__ import annotations

from ztfvo.dal import plain, shorten
from ztfvo.errors import HTTPError
from ztfvo.oid import InvalidOID, parse
from ztfvo.products.changing import (
    DEREDDENING,
    Columns,
    Dereddening,
    References,
    With,
)
from ztfvo.products.choosing import (
    BandNames,
    Bands,
    CircleParameter,
    Collection,
    Magnitudes,
    Star,
    Time,
)
from ztfvo.products.columns import OPTIONAL
from ztfvo.products.kinds import (
    FIRST_JD,
    Choice,
    Moment,
    Number,
    Parameter,
    Text,
    Whole,
)
from ztfvo.products.layouts import layouts
from ztfvo.products.model import QUANTITIES
from ztfvo.products.modelling import MODELLING

MAX_OIDS = 100
MAX_RADIUS = 60.0
"""arcsec"""
MAX_CYCLES = 10
MAX_TITLE = 200
SPANS = (1e-5, 1e6)
"""Days that PERIOD and BIN may have: times have five decimals."""
EPOCHS = (-1e6, FIRST_JD)
"""MJD that EPOCH may have."""
MAX_MASK = 2**31 - 1
MAX_NUMBER = 99_999
"""As many digits as identifiers of detections may have behind their time."""
LONGEST_WAIT = 600.0
"""s"""


QUANTITY = Choice(
    name="QUANTITY",
    attribute="quantity",
    description="What to deliver: magnitude (AB), flux density, or their difference from the"
    " reference source",
    ucd="meta.code;phot",
    options=QUANTITIES,
    meanings={name: name for name in QUANTITIES},
    titles=dict(
        zip(
            QUANTITIES,
            (
                "magnitude",
                "flux density",
                "difference magnitude",
                "difference flux density",
            ),
            strict=True,
        )
    ),
    label="Quantity",
)

STAR = Star(
    name="SOURCE",
    description="All light curves of a star, in place of ID: its source_id in the table sources, or"
    " its name",
    ucd="meta.id;src",
    described=False,
)

PARAMETERS: tuple[Parameter, ...] = (
    QUANTITY,
    Number(
        name="PERIOD",
        attribute="period",
        description="Period to fold the light curve with; adds a column phase",
        unit="d",
        ucd="time.period",
        least=SPANS[0],
        most=SPANS[1],
        label="Period for folding (d)",
    ),
    Moment(
        name="EPOCH",
        attribute="epoch",
        description="Time of phase 0, heliocentric MJD (UTC); 0 if not given",
        unit="d",
        ucd="time.epoch",
        least=EPOCHS[0],
        most=EPOCHS[1],
        label="HMJD of phase 0",
    ),
    Whole(
        name="CYCLES",
        attribute="cycles",
        description="How often a folded light curve is repeated; 2 in figures and 1 in tables if"
        " not given",
        least=1,
        most=MAX_CYCLES,
        described=False,
    ),
    Time(
        name="TIME",
        description="First and last time, two numbers with a blank between, heliocentric MJD (UTC)"
        " of mid-exposure, -Inf and Inf allowed; one time; or the name of a window of the release",
        unit="d",
        ucd="time.interval",
        label="From and to (HMJD)",
    ),
    Whole(
        name="NUMBER",
        attribute="number",
        description="Of epochs of one time only the one with this number, as detection_id counts"
        " them; all if not given",
        ucd="meta.number",
        least=1,
        most=MAX_NUMBER,
    ),
    Number(
        name="RADIUS",
        attribute="radius",
        description="Adds the light curves within this radius around the source",
        unit="arcsec",
        ucd="pos.angDistance",
        least=0,
        most=MAX_RADIUS,
        label="Neighbours within (arcsec)",
    ),
    Number(
        name="BIN",
        attribute="bin",
        description="Width of bins to average in",
        unit="d",
        ucd="time.interval",
        least=SPANS[0],
        most=SPANS[1],
        label="Bins (d)",
    ),
    Choice(
        name="QUALITY",
        attribute="good_only",
        description="All epochs, or good ones only: catflags = 0 and magerr > 0",
        ucd="meta.code.qual",
        options=("all", "good"),
        meanings={"all": False, "good": True},
        label="Good epochs only",
    ),
    Whole(
        name="BAD_CATFLAGS_MASK",
        attribute="bad_catflags_mask",
        description="Leaves out the epochs of which catflags has any of these bits; with BIN 32768"
        " if not given, which are those that are not to be used, otherwise 0",
        ucd="meta.code.qual",
        least=0,
        most=MAX_MASK,
        label="Without catflags (bits)",
    ),
    Bands(
        name="BAND",
        description="Bands to deliver; all if not given. Instead, wavelengths that they have (m),"
        " one, or first and last with a blank between",
        ucd="instr.filter",
        options=("g", "r", "i"),
        repeated=True,
    ),
    Dereddening(
        name="DEREDDEN",
        description="Whether magnitudes, flux densities and references are corrected for extinction"
        " by interstellar dust at the place of the light curve, by the site's map or a named one",
        ucd="meta.code;phys.absorption",
        options=DEREDDENING,
        label="De-redden",
    ),
    References(
        name="REFMAG",
        description="Reference magnitude (AB) in place of the catalogue's, for differences: OID:mag"
        " or OID:mag:error",
        unit="mag",
        ucd="phot.mag",
        repeated=True,
    ),
    Columns(
        name="COLUMNS",
        description="Columns to add: facts of the exposure of each epoch",
        ucd="meta.id",
        options=OPTIONAL,
        repeated=True,
    ),
    With(
        name="WITH",
        description="Adds light curves of other services at the place of the first light curve:"
        " names of sources, which /outside lists, or all",
        ucd="meta.id;meta.dataset",
        repeated=True,
    ),
    Number(
        name="WAIT",
        attribute="wait",
        description="Longest time to wait for the other services; the site's limit holds too",
        unit="s",
        ucd="time.duration",
        least=0,
        most=LONGEST_WAIT,
        described=False,
    ),
    Text(
        name="TITLE",
        attribute="title",
        description="Title of a figure; the OIDs if not given",
        longest=MAX_TITLE,
        described=False,
    ),
    Choice(
        name="CAPTION",
        attribute="caption",
        description="Whether a figure says where the data come from",
        meanings={"yes": True, "no": False},
        described=False,
    ),
    *MODELLING,
    STAR,
    CircleParameter(
        name="POS",
        description="Light curves within a circle, in place of ID: CIRCLE, then RA, Dec and radius"
        " with blanks between, ICRS; the radius is at most 0.1667",
        unit="deg",
        ucd="phys.angArea;obs",
        shape="CIRCLE",
        described=False,
    ),
    CircleParameter(
        name="CIRCLE",
        description="The same as POS, without the word before the numbers",
        unit="deg",
        ucd="phys.angArea;obs",
        means="POS",
        described=False,
    ),
    BandNames(
        name="BANDNAME",
        description="The same as BAND, by name or number",
        ucd="instr.filter",
        options=("g", "r", "i", "1", "2", "3"),
        repeated=True,
        means="BAND",
        described=False,
    ),
    Whole(
        name="NOBS_MIN",
        attribute="nobs_min",
        description="Only light curves of at least so many epochs",
        ucd="meta.number;obs",
        least=0,
        most=MAX_MASK,
        described=False,
    ),
    Whole(
        name="NUM_OBS",
        attribute="nobs_min",
        description="The same as NOBS_MIN",
        ucd="meta.number;obs",
        least=0,
        most=MAX_MASK,
        means="NOBS_MIN",
        described=False,
    ),
    Magnitudes(
        name="MAG",
        description="Only light curves with a median magnitude of good epochs (AB) from one number"
        " to another, with a blank between, -Inf and Inf allowed",
        unit="mag",
        ucd="phot.mag;stat.median",
        described=False,
    ),
    Collection(
        name="COLLECTION",
        description="The release, where the address names none: ztf_ and its name; ztf for the"
        " default one",
        ucd="meta.id",
        described=False,
    ),
    Choice(
        name="LAYOUT",
        attribute="layout",
        description="Columns of a table: those of this site, or those of another service",
        ucd="meta.code",
        meanings={"own": None, **{name: name for name in layouts()}},
        described=False,
    ),
)
"""What can be asked for, besides light curves and format."""

ID = "ID"
"""Light curves asked for; ``OID`` means the same."""
FORMAT, SHORT_FORMAT = "RESPONSEFORMAT", "FORMAT"
"""The second means the same."""
NAMES = (ID, "OID", *(parameter.name for parameter in PARAMETERS), FORMAT, SHORT_FORMAT)


def limits(parameter: Parameter) -> str:
    """Return a parameter's bounds in words, empty where it has none."""
    if isinstance(parameter, Number | Whole):
        return f"{plain(parameter.least)} to {plain(parameter.most)}"
    return ""


def oids(words: list[str]) -> tuple[int, ...]:
    """Return the light curves that are named, each once.

    Raises
    ------
    HTTPError
        400, where there is none, one is no OID, or there are too many.
    """
    if not words:
        raise HTTPError(
            400,
            "No light curve is named: give ID, as in ID=680113300005170, or several, or a star by"
            " SOURCE, or a circle as in POS=CIRCLE 254.4576 35.3424 0.0003.",
        )
    try:
        found = tuple(dict.fromkeys(parse(shorten(word)) for word in words))
    except InvalidOID as error:
        raise HTTPError(400, f"{ID}: {error}.") from error
    if len(found) > MAX_OIDS:
        raise HTTPError(
            400,
            f"{len(found)} light curves are named, {MAX_OIDS} are the limit: ask several times, or"
            " upload the list to TAP and join the table detections.",
        )
    return found
