"""Folders of data that are made of files: whole in their place, or not there at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from astropy.utils.exceptions import AstropyWarning

from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.files import digests

_NEW, _OLD = ".new", ".old"


@dataclass(frozen=True)
class Note:
    """What a file in such a folder says of it; without it the folder counts as not there."""

    edition: str
    """Changes where the same is installed from other files."""
    installed_at: str
    """ISO 8601, UTC"""
    bytes: int
    """Of what was made of the files."""
    sources: tuple[str, ...]
    """Name and MD5 of each file."""


def write_note(path: Path, files: Sequence[Path]) -> None:
    """Write the note of what is in a file's folder, which was made of files."""
    sums = [digests(file, "md5")[0] for file in files]
    note = Note(
        edition="-".join(sorted(one[:8] for one in sums)),
        installed_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        bytes=sum(one.stat().st_size for one in path.parent.iterdir()),
        sources=tuple(f"{file.name} {one}" for file, one in zip(files, sums, strict=True)),
    )
    path.write_text(json.dumps(asdict(note), indent=1), encoding="utf-8")


def read_note(path: Path) -> Note | None:
    """Return a note; None where there is none.

    Raises
    ------
    OSError, ValueError, KeyError, TypeError
        Where it cannot be read.
    """
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    sources = tuple(note["sources"])
    return Note(note["edition"], note["installed_at"], note["bytes"], sources)


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Let no other command change the folders below one meanwhile.

    Raises
    ------
    CannotBeDone
        If another one does.
    """
    root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotBeDone(
                f"Another command fetches or installs what is in {root}: wait for its end, or end"
                " it."
            ) from error
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def beside(root: Path, files: Sequence[Path]) -> Iterator[Path]:
    """Give a folder for what is made of files, which does not stay if it is not put into its place.

    Raises
    ------
    CannotBeDone
        If there may be no room.
    """
    room, wanted = shutil.disk_usage(root).free, 2 * sum(path.stat().st_size for path in files)
    if room < wanted:
        raise CannotBeDone(
            f"{root} has room for {room / 1e6:,.0f} MB, up to {wanted / 1e6:,.0f} are needed."
        )
    folder = root / _NEW
    for left in (folder, root / _OLD):
        shutil.rmtree(left, ignore_errors=True)  # of a command that was killed
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put(folder: Path, target: Path) -> None:
    """Put a folder from `beside` into its place, in place of one that is there.

    The users of services may read it, whatever the caller's mask is.
    """
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)
    old = folder.with_name(_OLD)
    if target.exists():
        target.rename(old)
    folder.rename(target)
    shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def damage_of(path: Path, *kinds: type[Exception]) -> Iterator[None]:
    """Say of a file what libraries raise for those that are damaged.

    Parameters
    ----------
    kinds
        Exceptions besides those of Python.

    Raises
    ------
    BadFile
        In place of them.
    CannotBeDone
        Where there is no room on the disk.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyWarning)  # the exception says it
            yield
    except (OSError, ValueError, KeyError, TypeError, IndexError, EOFError, *kinds) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CannotBeDone(
                f"There is no room for what is made of {path}: free some."
            ) from error
        cause = f"it is damaged: {error or type(error).__name__}"
        raise BadFile(path, None, cause, remedy="Fetch it again.") from error
