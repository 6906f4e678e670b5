"""Compute a set of features for many light curves at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ztfvo.features.build import SHORTEST_SPACING, Built, build
from ztfvo.features.model import FeatureSet
from ztfvo.photometry import ZERO_POINT, ab_to_jansky

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Times (d), magnitudes and their errors (mag) of one light curve, float64 of one length."""


def extract(which: FeatureSet, curves: Sequence[Arrays]) -> np.ndarray:
    """Compute the features of light curves.

    Parameters
    ----------
    which
        Set of features.
    curves
        n light curves, each ordered by time and of finite numbers with errors above 0; they are not
        checked again.

    Returns
    -------
    numpy.ndarray
        float64[n, k], in the order of the set's k features; NaN where a light curve has too few
        epochs for a feature, or it is not finite.
    """
    built = build(which)
    if not curves:
        return np.empty((0, len(built.features)))
    values = _of_magnitudes(built, curves)
    if built.fluxes is not None:
        fluxes = [_as_flux(curve, which.zero_point) for curve in curves]
        values = np.hstack([values, _many(built.fluxes, fluxes)])
    values = values[:, built.kept]
    values[~np.isfinite(values)] = np.nan
    return values


def _of_magnitudes(built: Built, curves: Sequence[Arrays]) -> np.ndarray:
    if built.capped is None:
        return _many(built.magnitudes, curves)
    values = np.empty((len(curves), len(built.magnitudes.names)))
    dense = np.array([np.median(np.diff(curve[0])) < SHORTEST_SPACING for curve in curves])
    for extractor, chosen in ((built.magnitudes, ~dense), (built.capped, dense)):
        places = np.flatnonzero(chosen)
        if len(places):
            values[places] = _many(extractor, [curves[i] for i in places])
    return values


def _many(extractor: object, curves: Sequence[Arrays]) -> np.ndarray:
    return extractor.many(list(curves), sorted=True, check=False, fill_value=np.nan, n_jobs=1)


def _as_flux(curve: Arrays, zero_point: float) -> Arrays:
    """The light curve as flux density whose AB magnitude `zero_point` is 1."""
    time, mag, magerr = curve
    flux, error = ab_to_jansky(mag - zero_point + ZERO_POINT, magerr)
    return time, flux, error
