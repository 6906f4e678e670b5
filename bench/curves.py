"""The light-curve service under load: JSON of curves of about 500 points, and other formats."""

from __future__ import annotations

import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlsplit

import httpx

from bench.report import number, save, say, show
from bench.service import NotServed, ask, tap
from bench.timing import quantiles
from ztfvo.settings import Settings

POINTS = (450, 550)
"""Epochs of the light curves that are asked for, where a release has enough of them."""
ENOUGH = 20
MOST = 1000
CLIENTS = (1, 8)
OTHERS = ("vot", "csv", "parquet", "png")
"""Formats besides JSON, asked for by one client."""
_PATIENCE = 60.0

Curve = tuple[int, int]
"""OID and number of epochs."""


def curves(settings: Settings, base: str, schema: str, seconds: float) -> dict[str, Any]:
    """Measure the light-curve service, print the table and write the JSON file.

    No answer comes from a cache: there is none before the service.  Every client begins at another
    light curve and takes them in turn until the time is over.

    Parameters
    ----------
    settings
        Those of the installation; its first DaCHS process is asked directly too.
    base
        Address of the service, without closing slash.
    schema
        Schema of the release in TAP.
    seconds
        Time of each measurement.
    """
    chosen = choose(base, schema)
    points = sorted(epochs for _, epochs in chosen)
    say(
        f"{len(chosen)} light curves of {points[0]} to {points[-1]} epochs,"
        f" median {points[len(points) // 2]}"
    )
    prefix = "" if schema == "ztf" else f"/{schema.removeprefix('ztf_')}"
    results = {
        f"JSON, {clients} client{'s' * (clients > 1)}": steady(
            base, [f"{prefix}/lc/{oid}.json" for oid, _ in chosen], clients, seconds
        )
        for clients in CLIENTS
    }
    if base == settings.url:
        process = f"unix:{settings.app_socket(0)}"
        paths = [f"{prefix}/lc/{oid}.json" for oid, _ in chosen]
        for clients in CLIENTS:
            name = f"JSON of one process without nginx, {clients} client{'s' * (clients > 1)}"
            results[name] = steady(process, paths, clients, seconds)
    for extension in OTHERS:
        paths = [f"{prefix}/lc/{oid}.{extension}" for oid, _ in chosen]
        results[f"{extension}, 1 client"] = steady(base, paths, 1, seconds)
    rows = [
        (name, *(number(r[key]) for key in ("p50", "p95", "per_second", "count", "kilobytes")))
        for name, r in results.items()
    ]
    columns = ("", "p50 ms", "p95 ms", "requests/s", "requests", "kB")
    show("Light curves", columns, rows)
    facts = {"base": base, "schema": schema, "points": points}
    save(settings.var / "bench" / "results", "lightcurves", results, **facts)
    return results


def choose(base: str, schema: str) -> list[Curve]:
    """Light curves of about 500 epochs, or the longest where the release has few of those.

    Raises
    ------
    NotServed
        If there are none.
    """
    low, high = POINTS
    found = _curves(base, f"{schema}.objects WHERE nobs BETWEEN {low} AND {high}")
    if len(found) < ENOUGH:
        found = _curves(base, f"{schema}.objects ORDER BY nobs DESC", ENOUGH)
    if not found:
        raise NotServed(f"{base}: {schema}.objects has no objects; load a release first")
    return found


def _curves(base: str, where: str, most: int = MOST) -> list[Curve]:
    with httpx.Client(timeout=_PATIENCE) as client:
        query = f"SELECT TOP {most} oid, nobs FROM {where}"
        lines = ask(client, tap(base, query, FORMAT="csv")).decode().split()[1:]
    return [tuple(map(int, line.split(","))) for line in lines]


class LocalConnection(http.client.HTTPConnection):
    """A connection to a socket of this machine, in place of the host."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.host)


CONNECTIONS = {
    "http": http.client.HTTPConnection,
    "https": http.client.HTTPSConnection,
    "unix": LocalConnection,
}


def steady(base: str, paths: list[str], clients: int, seconds: float) -> dict[str, float]:
    """Ask for paths in turn from several clients, each with a connection of its own.

    Parameters
    ----------
    base
        Address of a service, or ``unix:`` and the path of a socket.

    Raises
    ------
    NotServed
        If an answer is an error.
    """
    address = urlsplit(base)
    connect = CONNECTIONS[address.scheme]
    end = time.perf_counter() + seconds

    def work(client: int) -> list[tuple[float, int]]:
        connection = connect(address.netloc or address.path, timeout=_PATIENCE)
        begin = client * len(paths) // clients
        done = []
        for path in islice(cycle(paths), begin, None):
            began = time.perf_counter()
            connection.request("GET", path if address.scheme == "unix" else address.path + path)
            answer = connection.getresponse()
            content = answer.read()
            done.append((time.perf_counter() - began, len(content)))
            if answer.status != 200:
                raise NotServed(f"{base}{path} answers {answer.status}: {content[:500]!r}")
            if time.perf_counter() > end:
                break
        connection.close()
        return done[1:] or done

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        done = [one for part in pool.map(work, range(clients)) for one in part]
    rate = len(done) / (time.perf_counter() - began)
    size = sum(length for _, length in done) / len(done) / 1e3
    times = quantiles([duration for duration, _ in done]).as_dict()
    return times | {"per_second": rate, "clients": clients, "kilobytes": size}
