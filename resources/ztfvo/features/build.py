"""The package's extractors that a set of features is computed by."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import light_curve as lc
import numpy as np

from ztfvo.features.declared import declared
from ztfvo.features.model import Feature, FeatureSet

PACKAGE = "light-curve"

MICROJANSKY = 23.9
"""AB magnitude of 1 uJy."""

SHORTEST_SPACING = 300 / 86400
"""Days between epochs that the highest frequency by their median spacing is found for, at least:
the 40 s between exposures of one night would ask for 10^8 frequencies."""

CAP = np.pi / SHORTEST_SPACING
"""Highest frequency of a median spacing of that, rad/d."""


@dataclass(frozen=True)
class Built:
    """A set of features, ready to be computed."""

    features: tuple[Feature, ...]
    """In the order of the values."""
    magnitudes: Any
    """The package's extractor."""
    capped: Any | None
    """In its place for light curves whose median spacing is less than `SHORTEST_SPACING`; None
    where the highest frequency does not depend on it."""
    fluxes: Any | None
    kept: np.ndarray
    """Indexes of the values that are features of the set."""
    edition: str
    """Changes whenever values may: with the set, and with the package."""


def periodogram(
    *,
    peaks: int,
    resolution: float,
    factor: float,
    nyquist: str | float,
    features: tuple[Any, ...] = (),
) -> Any:
    """Return the package's Lomb-Scargle periodogram.

    Parameters
    ----------
    peaks
        Number of the highest peaks whose periods are features.
    resolution
        Frequencies in the width of a peak, 1 over the duration of the light curve.
    factor
        The highest frequency is that of Nyquist times this.
    nyquist
        ``average`` or ``median``, spacing of the epochs; or a fixed angular frequency in rad/d.
    features
        Features of the powers.
    """
    made = lc.Periodogram(
        peaks=peaks,
        resolution=resolution,
        max_freq_factor=factor,
        nyquist="average" if isinstance(nyquist, float) else nyquist,
        features=list(features) or None,
    )
    if isinstance(nyquist, str):
        return made
    # Its own constructor has no fixed frequency, which its JSON form has.
    form = json.loads(made.to_json())
    form["Periodogram"]["freq_grid_strategy"]["Dynamic"]["nyquist"] = {"Fixed": nyquist}
    return lc.feature_from_json(json.dumps(form))


@lru_cache
def build(which: FeatureSet) -> Built:
    """Return the extractors of a set, with what its features are."""
    searched = dict(which.periodogram)
    listed = list(which.magnitudes())
    magnitudes = lc.Extractor(*listed, periodogram(**searched))
    capped = None
    if searched["nyquist"] == "median":
        capped = lc.Extractor(*listed, periodogram(**searched | {"nyquist": float(CAP)}))
    fluxes = lc.Extractor(*which.fluxes()) if which.fluxes else None
    names = [(name, 0) for name in magnitudes.names]
    if fluxes:
        names += [(name, 1) for name in fluxes.names]
    kept = np.array([i for i, (name, *_) in enumerate(names) if name not in which.left_out])
    features = tuple(_declared(which, *names[i]) for i in kept)
    parts = [one.to_json() for one in (magnitudes, capped, fluxes) if one is not None]
    text = "\n".join([which.version, version(PACKAGE), *parts, *(one.name for one in features)])
    edition = f"{which.version} {hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return Built(features, magnitudes, capped, fluxes, kept, edition)


def _declared(which: FeatureSet, name: str, of: int) -> Feature:
    """What a value is; `of` is 0 for one of magnitudes, 1 for one of flux densities."""
    values = ("mag", "uJy" if which.zero_point == MICROJANSKY else "")[of]
    return declared(name.lower() if which.small else name, values, which.suffixes[of])
