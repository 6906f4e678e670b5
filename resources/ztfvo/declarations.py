"""What is declared of each release, in ``inputs/ztf/<release>/release.toml``."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ztfvo import plugins
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.store.names import NAME, schema_of
from ztfvo.store.times import TIMES

READERS = "ztfvo.ingest.readers"
"""Package with one module for each layout; its name with dashes is the layout's."""

VALUES = {
    "title": str,
    "label": str,
    "short_name": str,
    "description": str,
    "created": datetime,
    "rank": int,
    "layout": str,
    "times": str,
    "simulated": bool,
}
"""What a declaration has to say, and its types."""

OPTIONAL = {"edition": str, "columns": dict, "windows": dict, "download": dict}
"""What it may say besides."""

DOWNLOAD = {"path": str, "server": str, "checksums": list, "collection": str, "max_radius": float}
"""What its table ``[download]`` may say."""

EXAMPLES = {
    str: '"words"',
    datetime: "2026-11-22T12:00:00Z",
    int: "30",
    bool: "false",
    float: "0.1667",
    list: '["md5sums.txt"]',
    dict: "a table, which begins with a line [{}]",
}
"""How a value of a type is written."""


COLUMN_TYPES = (
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double"),
)
"""Arrow's names of the types of columns, or of the elements of lists."""

_EDITION = re.compile(r"dr\d+")


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
    times: str
    """One of `TIMES`: how exact the times in its files are."""
    simulated: bool
    edition: str | None = None
    """Data release that its files are of by their names, like ``dr19``; None where that is open.
    Releases that are themselves called so need not say it."""
    columns: dict[str, str] = field(default_factory=dict)
    """Arrow's type by name of a column, for columns whose types differ between releases; of a list
    that of its elements."""
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
        If its file is not TOML, or a value is missing, unknown, or not one of those allowed.
    """
    schema_of(name)
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
    _known(path, values, {**VALUES, **OPTIONAL}, "value")
    for key, allowed in (("layout", layouts()), ("times", TIMES)):
        if key not in values:
            one_of = ", ".join(f'"{one}"' for one in allowed)
            raise BadFile(
                path, None, f"the value {key} is missing", remedy=f"It is one of {one_of}."
            )
    given = {key: _value(path, values, key, kind) for key, kind in VALUES.items()}
    given |= {key: _value(path, values, key, OPTIONAL[key]) for key in OPTIONAL if key in values}
    _one_of(path, "layout", given["layout"], layouts())
    _one_of(path, "times", given["times"], TIMES)
    for column, kind in given.get("columns", {}).items():
        _one_of(path, f"[columns] {column}", kind, COLUMN_TYPES)
    if _EDITION.fullmatch(name):
        given.setdefault("edition", name)
    given["windows"] = _windows(path, given.get("windows", {}))
    if "download" in given:
        _check_download(path, given["download"])
    return Declaration(name=name, file=path, **given)


def layouts() -> list[str]:
    """Names of the layouts that can be read."""
    return [name.replace("_", "-") for name in plugins.names(READERS)]


def _known(path: Path, values: dict[str, Any], known: Iterable[str], what: str) -> None:
    """Refuse what is not understood: most likely it is mistyped."""
    for name in values:
        if name not in known:
            similar = difflib.get_close_matches(name, known, 1)
            raise BadFile(
                path,
                None,
                f"the {what} {name} is not known",
                remedy=(f"Is {similar[0]} meant? " if similar else "")
                + f"Known are: {', '.join(known)}.",
            )


def _one_of(path: Path, key: str, value: Any, allowed: Iterable[str]) -> None:
    if value not in allowed:
        shown = ", ".join(f'"{one}"' for one in allowed)
        raise BadFile(path, None, f"{key} = {value!r} is not one of {shown}")


def _value(path: Path, values: dict[str, Any], key: str, kind: type) -> Any:
    """Return a value of a declaration, of the type that it has to have."""
    example = EXAMPLES[kind].format(key)
    if key not in values:
        raise BadFile(path, None, f"the value {key} is missing", remedy=f"It is like {example}.")
    value = values[key]
    if type(value) is not kind and not (kind is float and type(value) is int):
        raise BadFile(path, None, f"{key} = {value!r} is not like {key} = {example}")
    if kind is str and not value.strip():
        raise BadFile(path, None, f"{key} is empty")
    return " ".join(value.split()) if kind is str else value


def _check_download(path: Path, values: dict[str, Any]) -> None:
    _known(path, values, DOWNLOAD, "value [download]")
    for key in values:
        _value(path, values, key, DOWNLOAD[key])


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
