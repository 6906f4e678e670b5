"""The reference catalogue: calibrated values, quadrants replaced whole, bad files refused."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits
from support.files import SHARED
from support.releases import ztfvo

from ztfvo.db import connect
from ztfvo.errors import BadFile
from ztfvo.references.load import files, load, load_file
from ztfvo.references.reader import SOURCES_PER_QUADRANT, read
from ztfvo.settings import load_settings
from ztfvo.store.schemas import create_common

REAL = SHARED / "ztf-images" / "ref" / "ztf_000202_zg_c10_q1_refpsfcat.fits"

SNAD101 = 633207400004730
"""Its reference source: mag -5.436, sigmag 0.061, MAGZP 26.275, MAGZPRMS 0.0257194382."""

FIELD = 1999
"""No field of the survey: what tests load is distinguished from what is loaded already."""


def catalogue(folder, name="ztf_001999_zr_c07_q4_refpsfcat.fits", header=None, **columns):
    """Write a catalogue of two sources, with the changes given; returns its path."""
    table = {
        "sourceid": np.array([4730, 7], ">i4"),
        "ra": np.array([247.4554285, 0.0]),
        "dec": np.array([24.772822, -90.0]),
        "mag": np.array([-5.436, np.nan], ">f4"),
        "sigmag": np.array([0.061, np.nan], ">f4"),
        "snr": np.array([17.83, 3.0], ">f4"),
        "chi": np.array([1.002, 1.0], ">f4"),
        "sharp": np.array([0.015, 0.0], ">f4"),
        "flags": np.array([0, 1], ">i2"),
    } | {key: np.asarray(value) for key, value in columns.items()}
    primary = fits.PrimaryHDU()
    for key, value in {
        "FIELDID": int(name[4:10]),
        "FILTERID": 2,
        "CCDID": 7,
        "QID": 4,
        "MAGZP": 26.275,
        "MAGZPRMS": 0.0257194382,
        "INFOBITS": 16,
        "NSOURCES": 2,
    }.items():
        primary.header[key] = value
    for key, value in (header or {}).items():
        if value is None:
            del primary.header[key]
        else:
            primary.header[key] = value
    path = folder / name
    rows = fits.BinTableHDU(np.rec.fromarrays(table.values(), names=list(table)))
    fits.HDUList([primary, rows]).writeto(path, overwrite=True)
    return path


@pytest.fixture
def settings():
    return load_settings()


@pytest.fixture
def stored(database, settings):
    """A function that gives the loaded sources of the made-up field as dicts."""
    with connect(settings, autocommit=True) as connection:
        with connection.transaction():
            create_common(connection)

        def rows():
            cursor = connection.execute(
                "SELECT * FROM ztf_store.reference_sources WHERE fieldid = %s ORDER BY oid",
                (FIELD,),
            )
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

        yield rows
        connection.execute(
            "DELETE FROM ztf_store.reference_source WHERE oid / 1000000000000 = %s", (FIELD,)
        )
        connection.execute(
            "DELETE FROM ztf_store.reference_quadrant WHERE quadrant / 10000 = %s", (FIELD,)
        )


def test_magnitudes_are_calibrated_and_errors_added_in_quadrature(tmp_path):
    found = read(catalogue(tmp_path, "ztf_000633_zr_c07_q4_refpsfcat.fits"))
    star = found.oid.tolist().index(SNAD101)
    assert found.mag[star] == np.float32(20.839)
    assert found.magerr[star] == pytest.approx(np.hypot(0.061, 0.0257194382), abs=1e-8)
    assert np.isnan(found.mag[1 - star])


def test_the_real_catalogue_has_its_values():
    if not REAL.exists():
        pytest.skip(f"the real file is not here: {REAL}")
    found = read(REAL)
    assert len(found.oid) == 18833
    assert (found.oid[0], found.oid[-1]) == (202110100000000, 202110100018832)
    assert (found.magzp, found.magzprms, found.infobits) == (26.325, 0.0873030188, 16)
    assert found.mag[:2].tolist() == [np.float32(26.325 - 5.937), np.float32(26.325 - 4.589)]
    assert found.magerr[:2] == pytest.approx(np.hypot([0.083, 0.348], 0.0873030188), abs=1e-6)
    assert (found.ra[1], found.dec[1]) == (25.3803179, -29.6047335)
    assert (found.ra.min(), found.ra.max()) == (24.9675286, 25.9735757)
    assert (found.snr[0], found.chi[0], found.sharp[0]) == (
        np.float32(13.16),
        np.float32(1.009),
        np.float32(-0.058),
    )
    assert set(found.flags.tolist()) == {0, 1}


def test_a_loaded_source_has_its_columns(tmp_path, stored, settings):
    outcome = load_file(catalogue(tmp_path), settings)
    assert (outcome.sources, outcome.refusal) == (2, "")
    pole, star = stored()
    assert pole["mag"] is None
    assert pole["magerr"] is None
    assert (pole["ra"], pole["dec"], pole["flags"]) == (0, -90, 1)
    assert {name: star[name] for name in list(star)[:9]} == {
        "oid": 1999207400004730,
        "fieldid": 1999,
        "filterid": 2,
        "filter": "zr",
        "ccdid": 7,
        "qid": 4,
        "sourceid": 4730,
        "ra": 247.4554285,
        "dec": 24.772822,
    }
    assert star["mag"] == pytest.approx(20.839, abs=1e-6)
    assert (star["flags"], star["infobits"]) == (0, 16)


def test_loading_again_replaces_the_quadrant_and_no_other(tmp_path, stored, settings):
    """Not the last source of the quadrant before, nor the first of the one behind."""

    def quadrant(qid, sourceid, **header):
        name = f"ztf_001999_zr_c07_q{qid}_refpsfcat.fits"
        return catalogue(tmp_path, name, {"QID": qid} | header, sourceid=sourceid)

    last = SOURCES_PER_QUADRANT - 1
    for qid, sourceid in ((2, [4730, last]), (3, [0, last]), (4, [4730, 0])):
        assert load_file(quadrant(qid, sourceid), settings).refusal == ""
    load_file(quadrant(3, [4730, 8], MAGZP=26.0), settings)
    found = {(row["qid"], row["sourceid"]): row["mag"] for row in stored()}
    assert set(found) == {(2, 4730), (2, last), (3, 8), (3, 4730), (4, 0), (4, 4730)}
    assert found[3, 4730] == pytest.approx(20.564, abs=1e-6)
    assert found[2, 4730] == found[4, 4730] == pytest.approx(20.839, abs=1e-6)


def test_a_catalogue_without_sources_empties_its_quadrant(tmp_path, stored, settings):
    load_file(catalogue(tmp_path), settings)
    path = catalogue(tmp_path)
    with fits.open(path, mode="update") as units:
        units[0].header["NSOURCES"] = 0
        units[1].data = units[1].data[:0]
    assert load_file(path, settings).refusal == ""
    assert stored() == []


@pytest.mark.parametrize(
    ("name", "header", "columns", "cause"),
    [
        ("ztf_001999_zr_c07_q4_refsexcat.fits", {}, {}, "the name is not like"),
        ("ztf_001999_zr_c17_q4_refpsfcat.fits", {}, {}, "the name is of no quadrant"),
        (None, {"FIELDID": 633}, {}, "FIELDID is 633 in the header and 1999 in the name"),
        (None, {"FILTERID": 1}, {}, "FILTERID is 1 in the header and 2 in the name"),
        (None, {"QID": None}, {}, "the header has no QID"),
        (None, {"MAGZP": None}, {}, "the header has no MAGZP"),
        (None, {"MAGZP": "bad"}, {}, "MAGZP is 'bad', not a number"),
        (None, {"NSOURCES": 3}, {}, "2 rows, but NSOURCES is 3"),
        (None, {}, {"sourceid": [5, 5]}, "row 2: sourceid 5 occurs twice"),
        (None, {}, {"sourceid": [-1, 5]}, "row 1: sourceid -1 is not possible"),
        (None, {}, {"ra": [1.0, np.nan]}, "row 2: no position: ra nan"),
        (None, {}, {"dec": [1.0, 90.1]}, "row 2: no position: ra 0.0, dec 90.1"),
    ],
)
def test_a_bad_catalogue_is_refused_with_its_cause(
    tmp_path, stored, settings, name, header, columns, cause
):
    path = catalogue(tmp_path, name or "ztf_001999_zr_c07_q4_refpsfcat.fits", header, **columns)
    outcome = load_file(path, settings)
    assert outcome.refusal.startswith(str(path))
    assert cause in outcome.refusal
    assert stored() == []


@pytest.mark.parametrize("content", ["", "not FITS", "cut", "image"])
def test_a_file_that_is_no_whole_catalogue_is_refused(tmp_path, content):
    path = catalogue(tmp_path)
    if content == "cut":
        path.write_bytes(path.read_bytes()[:-2880])
    elif content == "image":
        fits.PrimaryHDU(np.zeros((4, 4))).writeto(path, overwrite=True)
    else:
        path.write_text(content)
    with pytest.raises(BadFile, match=r"not a (whole FITS file|reference catalogue)"):
        read(path)


def test_a_quadrant_given_twice_is_loaded_once(tmp_path, stored, settings):
    (tmp_path / "again").mkdir()
    paths = [catalogue(tmp_path), catalogue(tmp_path / "again")]
    refused, loaded = load(paths, settings, 2)
    assert refused.refusal == f"{paths[1]}: {paths[0]} is of the same quadrant."
    assert (loaded.path, loaded.sources) == (paths[0], 2)


def test_folders_are_searched(tmp_path):
    (tmp_path / "q4").mkdir()
    path = catalogue(tmp_path / "q4")
    assert files([tmp_path, path]) == [path, path]
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadFile, match="no file"):
        files([tmp_path / "empty"])
    with pytest.raises(BadFile, match="there is no such file"):
        files([tmp_path / "none.fits"])


def test_the_command_loads_the_good_shows_the_bad_and_exits_with_1(tmp_path, stored):
    good = catalogue(tmp_path)
    bad = catalogue(tmp_path, "ztf_001999_zg_c07_q4_refpsfcat.fits")
    result = ztfvo("references", "load", tmp_path, check=False)
    assert result.returncode == 1
    assert f"refused {bad}: FILTERID is 2 in the header and 1 in the name." in result.stderr
    assert "1 loaded, 1 refused; 2 sources" in result.stderr
    assert [row["sourceid"] for row in stored()] == [7, 4730]
    listed = ztfvo("references", "list").stdout.split()
    assert str(FIELD) in listed
    assert ztfvo("references", "load", good).returncode == 0


def test_objects_have_the_magnitude_of_their_reference_source(release, tmp_path):
    with release.connection.transaction():
        create_common(release.connection)
    release.rows(
        "INSERT INTO object VALUES (1999207400004730, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1,"
        " 1, 1, 1, 1999, 27, 2), (1999207400000009, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1,"
        " 1, 1, 1, 1999, 27, 2) RETURNING oid"
    )
    release.rows(
        "INSERT INTO ztf_store.reference_source VALUES"
        " (1999207400004730, 1, 1, 20.839, 0.066, 1, 1, 0, 0) RETURNING oid"
    )
    found = release.rows("SELECT oid, refmag, refmagerr FROM objects ORDER BY oid")
    release.rows("DELETE FROM ztf_store.reference_source WHERE oid = 1999207400004730 RETURNING 1")
    assert found == [
        (1999207400000009, None, None),
        (1999207400004730, pytest.approx(20.839), pytest.approx(0.066)),
    ]


def test_the_reference_catalogue_is_left_out_where_it_is_not_asked_for(release):
    for columns, joined in (("ra, mag_mean", False), ("ra, refmag", True)):
        plan = release.rows(f"EXPLAIN SELECT {columns} FROM objects WHERE oid = 1")
        assert any("reference_source" in line for (line,) in plan) is joined


def test_views_of_an_earlier_version_are_renewed(release):
    with release.connection.transaction():
        name = f"{release.name}_store"
        release.connection.execute(f"DROP VIEW {name}.objects")
        release.connection.execute(f"CREATE VIEW {name}.objects AS SELECT oid FROM {name}.object")
        release.connection.execute(f"COMMENT ON SCHEMA {name} IS 'of an earlier version'")
        release.connection.execute(
            "INSERT INTO ztf_store.release (name, title, description,"
            " simulated, layout) VALUES (%s, 'a test', '', true, 'none')",
            (release.name,),
        )
    with release.connection.transaction():
        create_common(release.connection)
    assert release.rows("SELECT refmag FROM objects") == []
