"""ALeRCE: the object as recorded, listed once for each class, with probabilities by version."""

from __future__ import annotations

import json

from support.outside import Outside, Reply
from support.outside_cases import Case, recorded
from ztfvo.outside.model import Place

HOST, PATH = "api.alerce.online", "/ztf/v1/objects"
OBJECT = "ZTF18abcgqmz"
PROBABILITIES = [
    # classifier, version, class, probability
    ("lc_classifier", "lc_classifier_1.0.4", "RRL", 0.25),
    ("lc_classifier", "lc_classifier_1.1.13", "E", 0.625),
    ("lc_classifier", "lc_classifier_1.1.13", "LPV", 0.375),
    ("lc_classifier", "beta", "QSO", 1.0),
    ("stamp_classifier", "stamp_classifier_1.0.4", "VS", 0.75),
    ("stamp_classifier", "stamp_classifier_1.0.4", "bogus", 0.25),
    ("LC_classifier_BHRF_forced_phot(beta)", "2.1.0", "EB/EW", 0.5),
]


def _answer(outside: Outside) -> None:
    item = json.loads(recorded("brokers/skyportal/bodies/alerce_get_alert.0.json"))
    items = [item | {"class": name, "classifier": "c"} for name in ("E", "VS")]
    listing = json.loads(recorded("brokers/astrosearchapi/alerce_objects_empty.json"))
    outside.answer(HOST, PATH, Reply(json.dumps(listing | {"items": items}).encode()))
    names = ("classifier_name", "classifier_version", "class_name", "probability")
    known = [dict(zip(names, row, strict=True)) | {"ranking": 1} for row in PROBABILITIES]
    path = f"{PATH}/{OBJECT}/probabilities"
    outside.answer(HOST, path, Reply(json.dumps(known).encode()))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, recorded("brokers/astrosearchapi/alerce_objects_empty.json"))


CASE = Case(
    place=Place(279.904766, -4.870888),
    radius=1.0,
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={
        "oid": OBJECT,
        "ndet": 2,
        "class": "E",
        "lc_class": "E",
        "lc_probability": 0.625,
        "lc_version": "lc_classifier_1.1.13",
        "stamp_class": "VS",
        "stamp_probability": 0.75,
        "classifications": "LC_classifier_BHRF_forced_phot(beta) 2.1.0: EB/EW 0.5;"
        " lc_classifier lc_classifier_1.1.13: E 0.625, LPV 0.375;"
        " stamp_classifier stamp_classifier_1.0.4: VS 0.75, bogus 0.25",
    },
    renamed=(b'"ndet":', b'"detections":'),
    wrong=(b"58288.37787039997", b'"early"'),
    asked={"radius": "1.0", "page_size": "100"},
)
