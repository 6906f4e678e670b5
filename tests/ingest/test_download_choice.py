"""Which files of the archive hold what is wanted."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from support import archive as stand_in_module
from support.archive import DR19, SERVICE, StandIn
from support.downloads import (
    INPUTS,
    OTHER,
    ZG,
    ZR,
    get,
    paths,
    source_of,
)
from support.files import SHARED, needs_shared

from ztfvo.download import catalogue, select, sky
from ztfvo.download.errors import DownloadError
from ztfvo.download.select import Wish
from ztfvo.download.source import read_source
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.grid import read_grid
from ztfvo.ingest.readers import read_file


@pytest.mark.parametrize("name", ["checksum.md5", "checksums.md5", "md5sums.txt"])
@pytest.mark.parametrize("by_folder", [False, True])
def test_every_place_and_name_of_checksum_lists_is_found(made, tmp_path, name, by_folder):
    with StandIn() as server:
        server.publish(made, DR19)
        if by_folder:
            server.add_folder_checksums(DR19, name)
        else:
            server.add_checksums(DR19, name)
        choice, outcome = get(server, Wish(fields=(1722,)), tmp_path)
        assert paths(choice) == [ZG, ZR]
        assert [file.checksum for file in choice.files] == [
            hashlib.md5((made / path).read_bytes()).hexdigest() for path in (ZG, ZR)
        ]
        assert outcome.failures == []
        assert not server.asked(f"{DR19}0/field000633/")


def test_without_any_checksum_list_the_listings_serve(made, tmp_path):
    with StandIn() as server:
        server.publish(made, DR19)
        choice, outcome = get(server, Wish(everything=True), tmp_path)
        assert paths(choice) == [OTHER, ZG, ZR]
        assert {file.checksum for file in choice.files} == {None}
        assert len(outcome.fetched) == 3


def test_a_listing_gives_only_what_lies_in_the_folder():
    html = (
        '<a href="?C=M;O=A">x</a><a href="/data/">up</a><a href="../">up</a>'
        '<a href="https://example.org/a">out</a><a href="field000202/">f</a>'
        '<a href="a%20b.parquet">a</a><a href="field000202/">again</a><a href="x/../../y">no</a>'
    )
    assert catalogue.parse_listing(html) == ["field000202/", "a b.parquet"]


def test_checksum_lines_are_parsed_and_paths_kept_inside():
    text = (
        "# comment\n"
        f"{'A' * 32}  ./0//field000202/x.parquet\n"
        f"{'b' * 64} *1/y.parquet\n"
        f"{'c' * 32}  ../../etc/passwd\n"
        "not a line\n"
    )
    assert catalogue.parse_checksums(text) == {
        "0/field000202/x.parquet": "a" * 32,
        "1/y.parquet": "b" * 64,
    }


def test_an_unknown_field_is_missing_and_the_others_come(server, tmp_path):
    choice, outcome = get(server, Wish(fields=(1722, 9999)), tmp_path)
    assert len(outcome.fetched) == 2
    assert choice.missing == ["Field 9999 is not in release dr19; it lists 2 fields, 633 to 1722."]


def test_oids_lead_to_their_files(server, tmp_path):
    wish = Wish(oids=(1722207400009164, 633107400004730, 633207400004730))
    choice, _ = get(server, wish, tmp_path)
    assert paths(choice) == [OTHER, ZR]
    assert choice.missing == [
        "OID 633207400004730: release dr19 has no file of field 633, zr, CCD 7, quadrant 4."
    ]


def test_a_cone_leads_to_the_quadrants_it_touches(server, tmp_path):
    choice, _ = get(server, Wish(cone=(254.45755, 35.34236, 0.01)), tmp_path)
    assert paths(choice) == [ZG, ZR]
    choice, _ = get(server, Wish(cone=(254.45755, 35.34236, 0.01), filters=("zr",)), tmp_path)
    assert paths(choice) == [ZR]
    choice, _ = get(server, Wish(cone=(10.0, -20.0, 0.01)), tmp_path)
    assert paths(choice) == []
    assert choice.missing == ["Release dr19 has nothing within 0.01 degrees of 10 -20."]


KNOWN_PLACES = [
    # ra, dec, field, rcid: objects whose OID and position are known
    (247.45543, 24.77282, 633, 27),
    (245.05375, 28.38220, 633, 62),
    (219.83787, 47.40378, 758, 16),
    (121.02564, 55.26591, 783, 35),
    (253.15763, 25.82260, 634, 28),
    (205.97232, 61.55479, 821, 24),
    (208.28069, 40.80206, 718, 43),
    (254.45755, 35.34236, 680, 50),
    (254.45755, 35.34236, 1722, 27),
    (267.574250, -22.214500, 281, 50),
]


@pytest.mark.parametrize("place", KNOWN_PLACES, ids=lambda place: f"{place[2]}-{place[3]}")
def test_known_objects_lie_in_their_quadrants(place):
    ra, dec, field, rcid = place
    grid = read_grid(INPUTS)
    found = sky.quadrants_in_cone(grid, ra, dec, 1 / 3600)
    assert (field, rcid) in found
    assert len(found) <= 8
    assert (field, rcid) in sky.quadrants_in_cone(grid, ra, dec + 0.5, 0.51)


@pytest.mark.parametrize("radius", [3.0, 9.0, 15.0])
@pytest.mark.parametrize("centre", [(0.5, 10.0), (254.5, 35.3), (120.0, 88.0)])
def test_a_large_cone_leads_to_every_quadrant_whose_middle_it_has(centre, radius):
    grid = read_grid(INPUTS)
    fields = SkyCoord(grid.ra, grid.dec, unit="deg")
    middles = np.stack([grid.quadrants[:, :2].mean(1), grid.quadrants[:, 2:].mean(1)])
    wanted = set()
    reach = fields.separation(SkyCoord(*centre, unit="deg")).deg < radius + 10
    for field, place in zip(grid.field[reach], fields[reach], strict=True):
        around = place.skyoffset_frame()
        east, north = np.degrees(np.arctan(np.radians(middles)))
        there = SkyCoord(lon=east, lat=north, unit="deg", frame=around).icrs
        near = there.separation(SkyCoord(*centre, unit="deg")).deg < radius
        wanted |= {(int(field), int(rcid)) for rcid in np.flatnonzero(near)}
    found = sky.quadrants_in_cone(grid, *centre, radius)
    assert len(wanted) > 50
    assert wanted <= found
    assert len(found) < 3 * len(wanted) + 500


@needs_shared
def test_all_real_objects_lie_in_their_quadrants():
    grid = read_grid(INPUTS)
    for path in sorted((SHARED / "ztf-lc-api").glob("*/*.csv")):
        _, curves = read_file(path)
        for ra, dec, field, rcid in zip(
            curves.ra, curves.dec, curves.fieldid, curves.rcid, strict=True
        ):
            assert (field, rcid) in sky.quadrants_in_cone(grid, ra, dec, 1 / 3600)
    for path in sorted((SHARED / "ztf-dr-bulk").glob("lc_*/*/*/*.parquet")):
        _, curves = read_file(path)
        for index in range(0, len(curves), 97):
            found = sky.quadrants_in_cone(grid, curves.ra[index], curves.dec[index], 1 / 3600)
            assert (curves.fieldid[index], curves.rcid[index]) in found


def test_cones_at_the_pole_and_across_ra_zero():
    grid = read_grid(INPUTS)
    assert {field for field, _ in sky.quadrants_in_cone(grid, 77.0, 90.0, 0.1)} >= {1894, 1895}
    west = sky.quadrants_in_cone(grid, 359.9999, 20.0, 0.3)
    east = sky.quadrants_in_cone(grid, 0.0001, 20.0, 0.3)
    assert west == east and west
    assert sky.pixels_in_cone(5, 359.9999, 20.0, 0.3) == sky.pixels_in_cone(5, 0.0001, 20.0, 0.3)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (Wish(), "Give one of --field, --cone, --oid and --all"),
        (Wish(fields=(1,), everything=True), "Give one of"),
        (Wish(fields=(1722,), filters=("g",)), "There is no filter 'g'"),
        (Wish(cone=(361.0, 0.0, 1.0)), "Position 361 0 is not on the sky"),
        (Wish(cone=(0.0, -91.0, 1.0)), "Position 0 -91 is not on the sky"),
        (Wish(cone=(0.0, 0.0, 0.0)), "Radius 0 is out of range: above 0, at most 10"),
        (Wish(cone=(float("nan"), 0.0, 1.0)), "Position nan 0"),
    ],
)
def test_impossible_wishes_are_refused(server, tmp_path, wish, message):
    with pytest.raises(DownloadError, match=message):
        get(server, wish, tmp_path)


@pytest.mark.parametrize(
    ("layout", "wish", "message"),
    [
        ("hats", Wish(fields=(1722,)), "divided by position on the sky.*--cone"),
        ("hats", Wish(oids=(1722207400009164,)), "divided by position"),
        ("irsa-api", Wish(everything=True), "positions and OIDs only"),
        ("irsa-api", Wish(fields=(1722,)), "positions and OIDs only"),
    ],
)
def test_layouts_are_asked_only_what_they_can_answer(server, tmp_path, layout, wish, message):
    with pytest.raises(DownloadError, match=message):
        get(server, wish, tmp_path, source_of(server, layout))


def test_lists_of_oids_are_read(tmp_path):
    file = tmp_path / "oids.txt"
    file.write_text("# my stars\n633207400004730\n\n 1722207400009164 # HZ Her\n633207400004730\n")
    assert select.read_oids(file) == (633207400004730, 1722207400009164)
    file.write_text("name,OID\nSNAD101,633207400004730\n")
    assert select.read_oids(file) == (633207400004730,)
    for content, message in (("abc\n", "line 1: 'abc' is not"), ("# none\n", "holds no OID")):
        file.write_text(content)
        with pytest.raises(DownloadError, match=message):
            select.read_oids(file)
    with pytest.raises(DownloadError, match="cannot be read"):
        select.read_oids(tmp_path / "missing")


def test_release_descriptions_are_read_and_faults_named(tmp_path):
    source = read_source(INPUTS, "dr19", "https://archive.example/")
    assert source.url("a") == "https://archive.example/data/ZTF/lc/lc_dr19/a"
    assert read_source(INPUTS, "dr24", "https://archive.example").server.endswith("amazonaws.com")
    with pytest.raises(CannotBeDone, match=r"no release 'dr99': .*Declared are: .*dr19.*dr5"):
        read_source(INPUTS, "dr99", "https://archive.example")
    file = tmp_path / "x" / "release.toml"
    file.parent.mkdir()
    declared, _, _ = (INPUTS / "dr19" / "release.toml").read_text().partition("[download]")
    for text, kind, message in (
        ("", CannotBeDone, r"x cannot be downloaded: .*release.toml has no table \[download\]"),
        ("[download]", BadFile, r"release.toml: \[download\] has no path"),
        ("[download]\npath = 5", BadFile, 'release.toml: path = 5 is not like path = "words"'),
        ('[download]\npath = "a"\nserver = "ftp://b"', BadFile, "'ftp://b' is not the address"),
    ):
        file.write_text(declared + text)
        with pytest.raises(kind, match=message):
            read_source(tmp_path, "x", "https://archive.example")


def test_constants_name_what_the_stand_in_serves():
    assert stand_in_module.DR19.strip("/") == read_source(INPUTS, "dr19", "http://a").path.strip(
        "/"
    )
    assert stand_in_module.DR24.strip("/") == read_source(INPUTS, "dr24", "http://a").path.strip(
        "/"
    )
    assert SERVICE.strip("/") == read_source(INPUTS, "irsa", "http://a").path
