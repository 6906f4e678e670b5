"""What is known of the site's parts: kept in a file by who watches over them, read by all."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from ztfvo.settings import Settings

OLD = 3.0
"""Looks after which what was noted is too old to be believed."""


class State(TypedDict):
    """The state of one part."""

    works: bool | None
    """None where it starts, and where nobody knows."""
    since: str | None
    """ISO 8601, UTC; None where nobody knows."""


def _file(settings: Settings) -> Path:
    return settings.run / "parts.json"


def note_state(settings: Settings, works: dict[str, bool | None]) -> None:
    """Note which parts work, for all to read; the time stays where nothing changed meanwhile.

    Parameters
    ----------
    works
        By part; None for one that starts.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    former = read_state(settings)
    parts = {
        name: {
            "works": ok,
            "since": former[name]["since"]
            if name in former and former[name]["works"] == ok
            else now,
        }
        for name, ok in works.items()
    }
    new = _file(settings).with_suffix(".new")
    new.write_text(json.dumps(parts))
    new.chmod(0o644)
    os.replace(new, _file(settings))


def read_state(settings: Settings) -> dict[str, State]:
    """Return the state of each part, as it was noted at the last look."""
    try:
        age = datetime.now(UTC).timestamp() - _file(settings).stat().st_mtime
    except OSError:
        return {}
    known = _read(settings)
    if age > OLD * settings.watch_seconds + 60:
        return {name: {"works": None, "since": None} for name in known}
    return known


def _read(settings: Settings) -> dict[str, State]:
    try:
        return json.loads(_file(settings).read_text())
    except (OSError, ValueError):
        return {}
