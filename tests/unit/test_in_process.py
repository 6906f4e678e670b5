"""Work in other processes: what is late is ended, and the next has a process again."""

from __future__ import annotations

import os
import time

import anyio
import pytest

from bench.fits import CARRIED, EPOCHS, job, simulated
from ztfvo.errors import HTTPError
from ztfvo.settings import get_settings
from ztfvo.supernovae import work
from ztfvo.supernovae.model import CannotFit
from ztfvo.web import fits, turns


class Waiting:
    """A request whose sender is there."""

    headers: dict[str, str] = {}  # noqa: RUF012

    async def is_disconnected(self) -> bool:
        return False


async def call(function, *arguments, seconds=60.0):
    """Call a function in a process, as routes do."""
    limiter = anyio.CapacityLimiter(1)
    return await turns.in_process(Waiting(), limiter, seconds, os.getpid, function, *arguments)


def test_a_process_that_is_late_is_ended_and_another_takes_its_place():
    async def both():
        first = await call(os.getpid)
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            await call(time.sleep, 60, seconds=0.3)
        took = time.monotonic() - began
        return first, took, await call(os.getpid)

    first, took, second = anyio.run(both)
    assert took < 30
    assert first not in (second, os.getpid())
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_a_process_stays_for_the_next():
    async def both():
        return await call(os.getpid), await call(os.getpid)

    first, second = anyio.run(both)
    assert first == second != os.getpid()


def test_a_process_that_ends_by_itself_is_reported_and_replaced():
    async def both():
        with pytest.raises(HTTPError, match="ended early") as caught:
            await call(os._exit, 3)
        return caught.value.status, await call(os.getpid)

    status, process = anyio.run(both)
    assert (status, process != os.getpid()) == (503, True)


class Asked:
    """A request with a job."""

    def __init__(self, what):
        self.job = what


@pytest.fixture
def found(monkeypatch):
    """A function that gives what routes make of a job."""

    def fit(what, seconds):
        settings = get_settings().model_copy(update={"fit_seconds": seconds})
        monkeypatch.setattr(fits, "get_settings", lambda: settings)
        turns.fits.cache_clear()
        return anyio.run(fits.answer, Waiting(), Asked(what)).fitted

    return fit


def test_a_fit_that_is_late_is_answered_with_503_and_one_in_time_is_there(found):
    what = job(simulated(CARRIED, {"z": 0.05, "t0": 58310.0}, 1, EPOCHS))
    with pytest.raises(HTTPError, match=r"did not end within 0.05 s, and was given up") as caught:
        found(what, 0.05)
    assert caught.value.status == 503
    assert found(what, 60.0).converged


def test_what_cannot_be_fitted_is_answered_with_400(found):
    data = simulated(CARRIED, {"z": 0.05, "t0": 58310.0}, 1, {2: 2})
    with pytest.raises(CannotFit):
        work.run(job(data))
    with pytest.raises(HTTPError) as caught:
        found(job(data), 60.0)
    assert caught.value.status == 400
