"""Text with a time, a wavelength and a flux on each line, which may be packed by gzip."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from pathlib import Path

from ztfvo.supernovae import library
from ztfvo.supernovae.kinds import _grid

load = _grid.load

_GZIP = b"\x1f\x8b"


def prepare(paths: Sequence[Path], folder: Path) -> None:
    """Write the spectra of the one file."""
    (path,) = paths
    content = path.read_bytes()
    if content.startswith(_GZIP):
        content = gzip.decompress(content)
    text = io.StringIO(content.decode("ascii"))
    _grid.write(folder, *library.sncosmo().read_griddata_ascii(text))
