"""A service outside is one file: all places that list such have it, with no other edit."""

from __future__ import annotations

import pytest
from support.files import ROOT
from support.releases import script

from ztfvo.outside.sources import sources
from ztfvo.settings import get_settings

NAME = "added_by_a_test"
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
    try:
        file.write_text(SOURCE)
        script("serve", "restart", "app")
        found = b'[{"id": "x", "ra": 10.0, "dec": 20.0}]'
        outside_of_site.answer("added.example.org", "/cone", found)
        yield NAME
    finally:
        file.unlink(missing_ok=True)
        script("serve", "restart", "app")


def test_a_source_that_is_added_is_in_every_place(added, ask, tap):
    listed = {one["name"]: one for one in ask("/outside").json()["sources"]}
    assert set(listed) == {added, *sources()}
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
