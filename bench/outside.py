"""Slow services outside: how long an answer of all of them takes, and what others feel of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np

from bench.report import number, save, say, show
from bench.service import HERE, NotServed, Target, kinds, many, sample, visitor
from bench.timing import quantiles, stopwatch
from ztfvo.settings import Settings

CLIENTS = 8
_PATIENCE = 120.0


class NoGateway(Exception):
    """The service does not ask through an address of this machine."""


def outside(
    settings: Settings,
    base: str,
    schema: str,
    seconds: float,
    delay: float,
    slow: float,
    asking: int,
    runs: int,
) -> dict[str, Any]:
    """Measure, print the tables and write the JSON file.

    Every service outside is played by one server at the site's gateway, which answers each request
    after the same time, with what no source declares: so each answer is malformed, none silences
    its source, and no place is asked for twice.

    Parameters
    ----------
    base
        Address of the service, without closing slash.
    schema
        Schema of the release in TAP.
    seconds
        Of each measurement of small requests.
    delay, slow
        Seconds before each answer from outside: where all are asked once, and beside queries.
    asking
        Requests that wait for services outside, at any time.
    runs
        Requests for all services outside, one after the other.

    Raises
    ------
    NoGateway
        If the site asks services outside by itself.
    NotServed
        If an answer is an error.
    """
    gateway = urlsplit(settings.outside_gateway or "")
    if gateway.hostname not in HERE or not gateway.port:
        raise NoGateway(
            "services outside cannot be played: set ZTFVO_OUTSIDE_GATEWAY=http://127.0.0.1:PORT"
            " for set-up, and start the service again"
        )
    places = _places()
    with _slow_server(gateway.port, delay):
        one = [_all_sources(base, next(places)) for _ in range(runs)]
    answered = max(answers for answers, _ in one)
    taken = [duration for _, duration in one]
    show(
        f"{answered} services outside at once, each answering after {delay:g} s",
        ("", "median", "least", "most"),
        [("s", number(float(np.median(taken))), number(min(taken)), number(max(taken)))],
    )
    with _slow_server(gateway.port, slow):
        beside, durations = _beside(base, schema, seconds, places, asking)
    facts = {"base": base, "schema": schema, "delay": delay, "slow": slow, "sources": answered}
    everything = {"all sources, s": taken, "beside": beside}
    everything["waiting"] = quantiles(durations).as_dict()
    save(settings.var / "bench" / "results", "outside", everything, **facts)
    return everything


def _beside(
    base: str, schema: str, seconds: float, places: Iterator[str], asking: int
) -> tuple[dict[str, Any], list[float]]:
    """Measure small requests before, beside and after others that wait for services outside.

    Returns
    -------
    tuple
        What was measured by when, and the seconds that the others took.
    """
    targets = sample(base, schema, 300)
    results = {"quiet": _small(base, schema, targets, seconds)}
    with _asking(base, places, asking) as durations:
        results[f"{asking} waiting"] = _small(base, schema, targets, seconds)
    if not durations:
        raise NotServed(f"{base}: no request to services outside was answered meanwhile")
    results["quiet again"] = _small(base, schema, targets, seconds)
    say(f"  {len(durations)} requests to all services outside were answered meanwhile")
    show(
        f"Queries beside {asking} requests that wait for services outside",
        ("", "", "p50 ms", "p95 ms", "requests/s", "requests"),
        [
            (when, kind, *(number(r[key]) for key in ("p50", "p95", "per_second", "count")))
            for when, found in results.items()
            for kind, r in found.items()
        ],
    )
    return results, durations


def _small(
    base: str, schema: str, targets: list[Target], seconds: float
) -> dict[str, dict[str, float]]:
    make = kinds(base, schema)["TAP by OID"]
    return {
        f"TAP by OID, {clients} client{'s' * (clients > 1)}": many(make, targets, clients, seconds)
        for clients in (1, CLIENTS)
    }


def _all_sources(base: str, place: str) -> tuple[int, float]:
    """Number of answers, and seconds that all of them took together."""
    found: list[httpx.Response] = []
    with httpx.Client(timeout=_PATIENCE) as client:
        client.get(f"{base}/health")
        taken = stopwatch(lambda: found.append(client.get(f"{base}/match", params={"POS": place})))
    if found[0].status_code != 200:
        raise NotServed(f"{found[0].url} answers {found[0].status_code}: {found[0].text[:300]}")
    return len(found[0].json()["catalogs"]), taken


def _places() -> Iterator[str]:
    """Positions that nobody asked for before."""
    generator = np.random.default_rng(time.time_ns())
    while True:
        yield f"{generator.uniform(0, 360):.6f},{generator.uniform(-30, 88):.6f}"


@contextmanager
def _asking(base: str, places: Iterator[str], number_of: int) -> Iterator[list[float]]:
    """Clients that ask for all services outside again and again; the times of their requests."""
    durations: list[float] = []
    end = threading.Event()
    lock = threading.Lock()

    def work(number: int) -> None:
        with visitor(httpx.URL(base).host, number) as client:
            while not end.is_set():
                with lock:
                    place = next(places)
                began = time.perf_counter()
                if client.get(f"{base}/match", params={"POS": place}).status_code == 200:
                    durations.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(number_of)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    try:
        yield durations
    finally:
        end.set()
        for thread in threads:
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 200

    def handle_error(self, *_: Any) -> None:
        """Those who ask may leave before they are answered."""


@contextmanager
def _slow_server(port: int, delay: float) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            time.sleep(delay)
            body = b'{"maintenance": true}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
