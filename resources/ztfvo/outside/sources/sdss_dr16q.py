"""SDSS DR16Q superset: objects whose spectra were classified, from VizieR."""

from __future__ import annotations

from typing import Any

from ztfvo.outside.columns import number, position, text, whole
from ztfvo.outside.model import Yields
from ztfvo.outside.vizier import table

CLASSES = {
    0: "not inspected",
    1: "star",
    3: "quasar",
    4: "galaxy",
    30: "BAL quasar",
    50: "blazar",
}


def _shape(row: dict[str, Any]) -> None:
    row["type"] = CLASSES.get(row.get("Class"))


SOURCE = table(
    "VII/289/superset",
    title="SDSS DR16Q",
    gives=("cross-match", "classification"),
    order=36,
    position=("RAJ2000", "DEJ2000"),
    record="https://dr16.sdss.org/optical/spectrum/view?plateid={Plate}&mjd={MJD}&fiberid={Fiber}",
    made=("type",),
    shape=_shape,
    radius=10.0,
    largest_radius=60.0,
    columns=(
        text("SDSS", "meta.id;meta.main", "Designation, from the position"),
        *position("RAJ2000", "DEJ2000"),
        text("type", "src.class", "Class in words"),
        whole("Class", "meta.code.class", f"Class of the spectrum: {CLASSES}"),
        whole("QSO", "meta.code", "Whether it is a quasar: 1 yes, 0 no"),
        number("z", None, "src.redshift", "Best redshift"),
        text("r_z", "meta.ref", "Where z is from"),
        *(
            number(f"{band}mag", "mag", f"phot.mag;em.opt.{ucd}", f"PSF magnitude in {band} (AB)")
            for band, ucd in (("g", "B"), ("r", "R"), ("i", "I"))
        ),
        whole("Plate", "meta.id;instr.plate", "Plate"),
        whole("MJD", "time.epoch;obs", "MJD of the observation"),
        whole("Fiber", "meta.id", "Fibre"),
    ),
    yields=Yields(name="SDSS", type="type", redshift="z"),
    citation="https://ui.adsabs.harvard.edu/abs/2020ApJS..250....8L",
)
