"""Fink: scores of the latest ZTF alert of an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ztfvo.outside.client import Asker, Refused
from ztfvo.outside.columns import number, position, text
from ztfvo.outside.model import Column, Malformed, Place, Source, Yields

HOST = "https://api.ztf.fink-portal.org"
CONE = f"{HOST}/api/v1/conesearch"
NULLS = ("None", "null", "nan", "NaN", "Unknown", "Fail 503", "\ufffd", -999.0, "-999", "-999.0")
"""What stands for no value besides null and the empty text."""


def _score(name: str, native: str, what: str) -> Column:
    return number(name, None, "stat.probability", what, native, nulls=(*NULLS, -1.0))


_COLUMNS = (
    text("objectId", "meta.id;meta.main", "ZTF's name of the object", "i:objectId"),
    *position("i:ra", "i:dec"),
    text("classification", "src.class", "Fink's class", "v:classification", nulls=NULLS),
    _score("rf_snia_vs_nonia", "d:rf_snia_vs_nonia", "Score of an early SN Ia, random forest"),
    _score("snn_sn_vs_all", "d:snn_sn_vs_all", "Score of a supernova, SuperNNova"),
    _score("snn_snia_vs_nonia", "d:snn_snia_vs_nonia", "Score of a SN Ia, SuperNNova"),
    _score("rf_kn_vs_nonkn", "d:rf_kn_vs_nonkn", "Score of a kilonova, random forest"),
    _score("mulens", "d:mulens", "Score of microlensing"),
    text("simbad", "src.class", "Type in SIMBAD", "d:cdsxmatch", nulls=NULLS),
    text("tns", "src.class", "Type in the Transient Name Server", "d:tns", nulls=NULLS),
    number("jd", "d", "time.epoch", "Start of the exposure of the alert (JD, UTC)", "i:jd"),
)


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    asked = {
        "ra": place.ra,
        "dec": place.dec,
        "radius": radius,
        "n": 100,
        "columns": ",".join(column.key for column in source.columns),
        "output-format": "json",
    }
    reply = await asker.post(CONE, json=asked, also=(400,))
    if reply.status == 400:  # the text is a dictionary of Python, not JSON
        raise Refused(f"{source.title} refuses the question: {reply.text[:200]}", 400)
    rows = reply.json()
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Malformed("the JSON is not a list of alerts", reply.body)
    latest: dict[Any, dict[str, Any]] = {}
    for row in rows:
        known = latest.get(row.get("i:objectId"))
        if known is None or _time(row) > _time(known):
            latest[row.get("i:objectId")] = row
    return list(latest.values())


def _time(row: Mapping[str, Any]) -> float:
    jd = row.get("i:jd")
    return jd if isinstance(jd, int | float) else 0.0


SOURCE = Source(
    title="Fink classes",
    order=84,
    example=(284.6506076, 29.0911913),
    gives=("cross-match", "classification"),
    hosts=(HOST,),
    radius=1.0,
    largest_radius=600.0,
    epoch=2020.0,
    about="https://fink-broker.org",
    record="https://ztf.fink-portal.org/{objectId}",
    citation="https://ui.adsabs.harvard.edu/abs/2021MNRAS.501.3272M",
    licence="Public; Fink asks for an acknowledgement",
    find=_find,
    days=1.0,
    columns=_COLUMNS,
    yields=Yields(
        name="objectId",
        type="classification",
        probabilities={
            "supernova": "snn_sn_vs_all",
            "SN Ia": "snn_snia_vs_nonia",
            "early SN Ia": "rf_snia_vs_nonia",
            "kilonova": "rf_kn_vs_nonkn",
            "microlensing": "mulens",
        },
    ),
)
