"""The documents of the project, and what can be taken from their text."""

from __future__ import annotations

import re
from pathlib import Path

from .files import ROOT

README = ROOT / "README.md"
GUIDES = [README, *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS = [*GUIDES, ROOT / "CHANGELOG.md", ROOT / "inputs" / "README.md"]

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?:(?<=\n\n)|\A)(?: {4}.*\n+)+")


def name_of(path: Path) -> str:
    """Name of a document, as tests show it."""
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, language: str) -> list[str]:
    """Fenced blocks of a language."""
    return [text for word, text in _FENCED.findall(path.read_text()) if word == language]


def prose(path: Path) -> str:
    """The text without blocks of code."""
    return _INDENTED.sub("", _FENCED.sub("", path.read_text()))


def code(path: Path) -> list[str]:
    """Lines of the indented blocks, and what stands between backticks, each without comments."""
    text = _FENCED.sub("", path.read_text())
    lines = [line for block in _INDENTED.findall(text) for line in block.splitlines()]
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose(path))]
    return [line.partition("  #")[0].strip() for line in [*lines, *spans]]


def tables(path: Path) -> list[list[list[str]]]:
    """Cells of the rows of each table."""
    found = re.findall(r"(?:^\|.*\|$\n?)+", prose(path), re.MULTILINE)
    return [[_cells(line) for line in table.splitlines()] for table in found]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line[1:-1].split("|")]


def rows(path: Path) -> list[list[str]]:
    """Cells of the rows of all tables."""
    return [row for table in tables(path) for row in table]


def headings(path: Path) -> set[str]:
    """Anchors of the headings."""
    found = re.findall(r"^#+ (.*)$", _FENCED.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found}


def links(path: Path) -> list[str]:
    """Targets of links and pictures."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(path))
