"""Gaia DR3 2328619740476096384: two recorded transits; its row written as ESA's TAP answers.

Its position is the centre of the HEALPix cell that its identifier names.
"""

from __future__ import annotations

import json

from support.outside import Outside, Reply
from support.outside_cases import Case, CurveCase, recorded
from ztfvo.outside.model import Place

HOST, SYNC, DATA = "gea.esac.esa.int", "/tap-server/tap/sync", "/data-server/data"
SOURCE = 2328619740476096384
RA, DEC = 352.452392578125, -31.039240010397883
WIDE = "gaia/gaia_dr3_2328619740476096384_epoch_photometry_wide_excerpt.csv"
NAMES = (
    *("source_id", "ra", "dec", "pmra", "pmdec", "phot_g_mean_mag", "has_epoch_photometry"),
    "match_dist",
)


def table(*rows: tuple) -> Reply:
    """What ESA's TAP answers in JSON."""
    metadata = [{"name": name} for name in NAMES]
    return Reply(json.dumps({"metadata": metadata, "data": rows}).encode())


def _answer(outside: Outside) -> None:
    row = (SOURCE, RA, DEC, 1.25, -2.5, 13.6, True, 0.0)
    outside.answer(HOST, SYNC, table(row))
    outside.answer(HOST, DATA, Reply(recorded(WIDE), "text/csv"))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, SYNC, table())


def _none(outside: Outside) -> None:
    outside.answer(HOST, SYNC, table((SOURCE, RA, DEC, None, None, 19.6, False, 0.0)))


CASE = Case(
    place=Place(RA, DEC),
    radius=5.0,
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={"source_id": str(SOURCE), "pmdec": -2.5, "has_epoch_photometry": True},
    asked={"FORMAT": "json"},
    renamed=(b'"pmra"', b'"pm_ra"'),
    wrong=(b"352.452392578125", b'"east"'),
    curve=CurveCase(
        path=f"{HOST}{DATA}",
        look=f"Gaia DR3 {SOURCE}",
        points=4,
        good=4,
        first={
            "mag": 13.8309837,
            "magerr": 0.0029987,
            "flux": 1.065630187e-02,
            "filter": "G",
            "limit": False,
            "transit_id": "19904707766277818",
            "time": 1756.8137006432394,
            "mag_vega": 13.717305935966815,
        },
        renamed=(b"bp_obs_time", b"bp_time"),
        wrong=(b"61379.645021363125", b"bright"),
        none=_none,
    ),
)
