"""AAVSO's International Variable Star Index, from VizieR."""

from __future__ import annotations

from ztfvo.outside.columns import number, position, text, whole
from ztfvo.outside.model import Yields
from ztfvo.outside.vizier import amplitudes, table

SOURCE = table(
    "B/vsx/vsx",
    title="VSX",
    order=32,
    example=(10.679583, 41.268056),
    position=("RAJ2000", "DEJ2000"),
    record="https://vsx.aavso.org/index.php?view=detail.top&oid={OID}",
    made=("amplitude",),
    shape=amplitudes("l_min", "min"),
    radius=10.0,
    largest_radius=60.0,
    columns=(
        whole("OID", "meta.id", "Number of the object in VSX"),
        text("Name", "meta.id;meta.main", "Designation"),
        *position("RAJ2000", "DEJ2000"),
        text("Type", "meta.code.class;src.var", "Type of variability"),
        number("Period", "d", "time.period", "Period"),
        number("Epoch", "d", "time.epoch", "Epoch of maximum or minimum (HJD)"),
        whole("V", "meta.code", "0 variable, 1 suspected, 2 constant, 3 possible duplicate"),
        number("max", "mag", "phot.mag;stat.max", "Magnitude at maximum"),
        text("n_max", "meta.id;instr.filter", "Band of max"),
        text("l_min", "meta.code.error", "( before an amplitude, < or > before a limit"),
        number("min", "mag", "phot.mag;stat.min", "Magnitude at minimum, if it is given"),
        number(
            "amplitude",
            "mag",
            "phot.mag;arith.diff",
            "Amplitude, where no minimum is given",
        ),
        text("n_min", "meta.id;instr.filter", "Band of min or amplitude"),
        text("Sp", "src.spType", "Spectral type"),
    ),
    yields=Yields(name="Name", type="Type", period="Period"),
    citation="https://ui.adsabs.harvard.edu/abs/2006SASS...25...47W",
)
