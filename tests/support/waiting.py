"""Wait for what comes by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import requests

T = TypeVar("T")


def wait_until(
    what: Callable[[], T],
    seconds: float = 30,
    unless: tuple[type[Exception], ...] = (),
    pause: float = 0.1,
) -> T:
    """Ask until the answer is true, and return it.

    Parameters
    ----------
    what
        The question.
    seconds
        After which waiting was in vain: an `AssertionError` with the last answer.
    unless
        Exceptions that mean "not yet".
    pause
        Seconds between two questions.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            answer = what()
        except unless as error:
            answer = error
        else:
            if answer:
                return answer
        if time.monotonic() > until:
            raise AssertionError(f"not so after {seconds} s: {answer!r}")
        time.sleep(pause)


def wait_for_answer(address: str, seconds: float = 60) -> None:
    """Ask an address until it is answered, and not by an error."""
    wait_until(
        lambda: requests.get(address, timeout=10).ok, seconds, unless=(requests.ConnectionError,)
    )


def wait_for_end(pid: int, seconds: float = 60) -> None:
    """Wait until a process has ended."""
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), seconds)
