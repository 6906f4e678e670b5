"""Places of light curves in the space of features: of all, once, and where features change."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from psycopg import sql
from support.files import write_bulk
from support.releases import ztfvo
from support.waiting import wait_until

from ztfvo.errors import CannotBeDone
from ztfvo.extraction import places
from ztfvo.features.space import MEASURES
from ztfvo.store import space as stored
from ztfvo.store.names import schema_of
from ztfvo.store.schemas import use_schema

ONE, OTHER = 6001074, 6012074
"""Quadrants, of zg and zr."""
EDITION = "test 1"


@pytest.fixture
def featured(release):
    """The release, with features made up for 40 light curves in each of two quadrants."""
    for quadrant in (ONE, OTHER):
        put(release, quadrant, 40, seed=quadrant)
    return release


def put(release, quadrant: int, number: int, seed: int, edition: str = EDITION) -> None:
    """Give a quadrant features, in place of those that it has."""
    rng = np.random.default_rng(seed)
    values = np.exp(rng.normal(size=(number, len(MEASURES))))
    names = sql.SQL(", ").join(map(sql.Identifier, ("oid", "digest", *MEASURES)))
    marks = sql.SQL(", ").join([sql.Placeholder()] * (len(MEASURES) + 2))
    first = quadrant * 10**8
    with release.connection.transaction():
        use_schema(release.connection, release.name)
        release.connection.execute(
            "DELETE FROM feature WHERE oid BETWEEN %s AND %s", (first, first + 10**8 - 1)
        )
        with release.connection.cursor() as cursor:
            cursor.executemany(
                sql.SQL("INSERT INTO feature ({}) VALUES ({})").format(names, marks),
                [(first + i, i, *row) for i, row in enumerate(values.tolist(), start=1)],
            )
        release.connection.execute(
            "INSERT INTO feature_quadrant VALUES (%s, %s, '{1}', '{}', true, %s)"
            " ON CONFLICT (quadrant) DO UPDATE SET edition = excluded.edition,"
            " nfeatures = excluded.nfeatures, finished = true",
            (quadrant, edition, number),
        )


def table(release) -> dict[int, list[float]]:
    return dict(release.rows("SELECT oid, place FROM feature_space"))


def index(release) -> bool:
    return release.rows("SELECT to_regclass('feature_place_near') IS NOT NULL")[0][0]


def test_each_light_curve_is_placed_by_its_features_and_filter(featured):
    outcome = places.run(featured.settings, featured.name)
    assert (outcome.quadrants, outcome.curves, outcome.total) == (2, 80, 80)
    assert outcome.fitted
    assert outcome.built
    names = ", ".join(MEASURES)
    here = stored.read(featured.connection, schema_of(featured.name))
    rows = featured.rows(f"SELECT oid, {names} FROM features")
    coordinates = here.coordinates(np.array([row[1:] for row in rows], float))
    found = table(featured)
    for (oid, *_), expected in zip(rows, coordinates, strict=True):
        np.testing.assert_allclose(found[oid], expected, rtol=1e-6, atol=1e-6)
    bands = featured.rows("SELECT filterid, count(*) FROM feature_space GROUP BY 1 ORDER BY 1")
    assert bands == [(1, 40), (2, 40)]


def test_the_space_is_fitted_to_all_light_curves_of_a_small_release(featured):
    places.run(featured.settings, featured.name)
    (middle,) = featured.rows(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY log(chi2::float8)) FROM feature"
    )[0]
    shown = featured.rows("SELECT median FROM feature_scales WHERE feature = 'chi2'")
    assert shown[0][0] == pytest.approx(middle, rel=1e-9)


def test_a_second_run_places_nothing_and_keeps_the_space(featured):
    places.run(featured.settings, featured.name)
    before = featured.rows("SELECT * FROM feature_scales ORDER BY number")
    again = places.run(featured.settings, featured.name)
    assert (again.quadrants, again.curves, again.fitted, again.built) == (0, 0, False, False)
    assert featured.rows("SELECT * FROM feature_scales ORDER BY number") == before


def test_a_quadrant_whose_features_changed_is_placed_again_in_the_same_space(featured):
    places.run(featured.settings, featured.name)
    before, scales = table(featured), featured.rows("SELECT * FROM feature_scales")
    put(featured, ONE, 30, seed=9, edition="test 2")
    again = places.run(featured.settings, featured.name)
    assert (again.quadrants, again.curves, again.total) == (1, 30, 70)
    after = table(featured)
    assert sum(after[oid] == before.get(oid) for oid in after) == 40
    assert featured.rows("SELECT * FROM feature_scales") == scales
    assert index(featured)


def test_an_unfinished_quadrant_keeps_its_places_and_one_that_is_gone_loses_them(featured):
    places.run(featured.settings, featured.name)
    featured.rows("UPDATE feature_quadrant SET finished = false, edition = 'x' RETURNING 1")
    assert places.run(featured.settings, featured.name).quadrants == 0
    featured.rows("DELETE FROM feature_quadrant WHERE quadrant = %s RETURNING 1", OTHER)
    assert places.run(featured.settings, featured.name).total == 40
    assert {oid // 10**8 for oid in table(featured)} == {ONE}


def test_a_space_that_is_fitted_again_is_that_of_the_features_as_they_are(featured):
    places.run(featured.settings, featured.name)
    before = featured.rows("SELECT median FROM feature_scales")
    put(featured, ONE, 400, seed=9, edition="test 2")
    again = places.run(featured.settings, featured.name, refit=True)
    assert (again.quadrants, again.curves, again.fitted) == (2, 440, True)
    assert featured.rows("SELECT median FROM feature_scales") != before


def test_a_missing_feature_counts_as_the_median(featured):
    featured.rows("UPDATE feature SET skew = NULL, chi2 = NULL RETURNING 1")
    places.run(featured.settings, featured.name)
    assert featured.rows("SELECT count(*) FROM feature_space WHERE NULL = ANY(place)") == [(0,)]
    shown = featured.rows("SELECT median, spread FROM feature_scales WHERE feature = 'skew'")
    assert shown == [(0.0, 1.0)]


def test_wrong_counts_are_refused_and_what_was_placed_stays(featured):
    featured.rows("DELETE FROM feature WHERE oid = %s RETURNING 1", OTHER * 10**8 + 3)
    with pytest.raises(CannotBeDone, match=f"Quadrant {OTHER} has 39 .* 40 were counted"):
        places.run(featured.settings, featured.name)
    assert len(table(featured)) == 40
    assert not index(featured)


def test_without_features_there_is_nothing_to_place(release):
    with pytest.raises(CannotBeDone, match=f"Enter: ztfvo features {release.name}"):
        places.run(release.settings, release.name)


def test_killed_and_run_again_no_row_is_missing_or_double(release, tmp_path):
    release.ingest(write_bulk(tmp_path / "ztf_001722_zg_c07_q4_x.parquet"))
    quadrants = [6001000 + i for i in range(11, 60)]
    for quadrant in quadrants:
        put(release, quadrant, 300, seed=quadrant)
    command = [Path(sys.executable).parent / "ztfvo", "similar", release.name]
    environment = os.environ | {"ZTFVO_ROOT": str(release.root)}
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        done = "SELECT count(*) FROM feature_place_quadrant"
        wait_until(
            lambda: release.rows(done)[0][0] or process.poll() is not None, seconds=60, pause=0.005
        )
        os.killpg(process.pid, signal.SIGKILL)
    others = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%feature_place%%'"
    wait_until(
        lambda: release.rows(f"{others} AND pid <> pg_backend_pid() AND %s > 0", 1) == [(0,)]
    )
    (written,) = release.rows(done)[0]
    assert 0 < written < len(quadrants), "the kill came too late to test anything"
    assert not index(release)
    again = ztfvo("similar", release.name, ZTFVO_ROOT=str(release.root))
    assert f"{len(quadrants) - written} quadrants" in again.stderr
    total = 300 * len(quadrants)
    counted = release.rows("SELECT count(*), count(DISTINCT oid) FROM feature_space")
    assert counted == [(total, total)]
    assert index(release)


def test_light_curves_that_are_near_are_stored_together(featured):
    places.run(featured.settings, featured.name)
    cells = [cell for (cell,) in featured.rows("SELECT cell FROM feature_place ORDER BY ctid")]
    assert cells == sorted(cells)
