"""What can go wrong with a download, in words for the operator."""

from __future__ import annotations


class DownloadError(Exception):
    """A download, or one file of it, that cannot be done; the message says why and what to do."""


class ChecksumMismatch(DownloadError):
    """A file that arrived is not the one the archive's list describes; it was removed."""

    def __init__(self, path: str, algorithm: str, found: str, expected: str) -> None:
        super().__init__(
            f"{path}: {algorithm} is {found}, the archive's list says {expected}. "
            "The file was removed; run the command again to fetch it again."
        )


class NoSpace(DownloadError):
    """The files do not fit on the disk."""

    def __init__(self, folder: str, needed: int, free: int) -> None:
        super().__init__(
            f"{folder}: {human(needed)} are needed and {human(free)} are free. "
            "Make room, choose fewer files, or move the state folder (ZTFVO_VAR)."
        )


def human(size: float) -> str:
    """Write a number of bytes for people, in powers of 1000."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
