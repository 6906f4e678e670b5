"""What the documents say of parameters is what is declared."""

from __future__ import annotations

import re

from support.files import ROOT

from ztfvo.products.parameters import MAX_OIDS, PARAMETERS, Choice, limits
from ztfvo.products.writers import writers

TEXT = (ROOT / "docs" / "lightcurves.md").read_text()


def test_every_parameter_of_light_curves_is_described_as_it_is_declared():
    rows = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| `")]
    described = {cells[0].strip("`"): cells[1:] for cells in rows if cells[0].isupper()}
    assert list(described) == [one.name for one in PARAMETERS]
    for one in PARAMETERS:
        words = tuple(one.meanings) if isinstance(one, Choice) else one.options
        assert [cell.strip() for cell in described[one.name]] == [
            one.unit,
            limits(one) or ", ".join(words),
            one.description,
        ]


def test_every_format_of_light_curves_is_named():
    named = re.search(r"Extensions are (.*?);", TEXT, re.DOTALL)[1]
    assert re.findall(r"`(\w+)`", named) and set(re.findall(r"`(\w+)`", named)) == {
        writer.extension for writer in writers()
    }
    assert f"at most {MAX_OIDS}" in TEXT
