"""Gaia DR3: astrometry, photometry, classes and parameters of stars, from VizieR."""

from __future__ import annotations

from ztfvo.outside.columns import number, position, text, whole, with_bounds, with_error
from ztfvo.outside.model import Column, Yields
from ztfvo.outside.vizier import table


def _magnitude(band: str, ucd: str) -> Column:
    return number(
        f"{band}mag", "mag", f"phot.mag;{ucd}", f"Mean magnitude in {band} (Vega)", f"{band}mag"
    )


def _probability(name: str, what: str) -> Column:
    return number(name, None, "stat.probability", f"Probability to be {what} (DSC-Combmod)")


SOURCE = table(
    "I/355/gaiadr3",
    title="Gaia DR3",
    order=20,
    example=(187.2779154, 2.0523883),
    position=("RA_ICRS", "DE_ICRS"),
    motion=("pmRA", "pmDE"),
    key="Source",
    radius=1.0,
    largest_radius=60.0,
    epoch=2016.0,
    columns=(
        whole("Source", "meta.id;meta.main", "Source identifier"),
        *position("RA_ICRS", "DE_ICRS"),
        *with_error("Plx", "mas", "pos.parallax.trig", "Parallax", "Plx", "e_Plx"),
        *with_error(
            "pmRA",
            "mas/yr",
            "pos.pm;pos.eq.ra",
            "Proper motion in right ascension, times cos(dec)",
            "pmRA",
            "e_pmRA",
        ),
        *with_error(
            "pmDE", "mas/yr", "pos.pm;pos.eq.dec", "Proper motion in declination", "pmDE", "e_pmDE"
        ),
        number("RUWE", None, "stat.error", "Renormalised unit weight error of the astrometry"),
        _magnitude("G", "em.opt"),
        _magnitude("BP", "em.opt.B"),
        _magnitude("RP", "em.opt.R"),
        text("VarFlag", "meta.code;src.var", "VARIABLE where it is one, NOT_AVAILABLE otherwise"),
        Column("EpochPh", "bool", None, "meta.code", "Whether its epoch photometry is published"),
        _probability("PQSO", "a quasar"),
        _probability("PGal", "a galaxy"),
        _probability("PSS", "a single star"),
        *with_bounds(
            "Teff",
            "K",
            "phys.temperature.effective",
            "Effective temperature (GSP-Phot)",
            "Teff",
            "b_Teff",
            "B_Teff",
        ),
        *with_bounds(
            "logg",
            None,
            "phys.gravity",
            "lg of surface gravity in cm/s2 (GSP-Phot)",
            "logg",
            "b_logg",
            "B_logg",
        ),
        *with_bounds(
            "FeH",
            None,
            "phys.abund.Fe",
            "Metallicity [Fe/H], dex (GSP-Phot)",
            "[Fe/H]",
            "b_[Fe/H]",
            "B_[Fe/H]",
        ),
        *with_bounds(
            "A0",
            "mag",
            "phys.absorption",
            "Extinction at 547.7 nm (GSP-Phot)",
            "A0",
            "b_A0",
            "B_A0",
        ),
    ),
    yields=Yields(
        name="Source",
        pmra="pmRA",
        pmdec="pmDE",
        probabilities={"quasar": "PQSO", "galaxy": "PGal", "single star": "PSS"},
    ),
    citation="https://ui.adsabs.harvard.edu/abs/2023A%26A...674A...1G",
)
