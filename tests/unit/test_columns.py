"""A column means the same in TAP's tables and in the files of light curves."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from support.files import ROOT

from ztfvo.products.columns import COLUMNS, FACTS, OPTIONAL

TYPES = {
    "bigint": "int64",
    "integer": "int32",
    "smallint": "int32",
    "double precision": "float64",
    "real": "float32",
    "text": "str",
}
"""How the products have PostgreSQL's types; they have no smaller integers."""


TREES = [
    ElementTree.parse(ROOT / "resources" / "ztf" / name) for name in ("tables.rd", "exposures.rd")
]


def columns(within: str) -> dict[str, ElementTree.Element]:
    """The columns that a part of the descriptor declares, by name."""
    (part,) = (part for tree in TREES for part in tree.findall(f"NXSTREAM[@id='{within}']"))
    return {one.get("name"): one for one in part.iter("column") if one.get("name")}


@pytest.mark.parametrize("name", ["hmjd", "mag", "magerr", "clrcoeff", "catflags"])
def test_a_measured_column_has_one_type_unit_and_meaning(name):
    published, product = columns("detections")[name], COLUMNS[name]
    assert TYPES[published.get("type")] == product.dtype
    assert published.get("unit") == product.unit
    assert published.get("ucd") == product.ucd


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_column_to_add_is_one_of_the_table_of_exposures(name):
    published, product = columns("exposures")[name], COLUMNS[name]
    assert TYPES[published.get("type")] == product.dtype
    assert published.get("unit") == product.unit
    if name != "exposure_id":  # the key of the table, and of an epoch
        assert published.get("ucd") == product.ucd
    nulls = [values.get("nullLiteral") for values in published.iter("values")]
    assert nulls == ([] if product.null is None else [str(product.null)])


@pytest.mark.parametrize("name", sorted(set(FACTS) - {"separation"}))
def test_a_fact_of_a_light_curve_has_one_type_and_unit(name):
    declared = {one.get("name"): one for tree in TREES for one in tree.iter("column")}
    published, product = declared[name], FACTS[name]
    if not name.startswith("refmag"):  # which a request may give, in double precision
        assert TYPES[published.get("type").partition("(")[0]] == product.dtype
    assert published.get("unit") == product.unit
    if name != "oid":  # the key of a table of objects, and of a light curve
        assert published.get("ucd") == product.ucd


def test_every_measured_column_of_the_table_is_in_the_files():
    assert set(columns("detections")) - {"oid", "detection_id"} <= set(COLUMNS)
