"""General Catalogue of Variable Stars, from VizieR."""

from __future__ import annotations

from ztfvo.outside.columns import number, position, text
from ztfvo.outside.model import Yields
from ztfvo.outside.vizier import amplitudes, table

SOURCE = table(
    "B/gcvs/gcvs_cat",
    title="GCVS",
    order=30,
    example=(10.679583, 41.268056),
    position=("RAJ2000", "DEJ2000"),
    key="GCVS",
    made=("amplitude",),
    shape=amplitudes("l_Min1", "Min1"),
    radius=10.0,
    largest_radius=60.0,
    columns=(
        text("GCVS", "meta.id;meta.main", "Designation"),
        *position("RAJ2000", "DEJ2000"),
        text("VarType", "meta.code.class;src.var", "Type of variability"),
        number("Period", "d", "time.period", "Period"),
        number("Epoch", "d", "time.epoch", "Epoch of maximum or minimum (JD)"),
        number("magMax", "mag", "phot.mag;stat.max", "Magnitude at maximum"),
        text("l_Min1", "meta.code.error", "( before an amplitude, < or > before a limit"),
        number("Min1", "mag", "phot.mag;stat.min", "Magnitude at minimum, if it is given"),
        number(
            "amplitude",
            "mag",
            "phot.mag;arith.diff",
            "Amplitude, where no minimum is given",
        ),
        text("flt", "meta.id;instr.filter", "Photometric system of the magnitudes"),
        text("SpType", "src.spType", "Spectral type"),
    ),
    yields=Yields(name="GCVS", type="VarType", period="Period"),
    citation="https://ui.adsabs.harvard.edu/abs/2017ARep...61...80S",
)
