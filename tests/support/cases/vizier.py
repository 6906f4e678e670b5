"""The MOC server's list of catalogues: records as it has them, with values alone or in lists."""

from __future__ import annotations

import json

from support.outside import Outside, Reply
from support.outside_cases import Case
from ztfvo.outside.model import Place

HOST, PATH = "alasky.cds.unistra.fr", "/MocServer/query"
RECORDS = [
    {
        "ID": "CDS/J/AJ/165/248/table3",
        "obs_id": "J/AJ/165/248/table3",
        "obs_title": "COSMOS2020; 230 quiescent galaxies at 3<z<5 (Gould+, 2023) (table3)",
        "nb_rows": "230",
        "obs_regime": ["Infrared", "Optical"],
        "vizier_popularity": "0",
    },
    {
        "ID": "CDS/II/246/out",
        "obs_id": "II/246/out",
        "obs_title": "2MASS All-Sky Catalog of Point Sources",
        "nb_rows": "470992970",
        "vizier_popularity": "123",
    },
]


def _answer(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(json.dumps(RECORDS).encode()))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(b"[]"))


CASE = Case(
    place=Place(150.0, 2.0),
    radius=1.0,
    answer=_answer,
    empty=_empty,
    rows=2,
    expected={"table": "II/246/out", "rows": 470992970, "popularity": 123, "regime": None},
    renamed=(b'"obs_title"', b'"title"'),
    wrong=(b'"470992970"', b'"many"'),
    asked={"fmt": "json", "get": "record", "SR": "0.000277778"},
)
