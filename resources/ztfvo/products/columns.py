"""The columns of a light curve, with what every format says of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a delivered light curve."""

    name: str
    dtype: str
    """NumPy's name of the type."""
    unit: str | None
    ucd: str
    description: str


COLUMNS = {
    column.name: column
    for column in (
        Column(
            "hmjd",
            "float64",
            "d",
            "time.epoch",
            "Heliocentric modified Julian date (HJD - 2400000.5, UTC) of mid-exposure",
        ),
        Column("phase", "float64", None, "time.phase", "Phase of the period asked for"),
        Column("mag", "float32", "mag", "phot.mag;em.opt", "Magnitude (AB) by PSF fit"),
        Column("magerr", "float32", "mag", "stat.error;phot.mag;em.opt", "Standard error of mag"),
        Column(
            "flux", "float64", "Jy", "phot.flux.density;em.opt", "Flux density, 0 mag = 10^3.56 Jy"
        ),
        Column(
            "fluxerr",
            "float64",
            "Jy",
            "stat.error;phot.flux.density;em.opt",
            "Standard error of flux",
        ),
        Column(
            "diffflux",
            "float64",
            "Jy",
            "phot.flux.density;em.opt;arith.diff",
            "Flux density minus that of the reference",
        ),
        Column(
            "diffflux_err",
            "float64",
            "Jy",
            "stat.error;phot.flux.density;em.opt",
            "Standard error of diffflux, with that of the reference",
        ),
        Column(
            "diffmag",
            "float64",
            "mag",
            "phot.mag;em.opt;arith.diff",
            "Magnitude (AB) of diffflux; infinite where diffflux does not exceed its error",
        ),
        Column(
            "diffmag_err_faint",
            "float64",
            "mag",
            "stat.error;phot.mag;em.opt",
            "Error of diffmag towards the faint side, positive",
        ),
        Column(
            "diffmag_err_bright",
            "float64",
            "mag",
            "stat.error;phot.mag;em.opt",
            "Error of diffmag towards the bright side, positive",
        ),
        Column(
            "clrcoeff",
            "float32",
            None,
            "stat.fit.param;phot.color",
            "Coefficient of the linear colour term of the exposure's calibration, not applied",
        ),
        Column(
            "catflags",
            "int32",
            None,
            "meta.code.qual",
            "Quality flags as bits; 0 is good, 32768 and above is not to be used",
        ),
        Column("npoints", "int32", None, "meta.number", "Number of epochs in the bin"),
    )
}
"""By name, in the order in which they are written."""

TIME_FRAME = {
    "scale": "UTC",
    "reference_position": "HELIOCENTER",
    "origin": 2400000.5,
    "unit": "d",
    "point": "middle of the exposure",
}
"""Of hmjd, in all formats; the origin is a Julian date."""
