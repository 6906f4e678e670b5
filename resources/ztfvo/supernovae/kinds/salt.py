"""Packed folders of SALT2 and SALT3: text files by component of the model."""

from __future__ import annotations

import tarfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from ztfvo.supernovae import library
from ztfvo.supernovae.model import Installed, ModelError

_LARGEST = 50_000_000
"""Bytes of a file."""


def prepare(paths: Sequence[Path], folder: Path) -> None:
    """Write the text files of the one packed folder, and read them as a model."""
    (path,) = paths
    with tarfile.open(path) as packed:
        for member in packed:
            name = PurePosixPath(member.name).name
            if not member.isfile() or name.startswith(".") or not name.endswith(".dat"):
                continue
            if member.size > _LARGEST:
                raise ValueError(f"{name} has {member.size:,} bytes")
            file = packed.extractfile(member)
            (folder / name).write_bytes(file.read() if file else b"")
    _source(folder, path.name)


def load(here: Installed) -> Any:
    """Return the source of sncosmo."""
    try:
        return _source(here.folder, here.template.name)
    except (OSError, ValueError, IndexError) as error:
        raise ModelError(f"{here.folder} cannot be read: {error}") from error


def _source(folder: Path, name: str) -> Any:
    sncosmo = library.sncosmo()
    if (folder / "salt3_template_0.dat").exists():
        return sncosmo.SALT3Source(modeldir=str(folder), name=name)
    return sncosmo.SALT2Source(modeldir=str(folder), name=name)
