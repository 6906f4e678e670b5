"""The space that light curves are compared in: features, standardised and freed of correlation.

A value f of a feature becomes arsinh((t(f) - median) / spread), where t is the feature's scale of
`MEASURES`, the median is that of the release, and the spread 1.4826 times the median absolute
deviation from it.  Most stars do not vary, so that variable ones are many spreads away: the arsinh
keeps their order without letting one feature decide.  A value that there is not is taken to be the
median.  The first principal components of these, each divided by its standard deviation, are the
coordinates (Mahalanobis' distance in their subspace).  What was fitted to a release is kept, see
`Space`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

SCALES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "plain": lambda values: values,
    "log10": np.log10,
    "asinh": np.arcsinh,
}

MEASURES: Mapping[str, str] = {
    "standard_deviation": "log10",
    "chi2": "log10",
    "skew": "plain",
    "kurtosis": "asinh",
    "eta": "log10",
    "cusum": "plain",
    "stetson_k": "plain",
    "beyond_1_std": "plain",
    "magnitude_percentage_ratio_40_5": "plain",
    "otsu_lower_to_all_ratio": "plain",
    "period_0": "log10",
    "period_s_to_n_0": "log10",
}
"""Scale of each feature that light curves are compared by.  None depends on how bright the star is,
but for its errors."""

DIMENSIONS = 6
CLIP = 6.0
"""Of a standardised feature, of either sign: 200 spreads."""
FARTHEST = 20.0
"""Of a coordinate, of either sign."""

_MAD = 1 / NormalDist().inv_cdf(0.75)
"""Standard deviations of a normal distribution in its median absolute deviation."""
_LEAST_VARIANCE = 0.05
"""In a direction in which the features of a release differ less, coordinates are not stretched
further: a release of a few light curves may have none."""
_BITS = 4
_EDGES = np.array([NormalDist().inv_cdf(i / 2**_BITS) for i in range(1, 2**_BITS)])


@dataclass(frozen=True, eq=False)
class Space:
    """What makes coordinates of features, as it was fitted to a release; k features.

    Raises
    ------
    ValueError
        When shapes do not fit, or a spread is not above 0.
    """

    features: tuple[str, ...]
    scales: tuple[str, ...]
    """Keys of `SCALES`."""
    medians: np.ndarray
    """float64[k], on those scales."""
    spreads: np.ndarray
    """float64[k], above 0."""
    weights: np.ndarray
    """float64[k, DIMENSIONS]: standardised features times this are coordinates."""

    def __post_init__(self) -> None:
        number = len(self.features)
        shapes = (len(self.scales), self.medians.shape, self.spreads.shape, self.weights.shape)
        if shapes != (number, (number,), (number,), (number, DIMENSIONS)):
            raise ValueError(f"{number} features with {shapes} make no space")
        if not (self.spreads > 0).all():
            raise ValueError("A spread of a feature is not above 0")

    @property
    def edition(self) -> str:
        """Changes with everything that coordinates depend on."""
        made = hashlib.sha256(repr((self.features, self.scales, CLIP, FARTHEST)).encode())
        for numbers in (self.medians, self.spreads, self.weights):
            made.update(np.ascontiguousarray(numbers, "<f8").tobytes())
        return made.hexdigest()[:16]

    @property
    def is_current(self) -> bool:
        """Whether it is of the features and scales that are declared now."""
        return dict(zip(self.features, self.scales, strict=True)) == MEASURES

    def standardise(self, values: np.ndarray) -> np.ndarray:
        """Return standardised features.

        Parameters
        ----------
        values
            float64[n, k]; NaN where there is none.

        Returns
        -------
        numpy.ndarray
            float64[n, k]; NaN where there is none.
        """
        away = (_scaled(values, self.scales) - self.medians) / self.spreads
        return np.clip(np.arcsinh(away), -CLIP, CLIP)

    def coordinates(self, values: np.ndarray) -> np.ndarray:
        """Return float64[n, DIMENSIONS], clipped, of float64[n, k]."""
        placed = np.nan_to_num(self.standardise(values), nan=0.0) @ self.weights
        return np.clip(placed, -FARTHEST, FARTHEST)


def fit(values: np.ndarray) -> Space:
    """Return the space of a release.

    Parameters
    ----------
    values
        float64[n, k]: `MEASURES` of some light curves, or all; NaN where there is none.

    Raises
    ------
    ValueError
        When there is no light curve.
    """
    if not len(values):
        raise ValueError("A space cannot be fitted to no light curve")
    scales = tuple(MEASURES.values())
    scaled = _scaled(values, scales)
    medians, spreads = np.zeros(len(scales)), np.ones(len(scales))
    for number, column in enumerate(scaled.T):
        known = column[np.isfinite(column)]
        if len(known):
            medians[number] = np.median(known)
            spread = _MAD * np.median(np.abs(known - medians[number]))
            # Of a feature that half of the light curves share, the unit itself.
            spreads[number] = spread if spread > 0 else 1.0
    plain = Space(tuple(MEASURES), scales, medians, spreads, np.eye(len(scales), DIMENSIONS))
    away = np.nan_to_num(plain.standardise(values), nan=0.0)
    variances, directions = np.linalg.eigh(np.cov(away, rowvar=False, ddof=0))
    largest = slice(None, -DIMENSIONS - 1, -1)
    variances, directions = variances[largest], directions[:, largest]
    # Of the two directions of an axis that in which its strongest feature grows.
    strongest = np.abs(directions).argmax(axis=0)
    directions = directions * np.sign(directions[strongest, np.arange(DIMENSIONS)])
    weights = directions / np.sqrt(np.maximum(variances, _LEAST_VARIANCE))
    return replace(plain, weights=weights)


def cells(coordinates: np.ndarray, filterid: np.ndarray | int) -> np.ndarray:
    """Return int32[n] that order light curves so that neighbours follow each other.

    The bits of the coordinates, cut where a normal distribution is in equal parts, take turns
    (Morton's order), behind those of the filter.
    """
    parts = np.searchsorted(_EDGES, coordinates)
    cell = np.broadcast_to(np.asarray(filterid, np.int32), (len(coordinates),)).copy()
    for bit in range(_BITS - 1, -1, -1):
        for column in parts.T:
            cell = cell << 1 | (column >> bit & 1)
    return cell.astype(np.int32)


def _scaled(values: np.ndarray, scales: tuple[str, ...]) -> np.ndarray:
    """The values on their scales; the logarithm of 0 is -inf, that of less NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = zip(scales, np.asarray(values, float).T, strict=True)
        return np.column_stack([SCALES[scale](column) for scale, column in columns])
