"""The condition of a cone search, from the protocol's or the form's parameters."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from gavo import base
from gavo.protocols import scs

from ztfvo import addresses, oid, position
from ztfvo.dal import BadParameter
from ztfvo.remote import Client, Failure
from ztfvo_dachs import conecheck, links

ARCSEC_PER_DEGREE = 3600
_REFUSALS = (400, 404, 503)
"""Statuses with which the resolver says in a sentence why it found nothing."""


def protocol_phrase(core: Any, in_pars: dict[str, Any], out_pars: dict[str, Any]) -> Iterator[str]:
    """Yield the SQL condition for RA, DEC and SR in degrees."""
    yield _phrase(core, out_pars, _checked(in_pars["RA"], in_pars["DEC"], in_pars["SR"]))


def form_phrase(core: Any, in_pars: dict[str, Any], out_pars: dict[str, Any]) -> Iterator[str]:
    """Yield the SQL condition for a position or name and a radius in arcsec."""
    radius = _radius(in_pars["hscs_sr"])
    ra, dec = _place(in_pars["hscs_pos"], core.queriedTable.rd.schema)
    yield _phrase(core, out_pars, _checked(ra, dec, radius, ("hscs_pos", "hscs_pos", "hscs_sr")))


def _radius(arcsec: float) -> float:
    """Radius in degrees of one of the form.

    Raises
    ------
    ValidationError
        When it is no radius, or larger than the site allows.
    """
    limit = conecheck.get_settings().max_cone_radius * ARCSEC_PER_DEGREE
    if not 0 <= arcsec < math.inf:
        raise base.ValidationError(
            f"Radius={arcsec:g} arcsec is {'negative' if arcsec < 0 else 'not finite'}: give 0 to "
            f"{limit:g} arcsec, e.g. 2.",
            "hscs_sr",
        )
    if arcsec > limit:
        raise base.ValidationError(
            f"Radius={arcsec:.10g} is above the limit of {limit:g} arcsec: ask for a smaller cone, "
            "or query the table by TAP, which has no such limit.",
            "hscs_sr",
        )
    return arcsec / ARCSEC_PER_DEGREE


def _place(text: str, schema: str) -> tuple[float, float]:
    """RA and Dec in degrees of a position, or of a name.

    Raises
    ------
    ValidationError
        When it is neither, or when the name resolver cannot be asked.
    """
    with suppress(oid.InvalidOID):
        page = links.page(schema, oid.parse(text))
        raise base.ValidationError(
            f"{text.strip()} is the OID of a light curve, not a position: its page is {page}.",
            "hscs_pos",
        )
    if position.is_name(text):
        return _resolved(text)
    try:
        return position.read(text)
    except position.BadPosition as error:
        raise base.ValidationError(str(error), "hscs_pos") from error


def _resolved(name: str) -> tuple[float, float]:
    """RA and Dec in degrees of a name, as the site's own resolver has it."""
    query = urlencode({"NAME": name, "RESPONSEFORMAT": "json"})
    try:
        with _site().open(f"{addresses.RESOLVE}?{query}", {}, also=_REFUSALS) as answer:
            body = answer.read().decode()
    except Failure as error:
        raise base.ValidationError(
            f"Names cannot be looked up now, '{name}' neither ({error}): give coordinates instead,"
            f" e.g. {position.EXAMPLES}.",
            "hscs_pos",
        ) from error
    if answer.status_code in _REFUSALS:
        raise base.ValidationError(body.strip(), "hscs_pos")
    first = json.loads(body)["found"][0]
    return first["ra"], first["dec"]


@lru_cache(maxsize=1)
def _site() -> Client:
    return Client(
        conecheck.get_settings().local_url, name="the site", seconds=15.0, most_bytes=1_000_000
    )


def _checked(
    ra: float, dec: float, radius: float, fields: tuple[str, str, str] = ("RA", "DEC", "SR")
) -> conecheck.Cone:
    try:
        return conecheck.check(ra, dec, radius)
    except BadParameter as error:
        field = dict(zip(("RA", "DEC", "SR"), fields, strict=True))[error.name]
        raise base.ValidationError(str(error), field) from error


def _phrase(core: Any, out_pars: dict[str, Any], cone: conecheck.Cone) -> str:
    keys = (
        f"%({base.getSQLKey(name, value, out_pars)})s"
        for name, value in zip(("RA", "DEC", "SR"), cone, strict=True)
    )
    return scs.getRadialCondition(core.queriedTable, *keys)
