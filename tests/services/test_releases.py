"""The real releases, loaded from IRSA's files: pyvo gets the files' values."""

from __future__ import annotations

import csv
from collections import defaultdict

import numpy as np
import pyarrow.parquet as pq
import pytest
import pyvo
from support import service

COLUMNS = ("hmjd", "mag", "magerr", "clrcoeff", "catflags")
SAMPLE = 25


def files(release: str):
    folder = service.REAL_FILES[release]
    if not folder.exists():
        pytest.skip(f"the real files are not here: {folder}")
    return folder


@pytest.fixture(scope="module", params=["dr5", "dr19"])
def bulk(site, request):
    """Name of a release loaded from bulk files, and its files."""
    folder = files(request.param)
    service.publish_real(request.param)
    return request.param, [folder / path for path in service.listed(request.param)]


@pytest.fixture(scope="module")
def answers(site):
    """Light-curve service answers loaded as a release, as rows by OID."""
    folder = files("irsa")
    service.publish_real("irsa")
    found = defaultdict(list)
    for path in service.listed("irsa"):
        with (folder / path).open() as lines:
            for row in csv.DictReader(lines):
                found[int(row["oid"])].append(row)
    return found


def test_light_curves_are_those_of_the_files(tap, bulk):
    release, paths = bulk
    for path in paths:
        table = pq.read_table(path)
        chosen = np.random.default_rng(1).choice(len(table), SAMPLE, replace=False)
        rows = {row["objectid"]: row for row in table.take(np.sort(chosen)).to_pylist()}
        listed = ", ".join(str(oid) for oid in rows)
        found = tap.search(f"SELECT * FROM ztf_{release}.lightcurves WHERE oid IN ({listed})")
        assert len(found) == SAMPLE
        for curve in found:
            row = rows[int(curve["oid"])]
            for name in COLUMNS:
                assert np.array_equal(np.asarray(curve[name]), np.asarray(row[name]), True)
        found = tap.search(f"SELECT * FROM ztf_{release}.objects WHERE oid IN ({listed})")
        assert len(found) == SAMPLE
        for star in found:
            row = rows[int(star["oid"])]
            good = (np.array(row["catflags"]) == 0) & (np.array(row["magerr"]) > 0)
            assert (star["ra"], star["dec"]) == (row["objra"], row["objdec"])
            assert (star["nobs"], star["ngoodobs"]) == (len(row["hmjd"]), good.sum())
            assert (star["hmjd_first"], star["hmjd_last"]) == (min(row["hmjd"]), max(row["hmjd"]))


def test_cones_find_the_files_objects(site, bulk):
    release, paths = bulk
    table = pq.read_table(paths[0], columns=["objectid", "objra", "objdec"])
    ra, dec = (table[name].to_numpy().astype(float) for name in ("objra", "objdec"))
    centre, radius = (ra[7], dec[7]), 0.02
    inside = np.degrees(
        np.hypot(np.radians(ra - centre[0]) * np.cos(np.radians(dec)), np.radians(dec - centre[1]))
    )
    expected = set(table["objectid"].to_numpy()[inside < radius * 0.999].tolist())
    service_here = pyvo.dal.SCSService(f"{site}/{release}/scs?")
    found = {int(row["oid"]) for row in service_here.search(pos=centre, radius=radius)}
    assert len(expected) > 3
    assert expected <= found
    assert len(service_here.search(pos=(centre[0], 80), radius=0.01)) == 0


def test_answers_are_served_with_their_exposures(site, tap, answers):
    oid = max(answers, key=lambda number: len(answers[number]))
    expected = {(row["filefracday"], round(float(row["mjd"]), 6)) for row in answers[oid]}
    table = tap.search(f"SELECT * FROM ztf_irsa.detections WHERE oid = {oid}").to_table()
    assert len(table) == len({row["expid"] for row in answers[oid]})
    row = answers[oid][0]
    exposures = tap.search(
        "SELECT * FROM ztf_irsa.exposures WHERE fieldid ="
        f" {row['field']} AND filter = '{row['filtercode']}' AND ccdid = {int(row['ccdid'], 0)}"
        f" AND qid = {int(row['qid'], 0)}",
        maxrec=100_000,
    ).to_table()
    served = {(str(e["filefracday"]), round(float(e["obsmjd"]), 6)) for e in exposures}
    assert expected <= served
