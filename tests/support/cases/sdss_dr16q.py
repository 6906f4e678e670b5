"""SDSS DR16Q superset: a quasar, and a spectrum that nobody inspected."""

from __future__ import annotations

from support.outside_cases import of_vizier
from ztfvo.outside.model import Place

ROWS = {
    "SDSS": ["122906.69+020308.6", "122906.90+020311.0"],
    "RAJ2000": [187.27791, 187.27875],
    "DEJ2000": [2.05239, 2.05306],
    "Class": [3, 0],
    "QSO": [1, 0],
    "z": [0.158339, None],
    "r_z": ["VI", "PIPE"],
    "gmag": [12.93, None],
    "rmag": [12.81, None],
    "imag": [12.5, None],
    "Plate": [3586, 4003],
    "MJD": [55181, 55330],
    "Fiber": [7, 96],
}
CASE = of_vizier(
    "VII/289/superset",
    ROWS,
    Place(187.2779154, 2.0523883),
    10.0,
    {
        "sdss_name": "122906.69+020308.6",
        "type": "quasar",
        "class_person": 3,
        "redshift": 0.158339,
        "is_qso": 1,
        "plate": 3586,
        "zwarning": None,
    },
    found=2,
    renamed="z",
    wrong=(b"0.158339", b'"far"'),
)
