"""E(B-V) of stars: while they are found, and of those that were found before a map was here."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from support import dust
from support.stars import find_stars, random_field, write_stars

from ztfvo.dust import installing, reading
from ztfvo.dust.maps.simulated import make
from ztfvo.settings import get_settings, load_settings
from ztfvo.site.postgres import renew_stores
from ztfvo.sources import cells
from ztfvo.sources.reddening import fill, stale
from ztfvo.sources.run import run

ALL = "SELECT source_id, ra, dec, ebv::float8, ebv_map FROM sources ORDER BY source_id"


@pytest.fixture(scope="module")
def maps(tmp_path_factory):
    """Installed maps by name: like CSFD, of two editions, and the simulated one."""
    folder = tmp_path_factory.mktemp("dust")
    settings = load_settings(var=folder / "var")
    other = load_settings(var=folder / "other")
    return {
        "csfd": installing.install(settings, [dust.csfd(folder)]),
        "newer": installing.install(other, [dust.csfd(folder, nested=True)]),
        "simulated": installing.install(settings, make(folder)),
    }


@pytest.fixture
def field(release):
    """A release with a field of stars."""
    release.ingest(*write_stars(release.root / "files", random_field(60)), allow=True)
    return release


def refill(release, one, report=lambda found: None) -> int:
    """Write E(B-V) where it is missing, as the command does; returns how many cells were done."""
    old = stale(release.connection, release.name, one)
    run(release.name, old, partial(fill, dust=one), release.settings, 1, report)
    return len(old)


def expected(rows, one):
    """Rows as they should be with a map."""
    ebv = reading.at(one, *np.array([row[1:3] for row in rows]).T).ebv.astype("f4")
    return [(*row[:3], float(each), one.map.name) for row, each in zip(rows, ebv, strict=True)]


def test_stars_are_found_with_the_reddening_of_their_places(field, maps):
    assert find_stars(field, dust=maps["simulated"]) > 1
    rows = field.rows(ALL)
    assert rows == expected(rows, maps["simulated"])
    assert len({row[3] for row in rows}) > 1
    assert stale(field.connection, field.name, maps["simulated"]) == []


def test_without_a_map_it_is_null(field):
    find_stars(field)
    assert {row[3:] for row in field.rows(ALL)} == {(None, None)}
    assert stale(field.connection, field.name, None) == []


def test_stars_that_were_found_before_get_it_and_are_not_found_again(field, maps):
    number = find_stars(field)
    before = field.rows(ALL)
    assert refill(field, maps["csfd"]) == number
    assert field.rows(ALL) == expected(before, maps["csfd"])
    assert refill(field, maps["csfd"]) == 0
    assert find_stars(field, dust=maps["csfd"]) == 0


def test_another_map_or_a_newer_one_takes_its_place(field, maps):
    number = find_stars(field, dust=maps["simulated"])
    for name in ("csfd", "newer"):
        before = field.rows(ALL)
        assert refill(field, maps[name]) == number
        assert field.rows(ALL) == expected(before, maps[name]) != before


def test_an_interrupted_filling_goes_on(field, maps, monkeypatch):
    monkeypatch.setattr(cells, "CELLS_AT_A_TIME", 1)
    number = find_stars(field)

    def stop(found):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refill(field, maps["csfd"], stop)
    assert {row[4] for row in field.rows(ALL)} == {None, "csfd"}
    assert refill(field, maps["csfd"]) == number - 1
    assert {row[4] for row in field.rows(ALL)} == {"csfd"}


def test_stars_of_an_earlier_version_get_the_columns_and_their_values(field, maps):
    number = find_stars(field)
    before = field.rows(ALL)
    with field.connection.transaction():
        field.connection.execute(f"SET LOCAL search_path = {field.name}_store, public")
        field.connection.execute("DROP VIEW sources CASCADE")  # with the default release's
        field.connection.execute("ALTER TABLE source DROP ebv, DROP ebv_map")
        field.connection.execute("ALTER TABLE source_cell DROP dust")
        field.connection.execute(f"COMMENT ON SCHEMA {field.name}_store IS 'views of before'")
    renew_stores(get_settings())
    assert field.rows(ALL) == before
    assert refill(field, maps["csfd"]) == number
    assert field.rows(ALL) == expected(before, maps["csfd"])


def test_a_simulated_map_is_for_a_simulated_sky_only(maps, tmp_path):
    settings = load_settings(var=tmp_path / "var")
    assert reading.preferred(settings, simulated=True) is None
    installing.install(settings, make(tmp_path))
    assert reading.preferred(settings, simulated=False) is None
    assert reading.preferred(settings, simulated=True).map.name == "simulated"
    installing.install(settings, [dust.bayestar(tmp_path)])  # by distance: for no column
    assert reading.preferred(settings, simulated=False) is None
    installing.install(settings, dust.sfd(tmp_path))
    assert reading.preferred(settings, simulated=True).map.name == "sfd"
    installing.install(settings, [dust.csfd(tmp_path)])
    assert reading.preferred(settings, simulated=False).map.name == "csfd"
