"""Distances of rows that services outside answer."""

from __future__ import annotations

import pytest
from support import tapserver
from support.cases import gaia_distances
from support.outside_cases import cases

from ztfvo.distance import absolute
from ztfvo.outside.ask import rows_around
from ztfvo.outside.distances import of_row
from ztfvo.outside.model import Place
from ztfvo.outside.sources import sources

GAIA = sources()["gaia_distances"]
PLACE = Place(187.2779154, 2.0523883)
"""3C 273"""


def test_a_row_of_gaia_has_its_distance_with_its_interval(ask, outside):
    case = cases()["gaia_distances"]
    case.answer(outside)
    (answer,) = ask(rows_around(GAIA, case.place, case.radius))
    (found,) = of_row(GAIA, answer.rows[0])
    assert (found.pc, found.low, found.high) == (1250.5, 1200.25, 1310.75)
    assert found.width == pytest.approx(110.5 / 1250.5)
    assert found.weakness is None


def test_a_quasar_with_a_parallax_has_the_magnitude_of_its_redshift(ask, outside):
    rows = gaia_distances.ROWS | {
        "RA_ICRS": [PLACE.ra],
        "DE_ICRS": [PLACE.dec],
        "rgeo": [17_000.0],
        "b_rgeo": [13_000.0],
        "B_rgeo": [22_000.0],
    }
    tapserver.answer(outside, tapserver.VIZIER, '"I/352/gedr3dis"', rows)
    (answer,) = ask(rows_around(GAIA, PLACE, 1.0))
    quasar = of_row(sources()["simbad"], _row("simbad", redshift=0.158339))
    found = absolute(13.2, 0.06, [*of_row(GAIA, answer.rows[0]), *quasar])
    assert found.mag == pytest.approx(-26.2, abs=0.1)
    assert found.distance.source == "SIMBAD"
    assert "its interval is 53% of it wide" in found.notes[0]


def _row(name: str, **values) -> dict:
    """A row of a source with these values alone."""
    return {column.name: None for column in sources()[name].columns} | values


@pytest.mark.parametrize("name", ["simbad", "sdss_dr16q", "otter"])
def test_a_row_without_a_redshift_has_no_distance(name):
    source = sources()[name]
    assert of_row(source, _row(name)) == []
    assert of_row(source, _row(name, **{source.yields.redshift: -0.0001})) == []
    (found,) = of_row(source, _row(name, **{source.yields.redshift: 0.1}))
    assert found.pc == pytest.approx(460.3e6, rel=1e-4)


def test_a_source_of_neither_has_none():
    assert of_row(sources()["twomass"], _row("twomass")) == []
