"""``bench visitors --attack``: what visitors see while one address attacks the site."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.report import say, show
from bench.service import Target, sample
from bench.visitors.attacks import ADDRESSES, ATTACKS, Attacker
from bench.visitors.quiet import SAMPLE, milliseconds, store, wait
from bench.visitors.traffic import Seen, Visitors, by_kind
from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError

PAUSE = 0.25
"""Mean pause (s) of a client here: a minute has to suffice for quantiles of each kind."""

LEAST_SUCCESS, MOST_SLOWER = 0.99, 3.0
"""Bounds for the requests of all kinds together: share of success, and p95 over the quiet one."""

_CALM = 10.0
"""Seconds between two attacks, in which the site gets rid of what the last one left."""


def attacked(
    settings: Settings, name: str, clients: int, seconds: float, path: Path | None
) -> bool:
    """Measure visitors in quiet, then during each attack; print a table and write JSON.

    Parameters
    ----------
    name
        Key of `ATTACKS`, or ``all``.
    clients
        Ordinary visitors at a time.
    seconds
        Length of the quiet time and of each attack.

    Returns
    -------
    bool
        Whether all bounds were held.

    Raises
    ------
    SiteError
        When there is no such attack.
    """
    if name != "all" and name not in ATTACKS:
        raise SiteError(f"there is no attack {name!r}", f"name all, or one of {', '.join(ATTACKS)}")
    targets = sample(settings.local_url, "ztf", SAMPLE)
    people = Visitors(settings.local_url, targets, clients, PAUSE)
    parts: dict[str, tuple[float, float]] = {}
    received: dict[str, dict[int, int]] = {}
    with people:
        wait(_CALM, people.seen, "warming up")
        for part in ("quiet", *(ATTACKS if name == "all" else [name])):
            began = time.monotonic()
            with _attack(part, settings.local_url, targets) as attacker:
                wait(seconds, people.seen, part)
                parts[part] = began, time.monotonic()
            received[part] = dict(attacker.statuses)
            say(f"{part}: the attacker got {received[part] or 'nothing'}")
            wait(_CALM, people.seen, f"after {part}")
    results = _judge(people.seen, parts)
    for part, statuses in received.items():
        results[part]["attacker"] = statuses
    _show(results)
    facts = {"clients": clients, "seconds": seconds, "pause": PAUSE}
    store(settings, "attacks", results, path, **facts)
    return all(one["held"] for one in results.values())


@contextmanager
def _attack(name: str, base: str, targets: list[Target]) -> Any:
    """Attack in a thread of its own; quiet is no attack."""
    attacker = Attacker(base, targets, ADDRESSES.get(name, ""))
    if name == "quiet":
        yield attacker
        return
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(ATTACKS[name](attacker)))
    thread.start()
    try:
        yield attacker
    finally:
        loop.call_soon_threadsafe(attacker.over.set)
        thread.join()
        loop.close()


def _judge(seen: list[Seen], parts: dict[str, tuple[float, float]]) -> dict[str, dict[str, Any]]:
    """Sum up the requests that were sent in each part of the time, and compare with the quiet."""
    results = {}
    for part, (began, end) in parts.items():
        kinds = by_kind([one for one in seen if began <= one.began < end])
        results[part] = {"kinds": kinds}
    quiet = results["quiet"]["kinds"]["all"]["p95"]
    for result in results.values():
        one = result["kinds"]["all"]
        result["held"] = (
            None not in (quiet, one["p95"])
            and one["ok"] >= LEAST_SUCCESS * one["count"]
            and one["p95"] < MOST_SLOWER * quiet
        )
    return results


def _show(results: dict[str, dict[str, Any]]) -> None:
    quiet = results["quiet"]["kinds"]
    rows = []
    for part, result in results.items():
        for kind, one in result["kinds"].items():
            slower = one["p95"] / quiet[kind]["p95"] if one["p95"] and quiet[kind]["p95"] else None
            share = one["ok"] / one["count"] if one["count"] else 1.0
            cells = (
                f"{one['count']}",
                f"{share:.1%}",
                f"{one['refused']}",
                milliseconds(one["p95"]),
                "-" if slower is None else f"{slower:.1f}",
                ("held" if result["held"] else "BEYOND") if kind == "all" else "",
            )
            rows.append((f"{part}: {kind}", *cells))
    title = f"Visitors under attack: {LEAST_SUCCESS:.0%} success, p95 below {MOST_SLOWER:g} times"
    show(title, ("", "requests", "success", "429", "p95 ms", "times quiet", ""), rows)
