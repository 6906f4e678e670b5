"""Pan-STARRS DR2 around KQ UMa: rows of MAST's TAP, in the envelope of its catalogs as recorded for
3C 273."""

from __future__ import annotations

import csv
import json

from support.outside import Asked, Outside, Reply
from support.outside_cases import Case, CurveCase, recorded
from ztfvo.outside.model import Place

HOST = "catalogs.mast.stsci.edu"
MEAN = "/api/v0.1/panstarrs/dr2/mean.json"
DETECTION = "/api/v0.1/panstarrs/dr2/detection.json"
FOLDER = "ps1/tap_notebook"
OBJECT = "190361393344112894"


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a recorded table, whose second line has units."""
    lines = recorded(f"{FOLDER}/{name}.csv").decode().splitlines()
    return list(csv.DictReader([lines[0], *lines[2:]]))


def table(asked: Asked, listed: list[dict[str, str]]) -> Reply:
    """What MAST answers: the columns asked for, identifiers as texts."""
    names = asked.values["columns"].strip("[]").split(",")
    texts = ("objID", "objName", "detectID")
    data = [
        [row[name] if name in texts else json.loads(row[name]) for name in names] for row in listed
    ]
    return Reply(json.dumps({"info": [{"name": name} for name in names], "data": data}).encode())


def _answer(outside: Outside) -> None:
    (row,) = rows("mean_kq_uma")
    named = {"raMean": row["RAMean"], "decMean": row["DecMean"], "objName": "PSO J139.3344+68.6350"}
    listed = rows("detection_kq_uma_truncated") + rows("detection_kq_uma_bad_z")
    detections = [one | {"filterID": one["filterid"]} for one in listed]
    outside.answer(HOST, MEAN, lambda asked: table(asked, [row | named]))
    outside.answer(HOST, DETECTION, lambda asked: table(asked, detections))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, MEAN, lambda asked: table(asked, []))


def _none(outside: Outside) -> None:
    outside.answer(HOST, DETECTION, lambda asked: table(asked, []))


CASE = Case(
    place=Place(139.33444972, 68.6350604),
    radius=5.0,
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={"objID": OBJECT, "nDetections": 66},
    asked={"radius": "0.001388889"},
    renamed=(b'"nDetections"', b'"detections"'),
    wrong=(b"139.33444972", b'"far"'),
    curve=CurveCase(
        path=f"{HOST}{DETECTION}",
        look=OBJECT,
        points=20,
        good=18,
        first={
            "hmjd": 55634.47898596,
            "mag": 14.107298,
            "magerr": 0.001499,
            "flux": 0.00826192,
            "filter": "ps_g",
            "limit": False,
            "difference": False,
            "detectID": "153347716310000010",
            "obsTime": 55634.477414,
        },
        renamed=(b'"psfFlux"', b'"flux"'),
        wrong=(b"0.00826192", b'"faint"'),
        none=_none,
    ),
)
