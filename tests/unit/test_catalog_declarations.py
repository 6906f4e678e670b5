"""What is declared of hosted catalogs, and what is refused of a declaration."""

from __future__ import annotations

import re
import shutil
from types import SimpleNamespace

import pytest
from astropy.io.votable.ucd import check_ucd
from astropy.units import Unit
from support.catalogs import PROJECT
from support.files import ROOT

from ztfvo.catalogs import declared, faults, find
from ztfvo.catalogs.declaration import kinds
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.match.gather import record
from ztfvo.outside.model import Place

KNOWN = declared(PROJECT)

RADII = {
    "gcvs": 10,
    "vsx": 10,
    "spicy": 1,
    "sdss_dr16q": 10,
    "atlas_var": 10,
    "ztf_periodic": 1,
    "ztf_suspected": 1,
    "tns": 5,
    "ogle3": 10,
    "snad": 3,
}
"""Within which the rows of a catalog are taken for the same star (arcsec)."""

YIELDS = {
    "gcvs": (("gcvs",), "vartype", "period", ""),
    "vsx": (("name",), "type", "period", ""),
    "spicy": (("spicy",), "class", "", ""),
    "sdss_dr16q": (("sdss_name",), "class_person", "", "redshift"),
    "atlas_var": (("ato_id",), "class", "fp_lsper", ""),
    "ztf_periodic": (("id",), "type", "period", ""),
    "ztf_suspected": (("id",), "", "per_r", ""),
    "tns": (("name_prefix", "name"), "type", "", "redshift"),
    "ogle3": (("id",), "type", "period", ""),
    "snad": (("name",), "type", "", ""),
}


def test_all_catalogs_are_declared_without_a_fault():
    assert faults(PROJECT) == []
    assert {name: one.radius for name, one in KNOWN.items()} == RADII
    assert {
        name: (one.yields.name, one.yields.type, one.yields.period, one.yields.redshift)
        for name, one in KNOWN.items()
    } == YIELDS


def test_the_catalogs_of_variable_stars_are_those_of_the_table_of_all_variables():
    assert {name for name, one in KNOWN.items() if one.variables} == set(KNOWN) - {
        *("sdss_dr16q", "tns", "snad"),
    }


@pytest.mark.parametrize("name", KNOWN)
def test_columns_have_ucds_and_units_that_exist_and_one_identifier(name):
    one = KNOWN[name]
    for column in one.published:
        assert check_ucd(column.ucd, check_controlled_vocabulary=True, has_colon=False), column
        assert column.ucd, column
        Unit(column.unit, format="vounit")
        assert not column.description.endswith("."), column
        if column.type != "unicode":
            assert column.description.isascii(), column
    ids = [column.name for column in one.columns if column.ucd == "meta.id;meta.main"]
    assert len(ids) == 1
    periods = [column for column in one.published if column.name == "period"]
    assert [(column.unit, column.type) for column in periods] in (
        *([], [("d", "double precision")]),
    )
    assert bool(periods) == bool(one.yields.period)
    types = [column.type for column in one.published if column.name == "type"]
    assert types == (["text"] if one.yields.type else [])


@pytest.mark.parametrize("name", KNOWN)
def test_each_says_where_it_is_from_and_on_which_terms(name):
    one = KNOWN[name]
    assert re.fullmatch(r"\d{4}[A-Za-z&]{1,9}[\w.]+[A-Z]", one.source), one.source
    assert len(one.source) == 19
    assert len(f"{one.label} SCS") <= 16
    assert one.origin and one.licence and one.reference
    assert bool(one.download) != bool(one.by_hand)


@pytest.mark.parametrize("name", KNOWN)
def test_a_descriptor_is_three_lines(name):
    assert (ROOT / "resources" / "catalogs" / f"{name}.rd").read_text().splitlines() == [
        '<resource schema="catalogs" resdir=".">',
        f'  <FEED source="catalogs/catalog#catalog" name="{name}"/>',
        "</resource>",
    ]


def test_every_descriptor_has_a_catalog():
    there = {path.stem for path in (ROOT / "resources" / "catalogs").glob("*.rd")}
    assert there == {*KNOWN, "catalog", "variables", "examples"}


def test_readers_are_found_by_listing():
    assert kinds() == ["delimited", "fits", "fixed-width", "parquet"]


def test_the_address_of_a_record_is_made_of_its_values_and_escapes_them():
    def address(catalog, **row):
        return record(SimpleNamespace(record=KNOWN[catalog].record), row, Place(10.0, 20.0), 1.0)

    assert address("tns", name="2018lwh") == "https://www.wis-tns.org/object/2018lwh"
    assert address("tns", name="a/../b?c&d").endswith("/object/a%2F..%2Fb%3Fc%26d")
    assert address("tns", name=None) is None
    assert address("ztf_suspected", id="x") is None
    values = {"plate": 7318, "mjd": 56318, "fiber": 184}
    assert address("sdss_dr16q", **values).endswith("plateid=7318&mjd=56318&fiberid=184")


VIZIER = """
[vizier]
table = "J/x/y"
key = "name"

[vizier.columns]
name = "N"
ra = "R"
dec = "D"
"""

FAULTS = {
    "is not TOML": ('title = "', "title = '\n"),
    "title: Field required": ("title = ", "# title = "),
    "radius: Input should be greater than 0": ("radius = 3.0", "radius = 0.0"),
    "colour: Extra inputs are not permitted": ("radius = 3.0", 'radius = 3.0\ncolour = "red"'),
    "key and newest names nothing": ('key = "name"', 'key = "nothing"'),
    "yields names nothing": ('type = "type"', 'type = "nothing"'),
    "layout csv names nothing": ('comments = "Comments"', 'nothing = "Comments"'),
    "layout csv does not say where ra is": ('ra = "R.A."\n', ""),
    "kind = 'csv' is not one of delimited": ('kind = "delimited"', 'kind = "csv"'),
    "a column is declared twice": ('{ name = "dec"', '{ name = "ra"'),
    "neither .download. nor by_hand": ("[download]\nurl = ", "[nothing]\nurl = "),
    "a column type is that of yields.type": ('type = "type"\n\n[l', "\n[l"),
    "Input should be 'text'": ('type = "bigint"', 'type = "float"'),
    "vizier names nothing": ("[layouts.csv]", VIZIER + 'nothing = "x"\n\n[layouts.csv]'),
    "vizier does not say where dec": (
        "[layouts.csv]",
        VIZIER.replace('dec = "D"\n', "") + "\n[layouts.csv]",
    ),
    "key = 'oid' is not one of its columns": (
        "[layouts.csv]",
        VIZIER.replace('"name"', '"oid"') + "\n[layouts.csv]",
    ),
    "columns.mag: only a name, null and offset": (
        "[layouts.csv]",
        VIZIER + 'mag = { from = "m", form = "hms" }\n\n[layouts.csv]',
    ),
    "table: String should match pattern": (
        "[layouts.csv]",
        VIZIER.replace("J/x/y", "J/x OR 1") + "\n[layouts.csv]",
    ),
    "amplitudes.mag names none": (
        "[layouts.csv]",
        '[amplitudes]\nmag = { of = "none", flag = "tns" }\n\n[layouts.csv]',
    ),
    "record names number": ('https://snad.space/catalog/"\nkey', 'https://x.y/{number}"\nkey'),
}


@pytest.mark.parametrize("message", FAULTS)
def test_a_fault_of_a_declaration_is_named_and_the_other_catalogs_stay(tmp_path, message):
    old, new = FAULTS[message]
    for name in ("gcvs", "snad"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    file = tmp_path / "snad" / "catalog.toml"
    text = file.read_text()
    assert old in text
    text = text.replace(old, new, 1)
    if "nothing]" in new:
        text = text.split("[nothing]")[0] + "[yields]" + text.split("[yields]")[1]
    file.write_text(text)
    assert list(declared(tmp_path)) == ["gcvs"]
    (fault,) = faults(tmp_path)
    assert fault.path == file
    with pytest.raises(BadFile, match=message):
        find("snad", tmp_path)
    assert find("gcvs", tmp_path).label == "GCVS"


def test_a_layout_without_columns_has_those_of_vizier():
    for name in ("atlas_var", "spicy"):
        one = KNOWN[name]
        assert one.layouts["vizier"].columns == one.vizier.columns
    assert KNOWN["spicy"].vizier.columns["yso_group"].of == "Group"
    assert "yso_group" not in KNOWN["spicy"].layouts["positions-and-classes"].columns


def test_a_layout_without_columns_is_refused_where_vizier_has_not_the_catalog(tmp_path):
    shutil.copytree(PROJECT / "snad", tmp_path / "snad")
    file = tmp_path / "snad" / "catalog.toml"
    file.write_text(file.read_text().partition("[layouts.csv.columns]")[0])
    with pytest.raises(BadFile, match=r"layout csv has no columns, and there is no \[vizier\]"):
        find("snad", tmp_path)


def test_a_catalog_that_is_not_declared_is_refused_with_those_that_are(tmp_path):
    shutil.copytree(PROJECT / "gcvs", tmp_path / "gcvs")
    with pytest.raises(CannotBeDone, match=r"no catalog 'gcvz'\. Declared in .* are: gcvs\."):
        find("gcvz", tmp_path)


@pytest.mark.parametrize("name", ["all", "variables", "Gcvs", "a__1", "1a", "x-y", "a" * 31])
def test_names_that_mean_something_else_or_are_none_are_refused(tmp_path, name):
    shutil.copytree(PROJECT / "gcvs", tmp_path / name)
    assert declared(tmp_path) == {}
    assert len(faults(tmp_path)) == 1
