"""The running service as its users see it: small requests from many, and big answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from xml.etree import ElementTree

import httpx

from bench import memory
from bench.report import number, save, say, show
from bench.timing import quantiles
from ztfvo.settings import Settings

CLIENTS = (1, 8)
HERE = ("localhost", "127.0.0.1")
"""Names of this machine."""
_ARCSEC = 1 / 3600
_PATIENCE = 180.0
_TAIL = 2000
"""Bytes at the end of an answer in which an error would stand."""

Target = tuple[int, float, float]
"""OID and position (deg) of an object."""


class NotServed(Exception):
    """The service does not answer as it should; the message is its own."""


def http(
    settings: Settings,
    base: str,
    schema: str,
    requests: int,
    seconds: float,
    rows: int,
    *,
    wanted: str = "",
    turns: int = 1,
) -> dict[str, Any]:
    """Measure a running service, print the tables and write the JSON file.

    Parameters
    ----------
    settings
        Those of the installation, for the place of results and the processes' memory.
    base
        Address of the service, without closing slash.
    schema
        Schema of the release in TAP.
    requests
        Requests of each kind, for each number of clients.
    seconds
        Each measurement of small requests ends after so long.
    rows
        Detections to fetch in each format.
    wanted
        Formats, separated by commas; all where it is empty.
    turns
        Times that each is fetched, one after the other in turn; the quickest counts.
    """
    targets = sample(base, schema, requests)
    say(f"{base}: {len(targets)} objects from all of {schema}")
    small = {
        f"{name}, {clients} client{'s' * (clients > 1)}": many(make, targets, clients, seconds)
        for name, make in kinds(base, schema).items()
        for clients in CLIENTS
    }
    _show_small(small)
    processes = memory.dachs_processes(settings)
    rows = min(rows, held(base, schema))
    chosen = wanted.split(",") if wanted else formats(base)
    big: dict[str, dict[str, Any]] = {}
    for name in chosen * turns:
        found = bulk(base, schema, name, rows, processes)
        say(f"  {name}: {found}")
        big[name] = _quicker(big.get(name), found)
    _show_big(rows, big)
    results = {"requests": small, "formats": big}
    facts = {"base": base, "schema": schema, "rows": rows, "dachs_processes": len(processes)}
    save(settings.var / "bench" / "results", "http", results, **facts)
    return results


def kinds(base: str, schema: str) -> dict[str, Callable[[Target], httpx.Request]]:
    """Small requests by name, each made from an object."""
    cone = f"{base}/scs" if schema == "ztf" else f"{base}/{schema.removeprefix('ztf_')}/scs"
    columns = "hmjd, mag, magerr, clrcoeff, catflags"

    def scs(target: Target) -> httpx.Request:
        _, ra, dec = target
        return httpx.Request("GET", cone, params={"RA": ra, "DEC": dec, "SR": _ARCSEC})

    def oid(target: Target) -> httpx.Request:
        query = f"SELECT oid, {columns} FROM {schema}.detections WHERE oid = {target[0]}"
        return tap(base, query)

    def cone_curves(target: Target) -> httpx.Request:
        _, ra, dec = target
        return tap(
            base,
            f"SELECT o.oid, {columns} FROM {schema}.objects AS o JOIN {schema}.detections AS d"
            f" ON o.oid = d.oid WHERE DISTANCE(o.ra, o.dec, {ra!r}, {dec!r}) < {_ARCSEC!r}",
        )

    return {"SCS 1 arcsec": scs, "TAP by OID": oid, "TAP cone with detections": cone_curves}


def tap(base: str, query: str, **parameters: Any) -> httpx.Request:
    """A synchronous TAP request."""
    given = {"REQUEST": "doQuery", "LANG": "ADQL", "QUERY": query, **parameters}
    return httpx.Request("POST", f"{base}/tap/sync", data=given)


def ask(client: httpx.Client, request: httpx.Request) -> bytes:
    """Send a request and read the answer.

    Raises
    ------
    NotServed
        If it is an error.
    """
    answer = client.send(request)
    if answer.status_code != 200 or b'value="ERROR"' in answer.content[:20000]:
        text = " ".join(answer.text[:2000].split())
        raise NotServed(f"{request.url} answers {answer.status_code}: {text}")
    return answer.content


def sample(base: str, schema: str, wanted: int) -> list[Target]:
    """Objects from all over a release's table.

    Raises
    ------
    NotServed
        If there are none.
    """
    with httpx.Client(timeout=_PATIENCE) as client:
        query = f"SELECT COUNT(*) AS n FROM {schema}.objects"
        total = int(ask(client, tap(base, query, FORMAT="csv")).split()[-1])
        step = max(1, total // wanted)
        query = f"SELECT TOP {wanted} oid, ra, dec FROM {schema}.objects WHERE MOD(oid, {step}) = 0"
        lines = ask(client, tap(base, query, FORMAT="csv")).decode().split()[1:]
    targets = []
    for line in lines:
        oid, ra, dec = line.split(",")
        targets.append((int(oid), float(ra), float(dec)))
    if not targets:
        raise NotServed(f"{base}: {schema}.objects has no objects; load a release first")
    return targets


def held(base: str, schema: str) -> int:
    """Number of detections of a release."""
    with httpx.Client(timeout=_PATIENCE) as client:
        query = f"SELECT SUM(nobs) AS n FROM {schema}.objects"
        return int(ask(client, tap(base, query, FORMAT="csv")).split()[-1])


def many(
    make: Callable[[Target], httpx.Request], targets: list[Target], clients: int, seconds: float
) -> dict[str, float]:
    """Send requests from several clients at a time, see `visitor`."""
    turn = count()
    end = time.perf_counter() + seconds

    def work(number: int) -> Iterator[float]:
        with visitor(make(targets[0]).url.host, number) as client:
            ask(client, make(targets[0]))
            while (index := next(turn)) < len(targets) and time.perf_counter() < end:
                began = time.perf_counter()
                ask(client, make(targets[index]))
                yield time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        parts = list(pool.map(lambda number: list(work(number)), range(clients)))
    taken = time.perf_counter() - began
    durations = [duration for part in parts for duration in part]
    rate = len(durations) / taken
    return quantiles(durations).as_dict() | {"per_second": rate, "clients": clients}


def visitor(host: str, number: int) -> httpx.Client:
    """Return one of several clients, with an address of its own where the host is this machine: of
    one address a service takes so much at a time, and its visitors have many."""
    local = f"127.1.0.{number + 1}" if host in HERE else None
    return httpx.Client(timeout=_PATIENCE, transport=httpx.HTTPTransport(local_address=local))


def formats(base: str) -> list[str]:
    """Output formats of the TAP service, as FORMAT names them."""
    with httpx.Client(timeout=_PATIENCE) as client:
        document = client.get(f"{base}/tap/capabilities").raise_for_status().content
    found: dict[str, None] = {}
    for element in ElementTree.fromstring(document).iter("outputFormat"):
        mime = element.findtext("mime", "").strip()
        aliases = [alias.text.strip() for alias in element.iter("alias") if alias.text]
        value = aliases[0] if aliases else mime
        if mime and "html" not in mime:
            found.setdefault(value)
    return list(found)


def _quicker(former: dict[str, Any] | None, found: dict[str, Any]) -> dict[str, Any]:
    """The quicker of two measurements; a failure stays."""
    measured = [one for one in (former, found) if one]
    failed = [one for one in measured if "error" in one]
    return failed[0] if failed else min(measured, key=lambda one: one["seconds"])


def bulk(
    base: str, schema: str, form: str, rows: int, processes: list[int]
) -> dict[str, float | str | None]:
    """Fetch many detections in one format.

    A failure is a result too: it stands under ``error``.
    """
    query = f"SELECT TOP {rows} oid, hmjd, mag, magerr, clrcoeff, catflags FROM {schema}.detections"
    memory.reset_peak(processes)
    before = memory.resident_mb(processes)
    began = time.perf_counter()
    size, first, tail = 0, None, b""
    try:
        with httpx.Client(timeout=_PATIENCE, headers={"Accept-Encoding": "identity"}) as client:
            answer = client.send(tap(base, query, FORMAT=form, MAXREC=rows), stream=True)
            for part in answer.iter_raw():
                first = first or time.perf_counter() - began
                size += len(part)
                tail = (tail + part)[-_TAIL:]
            answer.close()
    except httpx.HTTPError as error:
        return {"error": f"{type(error).__name__}: {error}"}
    taken = time.perf_counter() - began
    if answer.status_code != 200 or b'value="ERROR"' in tail:
        text = " ".join(tail.decode(errors="replace").split())
        return {"error": f"status {answer.status_code}: {text[-200:]}"}
    return {
        "seconds": taken,
        "first_byte": first,
        "bytes": size,
        "rows_per_second": rows / taken,
        "before_mb": before,
        "peak_mb": memory.peak_mb(processes),
    }


def _show_small(small: dict[str, dict[str, float]]) -> None:
    rows = [
        (name, number(r["p50"]), number(r["p95"]), number(r["per_second"]), number(r["count"]))
        for name, r in small.items()
    ]
    show("Small requests", ("", "p50 ms", "p95 ms", "requests/s", "requests"), rows)


def _show_big(rows: int, big: dict[str, dict[str, Any]]) -> None:
    lines = [
        (name, r["error"], "", "", "", "")
        if "error" in r
        else (
            name,
            number(r["seconds"]),
            number(r["rows_per_second"]),
            number(r["bytes"] / 1e6),
            number(r["before_mb"]),
            number(r["peak_mb"]),
        )
        for name, r in big.items()
    ]
    columns = ("format", "s", "rows/s", "MB", "DaCHS before, MB", "DaCHS peak, MB")
    show(f"{rows:,} detections in each format", columns, lines)
