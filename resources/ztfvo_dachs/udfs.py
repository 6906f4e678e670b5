"""ADQL functions of this site, for synchronous and asynchronous TAP.

DaCHS takes names ``gavo_...`` and ``ivo_...`` of letters only; those beginning ``ivo_``
are for functions that the IVOA has agreed on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gavo import adql
from gavo.adql import common, nodes

from ztfvo.photometry import ZERO_POINT


def _flat(args: list[Any], number: int, name: str) -> list[str]:
    if len(args) != number:
        plural = "argument" if number == 1 else "arguments"
        raise common.UfuncError(f"{name} takes {number} {plural}, not {len(args)}")
    return [nodes.flatten(arg) for arg in args]


def _ab_flux(args: list[Any]) -> str:
    (mag,) = _flat(args, 1, "gavo_ab_flux")
    return f"(10.0::double precision^(-0.4*(({mag})::double precision-{ZERO_POINT})))"


def _ab_fluxerr(args: list[Any]) -> str:
    mag, magerr = _flat(args, 2, "gavo_ab_fluxerr")
    return f"(0.4*ln(10.0::double precision)*({magerr})*{_ab_flux([mag])})"


def _dissimilarity(args: list[Any]) -> str:
    places = _flat(args, 2, "gavo_ztf_dissimilarity")
    first, second = (f"cube(({place})::double precision[])" for place in places)
    return f"({first} <-> {second})"


def _digits(name: str, divisor: int, modulus: int | None) -> Callable[[list[Any]], str]:
    def translate(args: list[Any]) -> str:
        (oid,) = _flat(args, 1, name)
        digits = f"(({oid})::bigint / {divisor})"
        return f"mod({digits}, {modulus})::integer" if modulus else f"{digits}::integer"

    return translate


def install() -> None:
    """Register the functions with DaCHS' ADQL translator."""
    adql.userFunction(
        "gavo_ab_flux",
        "(mag REAL) -> DOUBLE PRECISION",
        """
        gavo_ab_flux returns the flux density in Jy of an AB magnitude:
        10^(-0.4 (mag - 8.9)).
        """,
        returntype="double precision",
        unit="Jy",
        ucd="phot.flux.density",
    )(_ab_flux)
    adql.userFunction(
        "gavo_ab_fluxerr",
        "(mag REAL, magerr REAL) -> DOUBLE PRECISION",
        """
        gavo_ab_fluxerr returns the error in Jy of the flux density of an AB
        magnitude with a (small) error: 0.4 ln(10) magerr gavo_ab_flux(mag).
        """,
        returntype="double precision",
        unit="Jy",
        ucd="stat.error;phot.flux.density",
    )(_ab_fluxerr)
    adql.userFunction(
        "gavo_ztf_dissimilarity",
        "(place REAL[], other REAL[]) -> DOUBLE PRECISION",
        """
        gavo_ztf_dissimilarity returns the distance of two places of the table
        feature_space: 0 for light curves of the same features.  Ordering by
        the distance from one place is fast; give that by a subquery, as in
        gavo_ztf_dissimilarity(place,
        (SELECT place FROM ztf.feature_space WHERE oid=680113300005170)).
        """,
        returntype="double precision",
        ucd="stat.value",
    )(_dissimilarity)
    for what, divisor, modulus, ucd, text in (
        ("field", 10**12, None, "meta.id;obs.field", "the survey field"),
        ("filter", 10**11, 10, "meta.id;instr.filter", "the filter number (1 zg, 2 zr, 3 zi)"),
        ("ccd", 10**9, 100, "meta.id;instr.det", "the CCD (1 to 16)"),
        ("quadrant", 10**8, 10, "meta.id;instr.det", "the quadrant of the CCD (1 to 4)"),
    ):
        name = f"gavo_ztf_{what}"
        adql.userFunction(
            name,
            "(oid BIGINT) -> INTEGER",
            f"""
            {name} returns {text} that a ZTF light-curve identifier names.
            """,
            returntype="integer",
            ucd=ucd,
        )(_digits(name, divisor, modulus))
