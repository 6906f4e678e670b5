"""Time many requests and sum them up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Times:
    """Quantiles of the durations of `count` requests, in ms."""

    count: int
    p50: float
    p95: float
    mean: float

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return asdict(self)


def quantiles(seconds: Sequence[float]) -> Times:
    """Sum up durations given in s."""
    values = np.asarray(seconds, float) * 1e3
    return Times(
        len(values),
        float(np.percentile(values, 50)),
        float(np.percentile(values, 95)),
        float(values.mean()),
    )


def time_requests(request: Callable[..., Any], arguments: Iterable[tuple], warm: int = 20) -> Times:
    """Call `request` with each of the arguments, one after the other.

    Parameters
    ----------
    request
        What is timed.
    arguments
        Its arguments, a tuple a call.
    warm
        So many calls are made before, with the first arguments, and not counted.
    """
    arguments = list(arguments)
    for given in arguments[:warm]:
        request(*given)
    seconds = []
    for given in arguments:
        began = time.perf_counter()
        request(*given)
        seconds.append(time.perf_counter() - began)
    return quantiles(seconds)


def stopwatch(action: Callable[[], Any]) -> float:
    """Seconds that an action takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began
