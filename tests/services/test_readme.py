"""What the README and the guides show works as it stands there."""

from __future__ import annotations

import pytest
from support.documents import GUIDES, README, blocks, name_of
from support.files import ROOT

EXAMPLES = [(path, block) for path in GUIDES for block in blocks(path, "python")]
QUERIES = [(path, block) for path in GUIDES for block in blocks(path, "sql")]


def run(block: str, site: str) -> dict:
    """Names that an example leaves behind."""
    names: dict = {}
    exec(block.replace("http://localhost:8080", site), names)
    return names


def title(value: object) -> str:
    """Where an example stands, or its last line."""
    return value.splitlines()[-1][:40] if isinstance(value, str) else name_of(value)


def test_the_readme_and_the_guide_of_light_curves_have_examples():
    assert [path for path, _ in EXAMPLES][:2] == [README, ROOT / "docs" / "lightcurves.md"]
    assert QUERIES


@pytest.mark.parametrize(("path", "block"), EXAMPLES, ids=title)
def test_an_example_runs(site, path, block):
    assert run(block, site)["tap"].baseurl == f"{site}/tap"


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
