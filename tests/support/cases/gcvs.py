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
    "l_magMax": [None, None],
    "magMax": [5.8, 17.5],
    "l_Min1": ["<", "("],
    "Min1": [16.0, 0.75],
    "flt": ["p", "V"],
    "SpType": ["pec", None],
    "Exists": [None, None],
}
CASE = of_vizier(
    "B/gcvs/gcvs_cat",
    ROWS,
    Place(10.6797, 41.2695),
    10.0,
    {
        "gcvs": "V0999   And",
        "vartype": "RRAB",
        "type": "RRAB",
        "period": 0.5477,
        "epoch": 51234.5,
        "amplitude": 0.75,
        "min1": None,
        "min1_limit": "(",
        "min2": None,
        "pmra": None,
    },
    found=2,
    renamed="Period",
    wrong=(b"0.5477", b'"short"'),
)
