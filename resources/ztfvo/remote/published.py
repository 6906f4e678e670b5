"""Files as archives publish them, fetched with their checksums; an interrupted one goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.files import digests
from ztfvo.remote.client import Client
from ztfvo.remote.resume import PART, client_of_files, forget, resume

LARGEST_RECORD = 50_000_000
"""Bytes of an archive's record."""


@dataclass(frozen=True)
class File:
    """A file that something is published as."""

    name: str
    url: str
    megabytes: float | None = None
    """About, for those who decide; the server says it exactly.  None where it is not known."""
    md5: str = ""
    """Empty where the archive's record has it, or nobody says it."""


@dataclass(frozen=True)
class Published:
    """A file as the archive says that it is."""

    file: File
    bytes: int | None
    """None where it does not say."""
    md5: str
    """Empty where nobody says it."""


def fetch(files: Sequence[Published], folder: Path, advance: Callable[[int], None]) -> list[Path]:
    """Fetch files into a folder, and return them.

    Parameters
    ----------
    advance
        Called with the bytes that have arrived, negative when some have to be fetched again.

    Raises
    ------
    Failure
        When one cannot be had; what has arrived is kept.
    BadFile
        When one has not the checksum that is published; it is deleted then.
    CannotBeDone
        If there is no room for them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _require_room(folder, files)
    with client_of_files(LARGEST_RECORD) as client:
        return [_fetch(client, one, folder, advance) for one in files]


def _fetch(client: Client, one: Published, folder: Path, advance: Callable[[int], None]) -> Path:
    target = folder / one.file.name
    if target.exists() and one.md5 and digests(target, "md5") == [one.md5]:
        advance(target.stat().st_size)
        return target
    part = target.with_name(target.name + PART)
    if part.exists():
        advance(part.stat().st_size)
    resume(client, one.file.url, part, advance)
    (found,) = digests(part, "md5")
    if one.md5 and found != one.md5:
        forget(part)
        raise BadFile(
            target, None, f"its MD5 is {found}, and {one.md5} is published; it was deleted"
        )
    part.replace(target)
    forget(part)
    return target


def _require_room(folder: Path, files: Sequence[Published]) -> None:
    room, wanted = shutil.disk_usage(folder).free, sum(one.bytes or 0 for one in files)
    if room < wanted:
        raise CannotBeDone(
            f"{folder} has room for {room / 1e6:,.0f} MB, {wanted / 1e6:,.0f} are to be fetched."
        )
