"""A service outside is one file: all places that list such have it, with no other edit.

So is a catalog, which VizieR is asked for as long as it is not loaded here.
"""

from __future__ import annotations

import shutil

import pytest
from support import service, tapserver
from support.catalogs import PROJECT
from support.files import ROOT
from support.releases import script

from ztfvo.catalogs import declared
from ztfvo.outside.sources import sources
from ztfvo.settings import get_settings
from ztfvo.site.outside import list_sources

NAME = "added_by_a_test"
CATALOG = "added_catalog_of_a_test"
VIZIER = """
[vizier]
table = "J/Added/1/2/table3"
key = "name"

[vizier.columns]
name = "SNAD"
ra = "RAJ2000"
dec = "DEJ2000"
type = "Class"

[layouts.csv]
"""
SOURCE = '''
"""A catalogue that a test adds."""

from ztfvo.outside.columns import position, text
from ztfvo.outside.model import Source, Yields

HOST = "https://added.example.org"


async def _find(asker, source, place, radius):
    return (await asker.get(f"{HOST}/cone", {"ra": place.ra, "dec": place.dec})).json()


SOURCE = Source(
    title="Catalogue <of> a test & more",
    gives=("cross-match",),
    hosts=(HOST,),
    radius=3.0,
    largest_radius=60.0,
    about=HOST,
    citation="none",
    licence="none",
    find=_find,
    columns=(text("id", "meta.id;meta.main", "Name"), *position()),
    yields=Yields(name="id"),
)
'''


@pytest.fixture(scope="module")
def added(site, outside_of_site):
    """The source, which the service knows after a restart of the application."""
    file = ROOT / "resources" / "ztfvo" / "outside" / "sources" / f"{NAME}.py"
    folder = PROJECT / CATALOG
    try:
        file.write_text(SOURCE)
        folder.mkdir()
        text = (PROJECT / "snad" / "catalog.toml").read_text()
        (folder / "catalog.toml").write_text(text.replace("[layouts.csv]\n", VIZIER))
        script("serve", "restart", "app")
        found = b'[{"id": "x", "ra": 10.0, "dec": 20.0}]'
        outside_of_site.answer("added.example.org", "/cone", found)
        yield NAME
    finally:
        file.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        script("serve", "restart", "app")


def test_a_source_that_is_added_is_in_every_place(added, ask, tap):
    listed = {one["name"]: one for one in ask("/outside").json()["sources"]}
    assert set(listed) == {added, CATALOG, *sources()}
    assert listed[added]["title"] == "Catalogue <of> a test & more"
    page = ask("/outside", RESPONSEFORMAT="html").text
    assert "Catalogue &lt;of&gt; a test &amp; more" in page
    (row,) = tap.search(f"SELECT * FROM ztf.outside_sources WHERE name = '{added}'")
    assert (row["title"], row["gives"], row["radius"], row["epoch"]) == (
        *("Catalogue <of> a test & more", "cross-match"),
        *(3.0, 2000.0),
    )
    assert row["address"] == f"{get_settings().url}/match/{added}"
    (catalog,) = ask(f"/match/{added}", POS="10,20").json()["catalogs"]
    assert [one["id"] for one in catalog["answers"][0]["rows"]] == ["x"]
    asked = ask("/match", POS="10,20", CATALOG="all", WAIT=0.1).json()["catalogs"]
    assert added in {one["name"] for one in asked}


def test_a_catalog_that_is_declared_is_a_source_with_the_columns_of_its_table(
    added, ask, tap, outside_of_site
):
    rows = {"SNAD": ["SNAD7"], "RAJ2000": [30.0], "DEJ2000": [40.0], "Class": ["PSN"]}
    tapserver.answer(outside_of_site, tapserver.VIZIER, '"J/Added/1/2/table3"', rows)
    catalog = declared(PROJECT)[CATALOG]
    (found,) = ask(f"/match/{CATALOG}", POS="30,40").json()["catalogs"]
    assert (found["hosted"], found["title"]) == (False, catalog.title)
    described = {
        column["name"]: (column["unit"], column["ucd"], column["description"])
        for column in found["columns"]
    }
    for column in catalog.published:
        assert described[column.name] == (column.unit or None, column.ucd, column.description)
    (row,) = found["answers"][0]["rows"]
    assert (row["name"], row["type"], row["oid"], row["separation"]) == ("SNAD7", "PSN", None, 0.0)
    assert row["record"].endswith("-source=J%2FAdded%2F1%2F2%2Ftable3&SNAD=SNAD7")
    (listed,) = tap.search(f"SELECT address FROM ztf.outside_sources WHERE name = '{CATALOG}'")
    assert listed["address"].endswith(f"/match/{CATALOG}")


def test_tap_lists_all_sources_with_their_addresses(site, tap):
    rows = tap.search("SELECT name, largest_radius, address FROM ztf.outside_sources")
    there = {row["name"]: (row["largest_radius"], row["address"]) for row in rows}
    assert {name: there[name] for name in sources()} == {
        name: (
            one.largest_radius,
            get_settings().url
            + (
                f"/outside/{name}/lc" if one.fetch else f"/match/{name}" if one.find else "/outside"
            ),
        )
        for name, one in sources().items()
    }


def test_the_list_is_written_again_only_where_a_source_is_another(site):
    written = "SELECT DISTINCT xmin::text FROM ztf_store.outside_source"
    before = service.rows(written)
    list_sources(get_settings())
    assert service.rows(written) == before
    service.execute("COMMENT ON TABLE ztf_store.outside_source IS 'made of other sources'")
    list_sources(get_settings())
    assert service.rows(written) != before
