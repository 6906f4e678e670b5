"""Names of stars are their positions, with digits cut off."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import Angle

from ztfvo.designation import EXAMPLE, designation, read

NAMES = {
    (0.0, 0.0): "ZTF J000000.00+000000.0",
    (0.0, 90.0): "ZTF J000000.00+900000.0",
    (0.0, -90.0): "ZTF J000000.00-900000.0",
    (359.9999999, -1e-9): "ZTF J235959.99-000000.0",
    (0.00004, -0.00002): "ZTF J000000.00-000000.0",
    (254.4575499, 35.34237): "ZTF J165749.81+352032.5",
    (149.999999, 9.99999999): "ZTF J095959.99+095959.9",
}


@pytest.mark.parametrize(("place", "name"), NAMES.items())
def test_digits_are_cut_off_and_not_rounded(place, name):
    assert designation(*place) == name
    assert read(name) == name


def test_names_are_the_sexagesimal_positions_of_astropy_cut_off():
    chance = np.random.default_rng(1)
    for ra, dec in zip(chance.uniform(0, 360, 200), chance.uniform(-90, 90, 200), strict=True):
        east = Angle(ra * u.deg).to_string(u.hour, sep="", pad=True, precision=6)
        north = Angle(dec * u.deg).to_string(u.deg, sep="", pad=True, precision=6, alwayssign=True)
        assert designation(ra, dec) == f"ZTF J{east[:9]}{north[:9]}"


@pytest.mark.parametrize(
    "text",
    [
        "ZTF J165749.81+352032.5",
        "ztf j165749.81 352032.5",
        " J165749.81+352032.5 ",
        "ZTFJ165749.81+352032.5",
    ],
)
def test_names_are_read_however_they_are_written(text):
    assert read(text) == "ZTF J165749.81+352032.5"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "165749.81+352032.5",
        "ZTF J165749.8+352032.5",
        "ZTF J165749.81352032.5",
        "ZTF J165749.81+352032.5'",
        "ZTF J16:57:49.81+35:20:32.5",
        "ZTF J１65749.81+352032.5",
    ],
)
def test_other_texts_are_no_names(text):
    assert read(text) is None


def test_the_example_is_a_name():
    assert read(EXAMPLE) == EXAMPLE
