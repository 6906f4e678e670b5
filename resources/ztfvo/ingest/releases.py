"""Releases: what is declared of them in ``inputs/ztf/<release>/release.toml``."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from ztfvo.errors import BadFile
from ztfvo.store.names import NAME, schema_of


@dataclass(frozen=True)
class Declaration:
    """One data release as declared; the numbers are in ``ztf_store.release``."""

    name: str
    title: str
    description: str
    layout: str
    simulated: bool
    windows: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Spans of heliocentric MJD (UTC) by name: ``short`` is the one in which the release has the
    private survey too."""


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
    ValueError
        If the name cannot be one.
    LookupError
        If the release is not declared.
    BadFile
        If its file is not TOML or lacks a value.
    """
    schema_of(name)
    path = inputs / name / "release.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.parent.name for p in inputs.glob("*/release.toml")))
        raise LookupError(
            f"There is no release {name!r}: {path} is missing. Declared are: {known}."
            " To add one, copy the folder and the RD of another release (see docs/develop.md)."
        )
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return Declaration(
            name=name,
            title=values["title"],
            description=" ".join(values["description"].split()),
            layout=values["layout"],
            simulated=values["simulated"],
            windows=_windows(path, values.get("windows", {})),
        )
    except tomllib.TOMLDecodeError as error:
        raise BadFile(path, None, f"is not TOML ({error})") from error
    except KeyError as error:
        raise BadFile(path, None, f"the value {error.args[0]} is missing") from error


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
