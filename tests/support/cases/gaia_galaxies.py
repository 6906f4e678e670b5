"""Candidates of galaxies in Gaia DR3."""

from __future__ import annotations

from support.outside_cases import of_vizier
from ztfvo.outside.model import Place

ROWS = {
    "Source": [3700386905605055360],
    "RA_ICRS": [187.27791594],
    "DE_ICRS": [2.05238823],
    "Class": ["AGN"],
    "ClassSc": [0.875],
    "z": [0.1602],
    "zlow": [0.159],
    "zupp": [0.1614],
    "PQSO": [0.999],
    "PGal": [None],
}
CASE = of_vizier(
    "I/356/galcand",
    ROWS,
    Place(187.2779154, 2.0523883),
    1.0,
    {"Source": 3700386905605055360, "z": 0.1602, "z_low": 0.159, "z_high": 0.1614, "PGal": None},
    found=1,
    renamed="zlow",
    wrong=(b"0.1602", b'"far"'),
)
