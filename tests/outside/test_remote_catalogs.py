"""What is peculiar to catalogues outside, one test for each thing that was met."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import astropy.units as u
import pytest
from astropy.io.votable.ucd import parse_ucd
from support import tapserver
from support.cases import gaia, gcvs, panstarrs_stack, sdss_dr16q, vsx
from support.catalogs import PROJECT
from support.outside import Reply
from support.outside_cases import cases

from ztfvo.catalogs import declared
from ztfvo.outside.ask import Desk, rows_around
from ztfvo.outside.cache import Cache
from ztfvo.outside.catalogs import at_vizier
from ztfvo.outside.client import Pool
from ztfvo.outside.model import Place, State
from ztfvo.outside.sources import sources
from ztfvo.outside.sources.alerce_classes import newest
from ztfvo.settings import load_settings

VIZIER_TABLES = [name for name, one in sources().items() if "tapvizier" in one.hosts[0]]


def question(name: str, **changes):
    """What a source's case asks; with a changed place where that is given."""
    case = cases()[name]
    place = replace(case.place, **changes)
    return rows_around(sources()[name], place, case.radius)


def test_every_column_has_a_standard_ucd_and_a_unit_of_vounits():
    for source in sources().values():
        for column in source.columns:
            parse_ucd(column.ucd, check_controlled_vocabulary=True)
            if column.unit:
                u.Unit(column.unit, format="vounit")


def test_every_source_names_its_columns_once_and_yields_only_declared_ones():
    for source in sources().values():
        names = [column.name for column in source.columns]
        assert len(names) == len({name.lower() for name in names})
        yields = vars(source.yields)
        used = {one for one in yields.values() if isinstance(one, str)}
        assert used | set(source.yields.probabilities.values()) <= set(names)
        assert set(source.position or ()) <= set(names)
        assert (0 < source.radius <= source.largest_radius) == (source.find is not None)


@pytest.mark.parametrize("name", VIZIER_TABLES)
def test_names_in_adql_are_quoted_and_a_cone_is_on_columns_of_the_table(ask, outside, name):
    cases()[name].answer(outside)
    ask(question(name))
    query = outside.asked[0].values["QUERY"]
    selected = query.partition(" DISTANCE(")[0]
    catalog = declared(PROJECT).get(name)
    asked_for = [
        column.key
        for column in sources()[name].columns
        if catalog is None or column.name in catalog.vizier.columns
    ]
    assert [key for key in asked_for if f'"{key}"' not in selected] == []
    assert selected.count('"') == 2 * len(set(asked_for))
    assert " CONTAINS(POINT('ICRS', " in query
    assert query.endswith(" ORDER BY match_dist")


def of_catalog(ask, outside, name: str, module, **changes) -> list[dict]:
    """Rows of a catalog at VizieR, of which some values are changed."""
    table = declared(PROJECT)[name].vizier.table
    tapserver.answer(outside, tapserver.VIZIER, f'"{table}"', module.ROWS | changes)
    (answer,) = ask(cases()[name].question(sources()[name], len(outside.asked)))
    assert answer.state == State.FOUND, answer.reason
    return list(answer.rows)


@pytest.mark.parametrize("name", [name for name, one in declared(PROJECT).items() if one.vizier])
def test_a_catalog_at_vizier_has_the_columns_of_the_table_here(name):
    catalog, source = declared(PROJECT)[name], sources()[name]
    assert [(one.name, one.unit or "", one.ucd, one.description) for one in source.columns] == [
        (one.name, one.unit, one.ucd, one.description) for one in catalog.published
    ]
    assert (source.title, source.radius) == (catalog.title, catalog.radius)


def test_an_amplitude_in_place_of_a_minimum_is_in_its_own_column(ask, outside):
    found = {row["gcvs"]: row for row in of_catalog(ask, outside, "gcvs", gcvs)}
    star, limit = found["V0999   And"], found["S       And"]
    assert (star["min1"], star["amplitude"], star["min1_limit"]) == (None, 0.75, "(")
    assert (limit["min1"], limit["amplitude"], limit["min1_limit"]) == (16.0, None, "<")
    found = {row["oid"]: row for row in of_catalog(ask, outside, "vsx", vsx)}
    assert [(row["min_mag"], row["amplitude"]) for row in (found[42], found[2345159])] == [
        *((None, 0.5), (17.33, None)),
    ]
    flagged = of_catalog(ask, outside, "vsx", vsx, f_min=["(", "("], l_min=["<", None])
    assert [(row["min_mag"], row["amplitude"], row["min_limit"]) for row in flagged] == [
        *((None, 17.33, "<"), (None, 0.5, None)),
    ]


@pytest.mark.parametrize("epoch", [2442995.405, 42995.405])
def test_julian_dates_of_gcvs_are_those_of_its_file_whatever_vizier_leaves_out(ask, outside, epoch):
    rows = of_catalog(ask, outside, "gcvs", gcvs, Epoch=[epoch, None])
    assert {row["epoch"] for row in rows} == {42995.405, None}


def test_a_name_of_vizier_may_be_that_of_another_column_here(ask, outside):
    """The type of all catalogs is made of the class, and VizieR's class may be called type."""
    catalog = declared(PROJECT)["sdss_dr16q"]
    places = catalog.vizier.columns | {
        "class_person": catalog.vizier.columns["class_person"].model_copy(update={"of": "type"})
    }
    changed = catalog.vizier.model_copy(update={"columns": places})
    source = at_vizier(catalog.model_copy(update={"vizier": changed}))
    table = {"type" if name == "Class" else name: one for name, one in sdss_dr16q.ROWS.items()}
    tapserver.answer(outside, tapserver.VIZIER, '"VII/289/superset"', table)
    (answer,) = ask(rows_around(source, cases()["sdss_dr16q"].place, 10.0))
    assert [(row["class_person"], row["type"]) for row in answer.rows] == [
        *((3, "quasar"), (0, "not inspected")),
    ]


def test_codes_of_sdss_are_in_words_and_those_for_none_are_none(ask, outside):
    def classes(*codes) -> list[tuple]:
        rows = of_catalog(ask, outside, "sdss_dr16q", sdss_dr16q, Class=list(codes))
        return [(row["class_person"], row["type"]) for row in rows]

    assert classes(4, 30) == [(4, "galaxy"), (30, "broad-absorption-line quasar")]
    assert classes(-1, 7) == [(None, None), (7, "7")]


def test_a_column_that_vizier_has_no_more_is_refused_with_its_reason(ask, outside):
    case = cases()["gaia_distances"]
    without = {"Source": [1], "RA_ICRS": [0.0], "DE_ICRS": [0.0]}
    tapserver.answer(outside, tapserver.VIZIER, '"I/352/gedr3dis"', without)
    (answer,) = ask(rows_around(sources()["gaia_distances"], case.place, 1.0))
    assert answer.state == State.UNAVAILABLE
    assert "refuses the query: unknown column 'rgeo'" in answer.reason


def test_a_refusal_with_status_200_is_one(ask, outside):
    body = tapserver._refusal("the server is tired").body
    outside.answer(*tapserver.VIZIER, Reply(body, "application/x-votable+xml"))
    (answer,) = ask(question("ztf_periodic"))
    assert answer.state == State.UNAVAILABLE
    assert "the server is tired" in answer.reason


def test_a_star_that_moves_is_found_where_it_was_at_the_epoch_of_the_place(ask, outside):
    cases()["gaia"].answer(outside)
    (then,) = ask(question("gaia"))
    (star,) = then.rows
    assert star["separation"] == pytest.approx(0.0, abs=1e-3)
    assert star["separation_as_listed"] == pytest.approx(3.6, abs=1e-6)
    (later,) = ask(question("gaia", epoch=2019.0))
    (star,) = later.rows
    # 0.9 arcsec behind the place, which is where it will be a year later
    assert star["separation"] == pytest.approx(0.9, abs=1e-3)
    assert star["position_angle"] % 360 == pytest.approx(180.0, abs=0.1)


def test_a_star_is_asked_for_as_far_as_it_may_have_moved(ask, outside):
    cases()["gaia"].answer(outside)
    ask(question("gaia"))
    query = outside.asked[0].values["QUERY"]
    assert f"{(1.0 + 60) / 3600:.9f}" in query
    assert "pmRA * pmRA + pmDE * pmDE > 40000" in query


def test_nothing_is_known_of_a_star_without_motion(ask, outside):
    cases()["gaia"].answer(outside)
    (answer,) = ask(question("gaia", ra=gaia.RA + 0.8 / 3600, dec=gaia.DEC))
    star = next(row for row in answer.rows if row["Gmag"] == 19.75)
    assert star["separation"] == pytest.approx(star["separation_as_listed"], abs=1e-9)
    assert star["separation"] < 1e-3  # places are rounded to 0.4 mas


def test_rows_of_mast_may_be_objects_and_distances_are_not_taken_from_it(ask, outside):
    rows = [row | {"distance": 12.0} for row in panstarrs_stack.ROWS]
    body = panstarrs_stack.body(rows, as_lists=False)
    outside.answer(panstarrs_stack.HOST, panstarrs_stack.PATH, Reply(body))
    (answer,) = ask(question("panstarrs_stack"))
    assert [row["objID"] for row in answer.rows] == [110461872779253351, 110461872781485699]
    assert [round(row["separation"], 2) for row in answer.rows] == [0.01, 2.0]
    assert [row["nDetections"] for row in answer.rows] == [5, 0]


@pytest.mark.parametrize("null", ["None", None, -999, -999.0, "nan"])
def test_each_null_of_mast_is_none(ask, outside, null):
    rows = [panstarrs_stack.ROWS[0] | {"gPSFMag": null}]
    body = panstarrs_stack.body(rows, as_lists=True)
    outside.answer(panstarrs_stack.HOST, panstarrs_stack.PATH, Reply(body))
    (answer,) = ask(question("panstarrs_stack"))
    assert answer.rows[0]["gPSFMag"] is None


@pytest.mark.parametrize(
    ("versions", "last"),
    [
        (["1.0.4", "1.0.10", "1.0.9"], "1.0.10"),
        (["beta", "0.1"], "0.1"),
        (["hierarchical_random_forest_1.1.0", "hierarchical_random_forest_1.0.0"], "1.1.0"),
        (["beta"], "beta"),
    ],
)
def test_the_newest_version_of_a_classifier_is_that_of_the_largest_numbers(versions, last):
    assert newest(versions).endswith(last)


def test_an_object_that_no_classifier_of_alerce_knows_has_no_class(ask, outside):
    cases()["alerce_classes"].answer(outside)
    path = "/ztf/v1/objects/ZTF18abcgqmz/probabilities"
    outside.answer("api.alerce.online", path, Reply(b"{}", status=404))
    (answer,) = ask(question("alerce_classes"))
    assert (answer.state, answer.rows[0]["class"]) == (State.FOUND, None)


def test_the_text_of_a_refusal_of_fink_is_shown_though_it_is_not_json(ask, outside):
    text = b"{'status': 'error', 'text': 'radius is too large'}"
    path = "/api/v1/conesearch"
    outside.answer("api.ztf.fink-portal.org", path, Reply(text, "text/plain", 400))
    (answer,) = ask(question("fink_classes"))
    assert answer.state == State.UNAVAILABLE
    assert "radius is too large" in answer.reason


@pytest.mark.parametrize("null", ["Unknown", "Fail 503", "", "nan", "\ufffd", "null", "None"])
def test_each_word_of_fink_for_no_value_is_none(ask, outside, null):
    alert = {column.key: None for column in sources()["fink_classes"].columns}
    place = cases()["fink_classes"].place
    alert |= {"i:objectId": "ZTF1", "i:ra": place.ra, "i:dec": place.dec, "d:cdsxmatch": null}
    path = "/api/v1/conesearch"
    outside.answer("api.ztf.fink-portal.org", path, Reply(json.dumps([alert]).encode()))
    (answer,) = ask(question("fink_classes"))
    assert answer.rows[0]["simbad"] is None


def test_another_message_of_the_open_catalogs_is_not_nothing_found(ask, outside):
    message = b'{"message": "Rate limit exceeded."}'
    outside.answer("api.astrocats.space", "/all", Reply(message))
    (answer,) = ask(question("osc"))
    assert answer.state == State.UNAVAILABLE
    assert answer.reason.endswith("says: Rate limit exceeded.")


def test_otter_is_asked_with_bound_values_and_the_login_that_is_published(ask, outside):
    cases()["otter"].answer(outside)
    ask(question("otter"))
    sent = json.loads(outside.asked[0].body)
    assert sent["bindVars"] == {"ra": 151.711964, "dec": 1.692795, "sep": 5 / 3600}
    assert outside.asked[0].headers["Authorization"].startswith("Basic ")


def test_an_error_of_otter_is_one(ask, outside):
    body = b'{"error": true, "code": 400, "errorMessage": "AQL: syntax error"}'
    outside.answer("otter.idies.jhu.edu", "/api/_db/otter/_api/cursor", Reply(body))
    (answer,) = ask(question("otter"))
    assert (answer.state, answer.reason) == (
        State.UNAVAILABLE,
        "OTTER says: AQL: syntax error",
    )


def test_astro_colibri_is_not_asked_without_an_account(outside, tmp_path):
    import asyncio

    async def run():
        settings = load_settings(outside_gateway=outside.url, astro_colibri_uid="")
        desk = Desk(Pool(settings), Cache(tmp_path / "c", 10**6))
        try:
            return await desk.answer(question("astro_colibri"))
        finally:
            await desk.close()

    answer = asyncio.run(run())
    assert answer.state == State.UNAVAILABLE
    assert "ZTFVO_ASTRO_COLIBRI_UID" in answer.reason
    assert outside.asked == []


@pytest.mark.parametrize("status", [401, "429"])
def test_an_error_of_astro_colibri_with_status_200_is_one(ask, outside, status):
    body = json.dumps([{"message": "quota is used up", "status_code": status}, 429]).encode()
    outside.answer("astro-colibri.science", "/cone_search", Reply(body))
    (answer,) = ask(question("astro_colibri"))
    assert answer.state == State.UNAVAILABLE
    assert "quota is used up" in answer.reason
    assert bool(answer.since) == (status == "429")


def test_the_account_of_astro_colibri_is_sent_in_the_body_alone(ask, outside):
    cases()["astro_colibri"].answer(outside)
    ask(question("astro_colibri"))
    (sent,) = outside.asked
    assert json.loads(sent.body)["uid"] == "u-1"
    assert "u-1" not in f"{sent.path}{sent.values}"


def test_a_distance_in_an_unknown_unit_is_malformed(ask, outside):
    cases()["simbad"].answer(outside)
    table = {
        "oidref": [1],
        "dist": [3.0],
        "unit": ["furlong"],
        "minus_err": [None],
        "plus_err": [None],
    }
    tapserver.answer(outside, tapserver.SIMBAD, "mesDistance", table)
    (answer,) = ask(question("simbad"))
    assert (answer.state, answer.reason) == (
        State.MALFORMED,
        "column unit has 'furlong', which is not one of pc, kpc, Mpc",
    )


def test_catalogues_of_vizier_are_those_used_most_first(ask, outside):
    cases()["vizier"].answer(outside)
    (answer,) = ask(question("vizier"))
    assert [row["table"] for row in answer.rows] == ["II/246/out", "J/AJ/165/248/table3"]
    assert answer.rows[1]["regime"] == "Infrared, Optical"


def test_tables_of_one_service_have_their_turns_together(ask, outside, cache):
    for name in ("ztf_periodic", "spicy"):
        cases()[name].answer(outside)
    ask(question("ztf_periodic"), question("spicy"))
    with sqlite3.connect(cache._path) as file:
        turns = file.execute("SELECT name FROM source WHERE next > 0").fetchall()
    assert turns == [("https://tapvizier.cds.unistra.fr",)]


def test_a_place_at_a_pole_or_at_ra_0_is_asked_for_as_it_is(ask, outside):
    moved = {"SPICY": [1], "RA_ICRS": [359.9999], "DE_ICRS": [0.0]}
    rows = {**cases_rows("spicy"), **moved}
    tapserver.answer(outside, tapserver.VIZIER, '"J/ApJS/254/33/table1"', rows)
    (answer,) = ask(rows_around(sources()["spicy"], Place(360.0, 0.0), 1.0))
    assert answer.rows[0]["separation"] == pytest.approx(0.36, abs=1e-6)
    polar = {**cases_rows("spicy"), "RA_ICRS": [180.0], "DE_ICRS": [89.9999]}
    tapserver.answer(outside, tapserver.VIZIER, '"J/ApJS/254/33/table1"', polar)
    (answer,) = ask(rows_around(sources()["spicy"], Place(0.0, 90.0), 1.0))
    assert answer.rows[0]["separation"] == pytest.approx(0.36, abs=1e-6)


def cases_rows(name: str) -> dict:
    """The table of a case."""
    import importlib

    return importlib.import_module(f"support.cases.{name}").ROWS
