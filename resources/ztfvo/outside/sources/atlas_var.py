"""ATLAS variable stars (Heinze et al. 2018), from VizieR."""

from __future__ import annotations

from ztfvo.outside.columns import number, position, text
from ztfvo.outside.model import Yields
from ztfvo.outside.vizier import table

SOURCE = table(
    "J/AJ/156/241/table4",
    title="ATLAS variables",
    order=34,
    position=("RAJ2000", "DEJ2000"),
    key="ATOID",
    radius=10.0,
    largest_radius=60.0,
    columns=(
        text("ATOID", "meta.id;meta.main", "Designation, from the position"),
        *position("RAJ2000", "DEJ2000"),
        text("Class", "meta.code.class;src.var", "Class"),
        number("Period", "d", "time.period", "Period from the Lomb-Scargle search", "fp-LSper"),
    ),
    yields=Yields(name="ATOID", type="Class", period="Period"),
    citation="https://ui.adsabs.harvard.edu/abs/2018AJ....156..241H",
)
