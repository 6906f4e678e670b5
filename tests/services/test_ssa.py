"""Time series by SSAP: found by position, time, band and identifier, with true metadata."""

from __future__ import annotations

import io

import numpy as np
import pytest
import pyvo
import requests
from astropy.io.votable import parse
from astropy.time import Time
from support import service

POS = "254.45755,35.34236"
DID = "ivo://ztfvo.local/~?ztf/demo/{}"


@pytest.fixture(scope="module")
def ssa(site):
    return pyvo.dal.SSAService(f"{site}/ssa")


@pytest.fixture(scope="module")
def objects(tap):
    """Rows of objects at HZ Her, by OID."""
    listed = ", ".join(map(str, service.HZ_HER_OIDS))
    found = tap.search(f"SELECT * FROM ztf.objects WHERE oid IN ({listed})")
    return {int(row["oid"]): row for row in found}


def search(ask, **parameters):
    """OIDs of the rows that the service answers."""
    answer = ask("/ssa", REQUEST="queryData", **parameters)
    assert answer.headers["Content-Type"].startswith("application/x-votable+xml")
    table = parse(io.BytesIO(answer.content)).get_first_table()
    return {int(oid) for oid in table.array["oid"]}


def refusal(ask, **parameters):
    """The sentence of an error document."""
    answer = ask("/ssa", **parameters)
    (info,) = [
        each
        for each in parse(io.BytesIO(answer.content)).resources[0].infos
        if each.name == "QUERY_STATUS"
    ]
    assert info.value == "ERROR"
    assert "Traceback" not in answer.text
    return info.content


def test_pyvo_finds_time_series_with_the_values_of_objects(site, ssa, objects):
    found = ssa.search(pos=service.HZ_HER, diameter=2 / 3600)
    assert {int(row["oid"]) for row in found} == set(service.HZ_HER_OIDS)
    for row in found:
        known = objects[int(row["oid"])]
        assert row.acref == f"{site}/lc/{row['oid']}.vot"
        assert row.format == "application/x-votable+xml"
        assert row["ssa_dstype"] == "timeseries"
        assert (row["t_min"], row["t_max"]) == (known["hmjd_first"], known["hmjd_last"])
        assert row["ssa_length"] == known["nobs"]
        assert row["ssa_dateObs"] == pytest.approx(row["t_min"] + known["duration"] / 2, abs=1e-6)
        assert row["ssa_timeExt"] == pytest.approx(known["duration"] * 86400, rel=1e-6)
        assert row["ssa_pubDID"] == DID.format(row["oid"])
        assert row["ssa_bandpass"] == known["filter"]
        assert (row["ra"], row["dec"]) == (known["ra"], known["dec"])


def test_the_address_gives_that_light_curve(ssa, objects):
    row = ssa.search(pos=service.HZ_HER, diameter=2 / 3600)[0]
    curve = parse(io.BytesIO(requests.get(row.acref, timeout=60).content)).get_first_table()
    times = np.asarray(curve.array["hmjd"])
    assert len(times) == objects[int(row["oid"])]["nobs"]
    assert (times.min(), times.max()) == (row["t_min"], row["t_max"])


def test_simulated_series_say_so(ssa):
    for row in ssa.search(pos=service.HZ_HER, diameter=2 / 3600):
        assert row["ssa_collection"] == "ZTF DEMO (simulated)"
        assert row["ssa_datasource"] == "artificial"
        assert "simulated light curve" in row["ssa_dstitle"]


def test_results_are_linked_to_the_links_service(ask):
    answer = ask("/ssa", REQUEST="queryData", POS=POS, SIZE=0.001)
    (block,) = [
        resource
        for resource in parse(io.BytesIO(answer.content)).resources
        if resource.utype == "adhoc:service"
    ]
    parameters = {param.name: param for param in block.params}
    assert parameters["accessURL"].value.endswith("/products/dlmeta")
    assert block.groups[0].entries[0].ref == "ssa_pubDID"


def test_pyvo_iterates_over_the_links_of_results(site, ssa):
    found = ssa.search(pos=service.HZ_HER, diameter=2 / 3600)
    links = list(found.iter_datalinks())
    assert {this["ID"] for one in links for this in one if this["semantics"] == "#this"} == {
        DID.format(oid) for oid in service.HZ_HER_OIDS
    }
    assert all(one.original_row["ssa_pubDID"] == one[0]["ID"] for one in links)


def test_pyvo_iterates_over_the_links_of_cones_and_fails_at_integers_as_documented(site, tap):
    cone = pyvo.dal.SCSService(f"{site}/scs").search(service.HZ_HER, 1 / 3600)
    assert {one[0]["ID"] for one in cone.iter_datalinks()} == set(map(str, service.HZ_HER_OIDS))
    rows = tap.search(f"SELECT oid FROM ztf.objects WHERE oid = {service.HZ_HER_OIDS[0]}")
    (links,) = rows.iter_datalinks(preserve_order=True)
    assert links[0]["ID"] == str(service.HZ_HER_OIDS[0])
    with pytest.raises(TypeError, match=r"numpy\.int64"):  # when it is mended, so are our documents
        list(rows.iter_datalinks())


@pytest.mark.parametrize(("size", "found"), [(2.2, 4), (0.0, 0), (None, 4)])
def test_size_is_a_diameter(ask, objects, size, found):
    row = objects[680113300005170]
    offset = 1.0 / 3600
    place = f"{row['ra']},{row['dec'] + offset}"
    given = {} if size is None else {"SIZE": size / 3600}
    assert (680113300005170 in search(ask, POS=place, **given)) is bool(found)
    assert 680113300005170 not in search(ask, POS=place, SIZE=1.9 / 3600)


def test_time_selects_what_was_observed_then(ask, objects):
    def epochs(oid):
        return objects[oid]["hmjd_first"], objects[oid]["hmjd_last"]

    first = min(service.HZ_HER_OIDS, key=lambda oid: epochs(oid)[0])
    later = {oid for oid in service.HZ_HER_OIDS if epochs(oid)[0] > epochs(first)[0] + 0.01}
    moment = Time(epochs(first)[0] + 0.005, format="mjd", scale="utc").isot
    assert search(ask, POS=POS, SIZE=0.001, TIME=f"/{moment}") == set(service.HZ_HER_OIDS) - later
    assert search(ask, POS=POS, SIZE=0.001, TIME="2020-01-01") == set(service.HZ_HER_OIDS)
    assert search(ask, POS=POS, SIZE=0.001, TIME="2017-01-01/2017-12-31") == set()
    assert search(ask, POS=POS, SIZE=0.001, TIME="2030-01-01/") == set()


def test_a_time_of_less_precision_means_all_of_it(ask, objects):
    first = Time(min(row["hmjd_first"] for row in objects.values()), format="mjd", scale="utc")
    assert first.strftime("%m-%d") > "01-01"
    for form in ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%MZ"):
        assert search(ask, POS=POS, SIZE=0.001, TIME=first.strftime(form)), form
    year = first.datetime.year
    assert search(ask, POS=POS, SIZE=0.001, TIME=f"{year - 2}/{year - 1}") == set()
    assert search(ask, POS=POS, SIZE=0.001, TIME=f"{year - 2}/{year}")
    assert search(ask, POS=POS, SIZE=0.001, TIME=f"{year - 2},{year}")


@pytest.mark.parametrize(
    ("band", "bands"),
    [
        ("5e-7/5.1e-7", {1}),
        ("6.3e-7", {2}),
        ("4e-7/9e-7", {1, 2}),
        ("zr", {2}),
        ("1e-6/", set()),
        ("G", {1}),
        ("r", {2}),
        ("g,ZR", {1, 2}),
        ("V", set()),
    ],
)
def test_band_selects_filters(ask, band, bands):
    found = search(ask, POS=POS, SIZE=0.001, BAND=band)
    assert found == {oid for oid in service.HZ_HER_OIDS if oid // 10**11 % 10 in bands}


def test_an_identifier_finds_its_series(ask):
    assert search(ask, PUBDID=DID.format(680113300005170)) == {680113300005170}
    assert search(ask, TARGETNAME="680113300005170") == {680113300005170}
    assert search(ask, PUBDID=DID.format(999113300005170)) == set()
    assert search(ask, PUBDID="ivo://elsewhere/~?ztf/demo/680113300005170") == set()


@pytest.mark.parametrize("place", ["0,-90", "0,90", "360,0", "0,0"])
def test_poles_and_meridian_are_places_without_light_curves(ask, place):
    assert search(ask, POS=place, SIZE=0.01) == set()


def test_the_number_of_rows_is_limited(ask):
    answer = ask("/ssa", REQUEST="queryData", MAXREC=3)
    table = parse(io.BytesIO(answer.content)).get_first_table()
    assert len(table.array) == 3
    assert 'value="OVERFLOW"' in answer.text


@pytest.mark.parametrize("parameters", [{"FORMAT": "METADATA"}, {"MAXREC": 0}])
def test_metadata_are_given_without_rows(ask, parameters):
    answer = ask("/ssa", REQUEST="queryData", **parameters)
    assert answer.status_code == 200
    table = parse(io.BytesIO(answer.content)).get_first_table()
    assert len(table.array) == 0
    fields = {field.name: field for field in table.fields}
    assert fields["ssa_pubDID"].utype == "ssa:Curation.PublisherDID"
    assert fields["t_min"].unit == "d"
    if "FORMAT" in parameters:
        assert {"INPUT:POS", "INPUT:SIZE", "INPUT:TIME", "INPUT:BAND"} <= {
            param.name for param in parse(io.BytesIO(answer.content)).resources[0].params
        }


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"POS": "abc"}, "POS=abc is no position"),
        ({"POS": "254.45755"}, "e.g. POS=254.45755,35.34236"),
        ({"POS": "1"}, "divisible by 2"),
        ({"POS": "1,91"}, "POS=1,91 is no place on the sky"),
        ({"POS": "-1,0"}, "POS=-1,0 is no place on the sky"),
        ({"POS": "1,1;GALACTIC"}, "GALACTIC frame"),
        ({"POS": "1,1", "SIZE": "-1"}, "SIZE=-1 is not possible"),
        ({"POS": "1,1", "SIZE": "nan"}, "SIZE=nan is not a number"),
        ({"POS": "1,1", "SIZE": "wide"}, "'wide' is not a valid literal for SIZE"),
        (
            {"TIME": "yesterday"},
            "TIME=yesterday cannot be used: 'yesterday' is no time in ISO 8601",
        ),
        ({"TIME": "58300"}, "e.g. TIME=2018,"),
        ({"TIME": "58300/58400"}, "'58300' is no time in ISO 8601"),
        ({"TIME": "58300.5/"}, "'58300.5' is no time in ISO 8601"),
        ({"TIME": "2018-02-30/2019"}, "'2018-02-30' is no time"),
        ({"TIME": "2018-13"}, "'2018-13' is no time"),
        ({"TIME": "2019/2018"}, "its end is before its beginning"),
        ({"TIME": "2018/2019/1"}, "it is no list of times or ranges"),
        ({"TIME": "/"}, "cannot be used"),
        ({"TIME": "2018,"}, "'' is no time"),
        (
            {"FORMAT": "xyz"},
            "use one of all, compliant, votable, graphic, native",
        ),
        ({"POS": "1,1'; DROP TABLE x; --"}, ""),
    ],
)
def test_what_cannot_be_meant_is_refused(ask, parameters, sentence):
    assert sentence in refusal(ask, REQUEST="queryData", **parameters)


def test_a_request_that_is_none_is_refused(ask):
    example = "e.g. REQUEST=queryData&POS=254.45755,35.34236&SIZE=0.001"
    assert refusal(ask).startswith("REQUEST is missing: give REQUEST=queryData")
    for given in ({}, {"POS": POS}, {"REQUEST": "getSpectra", "POS": POS}):
        assert example in refusal(ask, **given)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("votable", 4),
        ("ALL", 4),
        ("application/x-votable+xml", 4),
        ("fits,Compliant", 4),
        ("compliant", 4),
        ("application/x-votable+xml;content=timeseries", 4),
        ("application/fits", 0),
        ("native", 0),
        ("fits", 0),
        ("xml", 0),
        ("text/xml,image/jpeg", 0),
    ],
)
def test_format_finds_what_can_be_had_in_it(ask, wanted, found):
    assert len(search(ask, POS=POS, SIZE=0.001, FORMAT=wanted)) == found


@pytest.mark.parametrize(
    ("wanted", "forms"),
    [
        ("graphic", {"image/png": "png"}),
        ("GRAPHIC", {"image/png": "png"}),
        ("image/png", {"image/png": "png"}),
        ("application/pdf", {"application/pdf": "pdf"}),
        ("text/csv", {"text/csv": "csv"}),
        ("application/json", {"application/json": "json"}),
        ("application/vnd.apache.parquet", {"application/vnd.apache.parquet": "parquet"}),
        ("votable,graphic", {"application/x-votable+xml": "vot", "image/png": "png"}),
        ("image/png,graphic,fits", {"image/png": "png"}),
        ("all", {"application/x-votable+xml": "vot"}),
        (None, {"application/x-votable+xml": "vot"}),
    ],
)
def test_format_lists_light_curves_in_the_forms_that_it_names(site, ask, wanted, forms):
    answer = ask("/ssa", REQUEST="queryData", POS=POS, SIZE=0.001, FORMAT=wanted)
    table = parse(io.BytesIO(answer.content)).get_first_table().array
    assert sorted(zip(table["accref"], table["mime"], strict=True)) == sorted(
        (f"{site}/lc/{oid}.{extension}", kind)
        for oid in service.HZ_HER_OIDS
        for kind, extension in forms.items()
    )


def test_what_is_listed_has_the_media_type_that_it_says(ask):
    for wanted in ("graphic", "text/csv", "application/vnd.apache.parquet"):
        answer = ask("/ssa", REQUEST="queryData", POS=POS, SIZE=0.001, FORMAT=wanted)
        row = parse(io.BytesIO(answer.content)).get_first_table().array[0]
        found = requests.get(row["accref"], timeout=60)
        assert found.headers["Content-Type"].partition(";")[0] == row["mime"]


@pytest.mark.parametrize(("most", "rows", "status"), [(3, 3, "OVERFLOW"), (8, 8, "OK")])
def test_several_forms_count_as_rows(ask, most, rows, status):
    answer = ask(
        "/ssa", REQUEST="queryData", POS=POS, SIZE=0.001, FORMAT="votable,graphic", MAXREC=most
    )
    assert len(parse(io.BytesIO(answer.content)).get_first_table().array) == rows
    assert f'name="QUERY_STATUS" value="{status}"' in answer.text


def mjd(text):
    return Time(text, scale="utc").mjd


@pytest.mark.parametrize(
    ("wanted", "begin", "end"),
    [
        ("2018-05-21/2019", "2018-05-21", "2020-01-01"),
        ("2018-05-21/2018-05-21", "2018-05-21", "2018-05-22"),
        ("2018-03-24T11:59/2018-04", "2018-03-24T11:59", "2018-05-01"),
        ("2018-05-21/", "2018-05-21", None),
        ("/2018-05-21", None, "2018-05-22"),
        ("/2018-03-24T11:59:30.5", None, "2018-03-24T11:59:30.5"),
        ("2018-05-21T04:30:00Z/2019-01Z", "2018-05-21T04:30:00", "2019-02-01"),
        ("2018-06", "2018-06-01", "2018-07-01"),
    ],
)
def test_intervals_of_time_find_what_extends_over_a_part_of_them(ask, objects, wanted, begin, end):
    expected = {
        oid
        for oid, row in objects.items()
        if (begin is None or row["hmjd_last"] >= mjd(begin))
        and (end is None or row["hmjd_first"] <= mjd(end))
    }
    assert search(ask, POS=POS, SIZE=0.001, TIME=wanted) == expected


def test_intervals_of_time_tell_light_curves_apart(ask, objects):
    first, last = (
        {oid: Time(row[name], format="mjd", scale="utc") for oid, row in objects.items()}
        for name in ("hmjd_first", "hmjd_last")
    )
    for oid in objects:
        before = {one for one in objects if first[one] <= first[oid]}
        assert search(ask, POS=POS, SIZE=0.001, TIME=f"/{(first[oid] + 1e-6).isot}") == before
        after = {one for one in objects if last[one] >= last[oid]}
        assert search(ask, POS=POS, SIZE=0.001, TIME=f"{(last[oid] - 1e-6).isot}/") == after
