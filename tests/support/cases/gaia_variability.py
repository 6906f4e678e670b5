"""Classes of variable objects in Gaia DR3."""

from __future__ import annotations

from support.outside_cases import of_vizier
from ztfvo.outside.model import Place

ROWS = {
    "Source": [3700386905605055360],
    "RA_ICRS": [187.27791594],
    "DE_ICRS": [2.05238823],
    "Class": ["AGN    "],
    "ClassSc": [0.875],
}
CASE = of_vizier(
    "I/358/vclassre",
    ROWS,
    Place(187.2779154, 2.0523883),
    1.0,
    {"Source": 3700386905605055360, "Class": "AGN", "ClassSc": 0.875},
    found=1,
    renamed="Class",
    wrong=(b"0.875", b'"likely"'),
)
