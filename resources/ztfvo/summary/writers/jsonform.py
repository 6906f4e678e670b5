"""JSON: the sentence, all facts, and the state of every source."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from ztfvo.summary.model import Fact, Last, Missing, Own, Part, Summary

NAMES = ("json", "application/json")
CONTENT_TYPE = "application/json"
TITLE = "A sentence, facts with their sources, and the state of each source"
ORDER = 10


def write(summary: Summary) -> bytes:
    """The document."""
    body = heading(summary.own) | {
        "sentence": summary.last.sentence,
        "facts": [fact(one) for one in summary.facts],
        "notes": list(summary.last.notes),
        "sources": [state(one) for one in summary.parts],
        "missing": [asdict(one) for one in summary.own.missing],
    }
    return orjson.dumps(body) + b"\n"


def heading(own: Own) -> dict[str, Any]:
    """Return what is summed up."""
    target = own.target
    return {
        "id": target.name,
        "release": target.release,
        "simulated": own.simulated,
        "oids": [str(oid) for oid in own.oids],
        "ra": target.place.ra,
        "dec": target.place.dec,
        "epoch": target.place.epoch,
    }


def begin(own: Own) -> dict[str, Any]:
    """Return what is here, which waits for nobody."""
    return heading(own) | {"facts": [fact(one) for one in own.facts]}


def part(one: Part) -> dict[str, Any]:
    """Return what one catalogue says."""
    return state(one) | {"facts": [fact(each) for each in one.facts]}


def end(last: Last, missing: list[Missing]) -> dict[str, Any]:
    """Return what follows from all."""
    return {
        "sentence": last.sentence,
        "facts": [fact(one) for one in last.facts],
        "notes": list(last.notes),
        "missing": [asdict(one) for one in missing],
    }


def fact(one: Fact) -> dict[str, Any]:
    """Return a fact; what it lacks is left out."""
    known = asdict(one) | {"group": str(one.group)}
    return {
        name: value for name, value in known.items() if name != "label" and value not in (None, "")
    }


def state(one: Part) -> dict[str, Any]:
    """Return what came of asking a catalogue."""
    wanted, answer = one.compared.wanted, one.compared.answer
    source = wanted.catalog.source
    known = {
        "source": source.name,
        "title": source.title,
        "hosted": wanted.catalog.here,
        "simulated": wanted.catalog.simulated,
        "radius": wanted.radius,
        "state": str(answer.state),
        "rows": len(answer.rows),
        "reason": answer.reason,
        "since": answer.since,
        "again_at": answer.again_at,
        "citation": source.citation,
    }
    return {name: value for name, value in known.items() if value not in (None, "")}
