"""Distances, and which of them absolute magnitudes are made of."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ztfvo import distance
from ztfvo.distance import Distance, Method, absolute, best, of_parallax, of_redshift


@pytest.mark.parametrize(("redshift", "mpc"), [(0.05, 222.289), (0.1, 460.300)])
def test_luminosity_distances_are_those_of_the_viewer(redshift, mpc):
    assert float(distance.luminosity_distance(redshift)) == pytest.approx(mpc * 1e6, abs=600)


def test_luminosity_distances_follow_from_an_integral_too():
    z = np.linspace(0, 1.5, 20001)
    e = 1 / np.sqrt(0.3 * (1 + z) ** 3 + 0.7)
    comoving = 299792.458 / 70 * np.trapezoid(e, z)
    found = float(distance.luminosity_distance(1.5)) / 1e6
    assert found == pytest.approx(2.5 * comoving, rel=2e-4)  # astropy counts radiation


def test_redshifts_that_are_none_have_no_distance():
    found = distance.luminosity_distance([0.1, 0.0, -0.001, np.nan, np.inf])
    assert np.isfinite(found).tolist() == [True, False, False, False, False]
    assert of_redshift(-1e-4, "simbad") is None and of_redshift(math.nan, "simbad") is None
    assert of_redshift(21, "simbad") is None


def test_the_modulus_is_0_at_10_pc():
    assert distance.modulus([10, 100, 1e6]) == pytest.approx([0, 5, 25])
    assert np.isnan(distance.modulus([0, -5, np.nan])).all()
    assert of_redshift(0.1, "x").modulus == pytest.approx(38.3152, abs=1e-4)


@pytest.mark.parametrize(
    ("pc", "low", "high", "why"),
    [
        (1000, 955, 1045, None),
        (1000, 950, 1050, "its interval is 10% of it wide, 10% are the limit"),
        (1000, 700, 1500, "its interval is 80% of it wide, 10% are the limit"),
        (1000, None, 1040, "it has no interval"),
        (1000, 1010, 1040, "it has no interval"),
        (1000, -5, 1040, "it has no interval"),
    ],
)
def test_a_parallax_is_good_where_its_interval_is_narrow(pc, low, high, why):
    assert of_parallax(pc, low, high, "Gaia").weakness == why


def test_what_is_no_distance_is_none():
    for pc in (None, 0.0, -3.0, math.nan, math.inf):
        assert of_parallax(pc, 1, 2, "Gaia") is None


def test_3c_273_has_the_distance_of_its_redshift():
    # Its parallax means nothing, and would make it a star in the halo of the Galaxy.
    star = of_parallax(17_000.0, 13_000.0, 22_000.0, "Gaia EDR3 distances")
    quasar = of_redshift(0.158339, "SIMBAD")
    found = absolute(13.2, 0.06, [star, quasar])
    assert found.mag == pytest.approx(-26.2, abs=0.1)
    assert found.distance is quasar
    assert any("Gaia EDR3 distances is not used: its interval is 53%" in one for one in found.notes)
    narrow = of_parallax(17_000.0, 16_900.0, 17_100.0, "Gaia EDR3 distances")
    assert absolute(13.2, 0.06, [narrow, quasar]).mag == found.mag
    alone = absolute(13.2, 0.06, [star])
    assert alone.mag is None and alone.distance is None and len(alone.notes) == 1


def test_a_star_has_the_distance_of_its_parallax():
    # Its radial velocity is 60 km/s, which catalogues have as a redshift.
    star = of_parallax(1234.0, 1210.0, 1259.0, "Gaia EDR3 distances")
    found = absolute(13.0, 0.31, [of_redshift(2e-4, "SIMBAD"), star])
    assert found.mag == pytest.approx(13.0 - 0.31 - 5 * math.log10(123.4))
    assert found.notes == (
        "The redshift of SIMBAD is not used: a redshift of 0.0002 says little of the distance.",
    )


def test_extinction_that_is_not_known_is_left_in_and_said():
    near = of_parallax(100.0, 99.0, 101.0, "Gaia")
    for unknown in (None, math.nan):
        found = absolute(10.0, unknown, [near])
        assert (found.mag, found.extinction) == (pytest.approx(5.0), None)
        assert found.notes == ("Extinction is not known, and not taken into account.",)


def test_a_redshift_from_photometry_comes_after_others_and_a_wide_interval_after_a_narrow_one():
    photometry, spectrum = of_redshift(0.2, "a", photometric=True), of_redshift(0.1, "b")
    wide, narrow = of_parallax(100, 97, 103, "c"), of_parallax(105, 104, 106, "d")
    assert best([wide, narrow, photometry, spectrum]) is spectrum
    assert best([wide, narrow, photometry]) is photometry
    assert best([wide, narrow]) is narrow
    assert best([]) is None
    first, second = of_redshift(0.1, "first"), of_redshift(0.11, "second")
    assert best([first, second]) is first


def test_a_magnitude_that_is_none_has_no_absolute_one():
    assert absolute(math.nan, 0.1, [of_redshift(0.1, "x")]).mag is None


@pytest.mark.parametrize(
    ("pc", "words"),
    [
        (0.05, "0.05 pc"),
        (12.3456, "12.35 pc"),
        (150, "0.15 kpc"),
        (2999, "3.00 kpc"),
        (460.3e6, "0.46 Gpc"),
        (80e6, "80.00 Mpc"),
    ],
)
def test_distances_are_written_in_a_unit_of_their_size(pc, words):
    assert distance.words(pc) == words


def test_a_distance_says_how_wide_its_interval_is():
    assert Distance(100.0, Method.PARALLAX, "x", 90.0, 120.0).width == pytest.approx(0.3)
    assert Distance(100.0, Method.PARALLAX, "x").width is None
