"""OTTER: a document of each form of its classification."""

from __future__ import annotations

import json

from support.outside import Outside, Reply
from support.outside_cases import Case
from ztfvo.outside.model import Place

HOST, PATH = "otter.idies.jhu.edu", "/api/_db/otter/_api/cursor"
DOCUMENTS = [
    {
        "name": {"default_name": "2018hyz", "alias": [{"value": "ASASSN-18zj"}]},
        "_ra": 151.711964,
        "_dec": 1.692795,
        "classification": {
            "value": [
                {"object_class": "SN", "confidence": 0.1},
                {"object_class": "TDE", "confidence": 1, "default": True},
            ]
        },
        "distance": [
            {"value": 200.0, "distance_type": "luminosity_distance", "default": True},
            {"value": "0.0457", "distance_type": "redshift"},
        ],
        "date_reference": [{"value": "2018-11-06", "date_format": "iso", "date_type": "discovery"}],
    },
    {
        "name": {"default_name": "AT1"},
        "_ra": 151.7125,
        "_dec": 1.692795,
        "classification": [{"object_class": "FRB"}],
    },
]


def _reply(documents: list) -> Reply:
    answer = {"result": documents, "hasMore": False, "error": False, "code": 201}
    return Reply(json.dumps(answer).encode(), status=201)


def _answer(outside: Outside) -> None:
    outside.answer(HOST, PATH, _reply(DOCUMENTS))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, _reply([]))


CASE = Case(
    place=Place(151.711964, 1.692795),
    radius=5.0,
    answer=_answer,
    empty=_empty,
    rows=2,
    expected={
        "name": "2018hyz",
        "class": "TDE",
        "redshift": 0.0457,
        "discovery_date": "2018-11-06",
    },
    renamed=(b'"default_name"', b'"first_name"'),
    wrong=(b'"0.0457"', b'"near"'),
)
