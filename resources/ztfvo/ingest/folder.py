"""What lies in a release's folder: files to load, files of other kinds, and what cannot be read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from ztfvo.errors import BadFile
from ztfvo.files import unreadable

from .manifest import NAME
from .readers import hats, suffixes

_BESIDE = {NAME, "md5sums.txt", "checksum.md5", "checksums.md5"} | hats.BESIDE
"""Names of files that belong to a release and hold no light curves of it."""


@dataclass
class Contents:
    """The contents of a folder and of all folders in it, in order of their paths."""

    files: list[Path] = field(default_factory=list)
    """Readable files whose names end as those of light curves do."""
    ignored: list[Path] = field(default_factory=list)
    """Other files, and hidden folders."""
    faults: list[BadFile] = field(default_factory=list)
    """What can be read neither as a file nor as a folder."""


def survey(folder: Path) -> Contents:
    """List a folder, following links.

    What is known to lie beside light curves (manifests, checksums, what HATS catalogues keep beside
    their partitions, whole margin and index catalogues) is left out.
    """
    contents = Contents()
    _survey(folder, contents, ())
    return contents


def _survey(folder: Path, contents: Contents, above: tuple[tuple[int, int], ...]) -> None:
    try:
        status = folder.stat()
        entries = sorted(folder.iterdir())
    except OSError as error:
        contents.faults.append(BadFile(folder, None, f"cannot be listed: {error.strerror}"))
        return
    this = (status.st_dev, status.st_ino)
    if this in above:
        contents.faults.append(BadFile(folder, None, "is a link to a folder that it lies in"))
        return
    if hats.is_beside(folder):
        return
    for path in entries:
        _sort(path, contents, (*above, this))


def _sort(path: Path, contents: Contents, above: tuple[tuple[int, int], ...]) -> None:
    """Put one entry of a folder where it belongs."""
    if path.name in _BESIDE:
        return
    if path.name.startswith((".", "_")):
        contents.ignored.append(path)
    elif os.path.isdir(path) and not is_data(path):
        _survey(path, contents, above)
    elif os.path.exists(path) and not is_data(path):
        contents.ignored.append(path)
    elif fault := unreadable(path):
        contents.faults.append(BadFile(path, None, fault))
    else:
        contents.files.append(path)


def is_data(path: Path) -> bool:
    """Whether a name ends as those of files of light curves do."""
    return path.name.lower().endswith(suffixes())


def key_of(path: Path, folder: Path) -> str:
    """Name of a file in the database: its path below the release's folder, else its name."""
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return path.name
