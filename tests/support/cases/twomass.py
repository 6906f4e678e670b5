"""2MASS around 3C 273, as VizieR answered."""

from __future__ import annotations

import json

from support import tapserver
from support.outside import Outside
from support.outside_cases import Case, recorded
from ztfvo.outside.model import Place

NAME = '"II/246/out"'


def _table() -> dict[str, list]:
    answer = json.loads(recorded("vizier/astrosearchapi/3c273_2mass_tap.json"))
    values = zip(*answer["data"], strict=True)
    names = [column["name"] for column in answer["metadata"]]
    return {name: list(one) for name, one in zip(names, values, strict=True)}


def _answer(outside: Outside) -> None:
    tapserver.answer(outside, tapserver.VIZIER, NAME, _table())


def _empty(outside: Outside) -> None:
    tapserver.answer(outside, tapserver.VIZIER, NAME, tapserver.empty(_table()))


CASE = Case(
    place=Place(187.2779154, 2.0523883),
    radius=2.0,
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={"2MASS": "12290669+0203085", "Jmag": 11.766, "Kmag": 9.976, "Qflg": "AAA"},
    renamed=(b'"name": "Jmag"', b'"name": "Jmag2"'),
    wrong=(b"11.766", b'"bright"'),
    asked={"FORMAT": "json", "LANG": "ADQL", "REQUEST": "doQuery"},
)
