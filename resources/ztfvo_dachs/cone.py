"""The condition of a cone search, from the protocol's or the form's parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gavo import base
from gavo.protocols import scs

from ztfvo_dachs import conecheck

ARCSEC_PER_DEGREE = 3600


def protocol_phrase(core: Any, in_pars: dict[str, Any], out_pars: dict[str, Any]) -> Iterator[str]:
    """Yield the SQL condition for RA, DEC and SR in degrees."""
    yield _phrase(core, out_pars, _checked(in_pars["RA"], in_pars["DEC"], in_pars["SR"]))


def form_phrase(core: Any, in_pars: dict[str, Any], out_pars: dict[str, Any]) -> Iterator[str]:
    """Yield the SQL condition for a position or name and a radius in arcsec."""
    ra, dec = position(in_pars["hscs_pos"])
    radius = in_pars["hscs_sr"] / ARCSEC_PER_DEGREE
    limit = conecheck.get_settings().max_cone_radius * ARCSEC_PER_DEGREE
    if radius * ARCSEC_PER_DEGREE > limit:
        raise base.ValidationError(
            f"{in_pars['hscs_sr']:g} is above the limit of {limit:g} arcsec: ask for a smaller "
            "cone, or query the table objects by TAP, which has no such limit.",
            "hscs_sr",
        )
    yield _phrase(core, out_pars, _checked(ra, dec, radius, ("hscs_pos", "hscs_pos", "hscs_sr")))


def position(text: str) -> tuple[float, float]:
    """RA and Dec in degrees of a coordinate pair or of a name that CDS resolves.

    Raises
    ------
    ValidationError
        When it is neither, or when the name resolver cannot be asked.
    """
    try:
        return base.parseCooPair(text)
    except ValueError:
        pass
    try:
        found = base.caches.getSesame("web").query(text)
    except Exception as error:
        raise base.ValidationError(
            f"The name resolver of CDS does not answer, so '{text}' cannot be looked up now: "
            "give coordinates instead, e.g. 254.45755 +35.34236.",
            "hscs_pos",
        ) from error
    if not found:
        raise base.ValidationError(
            f"'{text}' is neither a pair of coordinates nor a name that SIMBAD knows: "
            "write e.g. 254.45755 +35.34236, 16 57 49.8 +35 20 32.5, or HZ Her.",
            "hscs_pos",
        )
    return float(found["RA"]), float(found["dec"])


def _checked(
    ra: float, dec: float, radius: float, fields: tuple[str, str, str] = ("RA", "DEC", "SR")
) -> conecheck.Cone:
    try:
        return conecheck.check(ra, dec, radius)
    except conecheck.BadCone as error:
        field = dict(zip(("RA", "DEC", "SR"), fields, strict=True))[error.name]
        raise base.ValidationError(str(error), field) from error


def _phrase(core: Any, out_pars: dict[str, Any], cone: conecheck.Cone) -> str:
    keys = (
        f"%({base.getSQLKey(name, value, out_pars)})s"
        for name, value in zip(("RA", "DEC", "SR"), cone, strict=True)
    )
    return scs.getRadialCondition(core.queriedTable, *keys)
