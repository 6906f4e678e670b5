"""2MASS around 3C 273, as VizieR answered."""

from __future__ import annotations

from support.outside import Outside
from support.outside_cases import Case, recorded
from ztfvo.outside.model import Place

HOST, PATH = "tapvizier.cds.unistra.fr", "/TAPVizieR/tap/sync"


def _answer(outside: Outside) -> None:
    outside.answer(HOST, PATH, recorded("vizier/astrosearchapi/3c273_2mass_tap.json"))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, b'{"metadata":[{"name":"2MASS"}],"data":[]}')


CASE = Case(
    place=Place(187.2779154, 2.0523883),
    radius=2.0,
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={"2MASS": "12290669+0203085", "Jmag": 11.766, "Kmag": 9.976, "Qflg": "AAA"},
    renamed=(b'"name":"Jmag"', b'"name":"Jmag2"'),
    wrong=(b"11.766", b'"bright"'),
    asked={"FORMAT": "json", "LANG": "ADQL", "REQUEST": "doQuery"},
)
