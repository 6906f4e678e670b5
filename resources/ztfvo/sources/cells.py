"""The parts of the sky whose stars are found by themselves: HEALPix cells, and what is around.

A star is of the cell of its light curve with the smallest OID.  Its other light curves, and what
decides whether they are of it, may be in cells beside: so light curves are read some rings of
smaller pixels further, and further still where a group of neighbours reaches the last ring.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from astropy_healpix.core import neighbours

from ztfvo.ingest.load import COVERAGE_ORDER, HEALPIX_ORDER

ORDER = COVERAGE_ORDER
"""HEALPix order of cells, which are 0.23 degrees: the coverage of files has them."""

FINE = 14
"""HEALPix order of the pixels of rings: 13 arcsec, 7 where they are narrowest, which no two
neighbours are apart."""

_BITS = 2 * (HEALPIX_ORDER - ORDER)
_FINE_BITS = 2 * (HEALPIX_ORDER - FINE)

_INSIDE = np.arange(1 << 2 * (FINE - ORDER), dtype=np.int64)


def _border() -> np.ndarray:
    """Those of `_INSIDE` at the edges of a cell: all bits of one coordinate are 0, or are 1."""
    bits = _INSIDE[:, None] >> np.arange(2 * (FINE - ORDER)) & 1
    axes = bits[:, ::2].sum(axis=1), bits[:, 1::2].sum(axis=1)
    return _INSIDE[np.any([(axis == 0) | (axis == FINE - ORDER) for axis in axes], axis=0)]


_BORDER = _border()


def cell_of(healpix: np.ndarray) -> np.ndarray:
    """Return the cells of HEALPix indices of order 29 (nested)."""
    return healpix >> _BITS


def pixel_of(healpix: np.ndarray) -> np.ndarray:
    """Return the pixels of order `FINE` of HEALPix indices of order 29 (nested)."""
    return healpix >> _FINE_BITS


def bounds(cell: int) -> tuple[int, int]:
    """Return the first HEALPix index of order 29 of a cell, and that after its last."""
    return cell << _BITS, (cell + 1) << _BITS


def around(cell: int, rings: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixels of a cell with those of rings around it, and those of the last ring.

    Returns
    -------
    pixels, last : numpy.ndarray
        Pixels of order `FINE`, nested, sorted (int64).
    """
    first = cell << 2 * (FINE - ORDER)
    pixels, last = first + _INSIDE, first + _BORDER
    for _ in range(rings):
        last = np.setdiff1d(_beside(last, FINE), pixels)
        pixels = np.sort(np.concatenate((pixels, last)))
    return pixels, last


def ranges(pixels: np.ndarray) -> tuple[list[int], list[int]]:
    """Return the first HEALPix indices of order 29 of runs of pixels, and those after the last.

    Parameters
    ----------
    pixels
        Of order `FINE`, sorted.
    """
    ends = np.flatnonzero(np.diff(pixels) != 1)
    first = pixels[np.concatenate(([0], ends + 1))]
    last = pixels[np.concatenate((ends, [len(pixels) - 1]))]
    return (first << _FINE_BITS).tolist(), ((last + 1) << _FINE_BITS).tolist()


def made_of(files: Iterable[Sequence[tuple[int, list[int]]]], method: str) -> dict[int, int]:
    """Return what stands for the files and the method that the stars of each cell are made of.

    Files of the cells beside count as well.

    Parameters
    ----------
    files
        Some at a time: id of the file, and the cells where it has light curves.
    method
        Text that changes where other stars would be found in the same files.

    Returns
    -------
    dict of int to int
        A number of 64 bits by cell, for those with light curves.
    """
    sums = np.zeros(12 << 2 * ORDER, np.uint64)
    own = np.zeros(len(sums), bool)
    salt = int.from_bytes(hashlib.sha256(method.encode()).digest()[:8], "big")
    for some in files:
        for file, cells in some:
            where = np.array(cells, np.int64)
            own[where] = True
            sums[np.union1d(where, _beside(where, ORDER))] += _scrambled(file ^ salt)
    some = np.flatnonzero(own)
    return dict(zip(some.tolist(), sums[some].view(np.int64).tolist(), strict=True))


def _beside(pixels: np.ndarray, order: int) -> np.ndarray:
    """Pixels that have an edge or corner in common with some, and some of these; sorted."""
    found = np.unique(neighbours(pixels, 1 << order, order="nested"))
    return found[found >= 0]


def _scrambled(number: int) -> np.uint64:
    """64 bits that look random, other ones for each number."""
    return np.uint64(
        int.from_bytes(hashlib.blake2b(number.to_bytes(8, "big"), digest_size=8).digest(), "big")
    )
