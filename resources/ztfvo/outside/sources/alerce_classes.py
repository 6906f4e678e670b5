"""ALeRCE: classes of ZTF alerts by its classifiers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ztfvo.outside.client import Asker, NotFound, Reply
from ztfvo.outside.columns import number, position, text, whole
from ztfvo.outside.model import Column, Malformed, Place, Source, Yields

HOST = "https://api.alerce.online"
OBJECTS = f"{HOST}/ztf/v1/objects"
CLASSIFIED = 5
"""Objects whose classes are asked for."""
SHOWN = {"stamp_classifier": "stamp", "lc_classifier": "lc"}
"""Classifiers that have columns of their own, with the beginning of their names."""

Rows = Sequence[Mapping[str, Any]]


async def _find(asker: Asker, source: Source, place: Place, radius: float) -> Rows:
    asked = {"ra": place.ra, "dec": place.dec, "radius": radius, "page_size": 100, "count": "false"}
    found = _items(await asker.get(OBJECTS, asked))
    # An object is listed once for each of its classes, unless one classifier is asked for.
    rows = list({row.get("oid"): row for row in reversed(found)}.values())[::-1]
    probabilities = await asyncio.gather(*(_classes(asker, row) for row in rows[:CLASSIFIED]))
    for row, known in zip(rows, probabilities, strict=False):
        row |= _best(known)
    return rows


def _items(reply: Reply) -> list[dict[str, Any]]:
    answer = reply.json()
    items = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise Malformed("the JSON has not the member items, a list of objects", reply.body)
    return [{key: value for key, value in one.items() if key != "class"} for one in items]


async def _classes(asker: Asker, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Ask for all probabilities of an object; one that no classifier knows has none."""
    if not isinstance(row.get("oid"), str):
        return []
    try:
        reply = await asker.get(f"{OBJECTS}/{quote(row['oid'], safe='')}/probabilities")
    except NotFound:
        return []
    answer = reply.json()
    if not isinstance(answer, list):
        raise Malformed("the probabilities are not a list", reply.body)
    for one in answer:
        for name in ("classifier_name", "classifier_version", "class_name", "probability"):
            if not isinstance(one, dict) or name not in one:
                raise Malformed(f"column {name} is missing", reply.body)
        if not isinstance(one["probability"], int | float):
            raise Malformed(
                f"column probability has {one['probability']!r}, which is not a number", reply.body
            )
    return answer


def newest(versions: Sequence[str]) -> str:
    """Return the newest version; those without a number, such as beta, are older than others."""

    def order(version: str) -> tuple[bool, list[int], str]:
        numbers = [int(part) for part in re.findall(r"\d+", version)]
        return bool(re.search(r"\d", version)), numbers, version

    return max(versions, key=order)


def _best(known: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the classes of the newest version of each classifier, most probable first."""
    values: dict[str, Any] = {}
    sentences = []
    for classifier in sorted({one["classifier_name"] for one in known}):
        mine = [one for one in known if one["classifier_name"] == classifier]
        version = newest([str(one["classifier_version"]) for one in mine])
        ranked = sorted(
            (one for one in mine if str(one["classifier_version"]) == version),
            key=lambda one: -one["probability"],
        )
        listed = ", ".join(f"{one['class_name']} {one['probability']:.4g}" for one in ranked)
        sentences.append(f"{classifier} {version}: {listed}")
        if classifier in SHOWN:
            short = SHOWN[classifier]
            values |= {
                f"{short}_class": ranked[0]["class_name"],
                f"{short}_probability": ranked[0]["probability"],
                f"{short}_version": version,
            }
    values["classifications"] = "; ".join(sentences)
    values["class"] = values.get("lc_class") or values.get("stamp_class")
    return values


def _of_classifier(short: str, what: str) -> tuple[Column, ...]:
    return (
        text(f"{short}_class", "src.class", f"Most probable class by {what}", may_lack=True),
        number(
            f"{short}_probability",
            None,
            "stat.probability",
            f"Probability of {short}_class",
            may_lack=True,
        ),
        text(f"{short}_version", "meta.version", f"Version of {what}", may_lack=True),
    )


SOURCE = Source(
    title="ALeRCE classes",
    order=82,
    example=(279.904766, -4.870888),
    gives=("cross-match", "classification"),
    hosts=(HOST,),
    radius=1.0,
    largest_radius=60.0,
    epoch=2020.0,
    about="https://alerce.science",
    record="https://alerce.online/object/{oid}",
    citation="https://ui.adsabs.harvard.edu/abs/2021AJ....161..242F",
    licence="Public; ALeRCE asks for an acknowledgement",
    find=_find,
    days=1.0,
    columns=(
        text("oid", "meta.id;meta.main", "ZTF's name of the object"),
        *position("meanra", "meandec"),
        text("class", "src.class", "lc_class, or stamp_class where it has none", may_lack=True),
        *_of_classifier("stamp", "the classifier of images"),
        *_of_classifier("lc", "the classifier of light curves"),
        text(
            "classifications",
            "meta.note;src.class",
            "Probabilities of all classes by the newest version of each classifier",
            may_lack=True,
        ),
        whole("ndet", "meta.number", "Detections"),
        number("firstmjd", "d", "time.start", "First detection (MJD, UTC, start of exposure)"),
        number("lastmjd", "d", "time.end", "Last detection (MJD, UTC, start of exposure)"),
    ),
    yields=Yields(name="oid", type="class"),
)
