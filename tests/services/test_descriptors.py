"""The resource descriptors: valid, and in step with the database."""

from __future__ import annotations

import re
import shutil

import pytest
from support import service
from support.files import ROOT

from ztfvo.settings import get_settings, load_settings
from ztfvo.site.publish import note_unknown, outdated
from ztfvo.site.render import write

FOLDER = ROOT / "resources" / "ztf"
ALL = sorted(path.stem for path in FOLDER.glob("*.rd"))
SHARED_PARTS = {
    "tables",
    "sources",
    "exposures",
    "features",
    "release",
    "cone",
    "examples",
    "datalink",
    "references",
    "ssa",
    "images",
    "outside",
}
RELEASES = [name for name in ALL if name not in SHARED_PARTS | {"ztf"}]
CATALOGS = sorted(path.stem for path in (ROOT / "resources" / "catalogs").glob("*.rd"))
OTHERS = ["kdb/kdb", "kdb/examples", *(f"catalogs/{name}" for name in CATALOGS)]
MAX_LINES = 300


def validate(*words: str) -> str:
    """What ``dachs val`` says, but for the folder that its own descriptors would like to have."""
    checked = service.dachs("val", *words)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    return re.sub(r"\[WARNING\] [^\n]*/__system' does not exist\n", "", checked.stdout)


def test_descriptors_and_user_configuration_are_valid(site):
    names = [f"ztf/{name}" for name in ALL] + OTHERS + ["%"]
    shown = validate(*names)
    assert shown.count("-- OK") == len(names), shown
    assert "WARNING" not in shown


def test_tables_are_in_step_with_the_database(site):
    catalogs = [f"catalogs/{name}" for name in CATALOGS if name not in ("catalog", "examples")]
    names = ["ztf/demo", "ztf/ztf", "kdb/kdb", *catalogs]
    shown = validate("-c", *names)
    assert shown.count("-- OK") == len(names), shown


@pytest.mark.parametrize("path", ["resources/ztf/tables.rd", "inputs/ztf/demo/release.toml"])
def test_a_release_that_was_published_with_other_descriptors_is_named(site, tmp_path, path):
    for folder in ("resources/ztf", "inputs/ztf"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    other = load_settings(root=tmp_path)
    assert not {"demo", "ztf"} & set(outdated(other))
    (tmp_path / path).write_text((tmp_path / path).read_text() + "\n")
    changed = {"demo", "ztf"} if path.endswith("rd") else {"demo"}
    assert {"demo", "ztf"} & set(outdated(other)) == changed


def test_a_release_that_an_earlier_version_published_is_named(site):
    settings = get_settings()
    folder = settings.var / "dachs" / "published"
    kept = {path: path.read_text() for path in (folder / "demo.sum", folder / "ztf.sum")}
    assert not {"demo", "ztf"} & set(outdated(settings))
    try:
        for path in kept:
            path.unlink()
        note_unknown(settings)
        assert {"demo", "ztf"} <= set(outdated(settings))
    finally:
        for path, text in kept.items():
            write(settings, path, text)
    note_unknown(settings)
    assert {path: path.read_text() for path in kept} == kept


@pytest.mark.parametrize("name", RELEASES)
def test_a_release_is_three_lines(name):
    assert (FOLDER / f"{name}.rd").read_text().splitlines() == [
        f'<resource schema="ztf_{name}" resdir=".">',
        f'  <FEED source="ztf/release#release" name="{name}"/>',
        "</resource>",
    ]


@pytest.mark.parametrize("name", ALL)
def test_descriptor_stays_short(name):
    assert len((FOLDER / f"{name}.rd").read_text().splitlines()) <= MAX_LINES


@pytest.fixture
def record(ask):
    """Text of the registry record of a service."""

    def get(name):
        query = "/oai.xml?verb=GetRecord&metadataPrefix=ivo_vor&identifier="
        identify = ask("/oai.xml?verb=Identify").text
        authority = re.search("<identifier>ivo://([^/<]+)", identify)[1]
        return ask(f"{query}ivo://{authority}/{name}").text

    return get


def test_the_registry_record_has_coverage(site, record):
    text = record("ztf/demo/cone")
    for element in ("<spatial>", "<temporal>", "<spectral>"):
        assert element in text
    assert "simulated" in text.lower()


def test_the_registry_knows_the_knowledge_database(site, record):
    for name in ("records", "cone"):
        text = record(f"kdb/kdb/{name}")
        assert "<title>" in text
        assert "Palomar" not in text
    assert f"{site}/kdb/scs?" in text
