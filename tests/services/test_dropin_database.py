"""Scripts that ask SNAD's database of ZTF data releases get the same from this site."""

from __future__ import annotations

import io

import numpy as np
import pandas
import pytest
import requests
from support import service
from support.edges import FIRST_OID, edge_curves

OID, OTHER = service.HZ_HER_OIDS[:2]
RA, DEC = service.HZ_HER
UNKNOWN = 680113399999999
DATA = "/api/v3/data"
FULL, META, COORD = (f"{DATA}/latest/oid/{what}/json" for what in ("full", "meta", "coord"))
CIRCLE = f"{DATA}/latest/circle/full/json"
BAD = 9999201100000000
"""A light curve without good epochs."""


@pytest.fixture(scope="module")
def stored(site):
    """What the store has of the light curve, as rows of its views."""
    (facts,) = service.rows(
        "SELECT nobs, ngoodobs, filter, fieldid, rcid, ra, dec, h3_10 FROM demo_store.objects"
        " WHERE oid = %s",
        OID,
    )
    epochs = service.rows(
        "SELECT hmjd, mag, magerr, clrcoeff, catflags FROM demo_store.detections WHERE oid = %s"
        " ORDER BY hmjd",
        OID,
    )
    return facts, epochs


@pytest.fixture(scope="module")
def edges(site):
    """Light curves at the poles and around right ascension 0."""
    with edge_curves(OID):
        yield


@pytest.fixture(scope="module")
def flagged(site):
    """A light curve all of whose epochs are flagged."""
    for table in ("object", "lightcurve"):
        changed = f"oid = {BAD}" + (
            ", ngoodobs = 0, ra = 10, dec = 80"
            if table == "object"
            else ", catflags = array_fill(1::smallint, ARRAY[336])"
        )
        service.execute(f"CREATE TABLE public.copied AS SELECT * FROM demo_store.{table} LIMIT 0")
        service.execute(
            f"INSERT INTO public.copied SELECT * FROM demo_store.{table} WHERE oid = %s", OID
        )
        service.execute(f"UPDATE public.copied SET {changed}")
        service.execute(f"INSERT INTO demo_store.{table} SELECT * FROM public.copied")
        service.execute("DROP TABLE public.copied")
    yield
    for table in ("object", "lightcurve"):
        service.execute(f"DELETE FROM demo_store.{table} WHERE oid = %s", BAD)


def test_facts_and_good_epochs_are_those_of_the_store(ask, stored):
    (nobs, ngoodobs, band, fieldid, rcid, ra, dec, h3), epochs = stored
    good = [row[:4] for row in epochs if row[4] == 0 and row[2] > 0]
    assert 0 < len(good) == ngoodobs < nobs == len(epochs)
    found = ask(FULL, oid=OID).json()
    assert list(found) == [str(OID)]
    one = found[str(OID)]
    assert list(one) == ["meta", "lc"]
    assert one["meta"] == {
        "nobs": nobs,
        "ngoodobs": ngoodobs,
        "duration": good[-1][0] - good[0][0],
        "filter": band,
        "fieldid": fieldid,
        "rcid": rcid,
        "coord": {"ra": ra, "dec": dec},
        "h3": {"10": h3},
    }
    assert {tuple(epoch) for epoch in one["lc"]} == {("mjd", "mag", "magerr", "clrcoeff")}
    given = np.array([list(epoch.values()) for epoch in one["lc"]])
    np.testing.assert_array_equal(given[:, 0], [row[0] for row in good])
    for place in (1, 2, 3):
        np.testing.assert_array_equal(
            given[:, place].astype("f4"), np.array([row[place] for row in good], "f4")
        )


def test_all_epochs_come_with_their_flags_where_they_are_asked_for(ask, stored):
    _, epochs = stored
    (one,) = ask(FULL, oid=OID, all=1).json().values()
    assert [epoch["mjd"] for epoch in one["lc"]] == [row[0] for row in epochs]
    assert [epoch["catflags"] for epoch in one["lc"]] == [row[4] for row in epochs]
    assert one["meta"] == ask(META, oid=OID).json()[str(OID)]
    assert ask(FULL, oid=OID, all=0).json() == ask(FULL, oid=OID).json()


def test_numbers_are_those_of_this_sites_own_json(ask):
    (own,) = ask(f"/lc/{OID}.json", QUALITY="good").json()["lightcurves"]
    (one,) = ask(FULL, oid=OID).json().values()
    for name, same in (("mjd", "hmjd"), ("mag", "mag"), ("magerr", "magerr")):
        assert [epoch[name] for epoch in one["lc"]] == own[same]


def test_facts_alone_are_the_same(ask):
    both = ask(META, oid=[OID, OTHER]).json()
    full = ask(FULL, oid=[OID, OTHER]).json()
    assert both == {oid: one["meta"] for oid, one in full.items()}
    assert list(both) == [str(OID), str(OTHER)]


def test_positions_come_by_get_and_by_a_list_that_is_sent(site, ask, stored):
    (*_, ra, dec, _), _ = stored
    expected = ask(COORD, oid=[OID, OTHER]).json()
    assert expected[str(OID)] == {"ra": ra, "dec": dec}
    assert list(expected) == [str(OID), str(OTHER)]
    listed = [{"oid": OID}, {"oid": OTHER}, {"oid": UNKNOWN}]
    sent = requests.post(f"{site}{COORD}", json=listed, timeout=60)
    assert sent.json() == expected
    many = [{"oid": oid} for (oid,) in service.rows("SELECT oid FROM demo_store.object LIMIT 3000")]
    assert len(requests.post(f"{site}{COORD}", json=many, timeout=60).json()) > 2900


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"[", "The body is not a list of light curves"),
        (b'{"oid": 1}', "The body is not a list of light curves"),
        (b"[1, 2]", "The body is not a list of light curves"),
        (b'[{"OID": 1}]', "The body is not a list of light curves"),
        (b"null", "The body is not a list of light curves"),
        (b"[" * 100_000, "The body is not a list of light curves"),
        (b'[{"oid": "x"}]', "oid=x is not a whole number"),
        (b'[{"oid": 1e999}]', "is not"),
        (b'[{"oid": {}}]', "oid={} is not a whole number"),
    ],
)
def test_lists_that_cannot_be_read_are_refused(site, body, sentence):
    headers = {"Content-Type": "application/json"}
    answer = requests.post(f"{site}{COORD}", body, headers=headers, timeout=60)
    assert (answer.status_code, sentence in answer.text) == (400, True), answer.text


def test_more_than_can_be_had_is_refused(site, ask):
    oids = [str(OID + number) for number in range(101)]
    answer = ask(FULL, oid=oids)
    assert (answer.status_code, "101 light curves are named, 100 are" in answer.text) == (400, True)
    assert ask(META, oid=oids[1:]).status_code == 200
    many = [{"oid": number} for number in range(10_001)]
    assert requests.post(f"{site}{COORD}", json=many, timeout=60).status_code == 400


def test_what_finks_portal_reads_is_there(ask):
    """As its callback for photometry of data releases asks and reads."""
    answer = ask(CIRCLE, ra=RA, dec=DEC, radius_arcsec=2.0)
    assert answer.status_code == 200
    tables = []
    for one in answer.json().values():
        table = pandas.DataFrame(one["lc"])
        table["filtercode"] = one["meta"]["filter"]
        tables.append(table)
    found = pandas.concat(tables, ignore_index=True)
    assert len(tables) == 4
    assert set(found["filtercode"]) == {"zg", "zr"}
    assert found[["mjd", "mag", "magerr"]].notna().all(axis=None)
    again = pandas.read_json(io.StringIO(found.to_json()))
    assert len(again) == len(found) > 800


def test_the_nearest_of_a_circle_comes_first(ask):
    found = ask(CIRCLE, ra=RA, dec=DEC, radius_arcsec=1).json()
    assert set(found) == set(map(str, service.HZ_HER_OIDS))
    own = ask("/lc", POS=f"CIRCLE {RA} {DEC} {1 / 3600}", FORMAT="json").json()["lightcurves"]
    assert list(found) == [str(one["oid"]) for one in own]
    for oid, one in found.items():
        assert one == ask(FULL, oid=oid).json()[oid]


@pytest.mark.parametrize(
    ("ra", "dec", "radius", "numbers"),
    [
        (77, 90, 0.2, {0, 1, 2}),
        (0, 0, 0.05, {3, 4}),
        (360, 0, 0.05, {3, 4}),
        (-0.00001, 0, 0.01, {3}),
        (200, -90, 0.5, {5, 6}),
        (200, -90, 0.2, {5}),
    ],
)
def test_circles_reach_over_poles_and_right_ascension_0(ask, edges, ra, dec, radius, numbers):
    found = ask(CIRCLE, ra=ra, dec=dec, radius_arcsec=radius).json()
    assert {int(oid) - FIRST_OID for oid in found} == numbers


def test_light_curves_without_good_epochs_are_left_out_unless_all_are_asked_for(ask, flagged):
    here = {"ra": 10, "dec": 80, "radius_arcsec": 1}
    assert ask(FULL, oid=BAD).json() == {}
    assert ask(META, oid=BAD).json() == {}
    assert ask(COORD, oid=BAD).json() == {}
    assert ask(CIRCLE, **here).json() == {}
    (one,) = ask(CIRCLE, **here, all=1).json().values()
    assert (one["meta"]["ngoodobs"], one["meta"]["duration"], len(one["lc"])) == (0, 0.0, 336)
    assert ask(COORD, oid=BAD, all=1).json() == {str(BAD): {"ra": 10.0, "dec": 80.0}}


@pytest.mark.parametrize("path", [FULL, META, COORD])
def test_unknown_light_curves_are_left_out(ask, path):
    answer = ask(path, oid=[UNKNOWN, 7])
    assert (answer.status_code, answer.json()) == (200, {})
    assert list(ask(path, oid=[UNKNOWN, OID]).json()) == [str(OID)]


def test_nothing_in_a_circle_is_an_empty_object(ask):
    answer = ask(CIRCLE, ra=10, dec=30, radius_arcsec=10)
    assert (answer.status_code, answer.text) == (200, "{}")


@pytest.mark.parametrize(
    ("path", "parameters", "status", "sentence"),
    [
        (FULL, {}, 400, "give oid, as in oid=680113300005170"),
        (META, {"oid": "x"}, 400, "oid=x is not a whole number"),
        (COORD, {"oid": "1.5"}, 400, "oid=1.5 is not a whole number"),
        (FULL, {"oid": "1; DROP TABLE x"}, 400, "oid=1; DROP TABLE x is not a whole number"),
        (FULL, {"oid": "9" * 400}, 400, "is not a whole number"),
        (FULL, {"oid": str(OID), "all": "maybe"}, 400, "ALL=maybe is not one of 1, true"),
        (CIRCLE, {"ra": "1", "dec": "2"}, 400, "radius_arcsec is missing"),
        (CIRCLE, {"dec": "2", "radius_arcsec": "1"}, 400, "ra is missing"),
        (CIRCLE, {"ra": "x", "dec": "2", "radius_arcsec": "1"}, 400, "RA=x is not a number"),
        (CIRCLE, {"ra": "nan", "dec": "2", "radius_arcsec": "1"}, 400, "RA=nan is not a number"),
        (CIRCLE, {"ra": "1", "dec": "91", "radius_arcsec": "1"}, 400, "DEC=91 is not a number"),
        (CIRCLE, {"ra": "1", "dec": "2", "radius_arcsec": "0"}, 400, "is not above 0"),
        (CIRCLE, {"ra": "1", "dec": "2", "radius_arcsec": "-1"}, 400, "RADIUS_ARCSEC=-1 is not"),
        (CIRCLE, {"ra": "1", "dec": "2", "radius_arcsec": "61"}, 400, "from 0 to 60"),
        (f"{DATA}/dr99/oid/full/json", {"oid": str(OID)}, 404, "There is no release 'dr99'"),
        (f"{DATA}/dr99/oid/coord/json", {"oid": str(OID)}, 404, "There is no release 'dr99'"),
        (f"{DATA}/DR99/oid/meta/json", {"oid": str(OID)}, 404, "There is no release 'DR99'"),
        (f"{DATA}/tap_schema/oid/coord/json", {"oid": str(OID)}, 404, "There is no release"),
        (f"{DATA}/latest/oid/all/json", {"oid": str(OID)}, 404, "There is nothing at this address"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(ask, path, parameters, status, sentence):
    answer = ask(path, **parameters)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_releases_are_listed_with_the_latest(ask):
    names = [name for (name,) in service.rows("SELECT name FROM ztf_store.releases ORDER BY name")]
    assert ask("/api/v3/dr/list/json").json() == [*names, "latest"]
    named, latest = (ask(f"{DATA}/{dr}/oid/full/json", oid=OID) for dr in ("demo", "latest"))
    assert named.content == latest.content
    assert named.headers["Cache-Control"] == "public, max-age=86400"
    assert latest.headers["Cache-Control"] == "public, max-age=300"
    assert latest.headers["Access-Control-Allow-Origin"] == "*"


def test_help_leads_to_the_description_of_all_addresses(ask):
    answer = ask("/api/v3/help")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/api/docs")
