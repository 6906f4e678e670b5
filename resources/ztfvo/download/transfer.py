"""Fetch one file of a release, going on where an earlier attempt stopped, and check it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ztfvo.files import digests

from ..ingest.readers import irsa_api
from ..remote import Client
from ..remote.resume import PART, forget, resume
from .catalogue import RemoteFile
from .errors import ChecksumMismatch, DownloadError

NOT_MEANT = 400
"""Status with which the light-curve service answers now and then, "invalid TAP query", to what is
right."""


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
    also = frozenset({NOT_MEANT} if remote.answer else ())
    resume(archive, remote.url, part, advance, whole=remote.answer, also=also)
    _verify(remote, part)
    part.replace(target)
    forget(part)
    return target


def matches_checksum(remote: RemoteFile, path: Path) -> bool:
    """Whether a file is the one of the archive's list; false where the list is silent."""
    return bool(remote.algorithm) and digests(path, remote.algorithm) == [remote.checksum]


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
        forget(part)
        raise problem
