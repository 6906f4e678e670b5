"""Documents are short, lead where they say, and name only what there is."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.documents import (
    DOCUMENTS,
    GUIDES,
    README,
    code,
    headings,
    links,
    name_of,
    prose,
    tables,
)
from support.files import ROOT
from typer.main import get_command

from bench import __main__ as bench
from ztfvo import cli
from ztfvo.backup import __main__ as backup
from ztfvo.settings import Settings
from ztfvo.site import __main__ as site

LONGEST_README = 900
"""Words, without blocks of code and addresses of links."""
LARGEST_PICTURE = 150_000

COMMANDS = {
    "ztfvo": cli.app,
    "scripts/serve": site.serve,
    "scripts/backup": backup.app,
    "scripts/bench": bench.app,
}
PASSED_ON = "kdb"
"""The sub-command whose commands have options of their own."""

TOP = "resources|inputs|scripts|tests|etc|docs|kdb"


@pytest.fixture(params=GUIDES, ids=name_of)
def guide(request):
    return request.param


def test_the_readme_is_short():
    words = re.sub(r"\]\([^)]*\)|<https?://[^>]*>|https?://\S+", "]", prose(README)).split()
    assert len([word for word in words if re.search(r"\w", word)]) <= LONGEST_README


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_lead_to_files_and_headings(path):
    lost = set()
    for target in links(path):
        if "://" in target:
            continue
        place, _, heading = target.partition("#")
        file = (path.parent / place).resolve() if place else path
        if not file.exists() or (heading and heading not in headings(file)):
            lost.add(target)
    assert lost == set()


def test_every_guide_can_be_reached_from_the_readme():
    assert {name_of(path) for path in GUIDES} - {"README.md"} <= {
        target.partition("#")[0] for target in links(README)
    }


def test_pictures_are_small():
    pictures = [target for target in links(README) if target.endswith(".png")]
    assert pictures
    for path in (ROOT / target for target in pictures):
        assert path.stat().st_size < LARGEST_PICTURE
        with Image.open(path) as picture:
            assert min(picture.size) >= 400


def test_paths_exist(guide):
    named = {line for line in code(guide) if re.fullmatch(rf"(?:{TOP})/[\w./-]*", line)}
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_modules_exist(guide):
    package = ROOT / "resources" / "ztfvo"
    named = {line for line in code(guide) if re.fullmatch(r"[a-z_]+(?:/[\w-]+)*\.py", line)}
    named |= {line for line in code(guide) if re.fullmatch(r"ztfvo(?:_dachs)?(?:\.[a-z_]+)+", line)}
    assert {name for name in named if not any(_places(name, package))} == set()


def _places(name: str, package: Path) -> Iterator[bool]:
    if not name.endswith(".py"):
        path = ROOT / "resources" / name.replace(".", "/")
        yield path.is_dir() or path.with_suffix(".py").exists()
    yield (ROOT / name).exists()
    yield (package / name).exists()
    yield name.startswith("test_") and any((ROOT / "tests").glob(f"*/{name}"))


def test_commands_exist(guide):
    unknown = [line for line in code(guide) if not _is_known(line)]
    assert unknown == []


def _is_known(line: str) -> bool:
    """Whether a line is no command of the project, or one with sub-commands and options it has."""
    program, _, rest = line.partition(" ")
    if re.fullmatch(r"scripts/[\w-]+", program) and not (ROOT / program).is_file():
        return False
    if program not in COMMANDS:
        return True
    first, *others = rest.split(",")  # "ztfvo download, ztfvo ingest"
    if any(other.strip() and not _is_known(other.strip()) for other in others):
        return False
    words = shlex.split(first.split(" reader ")[0])
    command = get_command(COMMANDS[program])
    return all(_follows(command, word, words[1:]) for word in (words[:1] or [""])[0].split("|"))


def _follows(command: Any, first: str, words: list[str]) -> bool:
    words = [first, *words] if first else words
    while hasattr(command, "commands") and words and re.fullmatch(r"[a-z][\w-]*", words[0]):
        if words[0] not in command.commands:
            return False
        if words[0] == PASSED_ON:
            return len(words) < 2 or words[1] in command.commands[PASSED_ON].commands
        command, words = command.commands[words[0]], words[1:]
    options = {"--help"} | {option for one in command.params for option in one.opts}
    return {word for word in words if word.startswith("--")} <= options


def test_commands_are_checked():
    assert _is_known("scripts/bench store --detections 1e8")
    assert _is_known("scripts/serve start|stop|status")
    assert _is_known("ztfvo kdb import FILE.csv --release dr17")
    for wrong in (
        "scripts/none",
        "scripts/bench nothing",
        "scripts/bench store --objects 1",
        "scripts/serve start|halt",
        "ztfvo release make dr19",
        "ztfvo kdb forget",
    ):
        assert not _is_known(wrong), wrong


def test_settings_exist(guide):
    named = set(re.findall(r"\bZTFVO_([A-Z][A-Z_]*)", guide.read_text())) - {"NAME"}
    texts = [path.read_text() for path in (ROOT / "tests" / "support").glob("*.py")]
    texts.append((ROOT / "scripts" / "test").read_text())
    of_tests = {name for text in texts for name in re.findall(r"ZTFVO_(TEST_[A-Z]+)", text)}
    assert {name for name in named - of_tests if name.lower() not in Settings.model_fields} == set()


def test_figures_stand_below_their_command():
    _, *sections = (ROOT / "docs" / "measurements.md").read_text().split("\n## ")
    assert len(sections) >= 5
    for section in sections:
        title, _, rest = section.partition("\n")
        assert rest.strip().startswith("scripts/bench "), title


def test_the_changes_have_versions_and_dates():
    titles = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    released = [title for title in titles if title != "Unreleased"]
    found = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+), (\d{4}-\d\d-\d\d)", title) for title in released]
    assert all(found), released
    versions = [tuple(map(int, one.groups()[:3])) for one in found]
    dates = [date.fromisoformat(one[4]) for one in found]
    assert versions == sorted(versions, reverse=True)
    assert dates == sorted(dates, reverse=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert released[0].partition(",")[0] == project["version"]


def test_the_rows_of_a_table_have_the_same_number_of_cells(guide):
    for table in tables(guide):
        assert {len(row) for row in table} == {len(table[0])}, table[0]
