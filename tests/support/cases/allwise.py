"""AllWISE around 3C 273, as VizieR documents the table; texts have trailing blanks there."""

from __future__ import annotations

from support.outside_cases import of_vizier
from ztfvo.outside.model import Place

ROWS = {
    "AllWISE": ["J122906.69+020308.6"],
    "RAJ2000": [187.2779103],
    "DEJ2000": [2.0523991],
    "W1mag": [8.724],
    "e_W1mag": [0.022],
    "W2mag": [7.633],
    "e_W2mag": [0.02],
    "W3mag": [5.023],
    "e_W3mag": [0.014],
    "W4mag": [2.703],
    "e_W4mag": [None],
    "qph": ["AAAA "],
    "var": ["9900 "],
    "ex": [0],
}
CASE = of_vizier(
    "II/328/allwise",
    ROWS,
    Place(187.2779154, 2.0523883),
    3.0,
    {"AllWISE": "J122906.69+020308.6", "W1mag": 8.724, "e_W4mag": None, "qph": "AAAA", "ex": 0},
    found=1,
    renamed="W1mag",
    wrong=(b"8.724", b'"bright"'),
)
