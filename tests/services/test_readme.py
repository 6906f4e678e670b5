"""What the README and the guides show works as it stands there."""

from __future__ import annotations

import re

import pytest
from support import service
from support.documents import GUIDES, README, blocks, name_of, tables
from support.files import ROOT

EXAMPLES = [(path, block) for path in GUIDES for block in blocks(path, "python")]
QUERIES = [(path, block) for path in GUIDES for block in blocks(path, "sql")]

OID = service.HZ_HER_OIDS[0]
STANDS_FOR = {
    "RELEASE": "demo",
    "/catalogs/NAME": "/catalogs/gcvs",
    "/outside/NAME/lc": "/outside",  # light curves of others need them to answer
    "OID": str(OID),
    "HMJD": "last",
    "RA=..&DEC=..&SR=..": "RA=254.45755&DEC=35.34236&SR=0.001",
    "RA=..&DEC=..": "RA=254.45755&DEC=35.34236",
    "NAME=..": "NAME=254.45755 35.34236",
    "POS=..": "POS=CIRCLE 254.45755 35.34236 0.1",
    "/..": f"/{OID}",
}
"""What the words of addresses are in this test."""
ELSEWHERE = ("/archive/", "/epoch/")
"""Parts of addresses whose answers come from the image archive, which has nothing simulated."""


def addresses() -> list[str]:
    """Those of the README's table, with values."""
    (table,) = (table for table in tables(README) if table[0][0] == "address")
    cells = " ".join(row[0] for row in table)
    found = [
        word for word in re.findall(r"`(/[^`]*)`", cells) if not any(map(word.count, ELSEWHERE))
    ]
    for word, value in STANDS_FOR.items():
        found = [address.replace(word, value) for address in found]
    return found


def run(block: str, site: str) -> dict:
    """Names that an example leaves behind."""
    names: dict = {}
    exec(block.replace("http://localhost:8080", site), names)
    return names


def title(value: object) -> str:
    """Where an example stands, or its last line."""
    return value.splitlines()[-1][:40] if isinstance(value, str) else name_of(value)


def test_the_readme_and_the_guides_have_examples():
    guides = {ROOT / "docs" / f"{name}.md" for name in ("lightcurves", "dropin", "catalogs")}
    assert {README, *guides} <= {path for path, _ in EXAMPLES}
    assert QUERIES


@pytest.mark.parametrize(("path", "block"), EXAMPLES, ids=title)
def test_an_example_runs(site, path, block):
    names = run(block, site)
    if path.stem == "dropin":
        assert set(names["table"]["filtercode"]) == {"zg", "zr"}
    else:
        assert names["tap"].baseurl == f"{site}/tap"


@pytest.mark.parametrize(("path", "query"), QUERIES, ids=title)
def test_a_query_runs(tap, path, query):
    assert tap.search(query).fieldnames


def test_an_example_leads_from_a_query_to_a_folded_light_curve(site):
    (block,) = (block for _, block in EXAMPLES if "folded" in block)
    names = run(block, site)
    assert len(names["curve"]) == len(names["folded"]) == names["objects"][0]["nobs"]
    assert names["folded"]["phase"].min() >= 0
    assert names["folded"]["phase"].max() < 1
    assert abs((names["folded"]["phase"] * 1.7002).max() - 1.7002) < 0.05


def test_the_readme_names_addresses():
    assert {"/", "/tap", "/ssa", "/health", f"/view/{OID}", f"/links?ID={OID}"} <= set(addresses())


@pytest.mark.parametrize("address", addresses())
def test_an_address_is_there(ask, address):
    assert ask(address).status_code == 200
