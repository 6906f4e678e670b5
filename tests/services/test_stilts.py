"""STILTS, as a stranger's client and as the validator."""

from __future__ import annotations

import csv
import io
import re

import pytest
from support import service
from support.stilts import NoStilts, ensure, java, stilts

#: What taplint says of every DaCHS 2.11; docs/standards.md explains each.
KNOWN = {
    "E-CAP-MUPM": "uploads by address are off: the site fetches nothing for a visitor",
    "F-LOC-NOTP": "no ObsPlan table, which is optional",
    "W-MDQ-DRXT": "xtype of times in ObsCore",
    "W-MDQ-CCAS": "column sourceRD of tap_schema",
    "W-UPL-YAR1": "arraysize of a parameter",
    "W-EXA-YXDL": "xtype of times in ObsCore, in the result of an example",
    "W-EXA-EXVL": "TABLESAMPLE is not in the validator's grammar",
}


@pytest.fixture(scope="session")
def unpacked(site):
    """STILTS is there, or the reason why not."""
    try:
        ensure()
        java()
    except NoStilts as error:
        pytest.skip(str(error))


@pytest.fixture
def stars(tmp_path):
    """A file of three positions, the first that of HZ Her."""
    path = tmp_path / "stars.csv"
    path.write_text(
        "ra,dec,oid\n254.45755,35.34236,680113300005170\n10,10,1\n121.025642,55.265911,2\n"
    )
    return path


def table(outcome) -> list[dict[str, str]]:
    assert outcome.status == 0, outcome.err
    return list(csv.DictReader(io.StringIO(outcome.out)))


def oids(rows: list[dict[str, str]], name: str = "oid") -> set[int]:
    return {int(row[name]) for row in rows}


@pytest.mark.parametrize("mode", ["true", "false"])
def test_tapquery(unpacked, site, mode):
    found = table(
        stilts(
            "tapquery",
            f"tapurl={site}/tap",
            f"sync={mode}",
            "adql=SELECT oid, gavo_ab_flux(mag_median) AS flux FROM ztf.objects"
            " WHERE DISTANCE(ra, dec, 254.45755, 35.34236) < 1.5/3600",
            "out=-",
            "ofmt=csv",
        )
    )
    assert oids(found) == set(service.HZ_HER_OIDS)


def test_tapquery_with_an_upload(unpacked, site, stars):
    found = table(
        stilts(
            "tapquery",
            f"tapurl={site}/tap",
            "nupload=1",
            f"upload1={stars}",
            "ufmt1=csv",
            "upname1=list",
            "adql=SELECT d.* FROM TAP_UPLOAD.list AS u JOIN ztf.detections AS d ON d.oid = u.oid",
            "out=-",
            "ofmt=csv",
        )
    )
    assert oids(found) == {680113300005170}
    assert len(found) > 100


def test_cone(unpacked, site):
    found = table(
        stilts(
            "cone",
            f"serviceurl={site}/scs",
            "lon=254.45755",
            "lat=35.34236",
            "radius=0.0005",
            "out=-",
            "ofmt=csv",
        )
    )
    assert oids(found) == set(service.HZ_HER_OIDS)


def test_cone_shows_what_is_wrong(unpacked, site):
    outcome = stilts("cone", f"serviceurl={site}/scs", "lon=1", "lat=1", "radius=5")
    assert outcome.status != 0
    assert "SR=5.0 is above the limit" in outcome.err or "SR=5 is above the limit" in outcome.err


def test_coneskymatch(unpacked, site, stars):
    found = table(
        stilts(
            "coneskymatch",
            f"in={stars}",
            "ifmt=csv",
            "ra=ra",
            "dec=dec",
            "sr=0.0005",
            f"serviceurl={site}/scs",
            "usefoot=false",
            "find=all",
            "out=-",
            "ofmt=csv",
        )
    )
    assert set(service.HZ_HER_OIDS) <= oids(found, "oid_1")
    assert "10.0" not in {row["ra_0"] for row in found}


def test_tapskymatch(unpacked, site, stars):
    found = table(
        stilts(
            "tapskymatch",
            f"tapurl={site}/tap",
            "taptable=ztf.objects",
            "taplon=ra",
            "taplat=dec",
            f"in={stars}",
            "ifmt=csv",
            "inlon=ra",
            "inlat=dec",
            "sr=0.0005",
            "find=all",
            "out=-",
            "ofmt=csv",
        )
    )
    assert set(service.HZ_HER_OIDS) <= oids(found, "oid_tap")


RESULTS = {
    "objects": "SELECT TOP 100 * FROM ztf.objects",
    "detections": "SELECT TOP 1000 * FROM ztf.detections",
    "light curves": "SELECT TOP 20 * FROM ztf.lightcurves",
    "features": "SELECT TOP 100 * FROM ztf.features",
    "places of features": "SELECT TOP 100 * FROM ztf.feature_space",
    "scales of features": "SELECT * FROM ztf.feature_scales",
    "exposures": "SELECT TOP 100 * FROM ztf.exposures",
    "sources": "SELECT TOP 100 * FROM ztf.sources",
    "releases": "SELECT * FROM ztf.releases",
    "filters": "SELECT * FROM ztf.filters",
    "a join": "SELECT TOP 100 o.*, d.hmjd, d.mag FROM ztf.objects AS o"
    " JOIN ztf.detections AS d ON d.oid = o.oid",
    "all variables": "SELECT * FROM catalogs.variables",
    "quasars": "SELECT * FROM catalogs.sdss_dr16q",
    "transients": "SELECT * FROM catalogs.tns",
    "functions": "SELECT TOP 5 oid, gavo_ab_flux(mag_median) AS f FROM ztf.objects",
}


VARIED = ("light curves", "features", "transients", "functions")
"""Results that have, together, columns of all types, arrays, and values that are missing."""


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        *(("votable", name) for name in RESULTS),
        *((encoding, name) for encoding in ("votabletd", "votableb2") for name in VARIED),
    ],
)
def test_votlint_finds_nothing_in_results(unpacked, query, tmp_path, name, encoding):
    path = tmp_path / "result.vot"
    path.write_bytes(query(RESULTS[name], RESPONSEFORMAT=encoding).content)
    complaints = lint(path)
    if name == "a join":  # one GROUP photcal from each table
        complaints = [line for line in complaints if "Name 'photcal' already used" not in line]
    assert complaints == []


@pytest.mark.parametrize("name", ["gcvs", "sdss_dr16q", "tns", "variables"])
@pytest.mark.parametrize("verbosity", [1, 3])
def test_votlint_finds_nothing_in_cones_of_catalogs(unpacked, ask, tmp_path, name, verbosity):
    path = tmp_path / "cone.vot"
    where = {"RA": 254.45755, "DEC": 35.34236, "SR": 1}
    path.write_bytes(ask(f"/catalogs/{name}/scs", **where, VERB=verbosity).content)
    assert lint(path) == []


def test_cone_on_a_hosted_catalog(unpacked, site):
    service = f"serviceurl={site}/catalogs/vsx/scs"
    place = ("lon=254.45755", "lat=35.34236", "radius=0.0005")
    found = table(stilts("cone", service, *place, "out=-", "ofmt=csv"))
    assert [row["name"] for row in found] == ["HZ Her"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"RA": 254.45755, "DEC": 35.34236, "SR": 0.001},
        {"RA": 254.45755, "DEC": 35.34236, "SR": 0.001, "VERB": 3},
        {"RA": 100, "DEC": -85, "SR": 0.001},
        {"RA": 254.45755},
    ],
)
def test_votlint_finds_nothing_in_cones(unpacked, ask, tmp_path, parameters):
    path = tmp_path / "cone.vot"
    path.write_bytes(ask("/scs", **parameters).content)
    assert lint(path) == []


@pytest.mark.parametrize(
    "address",
    [
        "/features?ID=680113300005170,680213300009232&VERSION=v0.5&RESPONSEFORMAT=votable",
        "/similar?ID=680113300005170&RESPONSEFORMAT=votable",
        "/periodogram?ID=680113300005170&MIN_PERIOD=0.5&RESPONSEFORMAT=votable",
        "/periodogram?ID=680113300005170&MIN_PERIOD=1&METHOD=box&RESPONSEFORMAT=votable",
        "/fit?ID=633207400004730&MIN_Z=0.05&MAX_Z=0.05&RESPONSEFORMAT=votable",
    ],
)
def test_votlint_finds_nothing_in_features_periods_and_fits(unpacked, ask, tmp_path, address):
    path = tmp_path / "answer.vot"
    path.write_bytes(ask(address).content)
    assert lint(path) == []


def lint(path) -> list[str]:
    outcome = stilts("votlint", f"votable={path}")
    text = outcome.out + outcome.err
    return [line for line in text.splitlines() if line.startswith(("WARNING", "ERROR"))]


def test_taplint_finds_no_error(unpacked, site):
    outcome = stilts("taplint", f"tapurl={site}/tap", "report=EWF", seconds=600)
    unknown = [line for line in outcome.out.splitlines() if _is_unknown(line)]
    assert unknown == []
    assert "Totals:" in outcome.out


def _is_unknown(line: str) -> bool:
    match = re.match(r"([EWF]-\w+-\w+)-", line)
    return bool(match) and match[1] not in KNOWN
