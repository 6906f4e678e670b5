"""Astro-COLIBRI: events as its documents have them."""

from __future__ import annotations

import json

from support.outside import Outside, Reply
from support.outside_cases import Case
from ztfvo.outside.model import Place

HOST, PATH = "astro-colibri.science", "/cone_search"
EVENTS = [
    {
        "source_name": "AT 2018lwh",
        "trigger_id": "TNS2018lwh",
        "ra": 247.45543,
        "dec": 24.77282,
        "err": 0.0001,
        "type": "sn_ia",
        "timestamp": 1_525_132_800_000,
        "observatory": "ZTF",
        "redshift": -1,
    },
    {
        "source_name": "GRB 190829A",
        "trigger_id": "922968",
        "ra": 247.5,
        "dec": 25.5,
        "type": "grb",
        "timestamp": 1_567_108_573_000,
    },
]


def _answer(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(json.dumps({"voevents": EVENTS}).encode()))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(b'{"voevents": []}'))


CASE = Case(
    place=Place(247.45543, 24.77282),
    radius=3600.0,
    answer=_answer,
    empty=_empty,
    rows=2,
    expected={
        "source_name": "AT 2018lwh",
        "trigger_id": "TNS2018lwh",
        "type": "sn_ia",
        "mjd": 58239.0,
        "redshift": None,
        "observatory": "ZTF",
    },
    renamed=(b'"trigger_id"', b'"event_id"'),
    wrong=(b"0.0001", b'"small"'),
)
