"""The benchmarks of the store: the same answers from every store and index."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench import positions, scaling, store
from bench.database import bench_database
from bench.dataset import dataset
from bench.ours import Ours
from bench.peer import Peer
from ztfvo.db import connect_superuser
from ztfvo.ingest.readers import read_file
from ztfvo.settings import get_settings

DEMO = Path(__file__).parents[2] / "inputs/ztf/demo"


WANTED = 40_000


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small set."""
    return dataset(tmp_path_factory.mktemp("bench"), WANTED, 1, lambda what: None)


@pytest.fixture(scope="module")
def stores(small, database, tmp_path_factory):
    """Both stores, loaded."""
    with bench_database(get_settings(), "test") as own:
        ours, peer = Ours(own, 1), Peer(tmp_path_factory.mktemp("peer") / "clickhouse")
        ours.load(small)
        peer.load(small)
        yield ours, peer
        ours.connection.close()
        peer.close()


@pytest.fixture
def settings(tmp_path, small):
    """Settings whose state folder has the small set; the database is that of the tests."""
    original = get_settings()
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / str(WANTED)).symlink_to(small.folder)
    return original.model_copy(update={"var": tmp_path, "dsn": original.superuser_dsn})


def test_both_stores_hold_what_the_files_hold(stores, small):
    for path in small.paths:
        _, read = read_file(path)
        for i in np.linspace(0, len(read) - 1, 20).astype(int):
            part = slice(read.offsets[i], read.offsets[i + 1])
            expected = [
                getattr(read, name)[part]
                for name in ("hmjd", "mag", "magerr", "clrcoeff", "catflags")
            ]
            oid = int(read.oid[i])
            for each, answer in zip(
                stores, (stores[0].curve(oid), stores[1].curve(oid, "Arrow")), strict=True
            ):
                found = each.decode(answer)[oid]
                assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_equal_answers_are_accepted(stores):
    ours, peer = stores
    store.compare(ours, peer, ours.sample(50, np.random.default_rng(1)))


def test_different_answers_are_found(stores):
    ours, peer = stores
    target = ours.sample(1, np.random.default_rng(1))

    def multiply(factor: float) -> None:
        peer.session.query(
            f"ALTER TABLE ztf.olc UPDATE mag = arrayMap(m -> m * {factor}, mag)"
            f" WHERE oid = {target[0][0]} SETTINGS mutations_sync = 1"
        )

    multiply(2)
    try:
        with pytest.raises(store.Different, match=str(target[0][0])):
            store.compare(ours, peer, target)
    finally:
        multiply(0.5)  # which gives each bit back


def test_rows_are_the_arrays(stores):
    ours, _ = stores
    oid, _, _ = ours.sample(1, np.random.default_rng(2))[0]
    (arrays,) = ours.curve(oid)
    assert [list(column) for column in zip(*ours.rows(oid), strict=True)] == list(arrays[1:])


def test_store_benchmark_writes_all_figures(database, settings):
    """It runs as a program: there can be one embedded ClickHouse in a process."""
    environment = {
        **os.environ,
        "ZTFVO_VAR": str(settings.var),
        "ZTFVO_DSN": settings.dsn,
        "PYTHONPATH": str(DEMO),
    }
    command = [sys.executable, "-m", "bench", "store", "--detections", str(WANTED)]
    answer = subprocess.run(
        [*command, "--requests", "20", "--workers", "1"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "light curve by OID" in answer.stdout
    (path,) = (settings.var / "bench" / "results").glob("store-*.json")
    written = json.loads(path.read_text())
    assert written["machine"]["cores"] >= 1
    assert written["clickhouse"]
    for each in written["results"].values():
        assert each["load_rate"] > 0
        assert each["bytes_in_all"] > each["lightcurve_bytes"] > 1
        assert {"oid", "cone", "cone_curves", "scan_count", "scan_mean"} <= each.keys()


def test_scaling_benchmark_measures_each_size(database, settings, small):
    results = scaling.scaling(settings, [WANTED], 10, 1)
    assert list(results) == [str(small.detections)]
    assert results[str(small.detections)]["oid"]["count"] == 10


def test_every_index_finds_the_same(database, settings):
    results = positions.positions(settings, 5000, 20)
    assert {r["found"] for r in results.values()} == {20}
    matched = {r["upload"]["found"] for r in results.values() if r["upload"]}
    assert matched == {positions.UPLOAD}


def test_database_is_dropped_and_its_name_taken_again(database):
    settings = get_settings()

    def present(name):
        with connect_superuser(settings) as connection:
            query = "SELECT count(*) FROM pg_database WHERE datname = %s"
            return connection.execute(query, (name,)).fetchone()[0] == 1

    for _ in range(2):
        with bench_database(settings, "kept", keep=True) as own:
            assert "ztfvo_bench_kept" in own.database_dsn
        assert present("ztfvo_bench_kept")
    with bench_database(settings, "kept"):
        pass
    assert not present("ztfvo_bench_kept")
