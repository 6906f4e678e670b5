"""ZTF periodic variables: an RR Lyrae star of table 2."""

from __future__ import annotations

from support.outside_cases import of_vizier
from ztfvo.outside.model import Place

ROWS = {
    "ID": ["ZTFJ132708.32+384442.3"],
    "RAJ2000": [201.78468],
    "DEJ2000": [38.74508],
    "Type": ["RR"],
    "Per": [0.6297706],
    "Per-g": [0.6297706],
    "Per-r": [0.6297713],
    "gmag": [16.25],
    "rmag": [16.0],
    "gAmp": [1.125],
    "rAmp": [0.75],
}
CASE = of_vizier(
    "J/ApJS/249/18/table2",
    ROWS,
    Place(201.78468, 38.74508),
    1.0,
    {"ID": "ZTFJ132708.32+384442.3", "Type": "RR", "Per": 0.6297706, "Per_r": 0.6297713},
    found=1,
    renamed="Per-g",
    wrong=(b"1.125", b'"large"'),
)
