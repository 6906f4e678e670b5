"""Small catalogs in files of all layouts, and reading them."""

from __future__ import annotations

import tomllib

from ztfvo.catalogs import declared, readers
from ztfvo.catalogs.declaration import Catalog
from ztfvo.catalogs.load import layout_of
from ztfvo.catalogs.values import convert

from .catalogs import PROJECT

KNOWN = declared(PROJECT)


def catalog(columns: str = "", layout: str = "", **more) -> Catalog:
    """A small catalog with columns name, ra, dec and those given."""
    text = f"""
title = "Test"
label = "Test"
description = "Test."
created = 2026-11-30T12:00:00Z
rank = 1
authors = "A"
subjects = ["catalogs"]
origin = "Test"
source = "2020test"
reference = "https://example.org/"
licence = "None."
rows = 1
bad_share = 0.5
radius = 1.0
test = [1.0, 2.0]
by_hand = "Test."
columns = [
  {{ name = "name", type = "text", description = "Name" }},
  {{ name = "ra", type = "double precision", description = "RA" }},
  {{ name = "dec", type = "double precision", description = "Dec" }},
  {columns}
]
[yields]
name = ["name"]
[layouts.one]
{layout}
"""
    return Catalog(name="test", **tomllib.loads(text), **more)


CSV = """kind = "delimited"
null = ["-99"]
[layouts.one.columns]
name = "name"
ra = "ra"
dec = "dec"
"""


def read(one: Catalog, path) -> tuple[list[dict], list[tuple[int, str]], int]:
    """Rows, bad rows and the number of rows without position of a file."""
    _, layout = layout_of(one, path)
    rows, bad, without = [], [], 0
    for block in readers.read(path, layout):
        found = convert(block, one, layout)
        rows += found.table.to_pylist()
        bad += found.bad
        without += found.without_position
    return rows, bad, without


def from_csv(tmp_path, lines: list[str], columns: str = "", more: str = ""):
    path = tmp_path / "one.csv"
    path.write_text("\n".join(lines) + "\n")
    return read(catalog(columns, CSV + more), path)
