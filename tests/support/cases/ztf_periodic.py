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
    "Ng": [100],
    "Nr": [120],
    "R21": [0.375],
    "phi21": [1.5],
    "R21-g": [0.375],
    "R21-r": [0.25],
    "phi21-g": [1.5],
    "phi21-r": [1.25],
    "R2-g": [0.875],
    "R2-r": [0.75],
    "log(FAP-g)": [-12.5],
    "log(FAP-r)": [-13.5],
    "Dmin-g": [0.5],
    "Dmin-r": [0.25],
}
CASE = of_vizier(
    "J/ApJS/249/18/table2",
    ROWS,
    Place(201.78468, 38.74508),
    1.0,
    {
        "id": "ZTFJ132708.32+384442.3",
        "type": "RR",
        "period": 0.6297706,
        "per_r": 0.6297713,
        "amp_g": 1.125,
        "log_fap_g": -12.5,
        "num_r": 120,
        "source_id": None,
    },
    found=1,
    renamed="Per-g",
    wrong=(b"1.125", b'"large"'),
)
