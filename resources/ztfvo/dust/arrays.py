"""Arrays of maps on the disk: written piece by piece, and mapped into memory to be read.

What is mapped, for reading only, counts neither as data of a process, which are limited, nor twice
where several processes read it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits

from ztfvo.dust.model import DustError

_ROWS = 1 << 20
"""Elements of the first axis that are read at a time, of an array of one axis."""


def write(path: Path, values: Any, kind: Any) -> None:
    """Write an array, of which pieces are in memory only.

    Parameters
    ----------
    values
        What can be sliced like an array of numpy.
    kind
        Type of numbers in the file.

    Raises
    ------
    OSError
        Where there is no room for it.
    """
    made = np.lib.format.open_memmap(path, "w+", np.dtype(kind), tuple(values.shape))
    with path.open("r+b") as file:  # a full disk ends a process that writes into memory
        os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    step = max(1, _ROWS // max(1, int(np.prod(values.shape[1:]))))
    for begin in range(0, len(values), step):
        made[begin : begin + step] = values[begin : begin + step]
    made.flush()


def read(path: Path) -> np.ndarray:
    """Map an array into memory, as a plain array that cannot be written.

    Raises
    ------
    DustError
        Where the file is missing or damaged.
    """
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    except (OSError, ValueError, EOFError) as error:
        raise DustError(f"{path} cannot be read: {error}") from error


def is_fits(path: Path) -> bool:
    """Return whether a file begins as FITS files do."""
    with path.open("rb") as file:
        return file.read(9) == b"SIMPLE  ="


def require_whole(path: Path, hdu: fits.hdu.base._BaseHDU) -> None:
    """Check that the data of a part of a FITS file are all there.

    Raises
    ------
    ValueError
        If the file ends early.
    """
    info = hdu.fileinfo()
    end, size = info["datLoc"] + hdu.size, path.stat().st_size
    if size < end:
        raise ValueError(f"it ends early, with {size:,} of {end:,} bytes")
