"""Bring the files of a map of dust here from the archive that publishes them, and check them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ztfvo import placing
from ztfvo.dust.model import Map
from ztfvo.errors import CannotBeDone
from ztfvo.remote import Refused
from ztfvo.remote import published as archives
from ztfvo.remote.published import LARGEST_RECORD, Published
from ztfvo.remote.resume import client_of_files
from ztfvo.settings import Settings


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
    with placing.alone(settings.dust):
        folder = arrived(settings, which)
        if which.make:
            folder.mkdir(parents=True, exist_ok=True)
            return list(which.make(folder))
        return archives.fetch(files, folder, advance)


def arrived(settings: Settings, which: Map) -> Path:
    """Return the folder of files that are not installed yet."""
    return settings.dust / "files" / which.name


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
