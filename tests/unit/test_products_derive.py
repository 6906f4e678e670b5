"""Light curves as delivered: epochs chosen, fluxes, phases, bins and differences."""

import numpy as np
import pytest

from ztfvo.photometry import ab_to_jansky
from ztfvo.products.columns import COLUMNS
from ztfvo.products.derive import column_names, derive
from ztfvo.products.model import Curve, Product, Request

OID = 680113300005170


def delivered(request=None, refmag=np.nan, refmagerr=np.nan, **columns):
    """Columns of a light curve with these raw columns, delivered as requested."""
    size = len(columns["hmjd"])
    raw = {
        "hmjd": np.array(columns["hmjd"], float),
        "mag": np.array(columns.get("mag", [20.0] * size), np.float32),
        "magerr": np.array(columns.get("magerr", [0.1] * size), np.float32),
        "clrcoeff": np.array(columns.get("clrcoeff", [0.05] * size), np.float32),
        "catflags": np.array(columns.get("catflags", [0] * size), np.int32),
    }
    return derived(raw, request, refmag, refmagerr).columns


def derived(raw, request=None, refmag=np.nan, refmagerr=np.nan):
    """The light curve with these raw columns, derived as requested."""
    curve = Curve(
        *("demo", OID, 254.4, 35.3, 680, 50, 1, "zg", 0.0, refmag, refmagerr),
        columns=raw,
    )
    asked = Request(release="ztf", oids=(OID,), format="csv", **(request or {}))
    product = Product(
        request=asked, release="demo", title="", simulated=True, times="double", curves=(curve,)
    )
    return derive(product).curves[0]


def test_native_columns_are_as_stored_and_flux_follows_from_them():
    columns = delivered(hmjd=[58000, 58001], mag=[20, 8.9], magerr=[0.1, 0.01])
    assert list(columns) == ["hmjd", "mag", "magerr", "flux", "fluxerr", "clrcoeff", "catflags"]
    assert columns["mag"].tolist() == [20.0, np.float32(8.9)]
    assert columns["flux"] == pytest.approx([3.630780547701e-05, 1.0], rel=1e-6)
    assert columns["fluxerr"][0] == pytest.approx(3.344072e-06, rel=1e-6)
    assert {name: str(values.dtype) for name, values in columns.items()} == {
        name: COLUMNS[name].dtype for name in columns
    }


def test_good_epochs_have_no_flags_and_a_positive_error():
    columns = delivered(
        {"good_only": True},
        hmjd=[1, 2, 3, 4, 5, 6],
        catflags=[0, 1, 0, 32768, 0, 0],
        magerr=[0.1, 0.1, 0.0, 0.1, -0.1, np.nan],
    )
    assert columns["hmjd"].tolist() == [1]


@pytest.mark.parametrize(
    ("asked", "averaged"),
    [
        ({}, [1, 2, 4]),
        ({"period": 8.0, "cycles": 3}, [1, 2, 4]),
        ({"bad_catflags_mask": 0}, [1, 2, 3, 4, 5]),
        ({"bad_catflags_mask": 1}, [1, 3, 4, 5]),
        ({"good_only": True}, [1, 4]),
        ({"bad_catflags_mask": 4, "good_only": True}, [1, 4]),
    ],
)
def test_bins_are_without_epochs_not_to_be_used_unless_asked_and_count_what_they_leave_out(
    asked, averaged
):
    raw = {
        "hmjd": np.arange(1.0, 7.0),
        "mag": np.full(6, 20, np.float32),
        "magerr": np.array([0.1, 0.1, 0.1, 0.1, 0.1, 0], np.float32),
        "clrcoeff": np.full(6, 0.05, np.float32),
        "catflags": np.array([0, 1, 32768, 0, 32772, 0], np.int32),
    }
    curve = derived(raw, {"bin": 1e5} | asked)
    assert (curve.averaged, curve.left_out) == (len(averaged), 6 - len(averaged))
    assert curve.columns["npoints"].tolist() == [len(averaged)] * asked.get("cycles", 1)
    assert curve.columns["hmjd"][0] == pytest.approx(np.mean(averaged))
    without = {name: value for name, value in asked.items() if name != "bin"}
    assert derived(raw, without).averaged is None


@pytest.mark.parametrize("flags", [32768, 65535])
def test_a_light_curve_of_nothing_to_be_used_has_no_bins(flags):
    raw = {
        name: np.array([value], dtype)
        for name, value, dtype in (
            *(("hmjd", 1, float), ("mag", 20, np.float32), ("magerr", 0.1, np.float32)),
            *(("clrcoeff", 0, np.float32), ("catflags", flags, np.int32)),
        )
    }
    curve = derived(raw, {"bin": 1.0})
    assert (len(curve), curve.averaged, curve.left_out) == (0, 0, 1)
    assert len(derived(raw)) == 1


@pytest.mark.parametrize(("mask", "kept"), [(0, [1, 2, 3, 4]), (2, [1, 2, 4]), (32769, [1, 3])])
def test_a_mask_leaves_out_epochs_with_any_of_its_bits(mask, kept):
    columns = delivered({"bad_catflags_mask": mask}, hmjd=[1, 2, 3, 4], catflags=[0, 1, 2, 32768])
    assert columns["hmjd"].tolist() == kept


def test_phase_is_the_fraction_of_periods_since_the_epoch():
    columns = delivered({"period": 1.7}, hmjd=[58000.0])
    assert columns["phase"] == pytest.approx([0.647059], abs=5e-7)
    columns = delivered({"period": 1.7, "epoch": -0.25 * 1.7}, hmjd=[58000.5])
    assert columns["phase"] == pytest.approx([0.191176], abs=5e-7)
    columns = delivered({"period": 2.0, "epoch": 58001.0}, hmjd=[58000.5])
    assert columns["phase"].tolist() == [0.75]


def test_phase_stays_below_one_where_rounding_would_lift_it():
    columns = delivered({"period": 1e6, "epoch": 58000.0}, hmjd=[np.nextafter(58000.0, 0)])
    assert 0 <= columns["phase"][0] < 1


def test_folded_epochs_are_ordered_by_phase_and_repeated_in_later_cycles():
    columns = delivered({"period": 1.0, "cycles": 3}, hmjd=[1.75, 2.25, 3.5], mag=[1, 2, 3])
    one = [0.25, 0.5, 0.75]
    assert columns["phase"].tolist() == [c + p for c in range(3) for p in one]
    assert columns["hmjd"].tolist() == [2.25, 3.5, 1.75] * 3
    assert columns["mag"].tolist() == [2, 3, 1] * 3


def test_bins_average_flux_and_time_with_inverse_variances():
    mag, magerr = np.array([20.0, 20.5, 21.0]), np.array([0.1, 0.05, 0.2])
    columns = delivered(
        {"bin": 1.0}, hmjd=[58000.25, 58000.75, 58001.5], mag=mag, magerr=magerr, catflags=[1, 4, 0]
    )
    flux, error = ab_to_jansky(mag.astype(np.float32), magerr.astype(np.float32))
    weight = error[:2] ** -2
    mean = np.sum(weight * flux[:2]) / np.sum(weight)
    assert columns["flux"] == pytest.approx([mean, flux[2]], rel=1e-14)
    assert columns["fluxerr"] == pytest.approx([np.sum(weight) ** -0.5, error[2]], rel=1e-14)
    assert columns["mag"] == pytest.approx([8.9 - 2.5 * np.log10(mean), 21.0], abs=2e-6)
    time = 58000.25 + 0.5 * weight[1] / np.sum(weight)
    assert columns["hmjd"] == pytest.approx([time, 58001.5], abs=1e-10)
    assert columns["npoints"].tolist() == [2, 1]
    assert columns["catflags"].tolist() == [5, 0]
    assert np.isnan(columns["clrcoeff"]).all()


def test_a_bin_of_one_epoch_is_that_epoch():
    columns = delivered({"bin": 1e-5}, hmjd=[58000.12345], mag=[17.3], magerr=[0.02])
    assert columns["hmjd"].tolist() == [58000.12345]
    assert columns["mag"].tolist() == [np.float32(17.3)]
    assert columns["magerr"] == pytest.approx([0.02], rel=1e-6)


def test_bins_have_an_edge_at_the_epoch():
    times = [58000.1, 58000.6, 58001.1]
    assert delivered({"bin": 1.0}, hmjd=times)["npoints"].tolist() == [2, 1]
    assert delivered({"bin": 1.0, "epoch": 0.5}, hmjd=times)["npoints"].tolist() == [1, 2]
    columns = delivered({"bin": 0.7, "epoch": 9.95}, hmjd=[10.0, 10.4, 10.7, 11.4])
    assert columns["npoints"].tolist() == [2, 1, 1]


def test_an_epoch_on_an_edge_is_the_first_of_its_bin():
    columns = delivered({"bin": 0.1}, hmjd=[0.95, 1.0, 1.05])
    assert columns["npoints"].tolist() == [1, 2]


def test_a_bin_does_not_lose_digits_to_another_that_is_brighter_by_far():
    columns = delivered({"bin": 1.0}, hmjd=[1, 2], mag=[20, -30])
    assert columns["mag"] == pytest.approx([20, -30], abs=1e-6)


def test_bins_of_a_folded_curve_are_of_folded_time():
    columns = delivered(
        {"period": 2.0, "bin": 0.5, "cycles": 2},
        hmjd=[10.1, 12.2, 13.9, 20.3],
        mag=[20, 20, 19, 20],
    )
    assert columns["npoints"].tolist() == [3, 1] * 2
    assert columns["phase"] == pytest.approx([0.1, 0.95, 1.1, 1.95], abs=1e-12)
    assert columns["mag"] == pytest.approx([20, 19] * 2, abs=2e-6)
    columns = delivered({"period": 4.0, "bin": 1.0}, hmjd=[0.4, 1.2, 1.4, 3.6])
    assert columns["npoints"].tolist() == [1, 2, 1]


def test_epochs_without_a_positive_error_have_no_weight_in_bins():
    columns = delivered(
        {"bin": 10.0},
        hmjd=[1, 2, 3, 4, 15],
        mag=[20, 15, 10, 10, 20],
        magerr=[0.1, 0.0, np.nan, -0.1, np.inf],
    )
    assert columns["npoints"].tolist() == [1]
    assert columns["mag"] == pytest.approx([20])


def test_differences_come_from_the_reference_of_the_catalogue():
    columns = delivered(
        {"quantity": "diffmag"}, 21.0, 0.05, hmjd=[1, 2], mag=[20, 21], magerr=[0.1, 0.1]
    )
    assert columns["diffflux"][0] == pytest.approx(2.185341e-5, rel=1e-6)
    assert columns["diffflux_err"][0] == pytest.approx(3.409679e-6, rel=1e-6)
    assert columns["diffmag"][0] == pytest.approx(20.551202, abs=1e-6)
    assert columns["diffmag_err_faint"][0] == pytest.approx(0.184176, abs=2e-6)
    assert columns["diffmag_err_bright"][0] == pytest.approx(0.157418, abs=2e-6)
    assert columns["diffmag"][1] == np.inf


def test_a_reference_given_wins_over_the_catalogue():
    asked = {"quantity": "diffflux", "references": {OID: (np.inf, 0.0)}}
    columns = delivered(asked, 21.0, 0.05, hmjd=[1])
    assert columns["diffflux"].tolist() == columns["flux"].tolist()


def test_an_unknown_reference_leaves_differences_unknown():
    columns = delivered({"quantity": "diffflux"}, hmjd=[1, 2])
    assert np.isnan(columns["diffflux"]).all()
    assert np.isnan(columns["diffmag"]).all()


def test_the_error_of_the_reference_does_not_shrink_in_bins():
    many = {"quantity": "diffflux", "bin": 100.0}
    columns = delivered(many, 20.0, 0.1, hmjd=np.arange(50.0) / 10, magerr=[1e-4] * 50)
    assert columns["diffflux_err"][0] == pytest.approx(3.344072e-06, rel=1e-5)


@pytest.mark.parametrize(
    "asked", [{}, {"period": 1.0, "cycles": 2}, {"bin": 1.0}, {"quantity": "diffmag"}]
)
def test_a_curve_without_epochs_has_all_columns_without_rows(asked):
    columns = delivered(asked | {"good_only": True}, hmjd=[1, 2], catflags=[1, 1])
    assert tuple(columns) == column_names(Request("ztf", (OID,), "csv", **asked))
    assert all(len(values) == 0 for values in columns.values())
