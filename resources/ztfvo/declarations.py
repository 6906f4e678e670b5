"""What is declared of each release, in ``inputs/ztf/<release>/release.toml``."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.store.names import NAME, schema_of

VALUES = {
    "title": str,
    "label": str,
    "short_name": str,
    "description": str,
    "created": datetime,
    "rank": int,
    "layout": str,
    "simulated": bool,
}
"""What a declaration has to say, and its types."""

EXAMPLES = {str: '"words"', datetime: "2026-11-22T12:00:00Z", int: "30", bool: "false"}
"""How a value of a type is written."""


@dataclass(frozen=True)
class Declaration:
    """One data release as declared; the numbers are in ``ztf_store.release``."""

    name: str
    file: Path
    """Where all of this stands."""
    title: str
    label: str
    """What it is called at the head of the titles of its tables and services."""
    short_name: str
    """The same for the registry, which shows 16 characters: with `` links`` behind it."""
    description: str
    created: datetime
    """When it was first served, UTC."""
    rank: int
    """Its place in lists of schemas; that of a smaller number is shown first."""
    layout: str
    simulated: bool
    windows: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Spans of heliocentric MJD (UTC) by name: ``short`` is the one in which the release has the
    private survey too."""
    download: dict[str, Any] | None = None
    """Where it is published (`ztfvo.download.source`); None where nobody does."""


def declared(name: str, inputs: Path) -> Declaration:
    """Read the declaration of a release.

    Parameters
    ----------
    name
        Name of the release, like ``dr19``.
    inputs
        The folder with one folder for each release.

    Raises
    ------
    CannotBeDone
        If the name cannot be one, or the release is not declared.
    BadFile
        If its file is not TOML, or a value is missing or of another type.
    """
    try:
        schema_of(name)
    except ValueError as error:
        raise CannotBeDone(str(error)) from error
    path = inputs / name / "release.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.parent.name for p in inputs.glob("*/release.toml")))
        raise CannotBeDone(
            f"There is no release {name!r}: {path} is missing. Declared are: {known}."
            " To add one, copy the folder and the RD of another release (see docs/develop.md)."
        )
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(path, None, f"is not TOML ({error})") from error
    return Declaration(
        name=name,
        file=path,
        **{key: _value(path, values, key, kind) for key, kind in VALUES.items()},
        windows=_windows(path, values.get("windows", {})),
        download=values.get("download"),
    )


def _value(path: Path, values: dict[str, Any], key: str, kind: type) -> Any:
    """Return a value of a declaration, of the type that it has to have."""
    if key not in values:
        raise BadFile(path, None, f"the value {key} is missing")
    value = values[key]
    if type(value) is not kind:
        example = EXAMPLES[kind]
        raise BadFile(path, None, f"{key} = {value!r} is not like {key} = {example}")
    return " ".join(value.split()) if kind is str else value


def _windows(path: Path, values: dict[str, list[float]]) -> dict[str, tuple[float, float]]:
    windows = {}
    for name, span in values.items():
        try:
            first, last = (float(bound) for bound in span)
        except (TypeError, ValueError):
            first = last = math.nan
        if not NAME.fullmatch(name) or not first < last:
            raise BadFile(
                path,
                None,
                f"the window {name} = {span} is not a small-letter name with two MJD, as in"
                " short = [58194.0, 59280.0]",
            )
        windows[name] = (first, last)
    return windows
