"""The space that light curves are compared in."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import median_abs_deviation

from ztfvo.features import space
from ztfvo.features.columns import NAMES
from ztfvo.features.space import CLIP, DIMENSIONS, FARTHEST, MEASURES


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    """Features of 2,000 light curves, correlated and with long tails."""
    rng = np.random.default_rng(5)
    mixed = rng.standard_t(4, (2000, len(MEASURES))) @ rng.normal(size=(len(MEASURES),) * 2)
    made = np.exp(mixed / 3)
    made[rng.random(made.shape) < 0.01] = np.nan
    return made


@pytest.fixture(scope="module")
def fitted(values):
    return space.fit(values)


def test_it_is_of_columns_of_the_table_of_features():
    assert set(MEASURES) <= set(NAMES)
    assert set(MEASURES.values()) <= set(space.SCALES)


def test_medians_and_spreads_are_those_of_the_values_that_there_are(values, fitted):
    for number, scale in enumerate(MEASURES.values()):
        known = values[:, number][~np.isnan(values[:, number])]
        scaled = {"plain": known, "log10": np.log10(known), "asinh": np.arcsinh(known)}[scale]
        assert fitted.medians[number] == pytest.approx(np.median(scaled))
        expected = median_abs_deviation(scaled, scale="normal")
        assert fitted.spreads[number] == pytest.approx(expected)


def test_standardised_features_are_the_arsinh_of_spreads_from_the_median(fitted):
    one = np.full((1, len(MEASURES)), np.nan)
    at = list(MEASURES).index("chi2")
    one[0, at] = 10 ** (fitted.medians[at] + 3 * fitted.spreads[at])
    found = fitted.standardise(one)[0]
    assert found[at] == pytest.approx(np.arcsinh(3))
    assert np.isnan(np.delete(found, at)).all()
    one[0, at] = 0  # whose logarithm is -inf
    assert fitted.standardise(one)[0, at] == -CLIP


def test_coordinates_have_unit_variance_and_no_correlation(values, fitted):
    found = np.cov(fitted.coordinates(values), rowvar=False, ddof=0)
    np.testing.assert_allclose(found, np.eye(DIMENSIONS), atol=1e-9)


def test_coordinates_are_the_first_principal_components(values, fitted):
    away = np.nan_to_num(fitted.standardise(values))
    variances = np.sort(np.linalg.eigvalsh(np.cov(away, rowvar=False, ddof=0)))[::-1]
    stretched = 1 / np.linalg.norm(fitted.weights, axis=0) ** 2
    np.testing.assert_allclose(stretched, variances[:DIMENSIONS], rtol=1e-9)


def test_a_feature_that_there_is_not_counts_as_the_median(fitted):
    of_median = np.array(
        [
            {"plain": m, "log10": 10**m, "asinh": np.sinh(m)}[scale]
            for m, scale in zip(fitted.medians, MEASURES.values(), strict=True)
        ]
    )
    np.testing.assert_allclose(fitted.coordinates(of_median[None]), 0, atol=1e-9)
    lacking = np.where(np.arange(len(MEASURES)) % 2, of_median, np.nan)
    np.testing.assert_allclose(fitted.coordinates(lacking[None]), 0, atol=1e-9)


def test_outliers_do_not_leave_the_bounds(fitted):
    wild = np.full((2, len(MEASURES)), 1e30)
    wild[1] = 1e-30
    found = fitted.coordinates(wild)
    assert np.abs(found).max() <= FARTHEST


def test_the_same_values_give_the_same_space_and_others_another_edition(values, fitted):
    assert space.fit(values).edition == fitted.edition
    assert space.fit(values[:-1]).edition != fitted.edition


@pytest.mark.parametrize("number", [1, 2, 3])
def test_few_or_equal_light_curves_have_finite_coordinates(number):
    same = np.full((number, len(MEASURES)), 0.5)
    made = space.fit(same)
    assert (made.spreads == 1).all()
    assert np.isfinite(made.coordinates(same)).all()


def test_no_light_curve_makes_no_space():
    with pytest.raises(ValueError, match="no light curve"):
        space.fit(np.empty((0, len(MEASURES))))


def test_a_space_of_wrong_shapes_or_spreads_is_refused(fitted):
    parts = (fitted.features, fitted.scales, fitted.medians, fitted.spreads, fitted.weights)
    with pytest.raises(ValueError, match="make no space"):
        space.Space(*parts[:2], fitted.medians[1:], *parts[3:])
    with pytest.raises(ValueError, match="not above 0"):
        space.Space(*parts[:3], fitted.spreads * 0, parts[4])


def test_cells_keep_neighbours_together_and_filters_apart():
    rng = np.random.default_rng(2)
    points, filters = rng.normal(size=(4096, DIMENSIONS)), rng.integers(1, 4, 4096)
    order = np.argsort(space.cells(points, filters), kind="stable")
    assert (np.diff(filters[order]) >= 0).all()
    of_one = points[order][filters[order] == 1]
    steps = np.linalg.norm(np.diff(of_one, axis=0), axis=1)
    at_random = np.linalg.norm(np.diff(points[filters == 1], axis=0), axis=1)
    assert np.median(steps) < 0.75 * np.median(at_random)
