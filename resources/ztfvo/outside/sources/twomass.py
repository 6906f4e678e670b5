"""2MASS point sources, from VizieR."""

from __future__ import annotations

from ztfvo.outside.columns import position, text, with_error
from ztfvo.outside.model import Yields
from ztfvo.outside.vizier import table

SOURCE = table(
    "II/246/out",
    title="2MASS",
    order=70,
    example=(187.2779154, 2.0523883),
    position=("RAJ2000", "DEJ2000"),
    key="2MASS",
    radius=2.0,
    largest_radius=60.0,
    epoch=1999.5,
    columns=(
        text("2MASS", "meta.id;meta.main", "Designation, from the position"),
        *position("RAJ2000", "DEJ2000"),
        *(
            column
            for band in "JHK"
            for column in with_error(
                f"{band}mag",
                "mag",
                f"phot.mag;em.IR.{band}",
                f"{band} magnitude (Vega)",
                f"{band}mag",
                f"e_{band}mag",
            )
        ),
        text("Qflg", "meta.code.qual;phot", "Quality of J, H and K: A is best"),
    ),
    yields=Yields(name="2MASS"),
    citation="https://ui.adsabs.harvard.edu/abs/2006AJ....131.1163S",
)
