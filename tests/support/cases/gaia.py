"""Gaia DR3 around a star that moves 0.9 arcsec a year, with another one beside it."""

from __future__ import annotations

from support.outside_cases import of_vizier
from ztfvo.outside.model import Place

RA, DEC = 269.0, 10.0
ROWS = {
    "Source": [4472832130942575872, 4472832130942575000],
    "RA_ICRS": [RA, RA + 0.8 / 3600],
    "DE_ICRS": [DEC, DEC],
    "Plx": [50.25, None],
    "e_Plx": [0.03, None],
    "pmRA": [0.0, None],
    "e_pmRA": [0.02, None],
    "pmDE": [900.0, None],
    "e_pmDE": [0.02, None],
    "RUWE": [1.02, None],
    "Gmag": [12.5, 19.75],
    "BPmag": [13.5, None],
    "RPmag": [11.5, None],
    "VarFlag": ["NOT_AVAILABLE", "VARIABLE"],
    "EpochPh": [0, 1],
    "PQSO": [1.0e-13, 0.9],
    "PGal": [5.0e-13, None],
    "PSS": [0.9998, None],
    "Teff": [3210.5, None],
    "b_Teff": [3200.0, None],
    "B_Teff": [3220.0, None],
    "logg": [4.75, None],
    "b_logg": [4.5, None],
    "B_logg": [5.0, None],
    "[Fe/H]": [-0.25, None],
    "b_[Fe/H]": [-0.5, None],
    "B_[Fe/H]": [0.0, None],
    "A0": [0.01, None],
    "b_A0": [0.005, None],
    "B_A0": [0.02, None],
}
CASE = of_vizier(
    "I/355/gaiadr3",
    ROWS,
    # Where the star was in 2020.
    Place(RA, DEC + 3.6 / 3600, 2020.0),
    1.0,
    {
        "Source": 4472832130942575872,
        "Plx": 50.25,
        "Teff_low": 3200.0,
        "Teff_high": 3220.0,
        "FeH": -0.25,
        "EpochPh": False,
        "PSS": 0.9998,
    },
    found=1,
    renamed="Plx",
    wrong=(b"50.25", b'"near"'),
)
