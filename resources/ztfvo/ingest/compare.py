"""Whether a file can be one of a release, before it is read in full."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np

from ztfvo.declarations import Declaration
from ztfvo.errors import BadFile
from ztfvo.store.times import TIMES, Times

from .readers import reader_for
from .readers._preview import Preview

_EDITION = re.compile(r"(?:^|_)(dr\d+)(?=[_.]|$)")
_FOLDER = re.compile(r"(?:(?:lc|ztf)_)?(dr\d+)(?:_.*)?")
_LAST_WORD = re.compile(r"_([a-z0-9]+)\.[a-z.]+$")


def compare(path: Path, release: Declaration) -> tuple[ModuleType, Preview]:
    """Compare a file with the release that it is to be loaded into.

    Parameters
    ----------
    path
        The file.
    release
        As it is declared; what it leaves open is not compared.

    Returns
    -------
    reader
        The module that reads the file.
    preview
        What the file shows of itself.

    Raises
    ------
    BadFile
        When the file cannot be read, is of another release by its name, or of another layout,
        resolution of time or column type than the release.
    """
    _compare_name(path, release)
    reader = reader_for(path)
    if release.layout != reader.NAME:
        raise _other(path, release, f"is of layout {reader.NAME}", f"has {release.layout}")
    preview = reader.preview(path)
    for name, kind in release.columns.items():
        found = preview.columns.get(name)
        if found is None:
            raise _other(path, release, f"has no column {name} of a type", f"has {kind}")
        if found != kind:
            raise _other(path, release, f"column {name} is of type {found}", f"has {kind}")
    _compare_times(path, preview, release)
    return reader, preview


def _other(
    path: Path, release: Declaration, found: str, expected: str, key: str = "what it says"
) -> BadFile:
    """The refusal of another release's file; `key` is what of the declaration may be wrong."""
    return BadFile(
        path,
        None,
        f"{found}, release {release.name} {expected}",
        remedy=f"Load it into the release that it is of, or correct {key} in {release.file}.",
    )


def _compare_name(path: Path, release: Declaration) -> None:
    """Refuse a file that its name, or else the nearest folder that names one, gives to another."""
    word, where = _EDITION.search(path.name), "by its name"
    folders = iter(path.parents)
    while not word and (folder := next(folders, None)):
        word, where = _FOLDER.fullmatch(folder.name), f"by its folder {folder.name}"
    if word and release.edition and word[1] != release.edition:
        raise _other(path, release, f"is of {word[1]} {where}", f"is of {release.edition}")
    last = _LAST_WORD.search(path.name)
    others = _declared(release.file.parents[1]) - {release.name, release.edition}
    if last and not word and last[1] in others:
        raise _other(path, release, f"is of {last[1]} by its name", "is another one")


@cache
def _declared(folder: Path) -> frozenset[str]:
    """Names of the releases that are declared in a folder."""
    return frozenset(path.parent.name for path in folder.glob("*/release.toml"))


def _compare_times(path: Path, preview: Preview, release: Declaration) -> None:
    hmjd = preview.hmjd[np.isfinite(preview.hmjd)]
    column = preview.columns.get("hmjd")
    if not len(hmjd) or column is None:
        return
    fitting = (name for name, times in TIMES.items() if _fits(hmjd, column, times))
    found = next(fitting, f"{column} of another resolution")
    if found != release.times:
        raise _other(path, release, f"times are {found}", f"has {release.times}", "times")


def _fits(hmjd: np.ndarray, column: str, times: Times) -> bool:
    """Whether all times are whole numbers of ticks."""
    rate = times.ticks_per_day
    return column == times.column and bool(np.all(np.rint(hmjd * rate) / rate == hmjd))
