"""Fink's ZTF19aaosfcb: three recorded alerts, and an upper limit and a bad one as documented."""

from __future__ import annotations

import json

from support.outside import Asked, Outside, Reply
from support.outside_cases import Case, CurveCase, recorded
from ztfvo.outside.model import Place

HOST, API, OBJECT = "api.ztf.fink-portal.org", "/api/v1", "ZTF19aaosfcb"
LIMIT = {"d:tag": "upperlim", "i:jd": 2459000.5, "i:fid": 2, "i:diffmaglim": 20.1, "i:magpsf": None}
BAD = {
    "d:tag": "badquality",
    "i:jd": 2459001.5,
    "i:fid": 1,
    "i:diffmaglim": 19.9,
    "i:magpsf": 18.5,
    "i:sigmapsf": 0.2,
    "i:isdiffpos": "t",
    "i:ra": 284.6505,
    "i:dec": 29.0912,
}


def alerts() -> list[dict]:
    """The alerts, newest first."""
    return json.loads(recorded("brokers/skyportal/bodies/fink_get_alert.0.json"))


def _answer(outside: Outside) -> None:
    newest, *others = alerts()
    cone = [newest | {"v:separation_degree": 0.00001}]
    valid = [newest, *others]
    every = [*(alert | {"d:tag": "valid"} for alert in valid), BAD, LIMIT]

    def objects(asked: Asked) -> Reply:
        return Reply(json.dumps(every if "withupperlim" in asked.values else valid).encode())

    outside.answer(HOST, f"{API}/conesearch", json.dumps(cone).encode())
    outside.answer(HOST, f"{API}/objects", objects)


def _empty(outside: Outside) -> None:
    outside.answer(HOST, f"{API}/conesearch", b"[]")


def _none(outside: Outside) -> None:
    outside.answer(HOST, f"{API}/objects", b"[]")


CASE = Case(
    place=Place(284.6506076, 29.0911913),
    radius=5.0,
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={"objectId": OBJECT, "ra": 284.6506076},
    asked={"radius": "5.0", "output-format": "json"},
    renamed=(b'"i:ra"', b'"i_ra"'),
    wrong=(b"284.6506076", b'"east"'),
    curve=CurveCase(
        path=f"{HOST}{API}/objects",
        look=OBJECT,
        points=5,
        good=4,
        first={"limit": True, "filter": "zr", "mag": 20.1, "jd_start": 2459000.5, "candid": ""},
        renamed=(b'"i:magpsf"', b'"i_magpsf"'),
        wrong=(b"14.903686", b'"bright"'),
        none=_none,
    ),
)
