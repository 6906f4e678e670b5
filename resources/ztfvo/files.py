"""What all that load files share."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from pwd import getpwuid

_BLOCK = 1 << 20

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def unreadable(path: Path) -> str | None:
    """Why a path cannot be read as a file, for a person; None where it can."""
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
        if kind != stat.S_IFREG:
            return f"is {_KINDS.get(kind, 'something else')}, not a file"
        os.close(os.open(path, os.O_RDONLY))
    except PermissionError:
        user = getpwuid(os.geteuid()).pw_name
        return (
            f"cannot be read by the user '{user}', whose rights this command has: chmod o+rX the"
            " file and the folders on the way"
        )
    except OSError as error:
        if os.path.islink(path):
            return f"is a link to {os.readlink(path)} and leads nowhere: {error.strerror}"
        return f"cannot be read: {error.strerror}"
    return None


def digests(path: Path, *names: str) -> list[str]:
    """Checksums of a file, in one pass over it.

    Parameters
    ----------
    path
        The file.
    names
        Names of hashes as in :mod:`hashlib`.
    """
    hashes = [hashlib.new(name, usedforsecurity=False) for name in names]
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            for each in hashes:
                each.update(block)
    return [each.hexdigest() for each in hashes]
