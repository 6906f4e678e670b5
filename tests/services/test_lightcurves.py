"""The light-curve service, as clients see it."""

from __future__ import annotations

import csv
import io
import time
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pyarrow.parquet
import pytest
import requests
from astropy.io.votable import parse
from support import service
from support.edges import FIRST_OID, edge_curves
from support.stilts import NoStilts, stilts

from ztfvo.db import DatabaseDown, reading
from ztfvo.errors import HTTPError
from ztfvo.products import produce, queries, select
from ztfvo.products.model import Request

OID = service.HZ_HER_OIDS[0]
OTHER = service.HZ_HER_OIDS[1]
UNKNOWN = 680113399999999
STORED = ("hmjd", "mag", "magerr", "clrcoeff", "catflags")


def curves(answer) -> list[dict]:
    """Light curves of an answer in JSON."""
    assert answer.status_code == 200, answer.text
    return answer.json()["lightcurves"]


@pytest.fixture(scope="module")
def edges(site):
    """Copies of a light curve at the poles and around right ascension 0."""
    with edge_curves(OID):
        yield


@pytest.mark.parametrize(
    "path", [f"/lc/{OID}.json", f"/demo/lc/{OID}.json", f"/lc?RESPONSEFORMAT=json&ID={OID}"]
)
def test_every_address_of_a_light_curve_gives_it(ask, path):
    answer = ask(path)
    (one,) = curves(answer)
    assert (one["oid"], one["filter"], one["nrows"]) == (OID, "zg", 336)
    assert answer.json()["release"]["name"] == "demo"


def test_numbers_are_those_of_tap_bit_for_bit(ask, tap):
    found = tap.search(
        f"SELECT {', '.join(STORED)} FROM ztf.detections WHERE oid = {OID} ORDER BY hmjd"
    ).to_table()
    (one,) = curves(ask(f"/lc/{OID}.json"))
    for name in STORED:
        assert len(found) == 336
        expected = np.asarray(found[name])
        np.testing.assert_array_equal(np.array(one[name], expected.dtype), expected, err_msg=name)


def test_all_formats_carry_the_same_rows(ask):
    (one,) = curves(ask(f"/lc/{OID}.json"))
    rows = list(csv.DictReader(io.StringIO(ask(f"/lc/{OID}.csv").text)))
    arrow = pyarrow.parquet.read_table(io.BytesIO(ask(f"/lc/{OID}.parquet").content))
    votable = parse(io.BytesIO(ask(f"/lc/{OID}").content)).get_first_table()
    for name, dtype in {"hmjd": "f8", "mag": "f4", "magerr": "f4", "flux": "f8"}.items():
        expected = np.array(one[name], dtype)
        np.testing.assert_array_equal(np.array([row[name] for row in rows], dtype), expected)
        np.testing.assert_array_equal(arrow.column(name).to_numpy(), expected)
        np.testing.assert_array_equal(votable.array[name].data, expected)


@pytest.mark.parametrize(
    ("extension", "content_type", "disposition"),
    [
        ("vot", "application/x-votable+xml", "inline"),
        ("csv", "text/csv; header=present; charset=utf-8", "attachment"),
        ("json", "application/json", "inline"),
        ("parquet", "application/vnd.apache.parquet", "attachment"),
        ("png", "image/png", "inline"),
        ("pdf", "application/pdf", "inline"),
    ],
)
def test_formats_say_their_type_and_name_their_file(ask, extension, content_type, disposition):
    answer = ask(f"/lc/{OID},{OTHER}.{extension}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Content-Disposition"] == (
        f'{disposition}; filename="ztf_demo_{OID}_and_1_more.{extension}"'
    )


def test_votable_passes_votlint(ask, tmp_path):
    path = tmp_path / "curves.vot"
    query = {"ID": f"{OID},{OTHER}", "QUANTITY": "diffmag", "PERIOD": "1.7001674", "BIN": "0.05"}
    path.write_bytes(ask("/lc", **query).content)
    try:
        outcome = stilts("votlint", str(path))
    except NoStilts as error:
        pytest.skip(str(error))
    assert (outcome.status, outcome.out.strip()) == (0, "")
    counted = stilts("tpipe", f"in={path}#1", "ifmt=votable", "omode=count")
    assert "columns: 14" in counted.out


def test_several_light_curves_come_in_the_order_asked_for(ask):
    found = curves(ask(f"/lc/{OTHER},{OID}.json"))
    assert [one["oid"] for one in found] == [OTHER, OID]
    assert [one["separation"] for one in found] == [0.0, 0.0]


def test_neighbours_follow_by_separation(ask):
    found = curves(ask(f"/lc/{OID}.json", RADIUS="1"))
    assert found[0]["oid"] == OID
    assert {one["oid"] for one in found} == set(service.HZ_HER_OIDS)
    separations = [one["separation"] for one in found]
    assert separations == sorted(separations)
    assert 0 < separations[1] < separations[-1] < 1


def test_bands_choose_among_neighbours_too(ask):
    found = curves(ask(f"/lc/{OID}.json", RADIUS="1", BAND="r"))
    assert {one["oid"] for one in found} == set(service.HZ_HER_OIDS[1::2])
    answer = ask(f"/lc/{OID}.json", BAND="i")
    assert (answer.status_code, curves(answer)) == (200, [])


@pytest.mark.parametrize(
    ("centre", "radius", "expected"),
    [
        (0, 1, {0, 1, 2}),
        (1, 0.03, {1}),
        (1, 0.05, {0, 1}),
        (1, 0.08, {1, 2, 0}),
        (3, 0.1, {3, 4}),
        (4, 0.05, {4}),
        (5, 0.2, {5}),
        (5, 0.4, {5, 6}),
    ],
)
def test_neighbours_at_poles_and_right_ascension_0_are_like_any(
    ask, edges, centre, radius, expected
):
    found = curves(ask(f"/lc/{FIRST_OID + centre}.json", RADIUS=str(radius)))
    assert {one["oid"] - FIRST_OID for one in found} == expected
    assert all(one["separation"] <= radius for one in found)


def test_separation_is_the_angle_in_the_sky(ask, edges):
    found = {
        one["oid"] - FIRST_OID: one["separation"]
        for one in curves(ask(f"/lc/{FIRST_OID}.json", RADIUS="1"))
    }
    assert found == pytest.approx({0: 0.0, 1: 0.036, 2: 0.036}, abs=1e-6)
    found = curves(ask(f"/lc/{FIRST_OID + 3}.json", RADIUS="1"))
    assert found[1]["separation"] == pytest.approx(0.072, abs=1e-6)


def test_too_many_neighbours_are_refused_before_they_are_fetched(site, monkeypatch):
    monkeypatch.setattr(select, "MAX_CURVES", 3)
    asked = Request(release="ztf", oids=(OID,), format="json", radius=1.0)
    with reading() as connection, pytest.raises(HTTPError) as caught:
        select.select(connection, asked)
    assert caught.value.status == 400
    assert "4 light curves lie within RADIUS=1 arcsec, 3 are the limit" in caught.value.message


def test_a_query_that_takes_too_long_is_the_databases_fault(site):
    with pytest.raises(DatabaseDown), reading() as connection, connection.transaction():
        connection.execute("SET LOCAL statement_timeout = 50")
        connection.execute("SELECT pg_sleep(5)")


def test_connections_that_all_ended_are_replaced_before_a_reader_gives_up(site):
    with ExitStack() as held:
        connections = [held.enter_context(reading()) for _ in range(6)]
    ids = [connection.info.backend_pid for connection in connections]
    service.superuser(
        f"SELECT pg_terminate_backend(pid, 1000) FROM unnest(ARRAY{ids}) AS ended (pid)"
    )
    time.sleep(1.1)
    with reading() as connection:
        assert connection.info.backend_pid not in ids
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_too_many_rows_are_refused(site, monkeypatch):
    monkeypatch.setattr(produce, "MAX_ROWS", 336)
    asked = Request(release="ztf", oids=(OID,), format="json", period=1.7)
    assert produce.rows(produce.fetch(asked)) == 336
    with pytest.raises(HTTPError, match="672 rows are asked for, 336 are the limit") as caught:
        produce.fetch(replace(asked, cycles=2))
    assert caught.value.status == 400


@pytest.mark.parametrize("schema", ["ztf", "demo"])
def test_neighbours_use_the_position_index(site, schema):
    asked = Request(release=schema, oids=(OID,), format="json", radius=1.0)
    with reading() as connection:
        query, values = queries.neighbour_query(asked)
        plan = "\n".join(row[0] for row in connection.execute("EXPLAIN " + query, values))
    assert "object_position" in plan
    assert "object_pkey" in plan
    assert "Seq Scan" not in plan


def test_light_curves_are_looked_up_by_key_in_a_plan_made_once(site):
    asked = Request(release="ztf", oids=(OID,), format="json")
    with reading() as connection:
        for _ in range(3):
            select.select(connection, asked)
        query, values = queries.curve_query(asked, (OID, OTHER))
        plan = "\n".join(row[0] for row in connection.execute("EXPLAIN " + query, values))
        made = connection.execute(
            "SELECT generic_plans > 0, custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE '%lightcurves%' AND statement NOT LIKE 'EXPLAIN%'"
        ).fetchall()
    assert "lightcurve_pkey" in plan
    assert "object_pkey" in plan
    assert set(made) == {(True, 0)}


def test_time_ranges_and_windows_choose_epochs(ask):
    (everything,) = curves(ask(f"/lc/{OID}.json"))
    (short,) = curves(ask(f"/lc/{OID}.json", TIME="short"))
    (asked,) = curves(ask(f"/lc/{OID}.json", TIME="58194 59280"))
    assert short == asked
    expected = [time for time in everything["hmjd"] if 58194 <= time <= 59280]
    assert short["hmjd"] == expected
    assert 0 < len(expected) < 336
    first, second = everything["hmjd"][:2]
    (two,) = curves(ask(f"/lc/{OID}.json", TIME=f"{first!r} {second!r}"))
    assert two["hmjd"] == [first, second]
    (none,) = curves(ask(f"/lc/{OID}.json", TIME="1 2"))
    assert none["nrows"] == 0


def test_flags_choose_epochs(ask):
    (everything,) = curves(ask(f"/lc/{OID}.json"))
    (good,) = curves(ask(f"/lc/{OID}.json", QUALITY="good"))
    (masked,) = curves(ask(f"/lc/{OID}.json", BAD_CATFLAGS_MASK="32768"))
    flags = np.array(everything["catflags"])
    times = np.array(everything["hmjd"])
    assert 0 < (flags == 0).sum() < 336
    assert good["hmjd"] == times[flags == 0].tolist()
    assert masked["hmjd"] == times[flags & 32768 == 0].tolist()


def test_folding_gives_phase_and_orders_by_it(ask):
    (one,) = curves(ask(f"/lc/{OID}.json", PERIOD="1.7", EPOCH="58000"))
    times, phases = np.array(one["hmjd"]), np.array(one["phase"])
    expected = (times - 58000) / 1.7 % 1
    assert np.all(np.diff(phases) >= 0)
    np.testing.assert_allclose(phases, expected, atol=1e-12)
    (twice,) = curves(ask(f"/lc/{OID}.json", PERIOD="1.7", EPOCH="58000", CYCLES="2"))
    assert twice["mag"] == one["mag"] * 2
    assert twice["phase"][336] == pytest.approx(phases[0] + 1)


def test_references_given_make_differences(ask):
    (one,) = curves(ask(f"/lc/{OID}.json", QUANTITY="diffmag", REFMAG=f"{OID}:13.9:0.01"))
    assert (one["refmag"], one["refmagerr"]) == (13.9, 0.01)
    known = [value for value in one["diffmag"] if value is not None]
    assert 0 < len(known) < 336
    flux = np.array(one["flux"]) - 10 ** (-0.4 * (13.9 - 8.9))
    np.testing.assert_allclose(one["diffflux"], flux, rtol=1e-9, atol=1e-15)


def test_the_reference_catalogue_makes_differences_where_none_is_given(ask):
    (unknown,) = curves(ask(f"/lc/{OID}.json", QUANTITY="diffflux"))
    service.execute(
        "INSERT INTO ztf_store.reference_source (oid, ra, dec, mag, magerr, flags)"
        " VALUES (%s, 254.45755, 35.34236, 13.9, 0.01, 0)",
        OID,
    )
    try:
        (known,) = curves(ask(f"/lc/{OID}.json", QUANTITY="diffflux"))
        (shown,) = curves(ask(f"/lc/{OID}.json", QUANTITY="diffflux", REFMAG=f"{OID}:13.9:0.01"))
        (none,) = curves(ask(f"/lc/{OID}.json", QUANTITY="diffflux", REFMAG=f"{OID}:inf"))
    finally:
        service.execute("DELETE FROM ztf_store.reference_source WHERE oid = %s", OID)
    assert unknown["refmag"] is None
    assert set(unknown["diffflux"]) == {None}
    assert (known["refmag"], known["refmagerr"]) == (13.9, 0.01)
    assert known == shown
    assert none["diffflux"] == none["flux"]


REFUSED = [
    (f"/lc/{UNKNOWN}", 404, f"Release demo has no light curve {UNKNOWN}."),
    (f"/lc/{UNKNOWN}?RADIUS=1", 404, f"Release demo has no light curve {UNKNOWN}."),
    (f"/lc/{OID},{UNKNOWN}", 404, f"Release demo has no light curve {UNKNOWN}."),
    (f"/lc?ID={UNKNOWN}&BAND=r", 404, f"Release demo has no light curve {UNKNOWN}."),
    (f"/nope/lc/{OID}", 404, "There is no release 'nope'. There are: demo"),
    (f"/nope/lc/{OID}?RADIUS=1", 404, "There is no release 'nope'. There are: demo"),
    (f"/lc/ztf_store/{OID}", 404, "There is no release 'ztf_store'."),
    (f"/lc/{OID}/json", 404, f"There is nothing at /lc/{OID}/json."),
    ("/lc", 400, "No light curve is named: give ID, as in ID=680113300005170"),
    ("/lc/abc", 400, "ID: 'abc' is not a ZTF OID: expected a number of 15 or 16 digits."),
    ("/demo/lc/abc", 400, "ID: 'abc' is not a ZTF OID"),
    ("/demo/lc", 400, "No light curve is named: give ID"),
    (f"/lc/{OID}?TIME=long", 400, "TIME=long is not a window of release demo (it has: short)"),
    (f"/lc/{OID}?REFMAG={OTHER}:13", 400, f"REFMAG names {OTHER}, which is not among"),
    (f"/lc/{OID}?SR=1", 400, "There is no parameter SR. Known are: ID"),
    ("/lc?ID=1%27%20OR%201=1%20--", 400, "&quot;1' OR 1=1 --&quot; is not a ZTF OID"),
    ("/lc?ID=%3Cscript%3E", 400, "'&lt;script&gt;' is not a ZTF OID"),
    ("/lc?ID=%00", 400, "is not a ZTF OID"),
    ("/lc?ID=%ff", 400, "not UTF-8"),
]


@pytest.mark.parametrize(("path", "status", "sentence"), REFUSED)
def test_what_cannot_be_served_is_refused_in_a_votable(ask, path, status, sentence):
    answer = ask(path)
    assert answer.status_code == status
    text = answer.text.replace('"', "&quot;")
    assert sentence in text
    if "%ff" not in path:
        assert answer.headers["Content-Type"] == "application/x-votable+xml"
        (info,) = parse(io.BytesIO(answer.content)).resources[0].infos
        assert (info.name, info.value) == ("QUERY_STATUS", "ERROR")


def test_refusals_are_plain_text_where_another_format_was_asked_for(ask):
    answer = ask(f"/lc/{UNKNOWN}.csv")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == f"Release demo has no light curve {UNKNOWN}.\n"


def test_other_methods_are_refused(site):
    answer = requests.delete(f"{site}/lc/{OID}", timeout=60)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


def test_a_posted_form_is_answered_like_a_query(site, ask):
    form = {"ID": str(OID), "RESPONSEFORMAT": "json", "BAND": ["g", "r"]}
    posted = requests.post(f"{site}/lc", data=form, timeout=60)
    assert curves(posted) == curves(ask("/lc", **form))


def test_own_photometry_is_for_figures(site):
    body = {"mine": [{"mjd": 58300.0, "mag": 13.5, "magerr": 0.1, "filter": "V"}]}
    drawn = requests.post(f"{site}/lc/{OID}.png", json=body, timeout=60)
    assert drawn.content.startswith(b"\x89PNG")
    assert drawn.content != requests.get(f"{site}/lc/{OID}.png", timeout=60).content
    refused = requests.post(f"{site}/lc/{OID}.csv", json=body, timeout=60)
    assert (refused.status_code, "figures only" in refused.text) == (400, True)


def test_answers_may_be_kept_and_are_not_sent_twice(site, ask):
    named, default = ask(f"/demo/lc/{OID}.json"), ask(f"/lc/{OID}.json")
    assert named.headers["Cache-Control"] == "public, max-age=86400"
    assert default.headers["Cache-Control"] == "public, max-age=300"
    tag = default.headers["ETag"]
    again = requests.get(f"{site}/lc/{OID}.json", headers={"If-None-Match": tag}, timeout=60)
    assert (again.status_code, again.content) == (304, b"")
    weak = {"If-None-Match": f'"x", W/{tag.removeprefix("W/")}'}
    assert requests.get(f"{site}/lc/{OID}.json", headers=weak, timeout=60).status_code == 304
    other = requests.get(f"{site}/lc/{OTHER}.json", headers={"If-None-Match": tag}, timeout=60)
    assert other.status_code == 200


def test_head_has_the_headers_without_the_document(site):
    answer = requests.head(f"{site}/lc/{OID}.csv", timeout=60)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "ztf_demo" in answer.headers["Content-Disposition"]
