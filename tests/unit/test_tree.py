"""The README's map and the tree agree."""

from __future__ import annotations

import re

import pytest
from support.files import ROOT

from ztfvo.declarations import declared
from ztfvo.ingest.readers import readers
from ztfvo.settings import Settings

README = (ROOT / "README.md").read_text()
RELEASES = sorted(path.parent.name for path in ROOT.glob("inputs/ztf/*/release.toml"))
SHARED_RDS = {
    *(
        "cone",
        "datalink",
        "examples",
        "exposures",
        "features",
        "images",
        "outside",
        "references",
        "release",
        "sources",
        "ssa",
        "tables",
        "ztf",
    )
}


def test_every_script_is_in_the_readme():
    scripts = {path.name for path in (ROOT / "scripts").iterdir() if path.is_file()}
    assert {name for name in scripts if f"`{name}`" not in README} == set()


def test_what_the_readme_names_exists():
    named = set(re.findall(r"`((?:resources|inputs|scripts|tests|etc)/[\w./-]+)`", README))
    assert named, "the README names no paths"
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_every_setting_the_readme_names_exists():
    named = {name.lower() for name in re.findall(r"ZTFVO_([A-Z_]+)", README)} - {"name"}
    assert "dsn" in named
    assert named <= set(Settings.model_fields)


def test_every_setting_is_described():
    assert {name for name, field in Settings.model_fields.items() if not field.description} == set()


def test_every_release_has_a_descriptor_and_every_descriptor_a_release():
    descriptors = {path.stem for path in (ROOT / "resources" / "ztf").glob("*.rd")}
    assert descriptors - SHARED_RDS == set(RELEASES)


@pytest.mark.parametrize("name", RELEASES)
def test_a_release_is_declared_whole_and_says_whether_it_is_simulated(name):
    release = declared(name, ROOT / "inputs" / "ztf")
    assert release.layout in readers()
    assert len(f"{release.short_name} links") <= 16
    for text in (release.title, release.label, release.description):
        assert release.simulated == ("simulated" in text.lower())
