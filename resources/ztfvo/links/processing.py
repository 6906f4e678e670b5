"""The light-curve service as a service descriptor tells clients of it (DataLink 1.1, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

from ztfvo.links.model import LightCurve, address
from ztfvo.products import writers
from ztfvo.products.model import QUANTITIES
from ztfvo.products.request import MAX_RADIUS, SPANS

TITLE = "Light curve processing"


@dataclass(frozen=True)
class Parameter:
    """A parameter of the service.

    All are texts to clients: of a number, some of them cannot tell one that is not given.
    """

    name: str
    description: str
    unit: str = ""
    ucd: str = ""
    options: tuple[str, ...] = ()
    """The values there are; all when it is empty."""


PARAMETERS = (
    Parameter(
        "QUANTITY",
        "What to deliver: magnitude (AB), flux, or their difference from the reference source",
        ucd="meta.code;phot",
        options=QUANTITIES,
    ),
    Parameter(
        "PERIOD",
        f"Period to fold the light curve with, {SPANS[0]:g} to {SPANS[1]:g} d; adds a column phase",
        "d",
        "time.period",
    ),
    Parameter(
        "EPOCH", "Time of phase 0, heliocentric MJD (UTC); 0 if not given", "d", "time.epoch"
    ),
    Parameter(
        "RADIUS",
        f"Adds the light curves within this radius around the source, at most {MAX_RADIUS:g}",
        "arcsec",
        "pos.angDistance",
    ),
    Parameter(
        "BAND",
        "Bands to deliver; all if not given",
        ucd="instr.filter",
        options=("g", "r", "i"),
    ),
    Parameter(
        "TIME",
        "First and last time, two numbers with a blank between, heliocentric MJD (UTC) of"
        " mid-exposure, -Inf and Inf allowed; or the name of a window of the release",
        "d",
        "time.interval",
    ),
    Parameter(
        "QUALITY",
        "All epochs, or good ones only: catflags = 0 and magerr > 0",
        ucd="meta.code.qual",
        options=("all", "good"),
    ),
    Parameter(
        "BAD_CATFLAGS_MASK",
        "Leaves out the epochs of which catflags has any of these bits",
        ucd="meta.code.qual",
    ),
    Parameter(
        "REFMAG",
        "Reference magnitude (AB) in place of the catalogue's, for differences: OID:mag or"
        " OID:mag:error",
        "mag",
        "phot.mag",
    ),
    Parameter(
        "BIN", f"Width of bins to average in, {SPANS[0]:g} to {SPANS[1]:g} d", "d", "time.interval"
    ),
)
"""What can be asked of the service in every format, besides the ID."""


def parameters() -> tuple[Parameter, ...]:
    """What can be asked of the service, besides the ID."""
    formats = sorted(writer.names[0] for writer in writers.writers())
    return (
        *PARAMETERS,
        Parameter(
            "RESPONSEFORMAT",
            "Form of the answer; VOTable if not given",
            ucd="meta.code.mime",
            options=tuple(formats),
        ),
    )


def access_url(curve: LightCurve) -> str:
    """Address of the service for the release of a light curve."""
    return address(curve.address, "lc")


def name(curve: LightCurve) -> str:
    """What to call the service for one light curve; its own for each, as descriptors need."""
    return f"lightcurve_{curve.oid}"


def description(curve: LightCurve) -> str:
    """What the service does for one light curve."""
    return (
        f"{curve.origin}Light curve {curve.oid} as flux or difference, folded, binned, within a"
        " time window or with its neighbours, as table or figure"
    )
