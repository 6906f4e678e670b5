"""A release is its declaration, its manifest and three lines: nothing else is edited."""

from __future__ import annotations

import re
import shutil

import pytest
import pyvo
import requests
from support import service
from support.files import BULK_DR5, ROOT, bulk_rows, write_bulk
from support.here import ztfvo_here
from support.releases import ztfvo

from ztfvo.ingest.manifest import describe, write_manifest
from ztfvo.settings import get_settings

NAME = "added"
OID = 1722107400005560
TITLE = "Light curves added by a test: α < β & γ"
DECLARATION = f"""
title = "{TITLE}"
label = "Added"
short_name = "Added"
description = "The simulated light curves\\nof one file."
created = 2026-11-30T01:00:00+01:00
rank = 95
layout = "bulk-parquet"
times = "float32"
simulated = true
"""


REPEATED = bulk_rows() | {"hmjd": [[58204.125, 58204.125, 59000.5], [58300.25]]}
"""Two epochs of the first light curve have one time."""


@pytest.fixture
def added(site):
    """A release that is declared in the checkout and loaded; all of it is removed afterwards."""
    folder = ROOT / "inputs" / "ztf" / NAME
    descriptor = ROOT / "resources" / "ztf" / f"{NAME}.rd"
    data = get_settings().data / NAME
    try:
        folder.mkdir()
        (folder / "release.toml").write_text(DECLARATION)
        descriptor.write_text(
            f'<resource schema="ztf_{NAME}" resdir=".">\n'
            f'  <FEED source="ztf/release#release" name="{NAME}"/>\n'
            "</resource>\n"
        )
        file = write_bulk(data / f"ztf_001722_zg_c07_q4_{NAME}.parquet", REPEATED, BULK_DR5)
        write_manifest(folder / "manifest.csv", [describe(file, data)])
        ztfvo("ingest", NAME)
        ztfvo("release", "publish", NAME)
        yield NAME
    finally:
        ztfvo_here("release", "drop", NAME, "--yes")  # where the test has not come so far
        descriptor.unlink(missing_ok=True)
        for place in (folder, data):
            shutil.rmtree(place, ignore_errors=True)


COARSE = (
    "Times are coarse: the files of the release have them in single precision, in steps of 1/256 d"
)
HZ_HER = "680113300005170"


def coarse_columns(tap, schema: str) -> set[str]:
    """Columns of a schema whose description says that their times are coarse."""
    rows = tap.search(
        "SELECT table_name, column_name FROM tap_schema.columns"
        f" WHERE table_name LIKE '{schema}.%' AND description LIKE '%Times are coarse%'"
    )
    return {f"{row['table_name'].partition('.')[2]}.{row['column_name']}" for row in rows}


def test_a_release_that_is_added_is_in_every_place_until_it_is_dropped(site, tap, ask, added):
    (schema,) = tap.search(
        "SELECT description, schema_index FROM tap_schema.schemas WHERE schema_name = 'ztf_added'"
    )
    assert tuple(schema.values()) == ("The simulated light curves of one file.", 95)
    (table,) = tap.search(
        "SELECT description, nrows FROM tap_schema.tables WHERE table_name = 'ztf_added.objects'"
    )
    assert table["description"].startswith("SIMULATED data, not observed. One row per light curve")
    assert table["nrows"] == 2
    (row,) = tap.search(f"SELECT mag FROM ztf_added.lightcurves WHERE oid = {OID}")
    assert list(row["mag"]) == [13.5, 13.75, 14.125]
    assert coarse_columns(tap, "ztf_added") == {
        *("objects.hmjd_first", "objects.hmjd_last", "detections.hmjd", "lightcurves.hmjd"),
        *("sources.hmjd_first", "sources.hmjd_last"),
    }
    assert coarse_columns(tap, "ztf_demo") == set()
    (listed,) = tap.search("SELECT times FROM ztf.releases WHERE name = 'added'")
    assert listed["times"] == "float32"
    for path in (f"/added/lc/{OID}.vot", f"/added/view/{OID}"):
        assert COARSE in " ".join(ask(path).text.split()), path
        assert "coarse" not in ask(path.replace("added", "demo").replace(str(OID), HZ_HER)).text
    rows = tap.search(
        "SELECT d.detection_id, d.clrcoeff, e.clrcoeff AS of_exposure"
        " FROM ztf_added.detections AS d JOIN ztf_added.exposures AS e"
        f" ON e.exposure_id = d.exposure_id WHERE d.oid = {OID} ORDER BY d.clrcoeff DESC"
    )
    assert [row["detection_id"] for row in rows] == [
        *(f"{OID}-58204.125", f"{OID}-58204.125-2", f"{OID}-59000.5"),
    ]
    assert [row["clrcoeff"] for row in rows] == [row["of_exposure"] for row in rows]
    for moment in ("58204.125-2", "59000.5"):
        refused = ask(f"/added/epoch/{OID}/{moment}")
        assert refused.status_code == 404
        assert "too coarse to identify the image" in refused.text
    assert "has 2 epochs at HMJD 58204.125, not 3" in ask(f"/added/epoch?ID={OID}-58204.125-3").text
    cone = pyvo.dal.SCSService(f"{site}/added/scs").search(pos=service.HZ_HER, radius=1 / 3600)
    assert [int(found["oid"]) for found in cone] == [OID]
    assert ask(f"/added/lc/{OID}.csv").text.count(f"\n{OID},zg,58204.") == 2
    assert "α &lt; β &amp; γ" in ask("/").text
    authority = re.search("<identifier>ivo://([^/<]+)", ask("/oai.xml?verb=Identify").text)[1]
    query = f"/oai.xml?verb=GetRecord&metadataPrefix=ivo_vor&identifier=ivo://{authority}/"
    record = ask(f"{query}ztf/added/cone").text
    assert "<title>Added: cone search</title>" in record
    assert "<shortName>Added SCS</shortName>" in record
    assert 'created="2026-11-30T00:00:00Z"' in record
    ztfvo("release", "drop", added, "--yes")
    assert "ztf_added.objects" not in pyvo.dal.TAPService(f"{site}/tap").tables
    assert requests.get(f"{site}/added/scs?RA=1&DEC=1&SR=0.1", timeout=60).status_code == 404
    assert ask(f"/added/lc/{OID}.csv").status_code == 404
    assert "α" not in ask("/").text
