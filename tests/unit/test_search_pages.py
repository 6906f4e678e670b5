"""What pages of search are made of: lists, separations, the map of the sky, charts."""

from __future__ import annotations

import re

import numpy as np
import pytest

from ztfvo.search import around, lists
from ztfvo.web.pages import chart, coverage, motions, small


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("ra,dec\n1,2\n", True),
        ("\ufeffid,RAJ2000,DEJ2000\n", True),
        ('\n"ra","dec"\n1,2', True),
        ("ra;dec\r\n1;2", True),
        ("id\tRA\tDEC\n", True),
        ("ra=254.45 dec=35.34\n", False),
        ("ra dec\n", False),
        ("254.45755, 35.34236\n", False),
        ("HZ Her\n", False),
        ("RAU 2, comes in two parts\n", False),
        ("", False),
    ],
)
def test_a_text_is_a_table_if_its_first_line_names_positions(text, table):
    assert lists.is_table(text) is table


@pytest.mark.parametrize(
    ("here", "there", "arcsec"),
    [
        ((0.0, 0.0), (359.9999, 0.0), 0.36),
        ((0.0, 89.9999), (180.0, 89.9999), 0.72),
        ((10.0, -90.0), (200.0, -90.0), 0.0),
        ((180.0, 60.0), (180.001, 60.0), 1.8),
    ],
)
def test_separations_hold_at_right_ascension_0_and_at_the_poles(here, there, arcsec):
    row = {"place": 0, "ra": there[0], "dec": there[1]}
    (found,) = around._separations([row], [here])
    assert found == pytest.approx(arcsec, abs=1e-6)


def test_places_on_the_map_are_where_they_are_projected():
    ra, dec = np.meshgrid(np.arange(1.0, 360, 13), np.arange(-85.0, 86, 10))
    x, y = coverage._projected(ra.ravel(), dec.ravel())
    again = coverage._place(x / coverage.WIDTH * 2 - 1, 1 - y / coverage.HEIGHT * 2)
    assert np.allclose(again[0], ra.ravel(), atol=1e-4)
    assert np.allclose(again[1], dec.ravel(), atol=1e-4)


def runs(footprint: str) -> list[tuple[int, int, int]]:
    """First step, row and length of what the map of a footprint shows."""
    (path,) = re.findall(r'class="covered" d="([^"]*)"', coverage.picture(footprint))
    found = re.findall(r"M(\d+) (\d+)h(\d+)v1", path)
    return [tuple(map(int, one)) for one in found]


def test_the_whole_sky_fills_the_map_and_nothing_of_it_is_empty():
    steps = sum(length for *_, length in runs("0/0-11"))
    ellipse = np.pi / 4 * coverage.WIDTH * coverage.HEIGHT
    assert steps == pytest.approx(ellipse, rel=0.01)
    assert len(runs("0/0-11")) == coverage.HEIGHT


def test_a_cell_at_right_ascension_0_is_at_both_edges_of_the_map():
    shown = runs("0/4")  # the base cell around right ascension 0 on the equator
    middle = [one for one in shown if one[1] == coverage.HEIGHT // 2]
    assert [one[0] == 0 for one in middle] == [True, False]
    assert middle[1][0] + middle[1][2] == coverage.WIDTH


def test_east_is_left_and_north_is_up_on_a_chart_also_at_the_pole():
    made = chart.chart((0.0, 89.999), 0.01, [(0.0, 90.0, "pole"), (0.0, 89.998, "south")])
    (pole, south) = made.marks
    assert (pole[0], pole[1]) == (200.0, pytest.approx(200 - 0.001 / 0.01 * 400, abs=0.1))
    assert south[1] == pytest.approx(200 + 0.001 / 0.01 * 400, abs=0.1)
    across = chart.chart((0.0, 0.0), 0.1, [(359.99, 0.0, "west"), (0.01, 0.0, "east")])
    assert [mark[0] for mark in across.marks] == [pytest.approx(240), pytest.approx(160)]


def test_what_lies_behind_the_sky_shown_is_left_out():
    made = chart.chart((10.0, 20.0), 60.0, [(190.0, -20.0, "opposite"), (10.0, 20.0, "here")])
    assert ([mark[2] for mark in made.marks], made.left_out) == (["here"], 1)


def test_arrows_are_proper_motions_in_as_many_years_as_can_be_seen_also_at_the_pole():
    # Barnard's star: right ascension has the factor cos(dec) in it
    barnard = (269.452, 4.693, -801.55, 10362.39)
    made = motions.arrows([barnard, (269.45, 4.69, 5.0, 0.0)], 0.12)
    assert made.years == 10  # 104 arcsec, of 432 that are seen
    ra, dec, ra_then, dec_then = made.ends[0]
    assert dec_then - dec == pytest.approx(10.36239 * 10 / 3600, rel=1e-6)
    east = (ra_then - ra) * np.cos(np.radians(dec_then))
    assert east == pytest.approx(-0.80155 * 10 / 3600, rel=1e-4)
    (over,) = motions.arrows([(10.0, 89.99, 0.0, 100.0)], 10.0).ends
    assert over[2:] == pytest.approx((190.0, 180 - 89.99 - 1000 / 3600), abs=1e-9)
    assert motions.arrows([], 0.1).ends == []


def test_a_chart_has_the_arrows_that_begin_on_it():
    ends = [(0.0, 0.0, 359.99, 0.01), (5.0, 0.0, 0.0, 0.0), (0.0, 0.04, 0.0, 0.1)]
    made = chart.chart((0.0, 0.0), 0.1, [], ends)
    assert made.arrows == [(200.0, 200.0, 240.0, 160.0), (200.0, 40.0, 200.0, -200.0)]


@pytest.mark.parametrize(("view", "text"), [(0.001, "1″"), (0.05, "1′"), (60.0, "10°")])
def test_a_bar_shows_the_scale(view, text):
    made = chart.chart((0.0, 0.0), view, [])
    assert made.scale_text == text
    assert made.scale <= chart.SIZE / 3 + 1


@pytest.mark.parametrize(
    ("values", "least", "steps"),
    [
        ([1.0, 2.0, 3.0], 0.0, [4, 120, 236]),
        ([5.0, 5.0], 0.0, [120, 120]),
        ([15.0, 15.01], 0.2, [114, 126]),
        ([], 0.0, []),
    ],
)
def test_values_fill_the_width_of_a_small_picture_unless_they_hardly_differ(values, least, steps):
    assert small._scale(np.array(values), small.WIDTH, least).tolist() == steps
