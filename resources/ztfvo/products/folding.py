"""Folding of light curves by a period."""

from __future__ import annotations

import numpy as np


def phase_of(hmjd: np.ndarray, period: float, epoch: float) -> np.ndarray:
    """Fractional part of the number of periods since the epoch.

    Parameters
    ----------
    hmjd
        Heliocentric MJD, shape (n,).
    period
        days.
    epoch
        Heliocentric MJD of phase 0.

    Returns
    -------
    numpy.ndarray
        At least 0 and less than 1, shape (n,).
    """
    phase = np.mod((hmjd - epoch) / period, 1.0)
    return np.where(phase < 1, phase, 0.0)


def repeat(columns: dict[str, np.ndarray], cycles: int) -> dict[str, np.ndarray]:
    """Order the columns of a light curve by phase, and repeat them with phases 1, 2, ... higher.

    Parameters
    ----------
    columns
        Arrays of one length n, among them phase.
    cycles
        How often every point stands in the result.

    Returns
    -------
    dict of str to numpy.ndarray
        Arrays of length n * cycles.
    """
    order = np.argsort(columns["phase"], kind="stable")
    repeated = {name: np.tile(values[order], cycles) for name, values in columns.items()}
    repeated["phase"] = repeated["phase"] + np.repeat(np.arange(cycles), len(order))
    return repeated
