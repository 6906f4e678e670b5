"""The knowledge database behind the site's one port, and its records in TAP."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import httpx
import psycopg
import pytest
import pyvo
from support import kdb, service
from support.experts import API, Person, person
from support.rawhttp import raw
from support.releases import ztfvo

from ztfvo.settings import get_settings
from ztfvo.site import kdb_tables

HZ_HER = service.HZ_HER_OIDS
_numbers = itertools.count(100 * (os.getpid() % 900_000))


def new_oid() -> int:
    """An OID that no other test has, and no release."""
    return 999_313_400_000_000 + next(_numbers)


@pytest.fixture(scope="module")
def expert(site):
    """An expert with a session."""
    return person(site)


@pytest.fixture(scope="module")
def one(tap):
    """A function that runs a query with one row."""

    def run(query: str):
        (row,) = tap.search(query)
        return row

    return run


def test_what_is_recorded_by_session_is_in_the_next_tap_answer(expert, tap, one):
    oid, asked = new_oid(), datetime.now(UTC)
    for number, (tags, text) in enumerate([(["SN"], "Überrest π ★"), (["SN", "Hostless"], "")], 1):
        expert.annotate(oid, *tags, description=text)
        row = one(f"SELECT * FROM kdb.objects WHERE oid = {oid}")
        assert set(row["tags"].split("#")) == set(tags)
        assert (row["description"], int(row["annotations"])) == (text, number)
        assert row["release"] == "dr17"
        assert row["author"] == expert.http.get("whoami/").json()["public_name"]
        recorded = datetime.fromisoformat(row["changed_at"]).replace(tzinfo=UTC)
        assert abs(recorded - asked) < timedelta(minutes=2)
    history = tap.search(f"SELECT number, tags FROM kdb.history WHERE oid = {oid} ORDER BY number")
    assert [(int(row["number"]), row["tags"]) for row in history] == [(1, "SN"), (2, row["tags"])]


def test_a_deleted_object_is_in_the_history_only(expert, tap):
    oid = new_oid()
    expert.annotate(oid, "AGN")
    expert.annotate(oid, deleted=True)
    assert len(tap.search(f"SELECT oid FROM kdb.objects WHERE oid = {oid}")) == 0
    history = tap.search(f"SELECT deleted FROM kdb.history WHERE oid = {oid} ORDER BY number")
    assert [str(row["deleted"]) for row in history] == ["False", "True"]


def test_a_script_records_by_its_token_until_it_is_revoked(site, expert, one):
    script, oid = Person(site, expert.token("script")), new_oid()
    body = {"oid": oid, "release": "dr17", "tags": ["EW"]}
    assert script.http.post("annotations/", json=body).status_code == 201
    assert one(f"SELECT tags FROM kdb.objects WHERE oid = {oid}")["tags"] == "EW"
    assert expert.send("tokens/script/", None, "DELETE").status_code == 204
    assert script.http.post("annotations/", json=body).status_code == 401


def test_a_light_curve_is_recorded_on_a_release_that_has_it_or_is_not_loaded(site, expert):
    script, oid = Person(site, expert.token("lacking")), new_oid()
    body = {"oid": oid, "release": "demo", "tags": ["EW"]}
    answer = script.http.post("annotations/", json=body)
    assert (answer.status_code, list(answer.json())) == (400, ["oid"])
    assert f"Release demo has no light curve {oid}" in answer.json()["oid"][0]
    for more in ({"release": "dr24"}, {"oid": new_oid(), "release": "dr17"}):
        assert script.http.post("annotations/", json=body | more).status_code == 201
    assert expert.send("tokens/lacking/", None, "DELETE").status_code == 204


def test_nobody_records_without_login_or_with_a_forged_request(site, expert):
    body = {"oid": new_oid(), "release": "dr17", "tags": ["EW"]}
    assert httpx.post(f"{site}{API}annotations/", json=body).status_code == 401
    assert expert.http.post("annotations/", json=body).status_code == 403
    cross = {"X-CSRFToken": "x" * 32, "Origin": "http://evil.example"}
    assert expert.http.post("annotations/", json=body, headers=cross).status_code == 403


def test_tags_are_found_whole_and_in_any_case(expert, tap):
    oids = {name: new_oid() for name in ("SN", "SNIa")}
    for name, oid in oids.items():
        expert.annotate(oid, name, "uncertain")
    query = "SELECT oid FROM kdb.objects WHERE 1 = ivo_hashlist_has(tags, '{}') AND oid IN ({}, {})"
    for asked, found in (("SN", ["SN"]), ("snia", ["SNIa"]), ("uncertain", ["SN", "SNIa"])):
        rows = tap.search(query.format(asked, *oids.values()))
        assert {int(row["oid"]) for row in rows} == {oids[name] for name in found}
    assert len(tap.search(query.format("S", *oids.values()))) == 0


def test_the_vocabulary_counts_its_objects(expert, one):
    query = "SELECT objects, retired FROM kdb.tags WHERE name = 'Lens'"
    before = int(one(query)["objects"])
    expert.annotate(new_oid(), "Lens")
    assert int(one(query)["objects"]) == before + 1


def test_records_join_with_light_curves(expert, one):
    expert.annotate(HZ_HER[3], "Eclipsing")
    row = one(
        "SELECT k.oid, o.filter, o.ngoodobs FROM kdb.objects AS k JOIN ztf.objects AS o"
        f" ON o.oid = k.oid WHERE k.oid = {HZ_HER[3]}"
    )
    assert (row["filter"], int(row["ngoodobs"]) > 50) == ("zr", True)


def test_the_cone_search_finds_annotated_objects_alone(site, expert):
    expert.annotate(HZ_HER[3], "Eclipsing", description="π")
    answer = httpx.get(f"{site}{API}objects/", params={"page_size": 500, "oid": HZ_HER})
    annotated = {row["oid"] for row in answer.json()["results"]}
    cone = pyvo.dal.SCSService(f"{site}/kdb/scs").search(pos=service.HZ_HER, radius=1.5 / 3600)
    assert {int(row["oid"]) for row in cone} == annotated
    (row,) = (row for row in cone if int(row["oid"]) == HZ_HER[3])
    assert (row["tags"], row["description"], row["filter"]) == ("Eclipsing", "π", "zr")
    assert abs(row["ra"] - service.HZ_HER[0]) < 1 / 3600
    assert len(pyvo.dal.SCSService(f"{site}/kdb/scs").search(pos=(100, -80), radius=0.1)) == 0


def test_the_cone_search_is_a_form_and_takes_a_tag(site, expert):
    expert.annotate(HZ_HER[3], "Eclipsing")
    asked = {"hscs_pos": "254.45755 +35.34236", "hscs_sr": "2", "__nevow_form__": "genForm"}
    for tag, found in (("eclipsing", True), ("Galaxy", False)):
        page = httpx.get(f"{site}/kdb/kdb/cone/form", params=asked | {"tag": tag}, timeout=60)
        assert (str(HZ_HER[3]) in page.text) == found


def test_oids_are_keys_to_light_curves_also_when_the_default_is_chosen_again(ask, tap):
    ztfvo("release", "default", "demo")
    described = ElementTree.fromstring(ask("/tap/tables").content)
    tables = {table.findtext("name"): table for table in described.iter("table")}
    for name in ("kdb.objects", "kdb.history"):
        (key,) = tables[name].iter("foreignKey")
        shown = [
            key.findtext(f".//{part}") for part in ("targetTable", "fromColumn", "targetColumn")
        ]
        assert shown == ["ztf.objects", "oid", "oid"]
    keys = tap.search(
        "SELECT k.from_table, c.from_column, c.target_column FROM tap_schema.keys AS k"
        " JOIN tap_schema.key_columns AS c ON c.key_id = k.key_id"
        " WHERE k.target_table = 'ztf.objects' AND k.from_table LIKE 'kdb.%'"
    )
    assert sorted(tuple(row.values()) for row in keys) == [
        ("kdb.history", "oid", "oid"), ("kdb.objects", "oid", "oid"),
    ]  # fmt: skip


def test_the_page_and_the_links_have_what_is_recorded_on_the_light_curve_and_its_star(
    site, expert, tap
):
    oid, other = HZ_HER[1], HZ_HER[2]
    text = "<b>here</b> & {{ there }}"
    expert.annotate(oid, "EA", "CCSN", description=text)
    author = expert.http.get("whoami/").json()["public_name"]
    page = httpx.get(f"{site}/view/{oid}").text
    assert "&lt;b&gt;here&lt;/b&gt; &amp; {{ there }}" in page
    assert text not in page
    assert author in page
    related = httpx.get(f"{site}/view/{other}").text
    assert f"{oid}</a> (of the same star)" in related
    found = pyvo.dal.adhoc.DatalinkResults.from_result_url(f"{site}/links?ID={oid}")
    (own,) = [row for row in found if row["local_semantics"] == "expert-record"]
    today = datetime.now(UTC)
    assert own["access_url"] == f"{site}/kdb/objects/{oid}"
    assert own["description"] in {
        f"Experts on OID {oid}: {tags}; {text} ({author}, {today:%Y-%m-%d})"
        for tags in ("EA, CCSN", "CCSN, EA")
    }
    assert httpx.get(own["access_url"]).status_code == 200
    found = pyvo.dal.adhoc.DatalinkResults.from_result_url(f"{site}/links?ID={other}")
    stars = [row for row in found if row["local_semantics"] == "expert-record-of-star"]
    assert f"{site}/kdb/objects/{oid}" in [row["access_url"] for row in stars]


def test_what_is_not_annotated_says_so(site, tap):
    (row,) = tap.search(
        "SELECT TOP 1 o.oid FROM ztf.objects AS o WHERE fieldid = 202"
        " AND NOT EXISTS (SELECT k.oid FROM kdb.objects AS k WHERE k.oid = o.oid)"
    )
    links = httpx.get(f"{site}/links?ID={row['oid']}").text
    assert f"Experts on OID {row['oid']}: nothing recorded yet" in links
    assert "<p>Nothing yet.</p>" in httpx.get(f"{site}/view/{row['oid']}").text


def test_records_lead_to_the_links_of_their_light_curves(site, tap):
    found = tap.search(f"SELECT oid, tags FROM kdb.objects WHERE oid = {HZ_HER[0]}")
    (described,) = found.iter_adhocservices()
    address = {param.name: param.value for param in described.params}["accessURL"]
    assert address == f"{site}/links"
    cone = pyvo.dal.SCSService(f"{site}/kdb/scs").search(service.HZ_HER, 0.001)
    linked = {row["access_url"] for links in cone.iter_datalinks() for row in links}
    assert {f"{site}/lc/{row['oid']}.vot" for row in cone} <= linked


def test_tap_describes_the_tables(tap):
    tables = {name: tap.tables[name] for name in ("kdb.objects", "kdb.history", "kdb.tags")}
    for name, table in tables.items():
        assert table.description
        columns = {column.name: column for column in table.columns}
        assert all(column.description and column.ucd for column in columns.values()), name
        assert columns["description"].datatype.content == "unicodeChar"
    objects = {column.name: column for column in tables["kdb.objects"].columns}
    assert objects["author"].datatype.content == "unicodeChar"
    assert objects["tags"].ucd == "meta.code.class"
    assert "UTC" in objects["changed_at"].description
    assert "kdb.positions" not in set(tap.tables)


def test_other_oids_of_a_star_are_found_at_this_site(site, expert):
    expert.annotate(HZ_HER[3], "Eclipsing")
    state = httpx.get(f"{site}{API}objects/{HZ_HER[1]}/").json()
    assert (state["siblings_from"], state["siblings_unavailable"]) == ("sources", None)
    assert set(state["same_star"]) == set(HZ_HER) - {HZ_HER[1]}
    siblings = {row["oid"]: row for row in state["siblings"]}
    assert (siblings[HZ_HER[3]]["tags"], siblings[HZ_HER[3]]["sibling"]) == (["Eclipsing"], True)


def test_the_demo_has_an_expert_with_records_that_say_so(tap):
    rows = tap.search("SELECT oid, tags, description FROM kdb.history WHERE author = 'Demo expert'")
    tags = {int(row["oid"]): row["tags"] for row in rows}
    expected = {633207400004730: "SN", 758205100001118: "AGN", 759116400002093: "RRAB"}
    assert expected.items() <= tags.items()
    assert len(tags) == 30
    assert all(row["description"].startswith("Made for the demo: ") for row in rows)


def test_static_files_are_served_with_headers_that_close_them(site):
    page = httpx.get(f"{site}/kdb/")
    assert "/kdb/static/pages/pages.css" in page.text
    style = httpx.get(f"{site}/kdb/static/pages/pages.css")
    assert (style.status_code, style.headers["Content-Type"]) == (200, "text/css")
    assert style.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in style.headers["Content-Security-Policy"]
    assert httpx.get(f"{site}/kdb/static/drf_spectacular_sidecar/").status_code in (403, 404)


@pytest.mark.parametrize(
    "path",
    ["/kdb/static/../environment", "/kdb/static/%2e%2e/environment", "/kdb/static../environment",
     "/kdb/static//../../secrets/kdb-secret-key", "/kdb/static/..%2f..%2fsecrets/kdb-secret-key",
     "/kdb/../kdb/environment", "/kdb/static/pages/../../../kdb/environment"],
)  # fmt: skip
def test_no_file_beside_the_static_ones_is_served(site, path):
    status, body = raw(site, path.encode())
    assert status in (400, 404)
    assert b"KDB_" not in body


def test_bodies_beyond_the_limit_are_refused_with_a_sentence(site):
    for path, size, kind in (
        (f"{API}objects/query/", 2_000_000, "json"),
        (f"{API}objects/query/", 400_000, "json"),
        ("/kdb/login", 2_000_000, "html"),
    ):
        answer = httpx.post(site + path, content=b"x" * size, timeout=30)
        assert (answer.status_code, kind in answer.headers["Content-Type"]) == (413, True)
        assert "parts" in answer.text


def test_conditions_on_oids_reach_the_database_that_has_the_records(site):
    by_oid = plan(f"SELECT tags FROM kdb.objects WHERE oid = {HZ_HER[3]}")
    assert f"(oid = {HZ_HER[3]}" in by_oid.partition("Remote SQL:")[2]
    cone = plan(
        "SELECT * FROM kdb.positions WHERE spoint(radians(ra), radians(dec)) <@"
        " scircle(spoint(radians(254.45755), radians(35.34236)), radians(0.0003))"
    )
    assert "object_position" in cone
    assert "Seq Scan on demo_store.object" not in cone
    assert "$1" not in cone  # the records are asked for once, not for each OID in the cone
    joined = plan("SELECT * FROM kdb.objects JOIN ztf.objects o USING (oid) WHERE tags = 'SN'")
    assert "Index Scan using object_pkey" in joined
    assert "(tags = 'SN'" in joined.partition("Remote SQL:")[2]


def plan(query: str) -> str:
    """PostgreSQL's plan of a query of DaCHS' administrative role."""
    with psycopg.connect(kdb.dsn("ztfvo", "gavoadmin")) as connection:
        return "\n".join(row[0] for row in connection.execute(f"EXPLAIN VERBOSE {query}"))


def test_the_planner_of_tap_knows_the_records_and_keeps_no_login_for_it(site):
    with psycopg.connect(kdb.dsn("kdb", "postgres")) as records:
        (count,) = records.execute("SELECT count(*) FROM kdb_public.history").fetchone()
    kdb_tables.recount(get_settings())
    with psycopg.connect(kdb.dsn("ztfvo", "postgres")) as superuser:
        known = superuser.execute(
            "SELECT reltuples::int FROM pg_class WHERE oid = 'kdb_remote.history'::regclass"
        ).fetchone()
        roles = superuser.execute("SELECT usename::text FROM pg_user_mappings").fetchall()
    assert known == (count,)
    assert roles == [("gavoadmin",)]
