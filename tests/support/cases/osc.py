"""Open Astronomy Catalogs: CSV as its documents have it, and the message in JSON of no object."""

from __future__ import annotations

from support.outside import Outside, Reply
from support.outside_cases import Case, recorded
from ztfvo.outside.model import Place

HOST, PATH = "api.astrocats.space", "/all"
CSV = (
    "event,ra,dec,claimedtype,stellarclass,spectraltype,redshift,host\n"
    'SN2018lwh,16:29:49.3032,+24:46:22.152,"Ia,I",,,"0.05,0.0501","SDSS J1629"\n'
    "SN1572A,00:25:21.5,+64:08:27,Ia,,,,\n"
)


def _answer(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(CSV.encode(), "text/csv"))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, recorded("derived/osc_cone_json_empty.json"))


CASE = Case(
    place=Place(247.45543, 24.77282),
    radius=5.0,
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={
        "event": "SN2018lwh",
        "ra": 247.45543,
        "dec": 24.77282,
        "claimedtype": "Ia,I",
        "z": 0.05,
        "stellarclass": None,
    },
    renamed=(b"event,ra,dec", b"event,alpha,dec"),
    wrong=(b'"0.05,0.0501"', b"near"),
    asked={"format": "csv", "radius": "5.0"},
)
