"""Each TAP example runs."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from astropy.table import Table
from support import service
from support.files import ROOT

FILES = [
    ROOT / "resources" / name
    for name in (
        *("ztf/examples.rd", "ztf/sources.rd", "ztf/features.rd"),
        *("catalogs/examples.rd", "kdb/examples.rd"),
    )
]

UPLOADS = {
    "stars": Table({"ra": [254.45755], "dec": [35.34236]}),
    "list": Table({"oid": list(service.HZ_HER_OIDS)}),
}

MAY_BE_EMPTY = {"A random sample", "Brighter or fainter than in the reference image"}


def examples(paths: list[Path] = FILES) -> dict[str, str]:
    """Queries by title."""
    found = {}
    for meta in (meta for path in paths for meta in ElementTree.parse(path).iter("meta")):
        if meta.get("name") == "_example":
            query = meta.text.split(".. tapquery::")[1]
            found[meta.get("title")] = re.sub(r"\s+", " ", query).strip()
    return found


def test_there_are_enough_of_them_and_the_service_shows_them(tap):
    assert len(examples()) >= 12
    shown = [re.sub(r"\s+", " ", example["QUERY"]).strip() for example in tap.examples]
    assert shown == list(examples().values())


@pytest.mark.parametrize("title", examples())
def test_example_runs(tap, title):
    query = examples()[title]
    uploads = {name: table for name, table in UPLOADS.items() if f"TAP_UPLOAD.{name}" in query}
    found = tap.run_sync(query, uploads=uploads or None)
    assert len(found) > 0 or title in MAY_BE_EMPTY
    if "HZ Her" in title or uploads:
        assert {int(row["oid"]) for row in found} == set(service.HZ_HER_OIDS)
