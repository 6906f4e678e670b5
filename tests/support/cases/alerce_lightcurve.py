"""ALeRCE around ZTF20aaelulu: its light curve as it answered, the listing with the keys of another
that it answered."""

from __future__ import annotations

import json

from support.outside import Asked, Outside, Reply
from support.outside_cases import Case, CurveCase, recorded
from ztfvo.outside.model import Place

HOST, OBJECTS, OBJECT = "api.alerce.online", "/ztf/v1/objects", "ZTF20aaelulu"
RA, DEC = 185.7288549, 15.8236255
LISTING = {
    "oid": OBJECT,
    "ndethist": "58",
    "ncovhist": 200,
    "corrected": False,
    "ndet": 58,
    "meanra": RA,
    "meandec": DEC,
    "class": "SN",
    "classifier": "stamp_classifier",
}
PAGE = {"total": None, "page": None, "next": None, "has_next": False, "prev": None}


def _list(asked: Asked) -> Reply:
    """Two classes of one object: it comes twice."""
    items = [LISTING, LISTING | {"class": "AGN", "probability": 0.1}]
    return Reply(json.dumps(PAGE | {"items": items}).encode())


def _answer(outside: Outside) -> None:
    outside.answer(HOST, OBJECTS, _list)
    outside.answer(HOST, f"{OBJECTS}/{OBJECT}", Reply(json.dumps(LISTING).encode()))
    curve = recorded("../ztf-alerts/alerce/aaelulu.json")
    outside.answer(HOST, f"{OBJECTS}/{OBJECT}/lightcurve", curve)


def _empty(outside: Outside) -> None:
    outside.answer(HOST, OBJECTS, recorded("brokers/astrosearchapi/alerce_objects_empty.json"))


def _none(outside: Outside) -> None:
    body = b'{"detections": [], "non_detections": []}'
    outside.answer(HOST, f"{OBJECTS}/{OBJECT}/lightcurve", body)


CASE = Case(
    place=Place(RA, DEC),
    radius=2.0,
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={"oid": OBJECT, "ndet": 58},
    asked={"radius": "2.0", "count": "false"},
    renamed=(b'"meanra"', b'"mean_ra"'),
    wrong=(b"185.7288549", b'"east"'),
    curve=CurveCase(
        path=f"{HOST}{OBJECTS}/{OBJECT}/lightcurve",
        look=OBJECT,
        points=75,
        good=75,
        first={"limit": True, "filter": "zg", "mag": 19.2005, "mjd_start": 58828.547824100126},
        renamed=(b'"magpsf"', b'"mag_psf"'),
        wrong=(b"17.279879", b'"bright"'),
        none=_none,
    ),
)
