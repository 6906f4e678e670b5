"""Scripts that fetch figures and files of the SNAD Viewer get them from this site."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pandas
import pytest
import requests
from support import service
from support.cases import gaia_photometry

OID, OTHER = service.HZ_HER_OIDS[:2]
UNKNOWN = 680113399999999
OWN = {"My data": [{"mjd": 58300.1, "mag": 14.2, "magerr": 0.02, "filter": "V"}]}


def own_csv(ask, oids, **parameters) -> list[dict[str, str]]:
    answer = ask("/lc", ID=oids, FORMAT="csv", QUALITY="good", **parameters)
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_csv_has_the_good_epochs_of_this_sites_own_file_by_time(ask):
    answer = ask(f"/latest/csv/{OID}", other_oid=OTHER)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{OID}.csv"'
    assert answer.text.splitlines()[0] == "oid,filter,mjd,mag,magerr,clrcoeff,ref,ref_err"
    found = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    expected = sorted(own_csv(ask, [OID, OTHER]), key=lambda row: float(row["hmjd"]))
    assert len(found) == len(expected) > 600
    names = {"oid": "oid", "filter": "filter", "mjd": "hmjd", "mag": "mag", "magerr": "magerr"}
    for name, same in (names | {"clrcoeff": "clrcoeff"}).items():
        assert [row[name] for row in found] == [row[same] for row in expected]


def test_reference_magnitudes_are_in_csv_where_they_are_known(ask):
    service.execute(
        "INSERT INTO ztf_store.reference_source (oid, ra, dec, mag, magerr, flags)"
        " VALUES (%s, 0, 0, 14.25, 0.02, 0)",
        OID,
    )
    try:
        table = pandas.read_csv(io.StringIO(ask(f"/demo/csv/{OID}", other_oid=OTHER).text))
    finally:
        service.execute("DELETE FROM ztf_store.reference_source WHERE oid = %s", OID)
    here = table["oid"] == OID
    assert set(zip(table["ref"][here], table["ref_err"][here], strict=True)) == {(14.25, 0.02)}
    assert table["ref"][~here].isna().all()


def test_times_bound_csv(ask):
    table = pandas.read_csv(io.StringIO(ask(f"/latest/csv/{OID}").text))
    low, high = table["mjd"][10], table["mjd"][20]
    some = pandas.read_csv(
        io.StringIO(ask(f"/latest/csv/{OID}", min_mjd=repr(float(low)), max_mjd=float(high)).text)
    )
    np.testing.assert_array_equal(some["mjd"], table["mjd"][10:21])
    after = pandas.read_csv(io.StringIO(ask(f"/latest/csv/{OID}", min_mjd=float(low)).text))
    assert len(after) == len(table) - 10
    assert ask(f"/latest/csv/{OID}", max_mjd=1).text.splitlines() == [
        "oid,filter,mjd,mag,magerr,clrcoeff,ref,ref_err"
    ]


def test_figures_are_those_of_this_sites_own_address(ask):
    asked = {"ID": [OID, OTHER], "QUALITY": "good"}
    drawn = ask(f"/latest/figure/{OID}", other_oid=OTHER)
    assert drawn.headers["Content-Type"] == "image/png"
    assert drawn.headers["Content-Disposition"] == f'attachment; filename="{OID}.png"'
    assert drawn.content == ask("/lc", FORMAT="png", TITLE=OID, **asked).content
    window = {"min_mjd": 58300, "max_mjd": 59000.5, "title": "a & b", "copyright": "no"}
    bounded = ask(f"/demo/figure/{OID}", other_oid=OTHER, **window)
    own = {"TIME": "58300 59000.5", "TITLE": "a & b", "CAPTION": "no"}
    assert bounded.content == ask("/demo/lc", FORMAT="png", **asked, **own).content != drawn.content
    pdf = ask(f"/latest/figure/{OID}", format="pdf")
    assert (pdf.headers["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_folded_figures_are_those_of_this_sites_own_address(ask):
    asked = {"ID": OID, "QUALITY": "good", "FORMAT": "png", "TITLE": OID, "PERIOD": "1.7001674"}
    plain = ask(f"/latest/figure/{OID}/folded/1.7001674")
    assert plain.status_code == 200
    assert plain.content == ask("/lc", **asked, CYCLES=2, EPOCH=0).content
    other = ask(f"/latest/figure/{OID}/folded/1.7001674", offset=0.425, repeat=3)
    assert other.content == ask("/lc", **asked, CYCLES=3, EPOCH=0.425).content != plain.content


def test_differences_are_from_what_is_given_or_from_no_flux(ask):
    asked = {"ID": [OID, OTHER], "QUALITY": "good", "FORMAT": "png", "TITLE": OID}
    given = {"ref_mag": f"{OID}:13.9", "ref_magerr": f"{OID}:0.01", "brightness": "diffflux"}
    drawn = ask(f"/latest/figure/{OID}", other_oid=OTHER, **given)
    assert drawn.status_code == 200
    references = [f"{OID}:13.9:0.01", f"{OTHER}:inf:0"]
    own = ask("/lc", QUANTITY="diffflux", REFMAG=references, **asked)
    assert drawn.content == own.content
    assert ask(f"/latest/figure/{OID}", brightness="flux").status_code == 200


@pytest.fixture
def gaia(others):
    """Gaia's archive with photometry of an object where HZ Her is."""
    gaia_photometry._answer(others)
    row = (gaia_photometry.SOURCE, *service.HZ_HER, 0.0, 0.0, 13.6, True, 0.0)
    others.answer(gaia_photometry.HOST, gaia_photometry.SYNC, gaia_photometry.table(row))
    return others


def test_light_curves_of_other_surveys_are_drawn_and_unknown_ones_left_out(ask, gaia):
    drawn = ask(f"/latest/figure/{OID}", lc="gaia,elsewhere")
    own = ask("/lc", ID=OID, QUALITY="good", FORMAT="png", TITLE=OID, WITH="gaia_photometry")
    assert drawn.content == own.content != ask(f"/latest/figure/{OID}").content
    assert ask("/lc", ID=OID, FORMAT="png", WITH="Gaia").status_code == 200


def test_csv_of_another_survey_has_magnitudes_and_times_as_those_of_ztf(ask, gaia):
    answer = ask(f"/gaia/csv/{gaia_photometry.SOURCE}")
    assert answer.status_code == 200, answer.text
    name = f"gaia_photometry_{gaia_photometry.SOURCE}.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.text.splitlines()[0] == "oid,mjd,mag,magerr,filter"
    table = pandas.read_csv(io.StringIO(answer.text))
    own = ask(f"/outside/gaia/lc?OBJECT={gaia_photometry.SOURCE}&RESPONSEFORMAT=csv")
    same = pandas.read_csv(io.StringIO(own.text))
    assert len(table) == 4 and set(table["oid"]) == {gaia_photometry.SOURCE}
    for name in ("mjd", "mag", "magerr", "filter"):
        assert list(table[name]) == list(same[{"mjd": "hmjd"}.get(name, name)]), name


def test_a_survey_that_has_nothing_or_does_not_answer_is_404_or_503(ask, others):
    others.answer(gaia_photometry.HOST, gaia_photometry.SYNC, gaia_photometry.table())
    none = ask("/gaia/csv/4242")
    assert (none.status_code, "has no light curve of 4242" in none.text) == (404, True)
    others.faults["*"] = "500"
    dead = ask("/gaia/csv/4243")
    assert (dead.status_code, "is unavailable" in dead.text) == (503, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_own_photometry_is_drawn_whatever_its_type_is_called(site, ask, headers):
    body = json.dumps(OWN)
    drawn = requests.post(f"{site}/latest/figure/{OID}", body, headers=headers, timeout=60)
    assert drawn.status_code == 200
    own = requests.post(
        f"{site}/lc?ID={OID}&QUALITY=good&FORMAT=png&TITLE={OID}", json=OWN, timeout=60
    )
    assert drawn.content == own.content != ask(f"/latest/figure/{OID}").content


@pytest.mark.parametrize(
    ("path", "parameters", "status", "sentence"),
    [
        (f"/latest/csv/{UNKNOWN}", {}, 404, f"has no light curve {UNKNOWN}"),
        (f"/other/csv/{OID}", {}, 404, "There is no release 'other'"),
        ("/latest/csv/abc", {}, 400, "'abc' is not a ZTF OID"),
        (f"/latest/csv/{OID},{OTHER}", {}, 400, "is not a ZTF OID"),
        (f"/latest/csv/{OID}", {"min_mjd": "x"}, 400, "MIN_MJD=x is not a number"),
        (f"/latest/csv/{OID}", {"min_mjd": "nan"}, 400, "MIN_MJD=nan is not a number"),
        (f"/latest/csv/{OID}", {"min_mjd": "2", "max_mjd": "1"}, 400, "is later than max_mjd=1"),
        (f"/latest/csv/{OID}", {"other_oid": "x"}, 400, "'x' is not a ZTF OID"),
        (f"/latest/figure/{OID}", {"format": "gif"}, 404, "format=gif is not one of png, pdf"),
        (f"/latest/figure/{OID}", {"brightness": "lum"}, 404, "brightness=lum is not one of mag"),
        (f"/tess/csv/{OID}", {}, 400, "cannot be asked for an identifier: use /outside/tess"),
        (f"/gaia/csv/{'1' * 101}", {}, 400, "at most 100 letters"),
        (
            f"/latest/figure/{OID}",
            {"ref_mag": "13"},
            400,
            "ref_mag=13 is not of the form",
        ),
        (f"/latest/figure/{OID}", {"ref_mag": f"{OID}:x"}, 400, "is not of the form oid:value"),
        (f"/latest/figure/{UNKNOWN}", {}, 404, f"has no light curve {UNKNOWN}"),
        (f"/latest/figure/{OID}/folded/0", {}, 400, "PERIOD=0 is not a number"),
        (f"/latest/figure/{OID}/folded/x", {}, 400, "PERIOD=x is not a number"),
        (f"/latest/figure/{OID}/folded/1", {"repeat": "11"}, 400, "REPEAT=11 is not a whole"),
        (f"/latest/figure/{OID}/folded/1", {"offset": "inf"}, 400, "OFFSET=inf is not a number"),
        (f"/latest/figure/{OID}/unfolded/1", {}, 404, "There is nothing at this address"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(ask, path, parameters, status, sentence):
    answer = ask(path, **parameters)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text


def test_own_photometry_that_is_none_is_refused(site):
    answer = requests.post(f"{site}/latest/figure/{OID}", b"{", timeout=60)
    assert answer.status_code == 400
    assert "Own photometry cannot be read: it is not JSON" in answer.text


def test_names_of_files_hold_nothing_but_the_light_curve(ask):
    answer = ask(f'/latest/csv/{OID}"%0d%0aX-Evil: 1')
    assert answer.status_code == 400
    assert "X-Evil" not in answer.headers
