"""AllWISE: sources in the mid-infrared, from VizieR."""

from __future__ import annotations

from ztfvo.outside.columns import position, text, whole, with_error
from ztfvo.outside.model import Yields
from ztfvo.outside.vizier import table

_BANDS = (
    ("W1", "em.IR.3-4um", "3.4 um"),
    ("W2", "em.IR.4-8um", "4.6 um"),
    ("W3", "em.IR.8-15um", "12 um"),
    ("W4", "em.IR.15-30um", "22 um"),
)

SOURCE = table(
    "II/328/allwise",
    title="AllWISE",
    order=75,
    example=(187.2779154, 2.0523883),
    position=("RAJ2000", "DEJ2000"),
    key="AllWISE",
    radius=3.0,
    largest_radius=60.0,
    epoch=2010.5589,
    columns=(
        text("AllWISE", "meta.id;meta.main", "Designation, from the position"),
        *position("RAJ2000", "DEJ2000"),
        *(
            column
            for band, ucd, length in _BANDS
            for column in with_error(
                f"{band}mag",
                "mag",
                f"phot.mag;{ucd}",
                f"{band} magnitude ({length}, Vega)",
                f"{band}mag",
                f"e_{band}mag",
            )
        ),
        text("qph", "meta.code.qual;phot", "Quality of W1 to W4: A is best"),
        text("var", "meta.code;src.var", "Probability that it varies in W1 to W4, 0 to 9"),
        whole("ex", "meta.code;src.morph", "Whether it is extended: 0 is a point source"),
    ),
    yields=Yields(name="AllWISE"),
    citation="https://ui.adsabs.harvard.edu/abs/2014yCat.2328....0C",
)
