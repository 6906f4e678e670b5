"""SkyBoT around 81.2833 +4.49278 on 2025-01-02: bodies as it answered, and what it says of none."""

from __future__ import annotations

from support.outside import Outside, Reply
from support.outside_cases import Case, recorded
from ztfvo.outside.model import Place

HOST, PATH = "ssp.imcce.fr", "/webservices/skybot/api/conesearch.php"
VOTABLE = "application/x-votable+xml"
NONE = b"# Flag: 0\n# Ticket: 1\nNo solar system object was found in the requested FOV\n"
JD = 2460677.5


def _answer(outside: Outside) -> None:
    body = recorded("skybot/skybot_query.vot")
    outside.answer(HOST, PATH, Reply(body, content_type=VOTABLE))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(NONE, content_type="text/plain"))


def _wrong(outside: Outside) -> None:
    """An uncertainty that is a text."""
    body = recorded("skybot/skybot_query.vot").replace(b">0.025<", b">small<")
    body = body.replace(
        b'ucd="stat.error.sys" datatype="float"',
        b'ucd="stat.error.sys" datatype="char" arraysize="*"',
    )
    outside.answer(HOST, PATH, Reply(body, content_type=VOTABLE))


CASE = Case(
    place=Place(81.2833, 4.49278, 2000 + (JD - 2451545) / 365.25),
    radius=600.0,
    answer=_answer,
    empty=_empty,
    rows=3,
    expected={
        "name": "G!kun||'homdima",
        "number": "229762",
        "class": "KBO>Detached",
        "mag_v": 19.6,
        "uncertainty": 0.025,
        "motion_ra": -2.9183,
        "ra": 81.303190599627357,
        "distance": 39.584007991,
    },
    renamed=(b'name="ErrPos"', b'name="Err"'),
    wrong=_wrong,
    asked={"-loc": "I41", "-ep": "2460677.50000000", "-mime": "votable", "-refsys": "EQJ2000"},
)
