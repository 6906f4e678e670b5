"""Bring the files of a map of dust here from the archive that publishes them, and check them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ztfvo.dust.installing import alone
from ztfvo.dust.model import File, Map
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.files import digests
from ztfvo.remote import Client, Refused
from ztfvo.remote.resume import PART, client_of_files, forget, resume
from ztfvo.settings import Settings

LARGEST_RECORD = 50_000_000
"""Bytes of an archive's record."""


@dataclass(frozen=True)
class Published:
    """A file as the archive says that it is."""

    file: File
    bytes: int
    md5: str


def published(which: Map) -> list[Published]:
    """Ask the archive for sizes and checksums of a map's files.

    Raises
    ------
    CannotBeDone
        If its record has not all of them, or another checksum than is declared.
    Failure
        When it cannot be asked.
    """
    if which.make:
        return []
    with client_of_files(LARGEST_RECORD) as client:
        record = _files(client.get(which.record), which)
    found = []
    for file in which.files:
        if file.name not in record:
            raise CannotBeDone(f"{which.record} has no file {file.name}: correct {which.name}.")
        size, md5 = record[file.name]
        if file.md5 and file.md5 != md5:
            raise CannotBeDone(
                f"{which.record} has {file.name} with the MD5 {md5}, {file.md5} is declared: the"
                " map has changed."
            )
        found.append(Published(file, size, md5))
    return found


def fetch(
    which: Map, files: Sequence[Published], settings: Settings, advance: Callable[[int], None]
) -> list[Path]:
    """Fetch the files of a map, or make them, and return them; an interrupted download goes on.

    Parameters
    ----------
    files
        From `published`.
    advance
        Called with the bytes that have arrived, negative when some have to be fetched again.

    Raises
    ------
    Failure
        When one cannot be had; what has arrived is kept.
    BadFile
        When one has not the checksum that is published; it is deleted then.
    CannotBeDone
        If there is no room for them, or another command is at work.
    """
    with alone(settings):
        folder = arrived(settings, which)
        folder.mkdir(parents=True, exist_ok=True)
        if which.make:
            return list(which.make(folder))
        _require_room(folder, files)
        with client_of_files(LARGEST_RECORD) as client:
            return [_fetch(client, one, folder, advance) for one in files]


def arrived(settings: Settings, which: Map) -> Path:
    """Return the folder of files that are not installed yet."""
    return settings.dust / "files" / which.name


def _fetch(client: Client, one: Published, folder: Path, advance: Callable[[int], None]) -> Path:
    target = folder / one.file.name
    if target.exists() and digests(target, "md5") == [one.md5]:
        advance(one.bytes)
        return target
    part = target.with_name(target.name + PART)
    if part.exists():
        advance(part.stat().st_size)
    resume(client, one.file.url, part, advance)
    (found,) = digests(part, "md5")
    if found != one.md5:
        forget(part)
        raise BadFile(
            target, None, f"its MD5 is {found}, and {one.md5} is published; it was deleted"
        )
    part.replace(target)
    forget(part)
    return target


def _require_room(folder: Path, files: Sequence[Published]) -> None:
    room, wanted = shutil.disk_usage(folder).free, sum(one.bytes for one in files)
    if room < wanted:
        raise CannotBeDone(
            f"{folder} has room for {room / 1e6:,.0f} MB, {wanted / 1e6:,.0f} are to be fetched."
        )


def _files(text: bytes, which: Map) -> dict[str, tuple[int, str]]:
    """Bytes and MD5 of the files of a record, by name: one of Dataverse, or of Zenodo."""
    try:
        record: Any = json.loads(text)
        if "data" in record:
            listed = [one["dataFile"] for one in record["data"]["latestVersion"]["files"]]
            return {one["filename"]: (one["filesize"], one["md5"]) for one in listed}
        return {
            one["key"]: (one["size"], one["checksum"].removeprefix("md5:"))
            for one in record["files"]
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        shown = " ".join(text[:200].decode("utf-8", "replace").split())
        raise Refused(f"{which.record} answers no record with files but: {shown}") from error
