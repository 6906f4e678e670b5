"""Summaries of objects of which all catalogues have answered before, and their matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from bench.cputime import seconds_of
from bench.processes import processes
from bench.report import number, save, say, show
from bench.service import NotServed, sample
from bench.timing import Times, time_requests
from ztfvo.dal import Parameters
from ztfvo.match import catalogs
from ztfvo.match.model import Catalog, Wanted
from ztfvo.outside.ask import found, rows_around
from ztfvo.outside.cache import DAY, Cache
from ztfvo.outside.model import Column, Place, Row, Source, State
from ztfvo.outside.packing import pack
from ztfvo.outside.rows import around
from ztfvo.settings import Settings
from ztfvo.summary import request

AIM = 100.0
"""ms of a processor, which do not depend on who else uses the machine."""
KINDS = ("summary", "match")
SERVING = ("app", "database", "nginx")
"""Parts of the site that answer."""
_PATIENCE = 60.0
_VALUES: dict[str, Any] = {"float64": 1.0, "int64": 1, "str": "made", "bool": True}


def summary(settings: Settings, base: str, schema: str, objects: int, turns: int) -> bool:
    """Measure, print the table and write the JSON file; returns whether the aim is met.

    What each service outside is to have answered, an object at the very place, is written to the
    file of kept answers; hosted catalogues are read from the database, as always.

    Parameters
    ----------
    base
        Address of the service, of this installation, without closing slash.
    schema
        Schema of the release in TAP.
    objects
        Objects that are asked about.
    turns
        Times that each is asked for, in turns of `KINDS`.

    Raises
    ------
    NotServed
        If an answer is an error, or a service outside is asked after all.
    """
    oids = [oid for oid, *_ in sample(base, schema, objects)]
    known = catalogs.known()
    cache = Cache(settings.outside_cache, settings.outside_cache_mb * 2**20)
    for oid in oids:
        kept = _keep(cache, oid, known)
    say(f"Answers of {len(kept)} services outside on {len(oids)} objects are kept")
    times: dict[str, Times] = {}
    spent: dict[str, float] = {}
    with httpx.Client(timeout=_PATIENCE) as client:

        def ask(kind: str, oid: int) -> None:
            given = {"ID": str(oid)} | ({"CATALOG": "all"} if kind == "match" else {})
            answer = client.get(f"{base}/{kind}", params=given)
            if answer.status_code != 200:
                raise NotServed(f"{answer.url} answers {answer.status_code}: {answer.text[:300]}")

        _require_kept(client, base, oids[0], kept)
        for kind in KINDS:
            arguments = [(kind, oid) for _ in range(turns) for oid in oids]
            for _, oid in arguments[:5]:
                ask(kind, oid)
            served = [one.pid for one in processes(settings) if one.part in SERVING]
            began = seconds_of(served)
            times[kind] = time_requests(ask, arguments, warm=0)
            spent[kind] = 1e3 * (seconds_of(served) - began) / len(arguments)
    show(
        f"{len(oids)} objects, all catalogues answered before, ms",
        ("", "requests", "processor", "p50", "p95"),
        [
            (
                f"/{kind}",
                str(each.count),
                number(spent[kind]),
                number(each.p50),
                number(each.p95),
            )
            for kind, each in times.items()
        ],
    )
    say(f"Processor time is of the application, database and nginx; the aim is {AIM:g} ms of it.")
    results = {kind: each.as_dict() | {"processor": spent[kind]} for kind, each in times.items()}
    facts = {"base": base, "schema": schema, "objects": len(oids), "turns": turns}
    save(settings.var / "bench" / "results", "summary", results, **facts)
    return spent["summary"] <= AIM


def _keep(cache: Cache, oid: int, known: Mapping[str, Catalog]) -> list[str]:
    """Keep an answer of each service outside on a light curve; return the names of these.

    Services that this site has no account for are not asked.
    """
    match = request.read(Parameters([("ID", str(oid))]), known)
    (target,) = match.targets
    asked = [one for one in match.wanted if not one.catalog.here and not one.catalog.source.account]
    for wanted in asked:
        source = wanted.catalog.source
        question = rows_around(source, target.place, wanted.radius)
        answer = found(source.name, _rows(wanted, target.place))
        cache.put(question.key, pack(answer), DAY)
    return [one.catalog.name for one in asked]


def _rows(wanted: Wanted, place: Place) -> list[Row]:
    """An object of a source at a place."""
    source: Source = wanted.catalog.source
    row = {column.name: _value(column) for column in source.columns}
    if source.position:
        row |= dict(zip(source.position, (place.ra, place.dec), strict=True))
    return around(source, [row], place, wanted.radius)


def _value(column: Column) -> Any:
    return None if "pm" in column.ucd else _VALUES[column.dtype]


def _require_kept(client: httpx.Client, base: str, oid: int, asked: Sequence[str]) -> None:
    """Make sure that what is measured is answers that were kept."""
    body = client.get(f"{base}/match", params={"ID": str(oid), "CATALOG": "all"}).json()
    states = {one["name"]: one["answers"][0]["state"] for one in body["catalogs"]}
    for name in asked:
        if states[name] != State.FOUND:
            raise NotServed(f"{base}/match does not read the answer of {name} that was kept")
