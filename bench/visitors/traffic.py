"""Visitors at work: several clients, each at an address of its own, and what they saw."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np

from bench.service import Target
from bench.visitors.kinds import KINDS, Failed, HTTPError

PAUSE = 1.0
"""Mean pause (s) of a client between two requests, distributed exponentially: a person needs
several seconds for a page, a script that works through a list none, and visitors are both."""

PATIENCE = 120.0
"""Seconds that a client waits for an answer."""

_FIRST = 10
"""Last part of the first client's address, 127.0.0.10."""


@dataclass(frozen=True)
class Seen:
    """One request as its visitor saw it.

    Attributes
    ----------
    kind
        Key of `KINDS`.
    began, seconds
        When it was sent (s of the monotonic clock), and how long its answer took.
    outcome
        "ok", "429", or what went wrong.
    """

    kind: str
    began: float
    seconds: float
    outcome: str


class Visitors:
    """Clients that visit from a thread of their own; a context manager.

    Parameters
    ----------
    base
        Address of the site by number, such as http://127.0.0.1:8080: clients are at 127.0.0.10 and
        following where it is on this machine, so that bounds for an address act as for visitors.
    targets
        What they ask for.
    clients
        So many of them.
    pause
        Mean seconds between two requests of one client.
    """

    def __init__(
        self, base: str, targets: Sequence[Target], clients: int, pause: float = PAUSE
    ) -> None:
        self.seen: list[Seen] = []
        self._base, self._targets, self._clients, self._pause = base, targets, clients, pause
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._visit()), daemon=True)

    def __enter__(self) -> Visitors:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let the requests at work end."""
        self._stop.set()
        self._thread.join(PATIENCE + 30)

    async def _visit(self) -> None:
        await asyncio.gather(*(self._client(number) for number in range(self._clients)))

    async def _client(self, number: int) -> None:
        dice = random.Random(number)
        local = f"127.0.0.{_FIRST + number % 240}" if "//127." in self._base else None
        transport = httpx.AsyncHTTPTransport(local_address=local)
        async with httpx.AsyncClient(
            base_url=self._base, transport=transport, timeout=PATIENCE, follow_redirects=True
        ) as client:
            while not self._stop.is_set():
                kinds = list(KINDS)
                dice.shuffle(kinds)
                for kind in kinds:
                    await self._wait(dice.expovariate(1 / self._pause))
                    if self._stop.is_set():
                        return
                    await self._once(client, kind, dice)

    async def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stop.is_set() and (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, 0.2))

    async def _once(self, client: httpx.AsyncClient, kind: str, dice: random.Random) -> None:
        began = time.monotonic()
        try:
            await KINDS[kind](client, dice.choice(self._targets), dice)
            outcome = "ok"
        except HTTPError:
            outcome = "429"
        except Failed as failure:
            outcome = str(failure)
        except httpx.HTTPError as error:
            outcome = type(error).__name__
        self.seen.append(Seen(kind, began, time.monotonic() - began, outcome))


def summary(seen: Iterable[Seen]) -> dict[str, Any]:
    """Sum up requests: numbers of outcomes, and quantiles (s) of those that succeeded."""
    seen = list(seen)
    good = [one.seconds for one in seen if one.outcome == "ok"]
    bad = Counter(one.outcome for one in seen if one.outcome not in ("ok", "429"))
    p50, p95, p99 = np.percentile(good, (50, 95, 99)).tolist() if good else (None, None, None)
    return {
        "count": len(seen),
        "ok": len(good),
        "refused": sum(one.outcome == "429" for one in seen),
        "failed": sum(bad.values()),
        "failures": dict(bad),
        "p50": p50,
        "p95": p95,
        "p99": p99,
    }


def by_kind(seen: Sequence[Seen]) -> dict[str, dict[str, Any]]:
    """Sum up requests of each kind, and of all."""
    parts = {kind: summary(one for one in seen if one.kind == kind) for kind in KINDS}
    return parts | {"all": summary(seen)}


def longest_outage(seen: Sequence[Seen]) -> float:
    """Seconds of the longest time in which no request that failed was followed by a success.

    It begins when the first request that failed was sent, and ends with the first success that was
    sent after; an outage that never ends is counted to the last answer.
    """
    longest, since = 0.0, None
    for one in sorted(seen, key=lambda one: one.began):
        if one.outcome not in ("ok", "429"):
            since = one.began if since is None else since
            longest = max(longest, one.began + one.seconds - since)
        elif since is not None and one.outcome == "ok":
            longest = max(longest, one.began + one.seconds - since)
            since = None
    return longest
