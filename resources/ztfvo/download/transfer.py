"""Fetch one file, going on where an earlier attempt stopped.

While it comes, a file is called ``NAME.part``; ``NAME.part.tag`` beside it holds what the server
said identifies this version of it, so that parts of two versions are never joined.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx

from ztfvo.files import digests

from ..ingest.readers import irsa_api
from ..remote import Client, Failure, NoAnswer
from .catalogue import RemoteFile
from .errors import ChecksumMismatch, DownloadError

PART = ".part"
TAG = ".part.tag"

NOT_MEANT = 400
"""Status with which the light-curve service answers now and then, "invalid TAP query", to what is
right."""

_RANGE = re.compile(r"bytes (?:(?P<start>\d+)-\d+|\*)/(?P<total>\d+|\*)")


def fetch(
    archive: Client,
    remote: RemoteFile,
    folder: Path,
    advance: Callable[[int], None] = lambda _: None,
) -> Path:
    """Fetch a file and check it.

    Parameters
    ----------
    archive
        Where it is.
    remote
        The file.
    folder
        The release's data folder.
    advance
        Called with the bytes that have arrived, negative when some have to be fetched again.

    Returns
    -------
    path
        The complete file.

    Raises
    ------
    Failure
        When it cannot be had; what has arrived is kept.
    DownloadError
        When it is not what the archive's list says; nothing is left of it then that a later
        attempt could take for good.
    OSError
        When it cannot be written.
    """
    target = folder / remote.path
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + PART)
    again = _while_it_grows(archive, remote, part)
    archive.retrying(None)(again, _append, archive, remote, part, advance)
    _verify(remote, part)
    part.replace(target)
    target.with_name(target.name + TAG).unlink(missing_ok=True)
    return target


def matches_checksum(remote: RemoteFile, path: Path) -> bool:
    """Whether a file is the one of the archive's list; false where the list is silent."""
    return bool(remote.algorithm) and digests(path, remote.algorithm) == [remote.checksum]


def _while_it_grows(
    archive: Client, remote: RemoteFile, part: Path
) -> Callable[[Exception], bool | float]:
    """Return what decides whether to try again: not after so many failures without a new byte."""
    failures, size = 0, _size(part)

    def again(error: Exception) -> bool | float:
        nonlocal failures, size
        failures = 1 if _size(part) > size else failures + 1
        size = _size(part)
        not_meant = remote.answer and isinstance(error, Failure) and error.status == NOT_MEANT
        return failures < archive.attempts and (not_meant or archive.again(error))

    return again


def _append(
    archive: Client, remote: RemoteFile, part: Path, advance: Callable[[int], None]
) -> None:
    """Bring the part file to its end."""
    tag_file = part.with_name(part.name.removesuffix(PART) + TAG)
    have, tag = _size(part), _read(tag_file)
    resumable = have and tag and not remote.answer
    headers = {"Range": f"bytes={have}-", "If-Range": tag} if resumable else {}
    with archive.open(remote.url, headers, also=(206, 416)) as response:
        start, total = _extent(response)
        if response.status_code == 416:
            if total == have:
                return
            part.unlink()
            raise NoAnswer(f"{remote.url}: {have} bytes were there, the file has {total}")
        if response.status_code == 206 and start != have:
            raise DownloadError(f"{remote.url}: asked for bytes from {have}, got from {start}")
        if response.status_code != 206 and have:
            advance(-have)
        tag_file.write_text(_tag(response), encoding="utf-8")
        mode = "ab" if response.status_code == 206 else "wb"
        with part.open(mode, buffering=0) as file:
            for block in response.iter_raw():
                _write(file, block)
                advance(len(block))
    if total is not None and _size(part) != total:
        raise NoAnswer(f"{remote.url}: {_size(part)} of {total} bytes arrived")


def _write(file: io.RawIOBase, block: bytes) -> None:
    """Write all of a block; unbuffered, so that a killed download keeps what it got."""
    rest = memoryview(block)
    while rest:
        rest = rest[file.write(rest) or 0 :]


def _extent(response: httpx.Response) -> tuple[int, int | None]:
    """First byte of the body and size of the whole file, where stated."""
    match = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if response.status_code in (206, 416) and match:
        total = match["total"]
        return int(match["start"] or 0), None if total == "*" else int(total)
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _tag(response: httpx.Response) -> str:
    """What If-Range may use: a strong ETag, else the date, else nothing."""
    tag = response.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    return response.headers.get("Last-Modified", "")


def _verify(remote: RemoteFile, part: Path) -> None:
    """Refuse, and remove, a file that is not what it should be."""
    problem: DownloadError | None = None
    if remote.answer:
        if not irsa_api.has_columns(part):
            start = " ".join(part.read_bytes()[:300].decode("utf-8", "replace").split())
            problem = DownloadError(f"{remote.url}: the service answers no table but: {start}")
    elif remote.algorithm:
        (found,) = digests(part, remote.algorithm)
        if found != remote.checksum:
            problem = ChecksumMismatch(remote.path, remote.algorithm, found, remote.checksum)
    if problem:
        part.unlink()
        with suppress(FileNotFoundError):
            part.with_name(part.name.removesuffix(PART) + TAG).unlink()
        raise problem


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
