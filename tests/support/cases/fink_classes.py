"""Fink: alerts of an object as recorded, of which the latest counts."""

from __future__ import annotations

import json

from support.outside import Outside, Reply
from support.outside_cases import Case, recorded
from ztfvo.outside.model import Place

HOST, PATH = "api.ztf.fink-portal.org", "/api/v1/conesearch"


def _answer(outside: Outside) -> None:
    alerts = json.loads(recorded("brokers/skyportal/bodies/fink_get_alert.0.json"))
    for alert in alerts:
        alert["v:separation_degree"] = 0.0
    alerts[0] |= {"d:snn_sn_vs_all": 0.2504339218, "v:classification": "SN candidate"}
    alerts[-1] |= {"d:snn_sn_vs_all": 0.9, "v:classification": "Ambiguous"}
    outside.answer(HOST, PATH, Reply(json.dumps(alerts[::-1]).encode()))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(b"[]"))


CASE = Case(
    place=Place(284.6506076, 29.0911913),
    radius=1.0,
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={
        "objectId": "ZTF19aaosfcb",
        "classification": "SN candidate",
        "jd": 2460826.9102662,
        "snn_sn_vs_all": 0.2504339218,
        "simbad": None,
        "tns": None,
    },
    renamed=(b'"d:mulens"', b'"d:microlensing"'),
    wrong=(b"0.2504339218", b'"high"'),
)
