"""SIMBAD around 3C 273: objects as it answered, names and types as it has them."""

from __future__ import annotations

import json

from support.outside import Asked, Outside, Reply
from support.outside_cases import Case, recorded
from ztfvo.outside.model import Place

HOST, PATH = "simbad.cds.unistra.fr", "/simbad/sim-tap/sync"
NAMES = {1: ["3C  273", "PG 1226+023"], 2: ["[CME2001] 3C 273  1"]}
TYPES = {1: ["AGN", "BLL", "QSO"], 2: ["X"]}


def _table(names: list[str], rows: list[list[object]]) -> Reply:
    table = {"metadata": [{"name": name} for name in names], "data": rows}
    return Reply(json.dumps(table).encode())


def _respond(asked: Asked) -> Reply:
    query = asked.values["QUERY"]
    for table, column, known in (("ident", "id", NAMES), ("otypes", "otype", TYPES)):
        if f"FROM {table} " in query:
            rows = [[number, text] for number, texts in known.items() for text in texts]
            return _table(["oidref", column], rows)
    answer = json.loads(recorded("simbad/astrosearchapi/3c273_tap.json"))
    names = ["oid", *(column["name"] for column in answer["metadata"])]
    return _table(names, [[number, *row] for number, row in enumerate(answer["data"], 1)])


def _answer(outside: Outside) -> None:
    outside.answer(HOST, PATH, _respond)


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, _table(["oid", "main_id", "ra", "dec"], []))


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
    },
    renamed=(b'"name": "otype"', b'"name": "OTYPE"'),
    wrong=(b"0.15756751", b'"far"'),
)
