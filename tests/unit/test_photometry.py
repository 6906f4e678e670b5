"""AB photometry against tables computed independently, printed to the digits given here."""

from __future__ import annotations

import numpy as np
import pytest

from ztfvo import photometry


def agrees(found, printed: str) -> bool:
    """Whether a number is the printed one, to 1e-9 or to half a unit of its last digit."""
    digits, _, exponent = printed.partition("e")
    decimals = len(digits.partition(".")[2])
    last = 0.5000001 * 10.0 ** (int(exponent or 0) - decimals)
    return abs(found - float(printed)) <= max(last, 1e-9 * abs(float(printed)))


FLUXES = [
    # mag, magerr, flux, fluxerr in Jy
    (20.0, 0.0, "3.630780547701e-05", "0.0"),
    (16.04, 0.0, "1.393156802945e-03", "0.0"),
    (20.0, 0.1, "3.630781e-05", "3.344072e-06"),
    (8.9, 0.0, "1.00000000000", "0.0"),
    (0.0, 0.0, "3630.780547701", "0.0"),
    (8.900065622, 0.0, "0.99993956", "0.0"),
    (21.0, 0.0, "1.445440e-05", "0.0"),
    (20.839, 0.0, "1.676486266e-05", "0.0"),
    (20.5, 0.0, "2.290867653e-05", "0.0"),
    (20.9, 0.0, "1.584893192e-05", "0.0"),
]


@pytest.mark.parametrize("row", FLUXES, ids=lambda row: str(row[0]))
def test_flux_of_a_magnitude(row):
    mag, magerr, flux, fluxerr = row
    found, error = photometry.ab_to_jansky(mag, magerr)
    assert agrees(found, flux)
    assert agrees(error, fluxerr)
    assert found.dtype == error.dtype == np.float64


MAGNITUDES = [
    # flux, fluxerr in Jy as Pan-STARRS gives them; mag, magerr
    (0.004172800108790398, 6.930919880687725e-06, "14.8489310474", "0.00180338153"),
    (0.003500829916447401, 6.680390015390003e-06, "15.0395724710", "0.00207183481"),
    (3631.0, 0.0, "-0.000065622", "0.0"),
]


@pytest.mark.parametrize("row", MAGNITUDES, ids=lambda row: row[2])
def test_magnitude_of_a_flux(row):
    flux, fluxerr, mag, magerr = row
    found, error = photometry.jansky_to_ab(flux, fluxerr)
    assert agrees(found, mag)
    assert agrees(error, magerr)


def test_the_zero_point_is_not_3631_jansky():
    assert agrees(photometry.ZERO_FLUX, "3630.780547701")
    assert agrees(2.5 * np.log10(3631), "8.900065622")


SNAD101 = (20.839, float(np.hypot(0.061, 0.0257194382)))
DIFFERENCES = [
    # (mag, magerr), reference, diff, err in Jy, diffmag, error faint, error bright
    (
        (20.0, 0.1),
        SNAD101,
        "1.954294282e-05",
        "3.496814934e-06",
        "20.672525097",
        "0.214049280",
        "0.178719868",
    ),
    (
        (20.5, 0.15),
        SNAD101,
        "6.143813867e-06",
        "3.325929415e-06",
        "21.928904875",
        "0.846287173",
        "0.469750390",
    ),
    ((20.9, 0.2), SNAD101, "-9.159307e-07", "3.093261e-06", "inf", "inf", "inf"),
    (
        (20.0, 0.1),
        (21.0, 0.05),
        "2.185341e-05",
        "3.409679e-06",
        "20.551202",
        "0.184176",
        "0.157418",
    ),
]


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: f"{row[0][0]}-{row[1][0]}")
def test_difference_from_the_reference(row):
    epoch, reference, diff, err, mag, faint, bright = row
    found = photometry.difference(
        *photometry.ab_to_jansky(*epoch), *photometry.ab_to_jansky(*reference)
    )
    assert agrees(found[0], diff)
    assert agrees(found[1], err)
    for value, printed in zip(
        photometry.difference_magnitude(*found), (mag, faint, bright), strict=True
    ):
        assert value == np.inf if printed == "inf" else agrees(value, printed)


def test_errors_of_a_significant_difference_are_positive_and_larger_to_the_faint_side():
    noise = np.linspace(0.001, 0.999, 50)
    _, faint, bright = photometry.difference_magnitude(1e-5, 1e-5 * noise)
    assert np.all((bright > 0) & (faint > bright))
    assert np.allclose(10 ** (-0.4 * faint), 1 - noise, rtol=1e-12)
    assert np.allclose(10 ** (0.4 * bright), 1 + noise, rtol=1e-12)


@pytest.mark.parametrize(("diff", "err"), [(0.0, 0.0), (-1e-5, 1e-6), (1e-6, 1e-5), (1e-6, 1e-6)])
def test_what_does_not_exceed_its_error_is_infinitely_faint_with_infinite_errors(diff, err):
    assert np.array_equal(photometry.difference_magnitude(diff, err), [np.inf] * 3)


@pytest.mark.parametrize("diff", [0.0, -0.5, -1e-5])
def test_a_difference_that_is_not_positive_is_infinitely_faint_also_with_an_unknown_error(diff):
    assert np.array_equal(photometry.difference_magnitude(diff, np.nan), [np.inf] * 3)


def test_a_difference_without_error_has_errors_of_plain_zero():
    mag, faint, bright = photometry.difference_magnitude(1.0, 0.0)
    assert (float(mag), str(faint), str(bright)) == (8.9, "0.0", "0.0")


def test_an_epoch_as_bright_as_its_reference_has_no_difference():
    flux = photometry.ab_to_jansky(20.0, 0.1)
    diff, err = photometry.difference(*flux, *flux)
    assert (diff, err) == (0.0, pytest.approx(np.sqrt(2) * 3.344072e-6, rel=1e-6))
    assert photometry.difference_magnitude(diff, err)[0] == np.inf


@pytest.mark.parametrize("magerr", [0.0, 0.1, np.inf, np.nan])
def test_an_infinite_reference_magnitude_is_no_reference_flux(magerr):
    assert photometry.ab_to_jansky(np.inf, magerr) == (0.0, 0.0)
    flux = photometry.ab_to_jansky(20.0, 0.1)
    found = photometry.difference(*flux, *photometry.ab_to_jansky(np.inf, magerr))
    assert found == flux
    assert photometry.difference_magnitude(*found)[0] == pytest.approx(20.0, abs=1e-12)


def test_a_flux_that_is_not_positive_has_no_finite_magnitude():
    assert np.array_equal(photometry.jansky_to_ab(0.0, 0.0), [np.inf, np.inf])
    mag, magerr = photometry.jansky_to_ab([0.0, -1e-6, np.nan], 1e-6)
    assert mag[:2].tolist() == magerr[:2].tolist() == [np.inf, np.inf]
    assert np.isnan(mag[2]) and np.isnan(magerr[2])


def test_conversions_undo_each_other_and_take_arrays_of_any_shape_in_single_precision():
    mag = np.linspace(8, 24, 12, dtype=np.float32).reshape(3, 4)
    flux, fluxerr = photometry.ab_to_jansky(mag, np.float32(0.25))
    back, error = photometry.jansky_to_ab(flux, fluxerr)
    assert flux.shape == fluxerr.shape == (3, 4)
    assert flux.dtype == np.float64
    assert np.abs(back - mag).max() < 1e-12
    assert np.abs(error - 0.25).max() < 1e-12
    assert [array.size for array in photometry.ab_to_jansky([], [])] == [0, 0]


def test_an_unknown_magnitude_stays_unknown():
    flux = photometry.ab_to_jansky(np.nan, 0.1)
    assert np.isnan(flux).all()
    diff = photometry.difference(*flux, 1e-5, 1e-6)
    assert np.isnan(photometry.difference_magnitude(*diff)).all()
