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
    "l_max": [None, None],
    "max": [14.69, 13.5],
    "u_max": [None, ":"],
    "n_max": ["g", "V"],
    "f_min": [None, "("],
    "l_min": [None, None],
    "min": [17.33, 0.5],
    "u_min": [None, None],
    "n_min": ["g", "V"],
    "u_Epoch": [None, None],
    "l_Period": [None, None],
    "u_Period": [None, None],
    "Sp": [None, None],
}
CASE = of_vizier(
    "B/vsx/vsx",
    ROWS,
    Place(180.0, 30.0),
    10.0,
    {
        "oid": 2345159,
        "name": "ZTF18aagibwi",
        "type": "EA",
        "period": 3.300495,
        "epoch": 2458898.653,
        "max_mag": 14.69,
        "min_mag": 17.33,
        "amplitude": None,
    },
    found=2,
    renamed="min",
    wrong=(b"3.300495", b'"long"'),
)
