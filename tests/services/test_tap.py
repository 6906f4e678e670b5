"""TAP: synchronous, asynchronous, uploads, formats, functions and errors."""

from __future__ import annotations

import io

import numpy as np
import pytest
import pyvo
from astropy.io.votable import parse
from astropy.table import Table
from support import service
from support.demo_files import demo_files

TABLES = (
    *("objects", "lightcurves", "detections", "exposures", "features", "sources"),
    *("feature_space", "feature_scales"),
)
ONE = "SELECT * FROM ztf.detections WHERE oid = 680113300005170 ORDER BY hmjd"


def test_each_release_has_its_tables(tap):
    names = set(tap.tables.keys())
    for schema in ("ztf", "ztf_demo"):
        assert {f"{schema}.{table}" for table in TABLES} <= names
    assert {"ztf.releases", "ztf.filters", "ztf.catflags"} <= names


def test_columns_have_unit_ucd_and_sentence(tap):
    found = tap.search(
        "SELECT table_name, column_name, description, ucd, unit FROM tap_schema.columns"
        " WHERE table_name LIKE 'ztf%'",
        maxrec=10000,
    ).to_table()
    assert len(found) > 100
    for row in found:
        name = row["table_name"], row["column_name"]
        assert len(str(row["description"])) > 10, name
        assert row["ucd"], name
        measured = str(row["ucd"]).startswith(("time.", "phot.mag", "pos.eq", "em.wl"))
        if measured and row["column_name"] != "loaded_at":
            assert row["unit"], name


def test_keys_join_light_curves_and_detections_with_objects(tap):
    found = tap.search(
        "SELECT from_table, target_table, from_column, target_column"
        " FROM tap_schema.keys NATURAL JOIN tap_schema.key_columns WHERE from_table LIKE 'ztf%'"
    ).to_table()
    links = {tuple(str(value) for value in row) for row in found}
    for schema in ("ztf", "ztf_demo"):
        for table in ("detections", "features", "lightcurves"):
            assert (f"{schema}.{table}", f"{schema}.objects", "oid", "oid") in links
        assert (f"{schema}.feature_space", f"{schema}.features", "oid", "oid") in links
        sources = (f"{schema}.objects", f"{schema}.sources", "source_id", "source_id")
        assert sources in links


def test_row_counts_are_those_of_the_release(tap):
    (release,) = tap.search("SELECT * FROM ztf.releases WHERE name = 'demo'")
    counts = {
        row["table_name"]: row["nrows"]
        for row in tap.search(
            "SELECT table_name, nrows FROM tap_schema.tables WHERE table_name LIKE 'ztf_demo.%'"
        )
    }
    assert counts["ztf_demo.objects"] == release["nlightcurves"] >= 20_000
    assert counts["ztf_demo.detections"] == release["ndetections"] >= 2_000_000
    assert counts["ztf_demo.exposures"] == release["nexposures"]


def test_simulated_data_say_so(tap):
    (release,) = tap.search("SELECT title, simulated FROM ztf.releases WHERE name = 'demo'")
    assert release["simulated"]
    found = tap.search(
        "SELECT table_name, description FROM tap_schema.tables"
        " WHERE table_name LIKE 'ztf_demo.%' OR table_name LIKE 'ztf.%'"
    )
    said = {row["table_name"] for row in found if row["description"].startswith("SIMULATED")}
    assert said == {f"{schema}.{table}" for schema in ("ztf", "ztf_demo") for table in TABLES}


def test_an_oid_has_its_field_channel_and_filter(tap):
    names = ("fieldid", "rcid", "ccdid", "qid", "filterid", "filter")
    query = f"SELECT {', '.join(names)} FROM ztf_demo.objects WHERE oid = 1722107400005560"
    (row,) = tap.search(query)
    assert [row[name] for name in names] == [1722, 27, 7, 4, 1, "zg"]


@pytest.mark.parametrize("table", TABLES[:3])
def test_an_oid_that_is_not_there_has_no_rows(tap, table):
    assert len(tap.search(f"SELECT oid FROM ztf.{table} WHERE oid = 999113300005170")) == 0


def test_filters_are_g_r_and_i_of_the_ab_system(tap):
    rows = list(tap.search("SELECT * FROM ztf.filters ORDER BY filterid"))
    assert [(row["filterid"], row["filter"], row["svo_id"], row["magsys"]) for row in rows] == [
        (1, "zg", "Palomar/ZTF.g", "AB"),
        (2, "zr", "Palomar/ZTF.r", "AB"),
        (3, "zi", "Palomar/ZTF.i", "AB"),
    ]
    assert all(row["zeropoint_jy"] == pytest.approx(10**3.56) for row in rows)
    lengths = [row["wavelength_eff"] for row in rows]
    assert 4e-7 < lengths[0] < lengths[1] < lengths[2] < 9e-7


def test_each_bit_of_the_quality_flags_has_a_meaning(tap):
    rows = list(tap.search("SELECT * FROM ztf.catflags ORDER BY number"))
    assert [(row["number"], row["mask"]) for row in rows] == [(bit, 2**bit) for bit in range(16)]
    names = {row["number"]: row["name"] for row in rows}
    assert (names[0], names[8], names[9], names[15]) == ("track", "saturated", "dead", "do not use")
    assert all("Explanatory Supplement" in row["source"] for row in rows)


def test_epochs_are_counted_by_bits_of_their_flags(tap):
    found = tap.search(
        "SELECT f.number, COUNT(*) AS n FROM ztf.detections AS d JOIN ztf.catflags AS f"
        " ON BITWISE_AND(d.catflags, f.mask) <> 0 WHERE d.oid = 680213300009232 GROUP BY f.number"
    )
    files = demo_files()
    flags = files.d.catflags[files.d.oid == 680213300009232].astype(int)
    expected = {bit: int((flags >> bit & 1).sum()) for bit in range(16)}
    assert sum(expected.values()) > 0
    assert {row["number"]: row["n"] for row in found} == {b: n for b, n in expected.items() if n}


def test_missing_values_come_last_and_first_where_the_order_is_descending(tap):
    sums = "SELECT TOP 1 fieldid, CASE WHEN fieldid > 700 THEN fieldid END AS x FROM ztf.objects"
    assert tap.search(f"{sums} ORDER BY x DESC").to_table()["x"].mask.tolist() == [True]
    assert tap.search(f"{sums} ORDER BY x").to_table()["x"].tolist() == [
        min(int(n) for n in demo_files().o.fieldid if n > 700)
    ]


def test_one_release_is_the_default(tap):
    found = tap.search("SELECT name FROM ztf.releases WHERE is_default = 'True'")
    assert [row["name"] for row in found] == ["demo"]


def test_each_epoch_has_its_exposure(tap):
    epochs = tap.search(
        "SELECT d.hmjd, e.mjd_mid, e.fieldid, e.rcid, e.filterid, d.clrcoeff - e.clrcoeff AS other"
        " FROM ztf_demo.detections AS d JOIN ztf_demo.exposures AS e"
        " ON e.exposure_id = d.exposure_id WHERE d.oid = 680113300005170"
    ).to_table()
    for column, value in (("fieldid", 680), ("rcid", 50), ("filterid", 1), ("other", 0)):
        assert set(epochs[column]) == {value}
    (star,) = tap.search("SELECT nobs FROM ztf_demo.objects WHERE oid = 680113300005170")
    assert len(np.unique(epochs["hmjd"])) == star["nobs"]
    assert np.abs(epochs["mjd_mid"] - epochs["hmjd"]).max() < 0.0058


def test_sync_and_async_give_what_the_store_holds(tap):
    stored = service.rows(
        "SELECT oid, hmjd, mag, magerr, clrcoeff, catflags FROM demo_store.detections"
        " WHERE oid = 680113300005170 ORDER BY hmjd"
    )
    for found in (tap.run_sync(ONE), tap.run_async(ONE)):
        table = found.to_table()
        assert len(table) == len(stored) > 100
        for number, name in enumerate(("oid", "hmjd", "mag", "magerr", "clrcoeff", "catflags")):
            expected = np.array([row[number] for row in stored], table[name].dtype)
            assert np.array_equal(np.asarray(table[name]), expected)


def test_rows_and_arrays_are_the_same(tap):
    rows = tap.search(ONE).to_table()
    (curve,) = tap.search("SELECT * FROM ztf.lightcurves WHERE oid = 680113300005170")
    for name in ("hmjd", "mag", "magerr", "clrcoeff", "catflags"):
        assert np.array_equal(np.asarray(curve[name]), np.asarray(rows[name]))


def test_statistics_are_those_of_the_good_epochs(tap):
    (star,) = tap.search("SELECT * FROM ztf.objects WHERE oid = 680113300005170")
    table = tap.search(ONE).to_table()
    good = table[(table["catflags"] == 0) & (table["magerr"] > 0)]
    mag = np.asarray(good["mag"], float)
    error = np.asarray(good["magerr"], float)
    mean = np.sum(mag / error**2) / np.sum(error**-2)
    assert (star["nobs"], star["ngoodobs"]) == (len(table), len(good))
    assert star["hmjd_first"] == table["hmjd"].min()
    assert star["duration"] == pytest.approx(np.ptp(table["hmjd"]), abs=1e-9)
    expected = {
        "mag_mean": mag.mean(),
        "mag_wmean": mean,
        "mag_median": np.median(mag),
        "mag_min": mag.min(),
        "mag_max": mag.max(),
        "mag_amplitude": np.ptp(mag) / 2,
        "magerr_median": np.median(error),
        "chi2_red": np.sum(((mag - mean) / error) ** 2) / (len(mag) - 1),
    }
    for name, value in expected.items():
        assert star[name] == pytest.approx(value, rel=1e-5), name


def test_an_uploaded_list_is_matched(tap):
    stars = Table({"name": ["HZ Her", "nothing"], "ra": [254.45755, 100.0], "dec": [35.34236, -85]})
    found = tap.run_async(
        "SELECT s.name, o.oid FROM TAP_UPLOAD.stars AS s JOIN ztf.objects AS o"
        " ON DISTANCE(s.ra, s.dec, o.ra, o.dec) < 1.5/3600",
        uploads={"stars": stars},
    )
    assert {str(row["name"]) for row in found} == {"HZ Her"}
    assert sorted(row["oid"] for row in found) == sorted(service.HZ_HER_OIDS)


def test_an_uploaded_list_of_oids_fetches_light_curves(tap):
    found = tap.run_sync(
        "SELECT l.* FROM TAP_UPLOAD.list AS u JOIN ztf.lightcurves AS l ON l.oid = u.oid",
        uploads={"list": Table({"oid": list(service.HZ_HER_OIDS)})},
    )
    assert sorted(row["oid"] for row in found) == sorted(service.HZ_HER_OIDS)
    assert all(len(row["mag"]) == len(row["hmjd"]) > 50 for row in found)


def test_functions_turn_magnitudes_to_fluxes_and_oids_to_parts(tap):
    adql = (
        "SELECT gavo_ab_flux(20.) AS f, gavo_ab_fluxerr(20., 0.1) AS e, gavo_ab_flux(8.9) AS one,"
        " gavo_ztf_field(1722207400009164) AS field, gavo_ztf_filter(1722207400009164) AS band,"
        " gavo_ztf_ccd(1722207400009164) AS ccd, gavo_ztf_quadrant(1722207400009164) AS quadrant"
        " FROM ztf.filters WHERE filterid = 1"
    )
    for found in (tap.run_sync(adql), tap.run_async(adql)):
        (row,) = found
        assert row["f"] == pytest.approx(3.630781e-5, rel=1e-6)
        assert row["e"] == pytest.approx(3.344072e-6, rel=1e-6)
        assert row["one"] == pytest.approx(1)
        assert [row[n] for n in ("field", "band", "ccd", "quadrant")] == [1722, 2, 7, 4]


@pytest.mark.parametrize("table", ["objects", "lightcurves", "detections"])
def test_tablesample_takes_about_the_share(tap, table):
    (everything,) = tap.search(f"SELECT COUNT(DISTINCT oid) AS n FROM ztf.{table}")
    (sample,) = tap.search(
        f"SELECT COUNT(DISTINCT t.oid) AS n FROM ztf.{table} AS t TABLESAMPLE(30)"
    )
    assert 0.1 < sample["n"] / everything["n"] < 0.6


ERRORS = [
    ({"QUERY": "SELECT nonsense FROM"}, "Could not parse your query"),
    ({"QUERY": "SELECT nonsense FROM ztf.objects"}, "column 'nonsense'"),
    ({"QUERY": "SELECT * FROM ztf.nonsense"}, "There is no table ztf.nonsense. All are listed at"),
    ({"QUERY": "SELECT * FROM Objects"}, "There is no table Objects. Similar are: ztf.objects, "),
    ({"QUERY": "SELECT * FROM ztf.object AS o"}, "no table ztf.object. Similar are: ztf.objects"),
    ({"QUERY": 'SELECT * FROM ztf."Object"'}, 'no table ztf."Object". Similar are: ztf.objects'),
    ({"QUERY": "SELECT * FROM ztf.objects JOIN detection USING (oid)"}, "no table detection. Sim"),
    ({"QUERY": "SELECT * FROM TAP_UPLOAD.mine AS m"}, "There is no table TAP_UPLOAD.mine: none"),
    ({"QUERY": "SELECT * FROM tap_user.mine"}, "There is no table tap_user.mine."),
    ({"QUERY": "SELECT exposure_id FROM ztf.exposures TABLESAMPLE(1)"}, "cannot be sampled"),
    ({"QUERY": "SELECT oid FROM ztf.objects TABLESAMPLE(200)"}, "not a percentage"),
    ({"QUERY": "SELECT gavo_ab_flux(1, 2) FROM ztf.filters"}, "takes 1 argument"),
    ({"MAXREC": "abc"}, "not a valid literal for maxrec"),
    ({"RESPONSEFORMAT": "nonsense"}, "nonsense"),
    ({"RESPONSEFORMAT": "geojson"}, "geojson"),
    ({"QUERY": "JUST HANG around"}, "Could not parse your query"),
    ({"QUERY": "MESSILY CRASH"}, "Could not parse your query"),
]


@pytest.mark.parametrize(("changes", "message"), ERRORS)
def test_mistakes_are_400_with_a_sentence_in_a_votable(query, changes, message):
    parameters = {"QUERY": ONE} | changes
    answer = query(parameters.pop("QUERY"), **parameters)
    assert answer.status_code == 400
    document = parse(io.BytesIO(answer.content))
    status = [info for info in document.resources[0].infos if info.name == "QUERY_STATUS"]
    assert status[0].value == "ERROR"
    assert message in status[0].content
    assert "Traceback" not in answer.text


def test_a_column_without_a_name_can_be_taken_from_a_subquery(tap):
    part = "SELECT filter, COUNT(*), MAX(DISTANCE(ra, dec, 1, 2)) FROM ztf.objects GROUP BY filter"
    inner = tap.search(f"SELECT * FROM ({part}) AS q WHERE count_2 > 0 ORDER BY max_3").to_table()
    assert inner.colnames == ["filter", "count_2", "max_3"]
    (all_,) = tap.search("SELECT COUNT(*) AS n FROM ztf.objects")
    assert inner["count_2"].sum() == all_["n"]


def test_a_mistake_that_the_database_finds_is_said_without_its_sql(query):
    answer = query("SELECT CAST('abc' AS INTEGER) AS x FROM ztf.filters")
    assert answer.status_code == 400
    assert "invalid input syntax for type integer" in answer.text
    assert "LINE 1" not in answer.text
    assert "CURSOR" not in answer.text


def test_an_asynchronous_mistake_is_reported(tap):
    job = tap.submit_job("SELECT nonsense FROM ztf.objects").run().wait()
    assert job.phase == "ERROR"
    with pytest.raises(pyvo.DALQueryError, match="nonsense"):
        job.raise_if_error()
    job.delete()
