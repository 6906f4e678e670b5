"""Pan-STARRS stacks: the members of MAST's JSON as recorded, rows of every kind that it has."""

from __future__ import annotations

import json
from typing import Any

from support.outside import Outside, Reply
from support.outside_cases import Case
from ztfvo.outside.model import Place

HOST, PATH = "catalogs.mast.stsci.edu", "/api/v0.1/panstarrs/dr2/stack.json"
MAGNITUDES = [f"{band}{kind}Mag" for kind in ("PSF", "Ap") for band in "grizy"]


def _row(identifier: str, ra: float, dec: float, primary: int, **known: Any) -> dict[str, Any]:
    row = {
        "objName": f"PSO J{identifier[:6]}",
        "objID": identifier,
        "raMean": ra,
        "decMean": dec,
        "nDetections": known.pop("nDetections", 5),
        "primaryDetection": primary,
        "distance": 1.868e-06,
    }
    for name in MAGNITUDES:
        row |= {name: known.get(name, -999.0), f"{name}Err": known.get(f"{name}Err", -999.0)}
    return row


RA, DEC = 187.27791713, 2.052389
ROWS = [
    # One object in two images that overlap, and a third row that is not its primary one.
    _row("110461872779253351", RA, DEC, 1, gPSFMag=15.0, gPSFMagErr=0.01, rPSFMag="None"),
    _row("110461872779253351", RA, DEC, 1, gPSFMag=15.3, gPSFMagErr=0.02, rPSFMag=14.5),
    _row("110461872779253351", RA, DEC, 0, gPSFMag=99.0, gPSFMagErr=0.01),
    # Seen in the stack only.
    _row("110461872781485699", RA, DEC + 2 / 3600, 1, nDetections=0, iPSFMag=21.5),
    _row("110461872779676212", RA, DEC + 30 / 3600, 1),
]


def body(rows: list[dict[str, Any]], as_lists: bool) -> bytes:
    """Return rows as the service writes them: as lists, or as objects."""
    info = [{"name": name, "unit": "NULL"} for name in ROWS[0]]
    data = [list(row.values()) if as_lists else row for row in rows]
    return json.dumps({"info": info, "data": data}).encode()


def _answer(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(body(ROWS, as_lists=True)))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(body([], as_lists=True)))


CASE = Case(
    place=Place(187.2779154, 2.0523883),
    radius=5.0,
    answer=_answer,
    empty=_empty,
    rows=2,
    expected={
        "objID": 110461872779253351,
        # (15.0 / 0.01**2 + 15.3 / 0.02**2) / (1 / 0.01**2 + 1 / 0.02**2)
        "gPSFMag": 15.06,
        # sqrt(2 / (1 / 0.01**2 + 1 / 0.02**2)): the same exposures are in both
        "gPSFMagErr": 0.0126491106,
        "rPSFMag": None,
        "zApMag": None,
    },
    renamed=(b'{"name": "nDetections"', b'{"name": "detections"'),
    wrong=(b"21.5", b'"faint"'),
    asked={"radius": "0.001666667"},
)
