"""SIMBAD around 3C 273: objects as it answered, other tables as it has them."""

from __future__ import annotations

import json

from support import tapserver
from support.outside import Outside
from support.outside_cases import Case, recorded
from ztfvo.outside.model import Place

BASIC = "basic"
OTHERS = {
    "ident": {"oidref": [1, 1, 2], "id": ["3C  273", "PG 1226+023", "[CME2001] 3C 273  1"]},
    "otypes": {"oidref": [1, 1, 1, 2], "otype": ["AGN", "BLL", "QSO", "X"]},
    "mesVar": {"oidref": [1, 1], "vartyp": ["QSO:", "BLLAC"], "period": [None, 2.5]},
    "mesDistance": {
        "oidref": [1, 1],
        "dist": [0.75, 600.0],
        "unit": ["Mpc ", "kpc "],
        "minus_err": [-0.25, None],
        "plus_err": [0.5, None],
    },
}
"""Measurements: the first of an object is the one that SIMBAD prefers."""


def _basic() -> dict[str, list]:
    answer = json.loads(recorded("simbad/astrosearchapi/3c273_tap.json"))
    names = [column["name"] for column in answer["metadata"] if column["name"] != "match_dist"]
    values = zip(*(row[: len(names)] for row in answer["data"]), strict=True)
    return {"oid": [1, 2], **{name: list(one) for name, one in zip(names, values, strict=True)}}


def _answer(outside: Outside) -> None:
    for name, table in {BASIC: _basic(), **OTHERS}.items():
        tapserver.answer(outside, tapserver.SIMBAD, name, table)


def _empty(outside: Outside) -> None:
    tapserver.answer(outside, tapserver.SIMBAD, BASIC, tapserver.empty(_basic()))


CASE = Case(
    place=Place(187.2779154, 2.0523883),
    radius=10.0,
    answer=_answer,
    empty=_empty,
    rows=2,
    expected={
        "main_id": "3C 273",
        "otype": "BLL",
        "redshift": 0.15756751,
        "names": "3C 273; PG 1226+023",
        "types": "AGN; BLL; QSO",
        "vartype": "QSO:",
        "period": None,
        "distance": 750_000.0,
        "distance_low": 500_000.0,
        "distance_high": 1_250_000.0,
    },
    renamed=(b'"name": "otype"', b'"name": "OTYPE"'),
    wrong=(b"0.15756751", b'"far"'),
)
