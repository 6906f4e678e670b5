"""What all that load files share."""

from __future__ import annotations

import hashlib
from pathlib import Path

_BLOCK = 1 << 20


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
