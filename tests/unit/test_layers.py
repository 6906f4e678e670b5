"""Imports point down only."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.files import ROOT

PACKAGES = ROOT / "resources"

LAYERS = (
    {"bands", "catflags", "console", "errors", "files", "machine", "plugins", "votable"},
    {"designation", "distance", "grid", "oid", "photometry", "times"},
    {"dal", "features", "periods", "settings"},
    {"db", "health", "parts", "placing", "position", "remote", "store"},
    {"addresses", "declarations", "dust", "records", "references", "releases", "supernovae"},
    {"catalogs"},
    {"outside"},
    {"products", "images"},
    {"analysis", "ingest", "links"},
    {"download", "extraction", "find", "match", "resolve", "sources"},
    {"extinction", "search"},
    {"summary"},
    {"web"},
    {"site"},
    {"backup"},
    {"status"},
    {"commands", "failures"},
    {"cli", "__main__"},
)
"""What the package ``ztfvo`` consists of, from the ground up; ``__main__`` are those of all."""

LEVELS = {name: level for level, names in enumerate(LAYERS) for name in names}


def modules(package: str) -> Iterator[Path]:
    yield from sorted((PACKAGES / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Names of the modules of this project that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            top = PACKAGES if path.is_relative_to(PACKAGES) else ROOT
            above = path.relative_to(top).parts[: -node.level] if node.level else ()
            module = ".".join((*above, *filter(None, [node.module])))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def part_of(path: Path) -> str:
    """The part of ``ztfvo`` that a file belongs to."""
    if path.stem == "__main__":
        return "__main__"
    return path.relative_to(PACKAGES / "ztfvo").parts[0].removesuffix(".py")


def parts_used(path: Path) -> set[str]:
    """Parts of ``ztfvo`` that a file imports."""
    names = (name.split(".") for name in imported(path))
    return {name[1] for name in names if name[0] == "ztfvo" and len(name) > 1}


def test_every_part_has_its_place():
    there = {part_of(path) for path in modules("ztfvo")} - {"__init__"}
    assert there == set(LEVELS)


@pytest.mark.parametrize("part", sorted(LEVELS))
def test_a_part_imports_only_what_lies_below_it(part):
    wrong = {
        (path.relative_to(PACKAGES).as_posix(), used)
        for path in modules("ztfvo")
        if part_of(path) == part
        for used in parts_used(path) - {part}
        if LEVELS.get(used, 0) >= LEVELS[part]
    }
    assert wrong == set()


def test_dachs_is_imported_by_one_package_only_which_no_other_imports():
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for folder in ("resources/ztfvo", "kdb", "inputs")
        for path in (ROOT / folder).rglob("*.py")
        for name in imported(path)
        if name.split(".")[0] in ("gavo", "twisted", "ztfvo_dachs")
    }
    assert found == set()


def test_nothing_that_is_served_uses_the_benchmarks_or_the_demo():
    used = {
        (path.relative_to(ROOT).as_posix(), name)
        for folder in ("resources", "kdb")
        for path in (ROOT / folder).rglob("*.py")
        for name in imported(path)
        if name.split(".")[0] in ("bench", "tour")
    }
    assert used == set()


def test_the_application_is_served_without_the_code_that_runs_the_installation():
    used = {name for path in modules("ztfvo/web") for name in parts_used(path)}
    assert used & {"site", "ingest", "commands", "status", "backup"} == set()


def test_commands_that_read_no_files_begin_without_slow_libraries():
    quick = ("site.__main__", "commands.release", "commands.kdb", "commands.status")
    slow = {"astropy", "matplotlib", "pyarrow"}
    code = f"import sys, {', '.join(f'ztfvo.{name}' for name in quick)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert slow & set(done.stdout.split()) == set()
