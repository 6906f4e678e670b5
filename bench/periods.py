"""Periodograms of one light curve: of this project, and of other libraries."""

from __future__ import annotations

import time
from collections.abc import Callable

import light_curve as lc
import numpy as np
from astropy.timeseries import LombScargle

from bench.report import number, save, say, show
from ztfvo.periods.methods import lombscargle
from ztfvo.periods.model import Grid, Series
from ztfvo.settings import Settings

AIM = 50.0
"""ms of one core for 1,000 points on 10^5 frequencies."""
PERIOD, LAST = 0.6117423, 10.0
"""d and 1/d"""


def periods(settings: Settings, points: int, frequencies: int, runs: int) -> bool:
    """Measure, print the table and write the JSON file; returns whether the aim is met.

    Parameters
    ----------
    points
        Of the light curve.
    frequencies
        Of the grid.
    runs
        Of each library; the quickest counts.
    """
    rng = np.random.default_rng(5)
    t = np.sort(rng.uniform(0, 2000, points))
    e = rng.uniform(0.01, 0.03, points)
    m = 15 + 0.3 * np.sin(2 * np.pi * t / PERIOD) + rng.normal(0, e)
    grid = Grid(1 / 2000, (LAST - 1 / 2000) / (frequencies - 1), frequencies)
    series = [Series("made", t, m, e)]
    astropys = LombScargle(t, m, e)
    powers_of_two = 1 << (frequencies - 1).bit_length()
    other = lc.Periodogram(freqs=np.linspace(0, 2 * np.pi * LAST, powers_of_two + 1), fast=True)
    kinds: dict[str, Callable[[], np.ndarray]] = {
        "/periodogram (nifty-ls)": lambda: lombscargle.powers(series, grid),
        "astropy, fast": lambda: astropys.power(
            grid.frequencies, method="fast", assume_regular_frequency=True
        ),
        f"light-curve, {powers_of_two} frequencies, no errors": lambda: other.power(t, m),
    }
    milliseconds = {name: min(_cpu(action) for _ in range(runs)) for name, action in kinds.items()}
    exact = astropys.power(grid.frequencies[::97], method="cython")
    off = np.abs(lombscargle.powers(series, grid)[::97] - exact).max()
    show(
        f"Periodogram of {points} points on {frequencies} frequencies",
        ("", "ms of one core"),
        [(name, number(each)) for name, each in milliseconds.items()],
    )
    ours = milliseconds["/periodogram (nifty-ls)"]
    say(f"Largest difference from astropy's exact powers: {off:.1e}; the aim is {AIM:g} ms.")
    facts = {"points": points, "frequencies": frequencies, "difference": float(off)}
    save(settings.var / "bench" / "results", "periods", milliseconds, **facts)
    return ours <= AIM


def _cpu(action: Callable[[], np.ndarray]) -> float:
    began = time.process_time()
    action()
    return 1e3 * (time.process_time() - began)
