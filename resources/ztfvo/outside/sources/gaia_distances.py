"""Distances from Gaia EDR3 parallaxes (Bailer-Jones et al. 2021), from VizieR."""

from __future__ import annotations

from ztfvo.outside.columns import position, text, whole, with_bounds
from ztfvo.outside.model import Yields
from ztfvo.outside.vizier import table

SOURCE = table(
    "I/352/gedr3dis",
    title="Gaia EDR3 distances",
    order=22,
    example=(187.2779154, 2.0523883),
    position=("RA_ICRS", "DE_ICRS"),
    key="Source",
    radius=1.0,
    largest_radius=60.0,
    epoch=2016.0,
    columns=(
        whole("Source", "meta.id;meta.main", "Source identifier of Gaia EDR3 and DR3"),
        *position("RA_ICRS", "DE_ICRS"),
        *with_bounds(
            "rgeo",
            "pc",
            "pos.distance",
            "Distance from the parallax (median)",
            "rgeo",
            "b_rgeo",
            "B_rgeo",
        ),
        *with_bounds(
            "rpgeo",
            "pc",
            "pos.distance",
            "Distance from parallax, colour and magnitude (median)",
            "rpgeo",
            "b_rpgeo",
            "B_rpgeo",
        ),
        text("Flag", "meta.code", "How the distances were computed"),
    ),
    yields=Yields(
        name="Source", distance="rgeo", distance_low="rgeo_low", distance_high="rgeo_high"
    ),
    citation="https://ui.adsabs.harvard.edu/abs/2021AJ....161..147B",
)
