"""What the documents say is what is declared."""

from __future__ import annotations

import ast
import csv
import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined
from support.documents import rows
from support.files import ROOT

from bench.faults.run import known
from bench.visitors.attacks import ATTACKS
from kdb.config.options import Options
from ztfvo.bands import BANDS
from ztfvo.catalogs import declaration
from ztfvo.ingest import statistics
from ztfvo.outside import model
from ztfvo.products.columns import COLUMNS
from ztfvo.products.figure import LONGEST
from ztfvo.products.parameters import MAX_OIDS, PARAMETERS, Choice, limits
from ztfvo.products.produce import MAX_ROWS
from ztfvo.products.select import MAX_CURVES
from ztfvo.products.writers import writers
from ztfvo.settings import Settings
from ztfvo.store.tables import BAND_COLUMNS, COLOR_COLUMNS
from ztfvo.web import turns

DOCS = ROOT / "docs"
TEXT = (DOCS / "lightcurves.md").read_text()


def test_every_parameter_of_light_curves_is_described_as_it_is_declared():
    described = {
        cells[0].strip("`"): cells[1:]
        for cells in rows(DOCS / "lightcurves.md")
        if cells[0].startswith("`") and cells[0].isupper() and "/" not in cells[0]
    }
    assert list(described) == [one.name for one in PARAMETERS]
    for one in PARAMETERS:
        words = tuple(one.meanings) if isinstance(one, Choice) else one.options
        assert described[one.name] == [one.unit, limits(one) or ", ".join(words), one.description]


def test_every_column_of_light_curves_is_described_as_it_is_declared():
    part = TEXT.partition("## Columns")[2].partition("##")[0]
    declared = [f"| `{c.name}` | {c.unit or ''} | {c.description} |" for c in COLUMNS.values()]
    assert re.findall(r"^\| `.*\|$", part, re.MULTILINE) == declared


def test_every_format_of_light_curves_is_named():
    named = re.search(r"Extensions are (.*?);", TEXT, re.DOTALL)[1]
    assert re.findall(r"`(\w+)`", named) and set(re.findall(r"`(\w+)`", named)) == {
        writer.extension for writer in writers()
    }
    assert f"at most {MAX_OIDS}" in TEXT


def test_how_much_there_is_at_a_time_is_as_the_code_has_it():
    part = TEXT.partition("## How much at a time")[2].partition("##")[0]
    bounds = (MAX_OIDS, MAX_CURVES, MAX_ROWS, LONGEST, turns.LARGE_ROWS, turns.LARGE_POINTS)
    assert re.findall(r"\d[\d,]*\d", part.replace("429", "")) == [f"{one:,}" for one in bounds]
    assert (turns.LARGE_AT_A_TIME, part.count("two of them at a time")) == (2, 1)
    assert (turns.LARGE_PER_ADDRESS, part.count("four large ones of one address")) == (4, 1)


@pytest.mark.parametrize(("model", "prefix"), [(Settings, "ZTFVO_"), (Options, "KDB_")])
def test_every_setting_is_described_as_it_is_declared(model, prefix):
    described = [row for row in rows(DOCS / "operate.md") if row[0].startswith(f"`{prefix}")]
    declared = [
        [
            f"`{prefix}{name.upper()}`",
            _default(field.default),
            field.description.replace("<", "\\<").rstrip("."),
        ]
        for name, field in model.model_fields.items()
    ]
    missing = [f"| {' | '.join(row)} |" for row in declared if row not in described]
    assert missing == [], "add or correct these rows of docs/operate.md"
    assert len(described) == len(declared)


def _default(value: Any) -> str:
    """A default as a document has it; empty where the machine decides, or where there is none."""
    if value in (None, PydanticUndefined, ()) or value == ROOT:
        return ""
    if isinstance(value, Path):
        return value.relative_to(ROOT).as_posix() if value.is_relative_to(ROOT) else str(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_definitions_have_every_statistic():
    defined = {
        name
        for row in rows(DOCS / "science.md")
        for name in re.findall(r"`(\w+)`", row[0])
        if len(row) == 2
    }
    stars = {"source_id", "name", "ra", "dec", "hmjd_first", "hmjd_last"}
    stars |= {f"{name}_g" for name in BAND_COLUMNS if name in statistics.COLUMNS}
    stars |= {f"g_r{name}" for name in COLOR_COLUMNS}
    assert defined == set(statistics.COLUMNS) | stars


def test_definitions_have_the_bands():
    def nanometres(*lengths: float) -> str:
        return ", ".join(f"{length * 1e9:.1f}" for length in lengths)

    table = [row for row in rows(DOCS / "science.md") if row[0] in ("zg", "zr", "zi")]
    assert table == [
        [band.name, nanometres(band.wavelength_eff), nanometres(*band.edges), band.svo_id]
        for band in BANDS.values()
    ]


def test_the_validators_messages_are_those_that_the_tests_know():
    tree = ast.parse((ROOT / "tests" / "services" / "test_stilts.py").read_text())
    (listed,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "KNOWN"
    )
    text = (DOCS / "standards.md").read_text()
    assert set(re.findall(r"\b[EWF]-\w{3}-\w{4}\b", text)) == set(ast.literal_eval(listed))


def test_measured_faults_and_attacks_are_those_there_are():
    text = (DOCS / "measurements.md").read_text()
    attacks, faults = (
        {
            name
            for line in text.partition(f"## {title}\n")[2].partition("\n## ")[0].splitlines()
            if line.startswith("| `")
            for name in re.findall(r"`([a-z-]+)`", line.split(" | ")[0])
        }
        for title in ("Attacks", "Faults")
    )
    assert attacks == set(ATTACKS)
    assert faults == set(known())


def test_raw_files_have_the_size_that_is_given():
    text = " ".join((DOCS / "operate.md").read_text().split())
    low, high = map(int, re.search(r"have (\d+) to (\d+) bytes a detection", text).groups())
    ratios = []
    for release in ("demo", "dr5", "dr19"):
        with (ROOT / "inputs" / "ztf" / release / "manifest.csv").open() as lines:
            files = list(csv.DictReader(lines))
        size, count = (sum(int(row[name]) for row in files) for name in ("bytes", "detections"))
        ratios.append(size / count)
    assert (round(min(ratios)), round(max(ratios))) == (low, high)


def test_every_part_of_the_package_has_its_place_in_the_guide():
    parts = {
        path.stem
        for path in (ROOT / "resources" / "ztfvo").iterdir()
        if not path.name.startswith("__") and path.stem != "cli"
    }
    text = (DOCS / "develop.md").read_text()
    assert {part for part in parts if not re.search(rf"`{part}/?`", text)} == set()


KEYS = {
    "Catalogs": declaration.Catalog,
    "columns": declaration.Column,
    "download": declaration.Download,
    "yields": declaration.Yields,
    "amplitudes": declaration.Amplitude,
    "layouts": declaration.Layout,
    "layouts.columns": declaration.Source,
    "vizier": declaration.Vizier,
    "Services outside": model.Source,
    "Columns of services": model.Column,
    "What rows yield": model.Yields,
}
"""What is declared, by the headings of the parts that describe it."""


def test_every_key_of_a_declaration_is_described_with_whether_it_is_needed():
    text = (DOCS / "declarations.md").read_text()
    parts = re.split(r"^##+ (.*)$", text, flags=re.MULTILINE)[1:]
    described = {
        heading.strip("`"): [
            (name, needed == "**")
            for row in re.findall(r"^\| (\**`.*?) \|", part, re.MULTILINE)
            for needed, name in re.findall(r"(\**)`([a-z_]+)`", row)
        ]
        for heading, part in zip(parts[::2], parts[1::2], strict=True)
    }
    assert described == {heading: _declared(kind) for heading, kind in KEYS.items()}


def _declared(kind: type) -> list[tuple[str, bool]]:
    """Keys of a declaration, and whether each is needed."""
    if dataclasses.is_dataclass(kind):
        missing = dataclasses.MISSING
        return [
            (one.name, one.default is missing and one.default_factory is missing)
            for one in dataclasses.fields(kind)
        ]
    fields = [(one.alias or name, one.is_required()) for name, one in kind.model_fields.items()]
    # The name of a catalog is that of its folder.
    return [one for one in fields if kind is not declaration.Catalog or one[0] != "name"]
