"""What comes out of the store is bit for bit what was in the file."""

from __future__ import annotations

import csv
import gzip
import os
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from support.curves import CHANNEL, light_curves, random_curves
from support.files import SHARED, bulk_rows, needs_shared, write_bulk, write_hats
from support.releases import temporary_release

from ztfvo.ingest.load import Source, insert_file, load
from ztfvo.ingest.merge import merge
from ztfvo.ingest.readers import read_file
from ztfvo.store.schemas import use_schema

BULK = sorted((SHARED / "ztf-dr-bulk").glob("lc_*/*/*/*.parquet"))
TEXT = sorted((SHARED / "ztf-dr-bulk" / "text").glob("*.txt"))
ANSWERS = sorted((SHARED / "ztf-lc-api").glob("*/*.csv"))


def store(release, curves):
    """Write light curves without a file."""
    with release.connection.transaction():
        use_schema(release.connection, release.name)
        source = Source("made", 0, "", "made")
        load(release.connection, curves, insert_file(release.connection, curves, source))


def assert_stored(release, curves):
    """Compare every value of every light curve, by both views."""
    order = np.argsort(curves.oid)
    rows = release.rows(
        "SELECT oid, hmjd, mag, magerr, clrcoeff, catflags FROM lightcurves ORDER BY 1"
    )
    assert [row[0] for row in rows] == curves.oid[order].tolist()
    wanted = np.concatenate([np.arange(curves.offsets[i], curves.offsets[i + 1]) for i in order])
    for column, name in enumerate(("hmjd", "mag", "magerr", "clrcoeff", "catflags"), start=1):
        expected = getattr(curves, name)[wanted]
        found = np.array([value for row in rows for value in row[column]], expected.dtype)
        np.testing.assert_array_equal(found, expected, err_msg=name)
    in_rows = release.rows(
        "SELECT count(*), sum(hmjd), sum(mag::float8), sum(magerr::float8), sum(clrcoeff::float8),"
        " sum(catflags) FROM detections"
    )[0]
    in_arrays = release.rows(
        "SELECT count(*), sum(t), sum(m::float8), sum(e::float8), sum(c::float8), sum(f)"
        " FROM lightcurves, unnest(hmjd, mag, magerr, clrcoeff, catflags) u(t, m, e, c, f)"
    )[0]
    np.testing.assert_allclose(np.array(in_rows, float), np.array(in_arrays, float), rtol=1e-12)


def assert_objects(release, curves):
    rows = release.rows(
        "SELECT oid, ra, dec, fieldid, rcid, filterid, nobs, hmjd_first, hmjd_last FROM objects"
        " ORDER BY oid"
    )
    order = np.argsort(curves.oid)
    expected = [
        curves.oid,
        curves.ra,
        curves.dec,
        curves.fieldid,
        curves.rcid,
        curves.filterid,
        curves.nepochs,
        curves.hmjd[curves.offsets[:-1]],
        curves.hmjd[curves.offsets[1:] - 1],
    ]
    for found, column in zip(zip(*rows, strict=True), expected, strict=True):
        assert list(found) == column[order].tolist()


@needs_shared
@pytest.mark.parametrize("path", BULK, ids=lambda path: path.name)
def test_every_value_of_a_real_file_comes_back_identical(request, path):
    release = request.getfixturevalue("coarse_release" if "dr5" in path.name else "release")
    _, curves = read_file(path)
    (outcome,) = release.ingest(path)
    assert (outcome.action, outcome.lightcurves) == ("loaded", len(curves))
    assert outcome.detections == curves.detections
    assert_stored(release, curves)
    assert_objects(release, curves)


@needs_shared
def test_every_value_of_the_text_sample_comes_back_identical(release):
    """The sample's identifiers are made up, so that it can be stored but not ingested."""
    (path,) = TEXT
    assert release.ingest(path)[0].action == "refused"
    _, curves = read_file(path)
    store(release, curves)
    assert_stored(release, curves)


@needs_shared
def test_answers_of_the_light_curve_service_are_united_and_come_back_identical(api_release):
    outcomes = api_release.ingest(*ANSWERS)
    assert {outcome.action for outcome in outcomes} == {"loaded"}
    parts = [read_file(path)[1] for path in ANSWERS]
    curves = merge(parts, ANSWERS)
    assert (len(curves), curves.detections) == (56, 23935)
    assert_stored(api_release, curves)


@needs_shared
def test_recovered_exposures_match_the_true_starts_to_a_second(release):
    """The answers without their exposures' facts, as a bulk file would have them."""
    curves = replace(merge([read_file(path)[1] for path in ANSWERS], ANSWERS), exposures=None)
    store(release, curves)
    found = defaultdict(list)
    for fieldid, rcid, filterid, middle, start, source in release.rows(
        "SELECT s.fieldid, s.rcid, s.filterid, m, o, obsmjd_source"
        " FROM exposure_set s, unnest(mjd_mid, obsmjd) u(m, o)"
    ):
        assert source == "estimated"
        found[fieldid, rcid, filterid].append((middle, start))
    found = {channel: np.array(sorted(times)) for channel, times in found.items()}
    filters = {"zg": 1, "zr": 2, "zi": 3}
    late, exact, of_30_seconds = [], 0, 0
    with gzip.open(SHARED / "ztf-images/derived/fits_name_pairs.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            times = found[int(row["field"]), int(row["rcid"]), filters[row["filtercode"]]]
            start, exptime = float(row["obsmjd_start"]), float(row["exptime"])
            middle = start + exptime / 2 / 86400
            nearest = times[np.argmin(np.abs(times[:, 0] - middle))]
            late.append(abs(nearest[0] - middle) * 86400)
            if exptime == 30:
                of_30_seconds += 1
                exact += abs(nearest[1] - start) * 86400 < 0.1
    assert len(late) == 23935
    assert max(late) < 1
    assert exact == of_30_seconds


def test_light_curves_in_hats_partitions_come_back_identical(database, tmp_path):
    rows = bulk_rows()
    rows["objra"] = [254.45755, 258.0]
    bulk = write_bulk(tmp_path / "ztf_001722_zg_c07_q4_dr19.parquet", rows)
    partitions = write_hats([bulk], tmp_path / "hats")
    assert len(partitions) == 2
    files = [path.rename(tmp_path / f"{i}.parquet") for i, path in enumerate(partitions)]
    with temporary_release(f"hats{os.getpid()}", tmp_path / "root", "hats") as release:
        release.ingest(*files, allow=True)
        _, curves = read_file(bulk)
        assert_stored(release, curves)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_made_light_curves_of_one_channel_come_back_identical(release, seed):
    curves = random_curves(number=200, exposures=150, seed=seed)
    store(release, curves)
    assert_stored(release, curves)
    assert_objects(release, curves)


@pytest.mark.parametrize(
    "epochs",
    [
        [[(58300.1, 15, 0.01, 0.1, 65535)]],
        [[(58300.1, 15, 0.01, 0.1, 0), (58301.1, 16, 1.0, 0.2, 32768)]],
        [[(58300.1, 7.5, 0.0, 0.1, 0), (58301.1, 24.5, 0.1, 0.2, 0)]],
        [[(58300.1, -1.5, 0.1, 0.1, 0)]],
        [[(58300.1, 15, 0.1, 0.5, 0), (58300.1, 15.1, 0.1, 0.5, 0)]],
        [[(58300.00001, 15, 0.1, 0.5, 0), (58300.00035, 15.1, 0.1, 0.5, 0)]],
        [[(58300.1, 15, 0.1, 0.0, 0)], [(58300.1, 15, 0.1, -0.0, 0)]],
    ],
    ids=["all flags", "wide errors", "no error", "negative", "twice", "30 s apart", "zero colour"],
)
def test_odd_light_curves_come_back_identical(release, epochs):
    curves = light_curves(epochs)
    store(release, curves)
    assert_stored(release, curves)


def test_light_curves_longer_than_a_page_come_back_identical(release):
    rng = np.random.default_rng(5)
    epochs = [
        [
            (58200 + i / 4, 18 + rng.normal() / 10, 0.05 + rng.random() / 100, rng.normal(), 0)
            for i in range(6000)
        ]
    ]
    curves = light_curves(epochs, oid=[1722107400005560])
    store(release, curves)
    assert_stored(release, curves)


def test_objects_are_stored_in_the_order_of_their_healpix_index(release):
    rng = np.random.default_rng(6)
    epoch = [(58300.1, 15, 0.1, 0.5, 0)]
    curves = light_curves(
        [epoch] * 300,
        oid=CHANNEL * 10**8 + np.arange(300),
        ra=rng.uniform(247, 248, 300),
        dec=rng.uniform(24, 25, 300),
    )
    store(release, curves)
    pixels = [row[0] for row in release.rows("SELECT healpix_29 FROM objects")]
    assert pixels == sorted(pixels)
    assert pixels == [
        row[0]
        for row in release.rows(
            "SELECT healpix_nest(29, spoint(radians(ra), radians(dec))) FROM objects"
        )
    ]
