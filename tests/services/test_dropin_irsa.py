"""Scripts that ask IRSA's light-curve service get the same from this site."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pandas
import pytest
import requests
from astropy.io.votable import parse
from astropy.table import Table
from support import service
from support.edges import FIRST_OID, edge_curves
from support.files import SHARED
from support.stilts import NoStilts, stilts

from ztfvo.db import reading
from ztfvo.errors import HTTPError
from ztfvo.products import produce, queries, select
from ztfvo.products.model import Circle, Request

ADDRESS = "/cgi-bin/ZTF/nph_light_curves"
OID, OTHER = service.HZ_HER_OIDS[:2]
RA, DEC = service.HZ_HER
UNKNOWN = 680113399999999
HEADER = (
    "oid,expid,hjd,mjd,mag,magerr,catflags,filtercode,ra,dec,chi,sharp,filefracday,field,ccdid,qid,"
    "limitmag,magzp,magzprms,clrcoeff,clrcounc,exptime,airmass,programid"
)
"""The first line of IRSA's answers, as recorded."""


def ztfquery(**parameters) -> str:
    """Address as ztfquery's ``lightcurve.build_url`` makes it: lists lose brackets and commas."""
    pairs = []
    for name, value in ({"FORMAT": "CSV"} | parameters).items():
        values = str(value).split(",") if name == "ID" else [value]
        for one in values:
            text = f"{name}={one}"
            for letter in "[],'":
                text = text.replace(letter, "")
            pairs.append(text)
    return f"{ADDRESS}?{'&'.join(pairs)}".replace(" ", "%20")


def frame(answer) -> pandas.DataFrame:
    """Rows as ztfquery reads them."""
    assert answer.status_code == 200, answer.text
    return pandas.read_csv(io.StringIO(answer.content.decode("utf-8")))


def rows(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


@pytest.fixture(scope="module")
def curve(ask):
    """A light curve of this site's own service, with the exposures of its epochs."""
    columns = "obsmjd,exptime,exptime_source,filefracday"
    (one,) = ask(f"/lc/{OID}.json", COLUMNS=columns).json()["lightcurves"]
    return one


@pytest.fixture(scope="module")
def edges(site):
    """Light curves at the poles and around right ascension 0."""
    with edge_curves(OID):
        yield


def test_numbers_are_those_of_this_sites_own_service(ask, curve):
    found = frame(ask(ADDRESS, ID=OID, FORMAT="csv"))
    assert ",".join(found.columns) == HEADER
    assert len(found) == curve["nrows"] == 336
    np.testing.assert_array_equal(found["hjd"], np.array(curve["hmjd"]) + 2400000.5)
    np.testing.assert_array_equal(found["mjd"], curve["obsmjd"])
    for name in ("mag", "magerr", "clrcoeff"):
        np.testing.assert_array_equal(found[name].astype("f4"), np.array(curve[name], "f4"))
    np.testing.assert_array_equal(found["catflags"], curve["catflags"])
    once = {"oid": OID, "filtercode": "zg", "ra": curve["ra"], "dec": curve["dec"], "field": 680}
    for name, value in (once | {"ccdid": 13, "qid": 3}).items():
        assert set(found[name]) == {value}, name


def test_what_lightkurve_reads_is_there(site, ask):
    """As ``interact_sky`` links it and its users read it."""
    url = f"{site}{ADDRESS}?ID={OID}&COLLECTION=ztf_demo&FORMAT=csv"
    whole = dict.fromkeys(("oid", "expid", "filefracday"), np.int64)
    table = Table.read(url, format="ascii.csv", converters=whole)
    assert len(table) == 336
    assert np.isfinite(table["hjd"]).all()
    assert (table["oid"] == OID).all()
    assert 0 < (table["catflags"] == 0).sum() < 336
    assert set(table["filtercode"]) == {"zg"}
    ipac = f"{site}{ADDRESS}?ID={OID}&BAD_CATFLAGS_MASK=32768&COLLECTION=ztf_demo&FORMAT=ipac_table"
    good = Table.read(ipac, format="ascii.ipac")
    assert len(good) == (table["catflags"] < 32768).sum() < 336


def test_what_ztfquery_sends_is_answered(ask, curve):
    by_id = frame(ask(ztfquery(ID=f"{OID},{OTHER}")))
    assert set(by_id["oid"]) == {OID, OTHER}
    radius = 1 / 3600
    position = ["circle", str(RA), str(DEC), str(radius)]
    here = frame(ask(ztfquery(POS=position)))
    assert set(here["oid"]) == set(service.HZ_HER_OIDS)
    assert list(here["oid"]) == sorted(here["oid"])
    green = frame(ask(ztfquery(CIRCLE=[RA, DEC, radius], BANDNAME="g")))
    assert set(green["filtercode"]) == {"zg"}
    low, high = curve["obsmjd"][10], curve["obsmjd"][20]
    some = frame(ask(ztfquery(POS=position, BANDNAME="g", NUM_OBS=336, TIME=[low, high])))
    expected = [time for time in curve["obsmjd"] if low <= time <= high]
    assert some[some["oid"] == OID]["mjd"].tolist() == expected
    assert len(expected) == 11
    for name in ("mjd", "mag", "magerr", "limitmag", "filtercode"):
        assert name in some


def test_times_are_those_of_the_column_mjd(ask, curve):
    start = curve["obsmjd"][5]
    (one,) = rows(ask(ADDRESS, ID=OID, TIME=repr(start), FORMAT="CSV"))
    assert float(one["mjd"]) == start
    assert float(one["hjd"]) == curve["hmjd"][5] + 2400000.5
    before = rows(ask(ADDRESS, ID=OID, TIME=f"-Inf {start!r}", FORMAT="CSV"))
    assert len(before) == 6


def test_facts_of_light_curves_choose_them(ask, tap):
    known = tap.search(
        "SELECT oid, nobs, mag_median, filterid FROM ztf.objects WHERE"
        f" CONTAINS(POINT(ra, dec), CIRCLE({RA}, {DEC}, 0.0003)) = 1"
    ).to_table()
    assert len(known) == 4
    position = f"CIRCLE {RA} {DEC} 0.0003"

    def found(**parameters):
        answer = ask(ADDRESS, POS=position, FORMAT="csv", **parameters)
        return {int(row["oid"]) for row in rows(answer)}

    least = sorted(known["nobs"])[2]
    assert found(NOBS_MIN=least) == set(known["oid"][known["nobs"] >= least]) != set(known["oid"])
    assert found(NOBS_MIN=10**6) == set()
    mags = sorted(float(mag) for mag in known["mag_median"])
    middle = [mag for mag in known["mag_median"] if mags[1] <= mag <= mags[2]]
    assert len(found(MAG=f"{mags[1]!r} {mags[2]!r}")) == len(middle) == 2
    assert found(MAG="1 2") == set()
    for band, filterid in (("g", 1), ("2", 2)):
        assert found(BANDNAME=band) == set(known["oid"][known["filterid"] == filterid])
    assert found(BAND="4.10e-7 5.50e-7") == found(BANDNAME="g")
    assert found(BAND="1.4e-6 Inf") == set()


@pytest.mark.parametrize(
    "parameters",
    [
        {"POS": "CIRCLE 10 80 0.0003"},
        {"ID": str(UNKNOWN)},
        {"ID": str(OID), "TIME": "1 2"},
        {"ID": str(OID), "NOBS_MIN": "100000"},
        {"ID": str(OID), "BANDNAME": "i"},
    ],
)
def test_nothing_found_is_a_header_only(ask, parameters):
    assert ask(ADDRESS, **parameters, FORMAT="csv").text == f"{HEADER}\r\n"
    assert ask(ADDRESS, **parameters, FORMAT="tsv").text == HEADER.replace(",", "\t") + "\r\n"
    ipac = ask(ADDRESS, **parameters, FORMAT="ipac_table").text.splitlines()
    assert [line[0] for line in ipac if line[0] != "\\"] == ["|"] * 4
    table = parse(io.BytesIO(ask(ADDRESS, **parameters).content)).get_first_table()
    assert (len(table.array), [field.name for field in table.fields]) == (0, HEADER.split(","))


def test_unknown_light_curves_leave_the_known_ones(ask):
    found = rows(ask(ADDRESS, ID=[str(UNKNOWN), str(OID)], FORMAT="csv"))
    assert {row["oid"] for row in found} == {str(OID)}


@pytest.mark.parametrize(
    ("parameters", "status", "sentence"),
    [
        (
            {},
            400,
            "give ID, as in ID=680113300005170, or several, or a star by SOURCE, or a circle",
        ),
        ({"ID": "abc"}, 400, "'abc' is not a ZTF OID"),
        ({"ID": "1 OR 1=1"}, 400, "is not a ZTF OID"),
        ({"POS": "CIRCLE 254 35"}, 400, "it has not three numbers"),
        ({"POS": "CIRCLE 254 35 0.2"}, 400, "the radius is not above 0, and at most 0.1667"),
        ({"POS": "CIRCLE 1 91 0.1"}, 400, "Dec is not from -90 to 90"),
        ({"POS": "CIRCLE 1 2 0.1", "ID": str(OID)}, 400, "give one of them"),
        ({"ID": str(OID), "FORMAT": "fits"}, 400, "FORMAT=fits is not one of votable, ipac_table,"),
        ({"ID": str(OID), "FORMAT": "html"}, 400, "FORMAT=html is not one of"),
        ({"ID": str(OID), "COLLECTION": "ztf_dr99"}, 404, "There is no release 'dr99'. There are:"),
        ({"ID": str(OID), "COLLECTION": "ztf_lc"}, 404, "There is no release 'lc'"),
        ({"ID": str(OID), "COLLECTION": "a b"}, 400, "COLLECTION=a b is not a collection"),
        ({"ID": str(OID), "PERIOD": "1"}, 400, "There is no parameter PERIOD. Known are: ID, POS"),
        ({"ID": str(OID), "TIME": "2458300.5"}, 400, "looks like a JD"),
        ({"ID": str(OID), "BANDNAME": "z"}, 400, "BANDNAME=z is not a band of ZTF"),
        ({"ID": str(OID), "BAD_CATFLAGS_MASK": "x"}, 400, "BAD_CATFLAGS_MASK=x is not"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(ask, parameters, status, sentence):
    answer = ask(ADDRESS, **{"FORMAT": "csv"} | parameters)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text


def test_refusals_of_votables_are_error_documents(ask):
    answer = ask(ADDRESS, POS="CIRCLE 254 35 1")
    assert answer.headers["Content-Type"] == "application/x-votable+xml"
    (info,) = parse(io.BytesIO(answer.content)).resources[0].infos
    assert (info.name, info.value) == ("QUERY_STATUS", "ERROR")
    assert "the radius is not above 0" in info.content


def test_a_circle_with_too_many_is_refused_with_the_remedy(site, monkeypatch):
    asked = Request(release="ztf", oids=(), format="json", circle=Circle(RA, DEC, 0.0003))
    for module in (queries, select):
        monkeypatch.setattr(module, "MAX_CURVES", 4)
    assert len(produce.fetch(asked).curves) == 4
    for module in (queries, select):
        monkeypatch.setattr(module, "MAX_CURVES", 3)
    with pytest.raises(HTTPError, match="More than 3 light curves lie within") as one:
        produce.fetch(asked)
    assert one.value.status == 400
    assert len(produce.fetch(replace(asked, filters=frozenset({1}))).curves) == 2


CIRCLES = [
    ("CIRCLE 77 90 0.00005", {0, 1, 2}),
    ("CIRCLE 123 89.99999 0.000005", {1}),
    ("CIRCLE 0 0 0.00002", {3, 4}),
    ("CIRCLE 360 0 0.00002", {3, 4}),
    ("CIRCLE -0.00001 0 0.000005", {3}),
    ("CIRCLE 200 -90 0.00015", {5, 6}),
    ("CIRCLE 200 -90 0.00005", {5}),
]


@pytest.mark.parametrize(("circle", "numbers"), CIRCLES)
def test_circles_reach_over_poles_and_right_ascension_0(ask, edges, circle, numbers):
    found = rows(ask(ADDRESS, POS=circle, FORMAT="csv"))
    assert {int(row["oid"]) - FIRST_OID for row in found} == numbers
    own = ask("/lc", POS=circle, FORMAT="json").json()["lightcurves"]
    separations = [one["separation"] for one in own]
    assert separations == sorted(separations)
    assert {one["oid"] - FIRST_OID for one in own} == numbers


@pytest.mark.parametrize("form", ["json", "csv", "parquet", "png", "votable"])
def test_this_sites_own_forms_take_circles(ask, form):
    answer = ask("/lc", POS=f"CIRCLE {RA} {DEC} 0.0003", FORMAT=form)
    assert answer.status_code == 200
    extension = {"votable": "vot"}.get(form, form)
    name = f'filename="ztf_demo_254.45755+35.34236.{extension}"'
    assert answer.headers["Content-Disposition"].endswith(name)
    assert ask("/lc", POS="CIRCLE 10 80 0.0003", FORMAT=form).status_code == 200


def test_a_page_is_of_light_curves_by_id(ask):
    answer = ask("/lc", POS=f"CIRCLE {RA} {DEC} 0.0003", FORMAT="html")
    assert (answer.status_code, "There is no page of a circle" in answer.text) == (400, True)


def test_a_circle_is_looked_up_by_the_position_index(site):
    asked = Request(release="ztf", oids=(), format="json", circle=Circle(RA, DEC, 0.0003))
    query, values = queries.circle_query(asked)
    with reading() as connection:
        lines = connection.execute("EXPLAIN " + query, values).fetchall()
    plan = "\n".join(line for (line,) in lines)
    assert "object_position" in plan
    assert "Seq Scan" not in plan


def test_tables_pass_the_validators(ask, tmp_path):
    position = {"POS": f"CIRCLE {RA} {DEC} 0.0003"}
    votable, ipac = tmp_path / "all.vot", tmp_path / "all.tbl"
    votable.write_bytes(ask(ADDRESS, **position).content)
    ipac.write_bytes(ask(ADDRESS, **position, FORMAT="IPAC_TABLE").content)
    try:
        outcome = stilts("votlint", str(votable))
    except NoStilts as error:
        pytest.skip(str(error))
    assert (outcome.status, outcome.out.strip()) == (0, "")
    counts = [
        stilts("tpipe", f"in={path}", f"ifmt={form}", "omode=count").out
        for path, form in ((votable, "votable"), (ipac, "ipac"))
    ]
    assert counts[0] == counts[1]
    assert "columns: 24" in counts[0]


def test_plain_requests_are_answered_without_a_redirect(site):
    for method in (requests.get, requests.head):
        answer = method(f"{site}{ADDRESS}?ID={OID}&FORMAT=csv", timeout=60, allow_redirects=False)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/csv")
    posted = requests.post(f"{site}{ADDRESS}", {"ID": OID, "FORMAT": "TSV"}, timeout=60)
    assert posted.text.splitlines()[0] == HEADER.replace(",", "\t")


def test_answers_are_kept_as_long_as_their_release_does_not_change(ask):
    named = ask(ADDRESS, ID=OID, COLLECTION="ztf_demo", FORMAT="csv")
    default = ask(ADDRESS, ID=OID, FORMAT="csv")
    assert named.content == default.content
    assert named.headers["Cache-Control"] == "public, max-age=86400"
    assert default.headers["Cache-Control"] == "public, max-age=300"


def test_real_answers_of_irsa_are_given_again(real, ask):
    """The values of a recorded answer, loaded as a release; hjd has five decimals there."""
    name = "1191504471436192512.csv"
    recorded = pandas.read_csv(SHARED / "ztf-lc-api" / "panelcast-wd" / name)
    for column in ("ccdid", "qid"):
        recorded[column] = recorded[column].map(lambda text: int(text, 16))
    oids = sorted(set(recorded["oid"]))
    found = frame(ask(ADDRESS, ID=oids, COLLECTION="ztf_irsa", FORMAT="csv"))
    expected = recorded.sort_values(["oid", "hjd"], kind="stable").reset_index(drop=True)
    assert len(found) == len(expected) > 1000
    assert list(found.columns) == list(recorded.columns)
    for column in ("oid", "catflags", "filtercode", "field", "ccdid", "qid", "filefracday"):
        assert found[column].tolist() == expected[column].tolist(), column
    for column in ("mag", "magerr", "clrcoeff", "exptime"):
        np.testing.assert_array_equal(
            found[column].astype("f4"), expected[column].astype("f4"), err_msg=column
        )
    np.testing.assert_allclose(found["hjd"], expected["hjd"], rtol=0, atol=0.51e-5)
    np.testing.assert_allclose(found["mjd"], expected["mjd"], rtol=0, atol=1e-7)
