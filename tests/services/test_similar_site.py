"""Similar light curves on the running site: the tables, the function of ADQL, and /similar."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from astropy.io.votable import parse
from support import service

from ztfvo.db import connect
from ztfvo.features.space import MEASURES
from ztfvo.store import space as stored

LZ_BOO = 759116400002093
"""RR Lyrae of type RRab."""
OTHER_BAND = 680213300009232
TWIN = 680113399999999
"""A light curve that a test makes."""
SCALES = {"plain": lambda values: values, "log10": np.log10, "asinh": np.arcsinh}


@pytest.fixture(scope="module")
def demo(site) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """OIDs, features and coordinates of all light curves that are placed, by way of numpy only."""
    names = ", ".join(f"f.{name}" for name in MEASURES)
    rows = service.rows(
        f"SELECT f.oid, {names} FROM demo_store.feature f JOIN demo_store.feature_place USING (oid)"
        " ORDER BY oid"
    )
    with connect() as connection:
        here = stored.read(connection, "demo_store")
    values = np.array([row[1:] for row in rows], float)
    oids = np.array([row[0] for row in rows])
    return oids, values, here.coordinates(values).astype(np.float32).astype(float)


def nearest(demo, oid: int, number: int) -> tuple[list[int], np.ndarray]:
    """Neighbours in the same band and their distances, by comparing with all."""
    oids, _, coordinates = demo
    mine = oids // 10**11 % 10 == oid // 10**11 % 10
    away = np.linalg.norm(coordinates - coordinates[oids == oid], axis=1)
    order = [i for i in np.argsort(away) if mine[i] and oids[i] != oid][:number]
    return oids[order].tolist(), away[order]


@pytest.fixture
def twin(demo):
    """A light curve with the very features of LZ Boo, in all tables."""
    copied = {"object": "", "feature": "", "feature_place": ""}
    for table in copied:
        columns = [
            name
            for (name,) in service.rows(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                " AND NOT attisdropped AND attname <> 'oid'",
                f"demo_store.{table}",
            )
        ]
        names = ", ".join(columns)
        service.execute(
            f"INSERT INTO demo_store.{table} (oid, {names})"
            f" SELECT {TWIN}, {names} FROM demo_store.{table} WHERE oid = {LZ_BOO}"
        )
    yield TWIN
    for table in copied:
        service.execute(f"DELETE FROM demo_store.{table} WHERE oid = {TWIN}")


def test_neighbours_and_distances_are_those_of_comparing_with_all(ask, demo):
    some = np.random.default_rng(1).choice(demo[0], 15, replace=False).tolist()
    for oid in [LZ_BOO, *some]:
        answer = ask("/similar", ID=oid, N=25).json()
        found = [(int(one["oid"]), one["distance"]) for one in answer["neighbours"]]
        oids, distances = nearest(demo, oid, 25)
        assert [each for each, _ in found] == oids
        np.testing.assert_allclose([away for _, away in found], distances, atol=1e-6, rtol=0)


def test_a_pulsating_star_is_like_other_pulsating_stars(ask):
    answer = ask("/similar", ID=LZ_BOO).json()
    assert len(answer["neighbours"]) == 20
    assert answer["object"]["values"]["period_0"] == pytest.approx(0.6117423, rel=1e-4)
    first = answer["neighbours"][:5]
    assert all(0.4 < one["values"]["period_0"] < 0.9 for one in first)
    assert all(one["values"]["period_s_to_n_0"] > 50 for one in first)


def test_the_features_that_differ_most_are_named_with_their_differences(ask, demo):
    oids, values, _ = demo
    answer = ask("/similar", ID=LZ_BOO, N=5).json()
    facts = {one["name"]: one for one in answer["space"]["features"]}

    def standard(which: np.ndarray) -> dict[str, float]:
        found = {}
        for (name, scale), value in zip(MEASURES.items(), which, strict=True):
            scaled = SCALES[scale](value)
            away = (scaled - facts[name]["median"]) / facts[name]["spread"]
            found[name] = np.arcsinh(away)
        return found

    own = standard(values[oids == LZ_BOO][0])
    for one in answer["neighbours"]:
        its = standard(values[oids == int(one["oid"])][0])
        away = {name: its[name] - own[name] for name in MEASURES}
        largest = sorted(away, key=lambda name: -abs(away[name]))[:3]
        assert [each["feature"] for each in one["differs"]] == largest
        for each in one["differs"]:
            assert each["difference"] == pytest.approx(away[each["feature"]], abs=1e-6)


def test_an_identical_light_curve_is_at_distance_0_and_differs_in_nothing(ask, twin):
    first, second, *_ = ask("/similar", ID=LZ_BOO).json()["neighbours"]
    assert (first["oid"], first["distance"], first["differs"]) == (str(twin), 0, [])
    assert second["distance"] > 0
    assert ask("/similar", ID=twin, N=1).json()["neighbours"][0]["oid"] == str(LZ_BOO)


def test_neighbours_are_of_the_band_that_is_asked_for(ask, demo):
    of_zg = demo[0] // 10**11 % 10 == 1
    assert of_zg.all(), "the quadrants that scripts/demo takes are of zg"
    assert (
        ask("/similar", ID=LZ_BOO, BAND="G", N=3).json() == ask("/similar", ID=LZ_BOO, N=3).json()
    )
    none = ask("/similar", ID=LZ_BOO, BAND="r").json()
    assert (none["object"]["filter"], none["band"], none["neighbours"]) == ("zg", "zr", [])


def test_csv_and_votable_have_what_json_has(ask):
    wanted = ask("/similar", ID=LZ_BOO, N=4).json()["neighbours"]
    lines = list(csv.DictReader(io.StringIO(ask("/similar", ID=LZ_BOO, N=4, FORMAT="csv").text)))
    document = parse(
        io.BytesIO(ask("/demo/similar", ID=LZ_BOO, N=4, RESPONSEFORMAT="votable").content)
    )
    rows = document.get_first_table().to_table(use_names_over_ids=True)
    assert len(wanted) == len(lines) == len(rows) == 4
    for rank, (one, line, row) in enumerate(zip(wanted, lines, rows, strict=True), start=1):
        assert (int(line["rank"]), row["rank"]) == (rank, rank)
        assert (line["oid"], str(row["oid"])) == (one["oid"], one["oid"])
        assert (float(line["distance"]), row["distance"]) == (one["distance"], one["distance"])
        assert line["differs_1"] == row["differs_1"] == one["differs"][0]["feature"]
        assert float(line["difference_1"]) == row["difference_1"] == one["differs"][0]["difference"]
        assert float(line["period_0"]) == row["period_0"] == one["values"]["period_0"]
    infos = {info.name: info.value for info in document.resources[0].infos}
    assert (infos["object"], infos["release"]) == (str(LZ_BOO), "demo")


def test_adql_finds_the_same_neighbours(ask, tap):
    wanted = ask("/similar", ID=LZ_BOO, N=10).json()["neighbours"]
    found = tap.search(
        "SELECT TOP 10 oid, gavo_ztf_dissimilarity(place,"
        f" (SELECT place FROM ztf.feature_space WHERE oid = {LZ_BOO})) AS unlike"
        f" FROM ztf.feature_space WHERE filterid = 1 AND oid <> {LZ_BOO} ORDER BY unlike"
    )
    assert [str(row["oid"]) for row in found] == [one["oid"] for one in wanted]
    np.testing.assert_allclose(found["unlike"], [one["distance"] for one in wanted], atol=1e-9)


def test_who_reads_the_tables_can_compute_the_places(tap):
    """As docs/similar.md says it."""
    scales = tap.search("SELECT * FROM ztf.feature_scales ORDER BY number").to_table()
    names = ", ".join(f"f.{name}" for name in scales["feature"])
    rows = tap.search(
        f"SELECT TOP 200 p.place, {names} FROM ztf.feature_space AS p"
        " JOIN ztf.features AS f ON f.oid = p.oid"
    ).to_table()
    away = np.column_stack(
        [
            np.arcsinh(
                (SCALES[one["scale"]](np.array(rows[one["feature"]], float)) - one["median"])
                / one["spread"]
            )
            for one in scales
        ]
    )
    away = np.clip(np.nan_to_num(away, nan=0.0), -6, 6)
    places = np.clip(away @ np.array(scales["weights"], float), -20, 20)
    np.testing.assert_allclose(np.array(rows["place"], float), places, atol=1e-5)


def test_a_function_of_places_takes_two(query):
    answer = query("SELECT gavo_ztf_dissimilarity(place) AS d FROM ztf.feature_space")
    assert answer.status_code == 400
    assert "gavo_ztf_dissimilarity takes 2 arguments, not 1" in answer.text


@pytest.mark.parametrize(
    ("path", "parameters", "status", "sentence"),
    [
        ("/similar", {}, 400, "0 light curves are named: give one"),
        ("/similar", {"ID": f"{LZ_BOO},{OTHER_BAND}"}, 400, "2 light curves are named"),
        ("/similar", {"ID": "x'y"}, 400, "x'y"),
        ("/similar", {"ID": 999113300005170}, 404, "has no light curve 999113300005170"),
        ("/similar", {"ID": LZ_BOO, "N": 0}, 400, "N=0 is not a whole number from 1 to 200"),
        ("/similar", {"ID": LZ_BOO, "N": 201}, 400, "N=201 is not a whole number from 1 to 200"),
        ("/similar", {"ID": LZ_BOO, "BAND": "u"}, 400, "BAND=u is not one of g, r, i"),
        ("/similar", {"ID": LZ_BOO, "RADIUS": 1}, 400, "There is no parameter RADIUS"),
        ("/similar", {"ID": LZ_BOO, "RESPONSEFORMAT": "fits"}, 400, "fits is not known here"),
        ("/nosuch/similar", {"ID": LZ_BOO}, 404, "There is no release 'nosuch'"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_reason(
    ask, path, parameters, status, sentence
):
    answer = ask(path, **parameters)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text


def test_a_light_curve_without_features_is_404_since_asking_again_does_not_help(ask):
    answer = ask("/similar", ID=OTHER_BAND)
    assert (answer.status_code, answer.text) == (
        404,
        f"Similar light curves are not computed for {OTHER_BAND} at this site: it has no features"
        " in release demo yet. The site's operator computes them with ztfvo features demo, then"
        " ztfvo similar demo.\n",
    )


def test_an_object_of_few_good_epochs_has_nothing_like_it(ask):
    count = f"(SELECT ngoodobs FROM demo_store.object WHERE oid = {OTHER_BAND})"
    ((good,),) = service.rows(f"SELECT {count}")
    change = f"UPDATE demo_store.object SET ngoodobs = %s WHERE oid = {OTHER_BAND}"
    service.execute(change, 4)
    try:
        answer = ask("/similar", ID=OTHER_BAND)
    finally:
        service.execute(change, good)
    assert answer.status_code == 404
    assert f"{OTHER_BAND} has 4 good epochs: without 5 it has no features" in answer.text


def test_a_release_without_the_index_says_how_to_get_it(ask, demo):
    service.execute("ALTER INDEX demo_store.feature_place_near RENAME TO feature_place_hidden")
    try:
        answer = ask("/similar", ID=LZ_BOO)
    finally:
        service.execute("ALTER INDEX demo_store.feature_place_hidden RENAME TO feature_place_near")
    assert answer.status_code == 503
    assert "operator computes them with ztfvo features demo, then ztfvo similar" in answer.text
