"""GCVS around S And, with a star of which an amplitude is given in place of a minimum."""

from __future__ import annotations

from support.outside_cases import of_vizier
from ztfvo.outside.model import Place

ROWS = {
    "GCVS": ["S       And", "V0999   And"],
    "RAJ2000": [10.679583, 10.6797],
    "DEJ2000": [41.268056, 41.2695],
    "VarType": ["SNI", "RRAB"],
    "Period": [None, 0.5477],
    "Epoch": [None, 2451234.5],
    "magMax": [5.8, 17.5],
    "l_Min1": ["<", "("],
    "Min1": [16.0, 0.75],
    "flt": ["p", "V"],
    "SpType": ["pec", None],
}
CASE = of_vizier(
    "B/gcvs/gcvs_cat",
    ROWS,
    Place(10.6797, 41.2695),
    10.0,
    {
        "GCVS": "V0999   And",
        "VarType": "RRAB",
        "Period": 0.5477,
        "amplitude": 0.75,
        "Min1": None,
        "l_Min1": "(",
    },
    found=2,
    renamed="Period",
    wrong=(b"0.5477", b'"short"'),
)
