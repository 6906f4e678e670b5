"""VSX around ZTF18aagibwi, with a star of which an amplitude is given in place of a minimum."""

from __future__ import annotations

from support.outside_cases import of_vizier
from ztfvo.outside.model import Place

ROWS = {
    "OID": [2345159, 42],
    "Name": ["ZTF18aagibwi", "NSV 42"],
    "RAJ2000": [180.0, 180.0015],
    "DEJ2000": [30.0, 30.0],
    "Type": ["EA", "VAR"],
    "Period": [3.300495, None],
    "Epoch": [2458898.653, None],
    "V": [0, 1],
    "max": [14.69, 13.5],
    "n_max": ["g", "V"],
    "l_min": [None, "("],
    "min": [17.33, 0.5],
    "n_min": ["g", "V"],
    "Sp": [None, None],
}
CASE = of_vizier(
    "B/vsx/vsx",
    ROWS,
    Place(180.0, 30.0),
    10.0,
    {
        "OID": 2345159,
        "Name": "ZTF18aagibwi",
        "Type": "EA",
        "Period": 3.300495,
        "Epoch": 2458898.653,
        "max": 14.69,
        "min": 17.33,
        "amplitude": None,
    },
    found=2,
    renamed="min",
    wrong=(b"3.300495", b'"long"'),
)
