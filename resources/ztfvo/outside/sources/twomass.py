"""2MASS point sources, from VizieR."""

from __future__ import annotations

from ztfvo.outside.model import Column, Yields
from ztfvo.outside.vizier import table


def _band(name: str, ucd: str) -> tuple[Column, Column]:
    return (
        Column(f"{name}mag", "float64", "mag", f"phot.mag;{ucd}", f"{name} magnitude (Vega)"),
        Column(
            f"e_{name}mag",
            "float64",
            "mag",
            f"stat.error;phot.mag;{ucd}",
            f"Standard error of {name}mag",
        ),
    )


SOURCE = table(
    "II/246/out",
    title="2MASS",
    order=70,
    position=("RAJ2000", "DEJ2000"),
    key="2MASS",
    radius=2.0,
    largest_radius=60.0,
    epoch=1999.5,
    columns=(
        Column("2MASS", "str", None, "meta.id;meta.main", "Designation, from the position"),
        Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension", "RAJ2000"),
        Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination", "DEJ2000"),
        *_band("J", "em.IR.J"),
        *_band("H", "em.IR.H"),
        *_band("K", "em.IR.K"),
        Column("Qflg", "str", None, "meta.code.qual;phot", "Quality of J, H and K: A is best"),
    ),
    yields=Yields(name="2MASS"),
    citation="https://ui.adsabs.harvard.edu/abs/2006AJ....131.1163S",
)
