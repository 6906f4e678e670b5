"""What the README shows works as it stands there."""

from __future__ import annotations

import re

import pytest
from support.files import ROOT

BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def run(block: str, site: str) -> dict:
    """Names that an example leaves behind."""
    names: dict = {}
    exec(block.replace("http://localhost:8080", site), names)
    return names


def test_the_readme_has_examples():
    assert len(BLOCKS) == 2


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[-1][:40])
def test_an_example_of_the_readme_runs(site, block):
    assert run(block, site)["tap"].baseurl == f"{site}/tap"


def test_the_readme_leads_from_a_query_to_a_folded_light_curve(site, tap):
    names = run(BLOCKS[1], site)
    assert len(names["curve"]) == len(names["folded"]) == names["objects"][0]["nobs"]
    assert names["folded"]["phase"].min() >= 0
    assert names["folded"]["phase"].max() < 1
    assert abs((names["folded"]["phase"] * 1.7002).max() - 1.7002) < 0.05
