"""ATLAS variables, whose period VizieR names with a hyphen."""

from __future__ import annotations

from support.outside_cases import of_vizier
from ztfvo.outside.model import Place

ROWS = {
    "ATOID": ["J012.3456+12.3456"],
    "RAJ2000": [12.3456],
    "DEJ2000": [12.3456],
    "Class": ["DBF"],
    "fp-LSper": [0.410938],
}
CASE = of_vizier(
    "J/AJ/156/241/table4",
    ROWS,
    Place(12.3457, 12.3456),
    10.0,
    {"ato_id": "J012.3456+12.3456", "class": "DBF", "type": "DBF", "period": 0.410938},
    found=1,
    renamed="fp-LSper",
    wrong=(b"0.410938", b'"short"'),
)
