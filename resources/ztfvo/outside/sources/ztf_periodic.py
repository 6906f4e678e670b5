"""Periodic variable stars in ZTF DR2 (Chen et al. 2020, table 2), from VizieR."""

from __future__ import annotations

from ztfvo.outside.columns import number, position, text
from ztfvo.outside.model import Yields
from ztfvo.outside.vizier import table

SOURCE = table(
    "J/ApJS/249/18/table2",
    title="ZTF periodic variables",
    order=38,
    example=(201.78467, 38.74508),
    position=("RAJ2000", "DEJ2000"),
    key="ID",
    radius=1.0,
    largest_radius=60.0,
    columns=(
        text("ID", "meta.id;meta.main", "Designation, from the position"),
        *position("RAJ2000", "DEJ2000"),
        text("Type", "meta.code.class;src.var", "Type of variability"),
        number("Per", "d", "time.period", "Period"),
        number("Per_g", "d", "time.period", "Period in g", "Per-g"),
        number("Per_r", "d", "time.period", "Period in r", "Per-r"),
        number("gmag", "mag", "phot.mag;em.opt.B;stat.mean", "Mean magnitude in g (AB)"),
        number("rmag", "mag", "phot.mag;em.opt.R;stat.mean", "Mean magnitude in r (AB)"),
        number("gAmp", "mag", "src.var.amplitude;em.opt.B", "Amplitude in g"),
        number("rAmp", "mag", "src.var.amplitude;em.opt.R", "Amplitude in r"),
    ),
    yields=Yields(name="ID", type="Type", period="Per"),
    citation="https://ui.adsabs.harvard.edu/abs/2020ApJS..249...18C",
)
