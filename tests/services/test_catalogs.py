"""Hosted catalogs as visitors meet them: TAP, cone searches, registry; added, and dropped."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import pyvo
from astropy.coordinates import SkyCoord
from astropy.table import Table
from support import service
from support.archive import StandIn
from support.catalogs import PROJECT
from support.files import ROOT
from support.here import ztfvo_here
from support.releases import ztfvo

from ztfvo.catalogs import declared, store
from ztfvo.db import reading
from ztfvo.outside.catalogs import at_vizier
from ztfvo.settings import get_settings
from ztfvo.site import refresh

KNOWN = declared(PROJECT)
HZ_HER = service.HZ_HER
ADDED = "added_catalog"
VIZIER = """
[vizier]
table = "J/Added/1/2/table3"
columns = { ra = "RAJ2000", dec = "DEJ2000", name = "SNAD", type = "Class" }

[layouts.csv]
"""


def state(name: str) -> store.Loaded:
    with reading() as connection:
        return store.loaded(connection)[name]


def test_every_catalog_is_alive_in_the_demo_and_says_that_it_is_simulated(tap):
    described = {
        row["table_name"]: row["description"]
        for row in tap.search(
            "SELECT table_name, description FROM tap_schema.tables WHERE schema_name = 'catalogs'"
        )
    }
    assert set(described) == {f"catalogs.{name}" for name in (*KNOWN, "variables")}
    for name, one in KNOWN.items():
        assert described[f"catalogs.{name}"].startswith(
            f"SIMULATED data, not observed. {one.description[:20]}"
        )
        (row,) = tap.search(f"SELECT COUNT(*) AS n FROM catalogs.{name}")
        assert row["n"] == state(name).nrows > 0, name


@pytest.mark.parametrize("name", KNOWN)
def test_columns_of_a_table_are_those_that_are_declared(tap, name):
    found = tap.search(
        "SELECT column_name, unit, ucd, description FROM tap_schema.columns"
        f" WHERE table_name = 'catalogs.{name}' ORDER BY column_index"
    )
    declared_as = [(one.name, one.unit, one.ucd, one.description) for one in KNOWN[name].published]
    assert [tuple(row.values()) for row in found] == declared_as
    names = [one.name for one in KNOWN[name].published]
    assert tap.search(f"SELECT {', '.join(names)} FROM catalogs.{name}").fieldnames == tuple(names)


@pytest.mark.parametrize("name", KNOWN)
def test_a_cone_search_of_each_catalog_finds_its_test_position(site, name):
    ra, dec = KNOWN[name].test
    cone = pyvo.dal.SCSService(f"{site}/catalogs/{name}/scs?")
    found = cone.search(pos=(ra, dec), radius=1 / 3600)
    assert len(found) == 1
    place = SkyCoord(found[0]["ra"], found[0]["dec"], unit="deg")
    assert place.separation(SkyCoord(ra, dec, unit="deg")).arcsec < 0.5
    assert len(cone.search(pos=(ra, -dec), radius=1 / 3600)) == 0


@pytest.mark.parametrize("about", ["", "/capabilities", "/availability", "/tables"])
def test_what_vosi_says_is_beside_each_short_address(ask, about):
    parameters = {} if about else {"RA": 1, "DEC": 1, "SR": 0}
    assert ask(f"/catalogs/gcvs/scs{about}", **parameters).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/catalogs/nosuch/scs?RA=1&DEC=1&SR=0.1", 404),
        ("/catalogs/catalog/scs?RA=1&DEC=1&SR=0.1", 404),
        ("/catalogs/gcvs/cone/upload", 404),
        ("/catalogs/gcvs/scs?RA=400&DEC=1&SR=0.1", 200),
    ],
)
def test_other_addresses_of_catalogs_have_nothing(ask, path, status):
    answer = ask(path)
    assert answer.status_code == status
    if "400" in path:
        assert "RA=400 is not in 0 to 360 degrees" in answer.text


def test_every_variable_known_somewhere_is_found_in_one_query(tap):
    found = tap.search(
        "SELECT catalog_name, name, type, period FROM catalogs.variables"
        f" WHERE DISTANCE(ra, dec, {HZ_HER[0]}, {HZ_HER[1]}) < 10/3600. ORDER BY catalog_name"
    )
    assert [tuple(row.values())[:3] for row in found] == [
        ("gcvs", "HZ Her", "XPRM"),
        ("vsx", "HZ Her", "XPRM"),
        ("ztf_suspected", "ZTFJ165749.81+352032.5", ""),
    ]
    assert {row["period"] for row in found} == {1.700167}
    units = {
        (row["column_name"], row["unit"])
        for row in tap.search(
            "SELECT column_name, unit FROM tap_schema.columns"
            " WHERE table_name LIKE 'catalogs.%' AND column_name IN ('type', 'period')"
        )
    }
    assert units == {("type", ""), ("period", "d")}


def test_an_upload_is_joined_with_all_variables(tap):
    stars = Table({"ra": [HZ_HER[0], 10.0], "dec": [HZ_HER[1], -80.0]})
    found = tap.run_sync(
        "SELECT u.ra, v.catalog_name FROM TAP_UPLOAD.stars AS u JOIN catalogs.variables AS v"
        " ON DISTANCE(u.ra, u.dec, v.ra, v.dec) < 10/3600.",
        uploads={"stars": stars},
    )
    assert sorted(row["catalog_name"] for row in found) == ["gcvs", "vsx", "ztf_suspected"]


def test_a_cone_on_all_variables_uses_the_index_of_each_table(site):
    query = (
        "EXPLAIN SELECT name FROM catalogs_store.variables WHERE"
        " spoint_dwithin(spoint(radians(ra), radians(dec)), spoint(1, 0.5), 0.00001)"
    )
    with service.connect() as connection:
        connection.execute("SET enable_seqscan = off")
        plan = "\n".join(row[0] for row in connection.execute(query))
    used = {name for name, one in KNOWN.items() if one.variables}
    assert {name for name in KNOWN if f"{name}__" in plan} == used
    assert plan.count("Index Scan") == len(used)
    assert "Seq Scan" not in plan


@pytest.fixture
def record(ask):
    """Text of the registry record of a resource."""

    def get(name: str) -> str:
        authority = re.search("<identifier>ivo://([^/<]+)", ask("/oai.xml?verb=Identify").text)[1]
        query = "/oai.xml?verb=GetRecord&metadataPrefix=ivo_vor&identifier="
        text = ask(f"{query}ivo://{authority}/{name}").content.decode()
        return " ".join(text.split())

    return get


@pytest.mark.parametrize("name", KNOWN)
def test_registry_records_of_table_and_cone_have_coverage_and_source(site, record, name):
    one = KNOWN[name]
    for what in ("cone", name):
        text = record(f"catalogs/{name}/{what}")
        assert one.source in text
        assert "<spatial>" in text
        assert "SIMULATED" in text
        for author in one.authors.split("; "):
            assert f"<name>{author}</name>" in text
        assert "Palomar" not in text
    assert f"<shortName>{one.label} SCS</shortName>" in record(f"catalogs/{name}/cone")
    assert f"{site}/catalogs/{name}/scs?" in record(f"catalogs/{name}/cone")


@pytest.fixture
def added(site, tmp_path):
    """A catalog that is declared in the checkout and loaded; all of it is removed afterwards."""
    folder = PROJECT / ADDED
    descriptor = ROOT / "resources" / "catalogs" / f"{ADDED}.rd"
    text = (PROJECT / "snad" / "catalog.toml").read_text()
    text = re.sub(r"\ntitle = .*", '\ntitle = "Added: α < β & γ"', "\n" + text).lstrip()
    text = text.replace('label = "SNAD"', 'label = "Added"').replace("rows = 144", "rows = 2")
    text = text.replace("[layouts.csv]\n", VIZIER)
    file = tmp_path / "added.csv"
    file.write_text(
        "Name,R.A.,Dec.,OID,Discovery date (UT),mag,er_down,er_up,ref,er_ref,TNS,Type,Comments\n"
        "One,12.5,89.9999,,,20.5,,,,,,PSN,\nTwo,0,-89.9999,1,,,,,,,,AGN,α Ω\n"
    )
    try:
        folder.mkdir()
        (folder / "catalog.toml").write_text(text)
        descriptor.write_text(
            '<resource schema="catalogs" resdir=".">\n'
            f'  <FEED source="catalogs/catalog#catalog" name="{ADDED}"/>\n</resource>\n'
        )
        ztfvo("catalog", "load", ADDED, file)
        yield SimpleNamespace(file=file, folder=folder)
    finally:
        ztfvo_here("catalog", "drop", ADDED, "--yes")  # where the test has not come so far
        descriptor.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def test_a_catalog_that_is_added_is_in_every_place_until_it_is_dropped(
    site, tap, ask, record, added
):
    rows = tap.search(f"SELECT name, oid, comments, type FROM catalogs.{ADDED} ORDER BY name")
    assert [(row["name"], row["comments"], row["type"]) for row in rows] == [
        *(("One", "", "PSN"), ("Two", "α Ω", "AGN")),
    ]
    assert rows["oid"].tolist() == [None, 1]
    cone = pyvo.dal.SCSService(f"{site}/catalogs/{ADDED}/scs?")
    assert [row["name"] for row in cone.search(pos=(190.0, 90.0), radius=0.001)] == ["One"]
    assert "Added: α &lt; β &amp; γ: cone search" in record(f"catalogs/{ADDED}/cone")
    (table,) = tap.search(
        f"SELECT description, nrows FROM tap_schema.tables WHERE table_name = 'catalogs.{ADDED}'"
    )
    assert table["nrows"] == 2
    assert table["description"].endswith(f"Loaded here on {datetime.now(UTC):%Y-%m-%d}.")
    assert "SIMULATED" not in table["description"]
    (here,) = ask(f"/match/{ADDED}", POS="190,90").json()["catalogs"]
    assert (here["hosted"], here["answers"][0]["rows"][0]["name"]) == (True, "One")
    there = [column.name for column in at_vizier(declared(PROJECT)[ADDED]).columns]
    assert [column["name"] for column in here["columns"] if column["name"] in there] == there
    shown = ztfvo_here("catalog", "status").stdout
    (line,) = (line for line in shown.splitlines() if ADDED in line)
    assert re.search(rf"{ADDED} .*│ 2 .*│ 0 .*whole.*added\.csv", line.replace("┃", "│")), line

    bad = added.file.with_name("bad.csv")
    bad.write_text(added.file.read_text().replace("12.5,89", "12.5,99"))
    refused = ztfvo("catalog", "load", ADDED, bad, check=False)
    assert refused.returncode == 1
    assert "1 of 2 rows are bad" in refused.stderr
    assert "row 2: dec = 99.9999 deg is not on the sky" in refused.stderr
    assert len(tap.search(f"SELECT name FROM catalogs.{ADDED}")) == 2

    again = ztfvo("catalog", "load", ADDED, added.file)
    assert "unchanged" in again.stderr

    ztfvo("catalog", "drop", ADDED, "--yes")
    assert f"catalogs.{ADDED}" not in pyvo.dal.TAPService(f"{site}/tap").tables
    gone = ask(f"/catalogs/{ADDED}/scs?RA=1&DEC=1&SR=0.1")
    assert gone.status_code == 404
    assert "is not loaded at this site" in gone.text
    assert tap.search("SELECT COUNT(*) AS n FROM catalogs.variables")[0]["n"] > 0


def test_simulated_rows_are_not_loaded_twice_nor_over_observed_ones(site):
    folder = get_settings().data / "demo-catalogs"
    shown = ztfvo("catalog", "load", "all", "--folder", folder, "--simulated", "--no-publish")
    assert shown.stderr.count("unchanged") == len(KNOWN)


def test_commands_on_catalogs_say_what_cannot_be_done(site, tmp_path):
    for words, message in (
        (("fetch", "nosuch"), "There is no catalog 'nosuch'. Declared in"),
        (("load", "all", "--folder", tmp_path), "has no folder with files of a catalog"),
        (("drop", "nosuch", "--yes"), "is not loaded"),
    ):
        done = ztfvo_here("catalog", *words)
        assert done.returncode == 1, words
        assert message in done.stderr, done.stderr


def test_commands_on_catalogs_say_what_they_do_not_find(site, tmp_path):
    """What they look at with the rights of the user who loads data, in a process of its own."""
    for words, message in (
        (("fetch", "ogle3"), "Choose all columns"),
        (("fetch", "tns"), "set ZTFVO_TNS_ID"),
        (("load", "vsx"), "First: ztfvo catalog fetch vsx"),
        (("load", "vsx", tmp_path / "vsx.dat"), "vsx.dat"),
    ):
        done = ztfvo("catalog", *words, check=False)
        assert done.returncode == 1, words
        assert message in done.stderr, done.stderr


def test_a_catalog_that_is_declared_with_other_columns_is_loaded_again_first(site):
    change = "UPDATE catalogs_store.catalog SET shape = %s WHERE name = 'spicy'"
    with service.connect() as connection:
        connection.execute(change, ("other",))
    try:
        done = ztfvo_here("catalog", "publish", "spicy")
    finally:
        with service.connect() as connection:
            connection.execute(change, (store.shape(KNOWN["spicy"]),))
    assert done.returncode == 1
    assert "spicy is loaded with other columns" in done.stderr
    assert "First: ztfvo catalog load spicy" in " ".join(done.stderr.split())


def test_what_is_due_is_refreshed_by_itself(site, tap):
    """The list of TNS from a stand-in, as `watch` does it; the demo's rows come back afterwards."""
    before = state("tns")
    dump = "/files/tns_public_objects.csv.zip"
    settings = get_settings().model_copy(update={"tns_id": 1, "tns_name": "test", "tns_key": "key"})
    file = PROJECT / "tns" / "catalog.toml"
    text = file.read_text()
    with StandIn() as server:
        server.files[dump] = _tns_zip()
        try:
            file.write_text(
                re.sub(r'url = ".*"', f'url = "{server.url}{dump}"', text).replace(
                    "rows = 190000", "rows = 1"
                )
            )
            said = []
            due = [one.name for one in refresh.due(settings)]
            worker = refresh.Refresher()
            worker.look(settings, said.append)
            worker.wait()
            worker.look(settings, said.append)
            worker.wait()
            assert due == ["tns"]
            assert said == ["Catalog tns is refreshed"]
            assert refresh.due(settings) == []
            assert server.forms == [{"api_key": ["key"]}]
            (table,) = tap.search(
                "SELECT description FROM tap_schema.tables WHERE table_name = 'catalogs.tns'"
            )
            described = " ".join(table["description"].split())
            assert "State of 2026-11-28 12:00 (UTC)" in described
            assert "SIMULATED" not in table["description"]
            (row,) = tap.search("SELECT name, type, lastmodified FROM catalogs.tns")
            assert (row["name"], row["type"]) == ("2026abc", "SN Ia")
            assert "2026-11-28 12:00" in ztfvo_here("catalog", "status").stdout
        finally:
            file.write_text(text)
            with service.connect() as connection:
                store.hide(connection, "tns", KNOWN.values())
            shutil.rmtree(settings.catalog_data / "tns", ignore_errors=True)
            folder = get_settings().data / "demo-catalogs"
            ztfvo("catalog", "load", "tns", "--folder", folder, "--simulated")
    assert state("tns").nrows == before.nrows


def test_a_refresh_that_fails_is_reported_and_leaves_what_there_was(site):
    before = state("tns")
    settings = get_settings().model_copy(update={"tns_id": 1, "tns_name": "test"})
    said = []
    refresh.refresh(KNOWN["tns"], settings, said.append)
    assert len(said) == 1
    assert "Catalog tns could not be refreshed" in said[0]
    assert "ZTFVO_TNS_KEY" in said[0]
    assert state("tns") == before


def test_nothing_is_due_where_the_site_is_not_known_to_tns(site):
    assert refresh.due(get_settings()) == []


def _tns_zip() -> bytes:
    names = list(KNOWN["tns"].layouts["dump"].columns.values())
    values = {
        "objid": "7",
        "name_prefix": "SN",
        "name": "2026abc",
        "ra": "150.5",
        "declination": "2.25",
        "type": "SN Ia",
        "lastmodified": "2026-11-28 11:00:00",
    }
    header = ",".join(f'"{one.of}"' for one in names)
    row = ",".join(f'"{values.get(one.of, "")}"' for one in names)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("tns.csv", f'"2026-11-28 12:00:00"\n{header}\n{row}\n')
    return file.getvalue()
