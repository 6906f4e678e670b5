"""Distances from Gaia EDR3, whose bounds VizieR names by case: b_rgeo and B_rgeo."""

from __future__ import annotations

from support.outside_cases import of_vizier
from ztfvo.outside.model import Place

ROWS = {
    "Source": [1381057206093463936],
    "RA_ICRS": [247.45543],
    "DE_ICRS": [24.77282],
    "rgeo": [1250.5],
    "b_rgeo": [1200.25],
    "B_rgeo": [1310.75],
    "rpgeo": [1240.0],
    "b_rpgeo": [1195.0],
    "B_rpgeo": [1301.0],
    "Flag": ["10033"],
}
CASE = of_vizier(
    "I/352/gedr3dis",
    ROWS,
    Place(247.45543, 24.77282),
    1.0,
    {"Source": 1381057206093463936, "rgeo": 1250.5, "rgeo_low": 1200.25, "rgeo_high": 1310.75},
    found=1,
    renamed="b_rgeo",
    wrong=(b"1250.5", b'"near"'),
)
