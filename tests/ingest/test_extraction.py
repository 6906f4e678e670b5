"""Features of a release: those of the package for each light curve, once, and only where needed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import Executor, Future
from pathlib import Path

import light_curve as lc
import numpy as np
import pytest
from support.files import SHARED, needs_shared, place_in, write_bulk
from support.releases import ztfvo
from support.waiting import wait_until

from bench.features import features
from ztfvo.errors import CannotBeDone
from ztfvo.extraction import places, plan
from ztfvo.extraction.run import dask_cluster, due, run
from ztfvo.features.columns import NAMES
from ztfvo.features.model import FeatureSet
from ztfvo.features.sets import sets
from ztfvo.ingest.unload import unload
from ztfvo.store.schemas import use_schema
from ztfvo.store.unpack import read_range

EPOCHS = 30


class InThisProcess(Executor):
    """Calls a function at once; fails for the chunks of some quadrants."""

    def __init__(self, failing: tuple[int, ...] = ()) -> None:
        self.failing = failing

    def submit(self, function, *arguments):
        future = Future()
        try:
            if arguments[-1].quadrant in self.failing:
                raise ValueError("made to fail")
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future


def bulk_file(folder: Path, field: int, mags: list[list[float]], flags=0) -> Path:
    """A file of light curves of these magnitudes in CCD 7, quadrant 4, zg."""
    ra, dec = place_in(field, 27)
    counts = [len(each) for each in mags]
    times = [58300 + 1.7 * np.arange(count) + 0.12345 for count in counts]
    columns = {
        "objectid": [field * 10**12 + 107400000001 + i for i in range(len(mags))],
        "filterid": [1] * len(mags),
        "fieldid": [field] * len(mags),
        "rcid": [27] * len(mags),
        "objra": [ra] * len(mags),
        "objdec": [dec + 0.001 * i for i in range(len(mags))],
        "nepochs": counts,
        "hmjd": [np.round(each, 5).tolist() for each in times],
        "mag": mags,
        "magerr": [[0.02] * count for count in counts],
        "clrcoeff": [(-0.05 - 1e-4 * np.arange(count)).tolist() for count in counts],
        "catflags": [[flags] * count for count in counts],
    }
    name = f"ztf_{field:06d}_zg_c07_q4_test.parquet"
    return write_bulk(folder / f"{field // 1000}/field{field:06d}/{name}", columns)


def magnitudes(number: int, seed: int = 1, epochs: int = EPOCHS) -> list[list[float]]:
    rng = np.random.default_rng(seed)
    return (15 + rng.normal(0, 0.1, (number, epochs))).tolist()


def extract(release, **failing):
    """Compute what is due in this process."""
    quadrants = due(release.connection, release.name)
    return run(release.settings, release.name, quadrants, InThisProcess(**failing), 1)


def table(release) -> dict[int, tuple]:
    names = ", ".join(NAMES)
    return {row[0]: row[1:] for row in release.rows(f"SELECT oid, {names} FROM features")}


@pytest.fixture
def data(release):
    return release.root / "data"


def test_each_light_curve_has_the_packages_values_of_its_good_epochs(release, data):
    mags = magnitudes(3)
    path = bulk_file(data, 600, mags)
    release.ingest(path)
    outcome = extract(release)
    assert (outcome.quadrants, outcome.curves, outcome.computed, outcome.failures) == (1, 3, 3, [])
    found = table(release)
    assert len(found) == 3
    kinds = {
        "amplitude": lc.Amplitude(),
        "eta_e": lc.EtaE(),
        "stetson_k": lc.StetsonK(),
        "chi2": lc.ReducedChi2(),
    }
    for oid, values in found.items():
        ((hmjd, mag, magerr),) = release.rows(
            "SELECT array_agg(hmjd ORDER BY hmjd), array_agg(mag ORDER BY hmjd),"
            " array_agg(magerr ORDER BY hmjd) FROM detections WHERE oid = %s",
            oid,
        )
        arrays = (np.array(hmjd), *(np.array(each, "f4").astype(float) for each in (mag, magerr)))
        for name, kind in kinds.items():
            assert values[NAMES.index(name)] == pytest.approx(kind(*arrays)[0], rel=1e-6), name


def test_light_curves_with_fewer_than_five_good_epochs_have_none(release, data):
    few, enough = magnitudes(1, epochs=4), magnitudes(1, epochs=5)
    release.ingest(bulk_file(data, 600, few + enough))
    bad = bulk_file(data, 601, enough, flags=1)
    release.ingest(bad)
    assert extract(release).curves == 1
    assert list(table(release)) == [600107400000002]


def test_a_value_that_there_is_not_is_null(release, data):
    release.ingest(bulk_file(data, 600, [[15.0] * 6]))
    extract(release)
    (values,) = table(release).values()
    known = dict(zip(NAMES, values, strict=True))
    assert known["standard_deviation"] == 0
    assert known["skew"] is None or np.isfinite(known["skew"])
    assert None in values


def test_a_second_run_computes_nothing(release, data):
    release.ingest(bulk_file(data, 600, magnitudes(2)))
    extract(release)
    assert due(release.connection, release.name) == []
    assert extract(release).computed == 0


def test_of_a_replaced_file_only_the_light_curves_that_changed_are_computed(release, data):
    mags = magnitudes(4)
    path = bulk_file(data, 600, mags)
    release.ingest(path)
    extract(release)
    before = table(release)
    mags[1][7] += 1
    bulk_file(data, 600, mags[:3])
    release.ingest(path, replace=True)
    outcome = extract(release)
    assert (outcome.curves, outcome.computed) == (3, 1)
    after = table(release)
    changed = [oid for oid in before if before[oid] != after.get(oid)]
    assert changed == [600107400000002, 600107400000004]
    assert len(after) == 3


def test_light_curves_whose_features_are_computed_again_have_no_place_until_they_are_placed(
    release, data
):
    mags = magnitudes(4)
    path = bulk_file(data, 600, mags)
    release.ingest(path)
    extract(release)
    places.run(release.settings, release.name)
    mags[1][7] += 1
    bulk_file(data, 600, mags)
    release.ingest(path, replace=True)
    extract(release)
    first = 600107400000001
    assert placed(release) == [first, first + 2, first + 3]
    assert places.run(release.settings, release.name).total == 4
    assert placed(release) == [first, first + 1, first + 2, first + 3]


def test_another_set_of_features_is_computed_for_all(release, data, monkeypatch):
    release.ingest(bulk_file(data, 600, magnitudes(2)))
    extract(release)
    old = sets()["current"]
    other = FeatureSet(**{**old.__dict__, "periodogram": {**old.periodogram, "resolution": 4.0}})
    monkeypatch.setitem(sets(), "current", other)
    assert extract(release).computed == 2
    assert extract(release).computed == 0


def placed(release) -> list[int]:
    """Light curves with a place in the space of features."""
    return [oid for (oid,) in release.rows("SELECT oid FROM feature_space ORDER BY oid")]


def test_an_unloaded_file_leaves_no_features_and_no_places(release, data):
    paths = [bulk_file(data, field, magnitudes(2)) for field in (600, 601)]
    release.ingest(*paths)
    extract(release)
    places.run(release.settings, release.name)
    unload(release.connection, release.declared, paths[0].name, data)
    assert sorted(oid // 10**12 for oid in table(release)) == [601, 601]
    assert placed(release) == sorted(table(release))
    assert extract(release).computed == 0
    assert places.run(release.settings, release.name).total == 2
    assert release.rows("SELECT quadrant FROM feature_quadrant") == [(6011074,)]


def test_one_chunk_that_fails_does_not_stop_the_others_and_is_tried_again(release, data):
    release.ingest(*[bulk_file(data, field, magnitudes(2)) for field in (600, 601, 602)])
    outcome = extract(release, failing=(6011074,))
    assert outcome.computed == 4
    assert len(outcome.failures) == 1
    assert "made to fail" in outcome.failures[0]
    assert [quadrant for quadrant, _ in due(release.connection, release.name)] == [6011074]
    assert extract(release).computed == 2
    assert len(table(release)) == 6


def test_chunks_cover_a_quadrant_and_those_that_are_done_are_left_out(release, data, monkeypatch):
    monkeypatch.setattr(plan, "CHUNK", 3)
    release.ingest(bulk_file(data, 600, magnitudes(7)))
    quadrants = due(release.connection, release.name)
    stopped = run(release.settings, release.name, quadrants, _FirstOnly(), 1)
    assert (stopped.computed, len(stopped.failures)) == (3, 2)
    outcome = extract(release)
    assert (outcome.curves, outcome.computed) == (4, 4)
    assert len(table(release)) == 7


class _FirstOnly(InThisProcess):
    def submit(self, function, *arguments):
        future = super().submit(function, *arguments)
        self.failing = (arguments[-1].quadrant,)
        return future


def test_only_the_quadrants_asked_for_are_due(release, data):
    release.ingest(*[bulk_file(data, field, magnitudes(1)) for field in (600, 601)])
    assert [each for each, _ in due(release.connection, release.name, [6011074])] == [6011074]


def test_the_benchmark_compares_with_the_package_and_leaves_nothing(release, data, monkeypatch):
    release.ingest(bulk_file(data, 600, magnitudes(20, epochs=100)))
    saved = {}
    monkeypatch.setattr(
        "bench.features.save",
        lambda folder, name, results, **facts: saved.update(results | facts | {"name": name}),
    )
    features(release.settings, release.name, 10, 2)
    assert (saved["name"], saved["curves"], saved["epochs"]) == ("features", 20, 2000)
    assert saved["share"] == saved["plain_s"] / saved["pipeline_s"] > 0
    assert table(release) == {}
    assert [each for each, _ in due(release.connection, release.name)] == [6001074]


def test_two_runs_at_a_time_are_refused(release, data):
    release.ingest(bulk_file(data, 600, magnitudes(2)))

    class Nested(InThisProcess):
        def submit(self, function, *arguments):
            with pytest.raises(CannotBeDone, match="being computed already"):
                extract(release)
            return super().submit(function, *arguments)

    quadrants = due(release.connection, release.name)
    assert run(release.settings, release.name, quadrants, Nested(), 1).computed == 2


def test_killed_and_run_again_no_row_is_missing_or_double(release, data):
    fields = range(600, 630)
    release.ingest(*[bulk_file(data, field, magnitudes(15, field)) for field in fields])
    command = [Path(sys.executable).parent / "ztfvo", "features", release.name, "--workers", "2"]
    environment = os.environ | {"ZTFVO_ROOT": str(release.root)}
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        wait_until(
            lambda: (
                release.rows("SELECT count(*) FROM feature")[0][0] or process.poll() is not None
            ),
            seconds=60,
            pause=0.01,
        )
        os.killpg(process.pid, signal.SIGKILL)
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ztfvo'"
        " AND pid <> pg_backend_pid() AND query LIKE '%%feature%%' AND %s > 0"
    )
    wait_until(lambda: release.rows(others, 1)[0][0] == 0)
    (written,) = release.rows("SELECT count(*) FROM feature")[0]
    assert 0 < written < 450, "the kill came too late to test anything"
    again = ztfvo("features", release.name, ZTFVO_ROOT=str(release.root))
    assert release.rows("SELECT count(*), count(DISTINCT oid) FROM features") == [(450, 450)]
    assert f"{450 - written:,} of them computed" in again.stderr
    assert due(release.connection, release.name) == []


def test_a_dask_cluster_of_two_workers_computes_the_same(release, twin, data):
    distributed = pytest.importorskip("distributed")
    paths = [bulk_file(data, field, magnitudes(3, field)) for field in (600, 601, 602)]
    for one in (release, twin):
        one.ingest(*paths)
    extract(twin)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:
        address = cluster.scheduler_address
        done = ztfvo(*("features", release.name, "--dask", address), ZTFVO_ROOT=str(release.root))
    assert "9 of them computed" in done.stderr
    assert table(release) == table(twin)


def test_a_dask_scheduler_that_does_not_answer_is_named():
    pytest.importorskip("distributed")
    with (
        pytest.raises(CannotBeDone, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9 "),
        dask_cluster("tcp://127.0.0.1:9", patience=0.2),
    ):
        pass


@needs_shared
def test_real_light_curves_of_coarse_times_are_read_as_the_view_has_them(coarse_release):
    coarse = coarse_release
    coarse.ingest(*(SHARED / "ztf-dr-bulk/lc_dr5").rglob("*.parquet"))
    oids = [oid for (oid,) in coarse.rows("SELECT oid FROM object ORDER BY oid LIMIT 300")]
    with coarse.connection.transaction():
        use_schema(coarse.connection, coarse.name)
        batch = read_range(coarse.connection, oids[0] - 1, oids[-1], 0)
    assert batch.oid.tolist() == oids
    rows = coarse.rows(
        "SELECT oid, hmjd, mag, magerr, catflags FROM lightcurves WHERE oid <= %s ORDER BY oid",
        oids[-1],
    )
    for name, at in (("hmjd", 1), ("mag", 2), ("magerr", 3), ("catflags", 4)):
        expected = np.concatenate([row[at] for row in rows])
        np.testing.assert_array_equal(
            getattr(batch, name), expected.astype(getattr(batch, name).dtype)
        )
