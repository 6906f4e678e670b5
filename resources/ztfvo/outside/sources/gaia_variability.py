"""Classes of variable objects in Gaia DR3, from VizieR."""

from __future__ import annotations

from ztfvo.outside.columns import number, position, text, whole
from ztfvo.outside.model import Yields
from ztfvo.outside.vizier import table

SOURCE = table(
    "I/358/vclassre",
    title="Gaia DR3 variability",
    gives=("cross-match", "classification"),
    order=24,
    example=(187.2779154, 2.0523883),
    position=("RA_ICRS", "DE_ICRS"),
    key="Source",
    radius=1.0,
    largest_radius=60.0,
    epoch=2016.0,
    columns=(
        whole("Source", "meta.id;meta.main", "Source identifier"),
        *position("RA_ICRS", "DE_ICRS"),
        text("Class", "meta.code.class;src.var", "Best class"),
        number("ClassSc", None, "stat.likelihood", "Score of the class, 0 to 1"),
    ),
    yields=Yields(name="Source", type="Class"),
    citation="https://ui.adsabs.harvard.edu/abs/2023A%26A...674A..14R",
)
