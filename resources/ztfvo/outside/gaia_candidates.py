"""What the tables of extragalactic candidates of Gaia DR3 share."""

from __future__ import annotations

from typing import Any

from ztfvo.outside.columns import number, position, text, whole
from ztfvo.outside.model import Source, Yields
from ztfvo.outside.vizier import table


def candidates(name: str, title: str, module: str, order: int, **more: Any) -> Source:
    """Return a table of candidates.

    Parameters
    ----------
    name
        Of the table in VizieR's I/356.
    module
        Which part of Gaia's processing the redshifts are from.
    more
        Declared besides, see `ztfvo.outside.model.Source`.
    """
    return table(
        f"I/356/{name}",
        title=title,
        gives=("cross-match", "classification"),
        order=order,
        position=("RA_ICRS", "DE_ICRS"),
        key="Source",
        radius=1.0,
        largest_radius=60.0,
        epoch=2016.0,
        columns=(
            whole("Source", "meta.id;meta.main", "Source identifier"),
            *position("RA_ICRS", "DE_ICRS"),
            text("Class", "meta.code.class;src.var", "Best class from its variability"),
            number("ClassSc", None, "stat.likelihood", "Score of the class, 0 to 1"),
            number("z", None, "src.redshift", f"Redshift ({module})"),
            number("z_low", None, "src.redshift;stat.min", "Lower bound of z", "zlow"),
            number("z_high", None, "src.redshift;stat.max", "Upper bound of z", "zupp"),
            number("PQSO", None, "stat.probability", "Probability to be a quasar (DSC-Combmod)"),
            number("PGal", None, "stat.probability", "Probability to be a galaxy (DSC-Combmod)"),
        ),
        yields=Yields(
            name="Source",
            type="Class",
            redshift="z",
            probabilities={"quasar": "PQSO", "galaxy": "PGal"},
        ),
        citation="https://ui.adsabs.harvard.edu/abs/2023A%26A...674A..41G",
        **more,
    )
