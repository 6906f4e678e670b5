"""Where requests wait until there are threads and memory for them.

Small answers have the application's own threads.  Large ones and figures have few of their own, and
one address has only some of those that wait, of figures one; what nobody waits for any more is not
begun.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from typing import TypeVar
from weakref import WeakValueDictionary

from anyio import BrokenWorkerProcess, CapacityLimiter, fail_after, to_process, to_thread
from fastapi import Request

from ztfvo.errors import HTTPError
from ztfvo.settings import get_settings

T = TypeVar("T")

_log = logging.getLogger(__name__)

LARGE_ROWS, LARGE_POINTS = 20_000, 5_000
"""Rows of a file, and points of a figure, from which on an answer is large."""
LARGE_AT_A_TIME = 2
"""Large files that a process writes at a time: each takes up to 150 MB."""
LARGE_PER_ADDRESS = 4
"""Large answers of one address, at work or waiting, in each process."""
PATIENCE = 20.0
"""Seconds that an answer waits for its turn."""
FITS_AT_A_TIME = 1
"""Processes that each process of the application has for fits."""
BEGIN = 60.0
"""Seconds in which such a process has to be ready."""

_large: Counter[str] = Counter()
_lines: WeakValueDictionary[str, CapacityLimiter] = WeakValueDictionary()


class Gone(Exception):
    """Nobody waits for the answer any more."""


@lru_cache(maxsize=1)
def figures() -> CapacityLimiter:
    """Return the thread that draws: Matplotlib draws one figure at a time."""
    return CapacityLimiter(1)


@lru_cache(maxsize=1)
def large() -> CapacityLimiter:
    """Return the threads that write large answers."""
    return CapacityLimiter(LARGE_AT_A_TIME)


@lru_cache(maxsize=1)
def fits() -> CapacityLimiter:
    """Return the turns of fits, each of which has a process."""
    return CapacityLimiter(FITS_AT_A_TIME)


@lru_cache(maxsize=1)
def outside() -> CapacityLimiter:
    """Return the threads that may wait for services elsewhere."""
    return CapacityLimiter(get_settings().app_threads)


@lru_cache(maxsize=1)
def watching() -> CapacityLimiter:
    """Return the threads that see whether the site works, whatever else is at work."""
    return CapacityLimiter(2)


async def work(
    request: Request,
    limiter: CapacityLimiter | None,
    function: Callable[..., T],
    *arguments: object,
) -> T:
    """Call a function in a thread, as soon as there is one.

    Parameters
    ----------
    limiter
        Which threads; those of the application if None.

    Raises
    ------
    Gone
        When the client has hung up while it waited.
    HTTPError
        503, when others keep the threads too long.
    """
    if limiter is None:
        return await to_thread.run_sync(function, *arguments)
    await _acquire(limiter, request)
    try:
        if await request.is_disconnected():
            raise Gone
        return await to_thread.run_sync(function, *arguments, limiter=_unbounded())
    finally:
        limiter.release_on_behalf_of(request)


async def in_process(
    request: Request,
    limiter: CapacityLimiter,
    seconds: float,
    ready: Callable[[], None],
    function: Callable[..., T],
    *arguments: object,
) -> T:
    """Call a function in another process, as soon as there is one; it is ended when it is late.

    Parameters
    ----------
    limiter
        Turns.
    seconds
        For the function.
    ready
        What the process does first, which takes time where it is a new one.

    Raises
    ------
    Gone
        When the client has hung up while it waited.
    HTTPError
        503, when others keep the processes too long, or one cannot be had.
    TimeoutError
        When the function takes too long.
    """
    await _acquire(limiter, request)
    try:
        if await request.is_disconnected():
            raise Gone
        try:
            with fail_after(BEGIN):
                await _called(ready)
        except TimeoutError:
            raise HTTPError(503, "The site is busy: ask again in a minute.") from None
        with fail_after(seconds):
            return await _called(function, *arguments)
    except BrokenWorkerProcess as error:
        _log.exception("A process that computes ended")
        raise HTTPError(
            503, "The process that computes this ended early: ask again, or for less."
        ) from error
    finally:
        limiter.release_on_behalf_of(request)


async def _called(function: Callable[..., T], *arguments: object) -> T:
    return await to_process.run_sync(function, *arguments, cancellable=True, limiter=_unbounded())


async def _acquire(limiter: CapacityLimiter, request: Request) -> None:
    try:
        with fail_after(PATIENCE):
            await limiter.acquire_on_behalf_of(request)
    except TimeoutError:
        raise HTTPError(
            503, f"The site is busy: there was no turn in {PATIENCE:g} s. Ask again in a minute."
        ) from None


@asynccontextmanager
async def in_line(request: Request) -> AsyncIterator[None]:
    """Let requests of one address go on one after the other, so that those of others pass.

    Raises
    ------
    HTTPError
        503, when the others of the address take too long.
    """
    address = request.headers.get("x-real-ip", "")
    line = _lines.get(address) or CapacityLimiter(1)
    _lines[address] = line
    await _acquire(line, request)
    try:
        yield
    finally:
        line.release_on_behalf_of(request)


@lru_cache(maxsize=1)
def _unbounded() -> CapacityLimiter:
    """Return the threads of those who have had their turn."""
    return CapacityLimiter(1_000)


@contextmanager
def one_of_few(request: Request) -> Iterator[None]:
    """Count a large answer as its address'.

    Raises
    ------
    HTTPError
        429, when the address has as many as it may.
    """
    address = request.headers.get("x-real-ip", "")
    if _large[address] >= LARGE_PER_ADDRESS:
        raise HTTPError(
            429,
            f"{LARGE_PER_ADDRESS} of your large answers are at work, and more at a time are not"
            " possible from one address: wait for one of them, or ask for less.",
        )
    _large[address] += 1
    try:
        yield
    finally:
        _large[address] -= 1
        if not _large[address]:
            del _large[address]
