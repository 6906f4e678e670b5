"""What the service wrote to its logs while a test ran, for whoever reads why it failed."""

from __future__ import annotations

import os
import re
from pathlib import Path

NAMES = ("database.log", "dachs-*.log", "dachs-*/dcErrors", "app-*.log", "kdb.log", "watch.log")

DULL = re.compile(r"resource directory|pkg_resources|checkpoint")
"""What stands in lines that say nothing of a failure."""

MOST = 30
"""Lines of one file."""


def _files() -> list[Path]:
    folder = Path(os.environ.get("ZTFVO_VAR", "")) / "log"
    return [path for name in NAMES for path in sorted(folder.glob(name))]


def mark() -> dict[Path, int]:
    """Return how far the logs are written."""
    return {path: path.stat().st_size for path in _files()}


def since(marked: dict[Path, int]) -> str:
    """Return the last lines that each log has more than when it was marked."""
    found = []
    for path in _files():
        with path.open("rb") as file:
            file.seek(min(marked.get(path, 0), path.stat().st_size))
            lines = file.read().decode(errors="replace").splitlines()
        kept = [line for line in lines if line.strip() and not DULL.search(line)]
        if kept:
            found += [f"--- {path.name}", *kept[-MOST:]]
    return "\n".join(found)
