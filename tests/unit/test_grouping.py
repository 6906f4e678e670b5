"""Light curves of one star are found together, and those of others are not."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.spatial import KDTree
from support.files import SHARED, needs_shared

from ztfvo.settings import Settings
from ztfvo.sources.grouping import TWINS, group, positions
from ztfvo.times import unit_vectors

ARCSEC = 1 / 3600
RADIUS = Settings.model_fields["source_radius"].default
HZ_HER = (680113300005170, 680213300009232, 1722107400005560, 1722207400009164)


def at(dec0: float, ra0: float, east, north):
    """Positions so many arcsec east and north of one, also at the poles."""
    ra, dec = np.radians([ra0, dec0])
    up = np.array([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    to_north = np.array([-np.sin(dec) * np.cos(ra), -np.sin(dec) * np.sin(ra), np.cos(dec)])
    to_east = np.array([-np.sin(ra), np.cos(ra), 0])
    east, north = (np.radians(np.atleast_1d(one) * ARCSEC) for one in (east, north))
    places = up + east[:, None] * to_east + north[:, None] * to_north
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    ra = np.degrees(np.arctan2(places[:, 1], places[:, 0])) % 360
    return ra, np.degrees(np.arctan2(places[:, 2], np.hypot(places[:, 0], places[:, 1])))


def of_field(field: int, number: int = 1, filterid: int = 1) -> int:
    """An OID."""
    return field * 10**12 + filterid * 10**11 + 1_100_000_000 + number


def stars(oid, ra, dec, **bounds) -> list[set[int]]:
    label = group(np.array(oid), ra, dec, np.ones(len(oid)), RADIUS, **bounds).star
    return [set(np.array(oid)[label == one].tolist()) for one in range(label.max() + 1)]


PLACES = [(0.0, 0.0), (89.99999, 12.0), (90.0, 0.0), (-90.0, 0.0), (35.3, 359.99999), (35.3, 1e-5)]


@pytest.mark.parametrize(("dec", "ra"), PLACES)
def test_light_curves_around_a_place_are_one_star_at_the_poles_and_right_ascension_0_too(dec, ra):
    chance = np.random.default_rng(1)
    places = at(dec, ra, chance.normal(0, 0.15, 12), chance.normal(0, 0.15, 12))
    oid = [of_field(200 + number // 3, 1, number % 3 + 1) for number in range(12)]
    assert stars(oid, *places) == [set(oid)]


@pytest.mark.parametrize(("dec", "ra"), PLACES)
def test_two_stars_2_arcsec_apart_stay_two(dec, ra):
    chance = np.random.default_rng(2)
    east = np.repeat([0.0, 2.0], 10) + chance.normal(0, 0.15, 20)
    places = at(dec, ra, east, chance.normal(0, 0.15, 20))
    oid = [of_field(200 + number % 10, 1 + number // 10) for number in range(20)]
    assert stars(oid, *places) == [set(oid[:10]), set(oid[10:])]


def test_nothing_chains():
    oid = [of_field(200 + number) for number in range(9)]
    found = stars(oid, *at(0, 0, np.arange(9) * 1.4, 0))
    assert [len(one) for one in found] == [3, 3, 3]


def test_the_nearest_wins_where_a_catalogue_has_two():
    oid = [of_field(200), of_field(201, 1), of_field(201, 2)]
    assert stars(oid, *at(10, 20, [0, 1.2, -0.9], 0)) == [{oid[0], oid[2]}, {oid[1]}]


@pytest.mark.parametrize(("apart", "number"), [(0.2, 1), (TWINS - 0.01, 1), (TWINS + 0.01, 2)])
def test_entries_of_one_catalogue_are_one_star_only_where_they_are_twins(apart, number):
    oid = [794208200022136, 794208200041246]
    assert len(stars(oid, *at(40, 300, [0, apart], 0))) == number


def test_a_light_curve_beyond_the_radius_of_the_position_is_not_taken_in():
    oid = [of_field(200), of_field(201), of_field(202)]
    found = stars(oid, *at(0, 0, [0.0, 0.0, RADIUS + 0.01], 0))
    assert found == [{oid[0], oid[1]}, {oid[2]}]


def test_weights_move_the_position():
    ra, dec = at(0, 10, [0, 1], 0)
    mean, _ = positions(np.zeros(2, int), ra, dec, np.array([3, 1]))
    assert (mean[0] - 10) / ARCSEC == pytest.approx(0.25, abs=1e-6)


@pytest.mark.parametrize("density", [0.02, 0.3])
def test_the_order_of_light_curves_does_not_matter(density):
    chance = np.random.default_rng(3)
    size, side = 1500, np.sqrt(1500 / density)
    places = at(40, 300, *chance.uniform(0, side, (2, size)))
    oid = np.array([of_field(200 + number % 7, number) for number in range(size)])
    weight = chance.integers(1, 900, size)
    label = group(oid, *places, weight, RADIUS).star
    for _ in range(5):
        mixed = chance.permutation(size)
        again = group(oid[mixed], *(one[mixed] for one in places), weight[mixed], RADIUS).star
        assert (again == label[mixed]).all()


@pytest.mark.parametrize("density", [0.02, 0.3])
def test_every_star_is_as_it_has_to_be(density):
    chance = np.random.default_rng(4)
    size, side = 1500, np.sqrt(1500 / density)
    ra, dec = at(-20, 0, *chance.uniform(0, side, (2, size)))
    oid = np.array([of_field(200 + number % 7, number) for number in range(size)])
    weight = chance.integers(1, 900, size)
    label = group(oid, ra, dec, weight, RADIUS).star
    scale = np.cos(np.radians(dec.mean()))
    mean_ra, mean_dec = (one[label] for one in positions(label, ra, dec, weight))
    off = np.hypot((((ra - mean_ra) + 180) % 360 - 180) * np.cos(np.radians(dec)), dec - mean_dec)
    assert off.max() / ARCSEC <= RADIUS + 1e-6
    for star in range(label.max() + 1):
        mine = label == star
        of, counts = np.unique(oid[mine] // 10**8, return_counts=True)
        for catalogue in of[counts > 1]:
            two = np.flatnonzero(mine & (oid // 10**8 == catalogue))
            apart = [np.subtract.outer(one[two], one[two]) for one in (ra * scale, dec)]
            assert np.hypot(*apart).max() / ARCSEC <= TWINS + 1e-6


def test_a_part_of_the_sky_with_a_margin_has_the_stars_of_the_whole():
    chance = np.random.default_rng(5)
    east, north = chance.uniform(0, 200, (2, 800))
    ra, dec = at(10, 0, east, north)
    oid = np.array([of_field(200 + number % 7, number) for number in range(800)])
    whole = group(oid, ra, dec, np.ones(800), RADIUS).star
    part = east < 120
    label = group(oid[part], ra[part], dec[part], np.ones(part.sum()), RADIUS).star
    inside = east[part] < 90
    for one in np.unique(label[inside]):
        mine = set(oid[part][label == one].tolist())
        (star,) = set(whole[np.isin(oid, list(mine))].tolist())
        assert mine == set(oid[whole == star].tolist())


def test_nothing_is_no_star():
    assert group(*(np.empty(0),) * 4, RADIUS).star.tolist() == []


@needs_shared
def test_real_light_curves_of_two_bands_are_joined_with_the_nearest():
    tables = [
        pq.read_table(path, columns=["objectid", "objra", "objdec", "nepochs"]).to_pydict()
        for path in SHARED.glob("ztf-dr-bulk/**/ztf_001518_z*_c01_q2_dr19.parquet")
    ]
    oid, ra, dec, nobs = (
        np.concatenate([np.array(table[name], kind) for table in tables])
        for name, kind in (
            ("objectid", np.int64),
            ("objra", float),
            ("objdec", float),
            ("nepochs", float),
        )
    )
    star = group(oid, ra, dec, nobs, RADIUS).star
    band, place = oid // 10**11 % 10, unit_vectors(ra, dec)
    chord, nearest = KDTree(place[band == 2]).query(place[band == 1])
    trees = [(KDTree(place[band == one]), place[band == one]) for one in (1, 2)]
    same = min(tree.query(places, 2)[0][:, 1].min() for tree, places in trees)
    assert np.degrees(2 * np.arcsin(same / 2)) / ARCSEC == pytest.approx(1.44, abs=0.01)
    near = np.degrees(2 * np.arcsin(chord / 2)) < 1 * ARCSEC
    of_g, of_r = star[band == 1], star[band == 2]
    assert (len(of_g), len(of_r), near.sum()) == (6122, 9513, 4144)
    assert (of_g == of_r[nearest])[near].sum() == 4142  # two have a zg object that is nearer to it
    assert np.isin(of_g, of_r).sum() == 4236
    assert np.bincount(star).max() == 2
