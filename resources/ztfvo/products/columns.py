"""The columns of a light curve and the values that it has once, as every format describes them."""

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
    optional: bool = False
    """Whether it comes only where COLUMNS names it: a fact of the epoch's exposure."""
    null: int | None = None
    """The whole number that stands for no value."""
    width: int | None = None
    """Most letters of a text."""
    beyond_doubles: bool = False
    """Whether there are whole numbers above 2^53, which readers of JSON would round."""


COLUMNS = {
    column.name: column
    for column in (
        Column(
            "hmjd",
            "float64",
            "d",
            "time.epoch",
            "Heliocentric MJD (HJD - 2400000.5, UTC) of the middle of the exposure",
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
            "extinction",
            "float64",
            "mag",
            "phys.absorption;em.opt",
            "Extinction that magnitudes and flux densities are corrected for",
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
        Column(
            "exposure_id",
            "int64",
            None,
            "meta.id;obs.exposure",
            "Number of the exposure within the release, as in its table of exposures",
            optional=True,
            beyond_doubles=True,
        ),
        Column(
            "obsmjd",
            "float64",
            "d",
            "time.start;obs.exposure",
            "MJD (UTC, topocentric at Palomar) of the start of the exposure",
            optional=True,
        ),
        Column(
            "obsmjd_source",
            "str",
            None,
            "meta.note",
            "How obsmjd is known: observed, estimated to the second, or coarse, to minutes",
            optional=True,
            width=9,
        ),
        Column(
            "exptime",
            "float32",
            "s",
            "time.duration;obs.exposure",
            "Exposure time",
            optional=True,
        ),
        Column(
            "exptime_source",
            "str",
            None,
            "meta.note",
            "How exptime is known: observed, or assumed to be 30 s",
            optional=True,
            width=8,
        ),
        Column(
            "mjd_mid",
            "float64",
            "d",
            "time.epoch;obs.exposure",
            "MJD (UTC, topocentric at Palomar) of the middle of the exposure",
            optional=True,
        ),
        Column(
            "ndetections",
            "int32",
            None,
            "meta.number",
            "Number of detections of the release made in the exposure",
            optional=True,
        ),
        Column(
            "filefracday",
            "int64",
            None,
            "meta.id;meta.file",
            "Date and fraction of day in the names of the exposure's images (YYYYMMDDdddddd)",
            optional=True,
            null=-1,
        ),
    )
}
"""By name, in the order in which they are written."""

OPTIONAL = tuple(column.name for column in COLUMNS.values() if column.optional)
"""Names of those that come only where they are asked for."""

AT_PALOMAR = ("obsmjd", "mjd_mid")
"""Columns of times at the telescope."""

FACTS = {
    column.name: column
    for column in (
        Column("oid", "int64", None, "meta.id;meta.main", "Identifier of the light curve"),
        Column("filter", "str", None, "meta.id;instr.filter", "Band: zg, zr or zi"),
        Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension (ICRS)"),
        Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination (ICRS)"),
        Column("fieldid", "int32", None, "meta.id;obs.field", "Survey field"),
        Column("rcid", "int32", None, "meta.id;instr.det", "Readout channel, 0 to 63"),
        Column("filterid", "int32", None, "meta.code;instr.filter", "1 for zg, 2 for zr, 3 for zi"),
        Column(
            "separation",
            "float64",
            "arcsec",
            "pos.angDistance",
            "Distance from the nearest light curve that was asked for",
        ),
        Column("refmag", "float64", "mag", "phot.mag;em.opt", "Magnitude (AB) of the reference"),
        Column(
            "refmagerr", "float64", "mag", "stat.error;phot.mag;em.opt", "Standard error of refmag"
        ),
    )
}
"""By name, in the order in which they are written."""

CITATION = "https://ui.adsabs.harvard.edu/abs/2019PASP..131a8003M"
"""The paper that those who use the light curves cite."""
