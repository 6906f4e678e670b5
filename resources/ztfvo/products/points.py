"""The points that figures show of light curves and of own photometry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ztfvo.photometry import ab_to_jansky
from ztfvo.products.beside import Beside
from ztfvo.products.folding import phase_of, repeat
from ztfvo.products.model import Curve, OwnPhotometry, Request

WIDE_ERROR = 1.0
"""Magnitudes: points with larger errors do not widen the range shown."""

_VALUES = {
    "mag": ("mag", "magerr", "magerr"),
    "flux": ("flux", "fluxerr", "fluxerr"),
    "diffmag": ("diffmag", "diffmag_err_bright", "diffmag_err_faint"),
    "diffflux": ("diffflux", "diffflux_err", "diffflux_err"),
}
"""Columns of a quantity: value, error towards smaller and towards larger values."""


@dataclass(frozen=True)
class Points:
    """One light curve's points; arrays of one length, not finite where there is nothing to show."""

    x: np.ndarray
    """Heliocentric MJD, or phase."""
    y: np.ndarray
    """In the unit of the quantity's column: mag or Jy."""
    below: np.ndarray
    """Error towards smaller values, never negative."""
    above: np.ndarray
    """Error towards larger values, never negative."""
    flagged: np.ndarray
    """Epochs that are not good: catflags is not 0 or magerr not positive (bool)."""
    wide: np.ndarray
    """Epochs whose error is too large for them to widen the range shown (bool)."""
    epochs: int
    """Number of epochs; there are more points where a folded light curve is repeated."""

    @property
    def good(self) -> np.ndarray:
        """Epochs that are shown with their errors (bool)."""
        return np.isfinite(self.y) & ~self.flagged


def of_curve(curve: Curve, request: Request) -> Points:
    """The points of a light curve in the quantity that the request asks for."""
    columns = curve.columns
    value, below, above = (np.asarray(columns[name], float) for name in _VALUES[request.quantity])
    magerr = columns["magerr"]
    error = above if request.quantity == "diffmag" else magerr
    return Points(
        x=columns["phase"] if request.period is not None else columns["hmjd"],
        y=value,
        below=_shown(below),
        above=_shown(above),
        flagged=(columns["catflags"] != 0) | ~(magerr > 0),
        wide=~(error < WIDE_ERROR),
        epochs=len(curve) // request.cycles,
    )


def of_own(own: OwnPhotometry, request: Request) -> Points:
    """The points of own photometry; as it was sent also where differences are asked for."""
    columns = {"hmjd": own.hmjd, "y": own.mag, "error": own.magerr, "magerr": own.magerr}
    if request.quantity.endswith("flux"):
        columns["y"], columns["error"] = ab_to_jansky(own.mag, own.magerr)
    if request.period is not None:
        columns["phase"] = phase_of(own.hmjd, request.period, request.epoch)
        columns = repeat(columns, request.cycles)
    return Points(
        x=columns["phase"] if request.period is not None else columns["hmjd"],
        y=columns["y"],
        below=columns["error"],
        above=columns["error"],
        flagged=np.zeros(len(columns["y"]), bool),
        wide=~(columns["magerr"] < WIDE_ERROR),
        epochs=len(own.hmjd),
    )


def of_beside(one: Beside, band: str, limits: bool, request: Request) -> Points:
    """The points of a filter of a service outside: detections, or limits without errors.

    Where differences are asked for, they are what the service has.
    """
    chosen = (one.columns["filter"] == band) & (one.columns["limit"] == limits)
    columns = {
        name: one.columns[name][chosen]
        for name in ("hmjd", "phase", "mag", "magerr", "flux", "fluxerr")
        if name in one.columns
    }
    if limits:
        columns["flux"], _ = ab_to_jansky(columns["mag"], 0.0)
    value, error = ("flux", "fluxerr") if request.quantity.endswith("flux") else ("mag", "magerr")
    shown = np.zeros(int(chosen.sum())) if limits else _shown(columns[error])
    return Points(
        x=columns["phase"] if request.period is not None else columns["hmjd"],
        y=columns[value],
        below=shown,
        above=shown,
        flagged=np.zeros(len(shown), bool),
        wide=np.ones(len(shown), bool) if limits else ~(columns["magerr"] < WIDE_ERROR),
        epochs=len(shown) // one.cycles,
    )


def _shown(error: np.ndarray) -> np.ndarray:
    """Errors that can be drawn: none where there is none."""
    return np.where(np.isfinite(error) & (error > 0), error, 0.0)
