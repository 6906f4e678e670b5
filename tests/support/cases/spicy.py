"""SPICY: a candidate of a young stellar object."""

from __future__ import annotations

from support.outside_cases import of_vizier
from ztfvo.outside.model import Place

ROWS = {
    "SPICY": [12345],
    "RA_ICRS": [305.125],
    "DE_ICRS": [40.25],
    "class": ["ClassII  "],
    "Group": ["G78.2+1.8"],
    "var": ["1"],
    "ZTFrmag": [18.625],
}
CASE = of_vizier(
    "J/ApJS/254/33/table1",
    ROWS,
    Place(305.125, 40.25),
    1.0,
    {
        "spicy": 12345,
        "class": "ClassII",
        "yso_group": "G78.2+1.8",
        "type": "ClassII",
        "ztf_rmag": 18.625,
        "variable": "1",
    },
    found=1,
    renamed="class",
    wrong=(b"18.625", b'"bright"'),
)
