"""The parts of the sky whose stars are found together: HEALPix cells, and what is around them.

A star is of the cell of its light curve with the smallest OID.  Its other light curves, and what
decides whether they are of it, may be in cells beside: so light curves are read some rings of
smaller pixels further, and further still where a group of neighbours reaches the last ring.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from astropy_healpix.core import neighbours

from ztfvo.ingest.load import COVERAGE_ORDER, HEALPIX_ORDER

ORDER = COVERAGE_ORDER
"""HEALPix order of cells, which are 0.23 degrees: the coverage of files has them."""

FINE = 14
"""HEALPix order of the pixels of rings: 13 arcsec, 7 where they are narrowest, which no two
neighbours are apart."""

CURVES_AT_A_TIME = 5000
"""Light curves that are looked at together, where a cell does not have more."""
CELLS_AT_A_TIME = 64

_BITS = 2 * (HEALPIX_ORDER - ORDER)
_FINE_BITS = 2 * (HEALPIX_ORDER - FINE)


def _border() -> np.ndarray:
    """Pixels of cell 0 at its edges: all bits of one coordinate are 0, or are 1."""
    inside = np.arange(1 << 2 * (FINE - ORDER), dtype=np.int64)
    bits = inside[:, None] >> np.arange(2 * (FINE - ORDER)) & 1
    axes = bits[:, ::2].sum(axis=1), bits[:, 1::2].sum(axis=1)
    return inside[np.any([(axis == 0) | (axis == FINE - ORDER) for axis in axes], axis=0)]


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


class Region(NamedTuple):
    """Some cells with rings of pixels around them."""

    low: list[int]
    """First HEALPix index of order 29 of each run of cells or pixels."""
    high: list[int]
    """That after the last of each run."""
    last: np.ndarray
    """Pixels of order `FINE` of the last ring."""


def around(cells: np.ndarray, rings: int) -> Region:
    """Return cells (int64, sorted) with so many rings of pixels of order `FINE` around them."""
    last = (_first_pixel(cells)[:, None] + _BORDER).ravel()
    ring = np.empty(0, np.int64)
    for _ in range(rings):
        near = _beside(last, FINE)
        near = near[~np.isin(near >> 2 * (FINE - ORDER), cells)]
        last = np.setdiff1d(near, ring, assume_unique=True)
        ring = np.sort(np.concatenate((ring, last)))
    (low, high), (ring_low, ring_high) = _runs(cells, _BITS), _runs(ring, _FINE_BITS)
    return Region(low + ring_low, high + ring_high, last)


def _first_pixel(cells: np.ndarray) -> np.ndarray:
    return cells << 2 * (FINE - ORDER)


def _runs(pixels: np.ndarray, bits: int) -> tuple[list[int], list[int]]:
    """Begin and end of runs of sorted pixels that have so many bits less than HEALPix indices of
    order 29."""
    if not len(pixels):
        return [], []
    ends = np.flatnonzero(np.diff(pixels) != 1)
    first = pixels[np.concatenate(([0], ends + 1))]
    last = pixels[np.concatenate((ends, [len(pixels) - 1]))]
    return (first << bits).tolist(), ((last + 1) << bits).tolist()


class Cell(NamedTuple):
    """A cell with light curves."""

    number: int
    made_of: int
    """What stands for the files and the method that its stars are made of: 64 bits."""
    lightcurves: float
    """About how many there are."""


def cells_of(files: Iterable[Sequence[tuple[int, list[int], int]]], method: str) -> list[Cell]:
    """Return the cells with light curves, sorted by number.

    Files of the cells beside count in what a cell is made of.

    Parameters
    ----------
    files
        Some at a time: id of the file, the cells where it has light curves, and how many it has.
    method
        Text that changes where other stars would be found in the same files.
    """
    sums = np.zeros(12 << 2 * ORDER, np.uint64)
    curves = np.zeros(len(sums))
    salt = int.from_bytes(hashlib.sha256(method.encode()).digest()[:8], "big")
    for some in files:
        for file, cells, number in some:
            where = np.array(cells, np.int64)
            curves[where] += number / max(len(where), 1)
            sums[np.union1d(where, _beside(where, ORDER))] += _scrambled(file ^ salt)
    some = np.flatnonzero(curves)
    values = some, sums[some].view(np.int64), curves[some]
    return [Cell(*each) for each in zip(*(value.tolist() for value in values), strict=True)]


def portions(cells: Iterable[Cell]) -> Iterator[list[Cell]]:
    """Divide cells into portions of a bounded number of light curves and of cells."""
    some: list[Cell] = []
    curves = 0.0
    for cell in cells:
        full = curves + cell.lightcurves > CURVES_AT_A_TIME or len(some) == CELLS_AT_A_TIME
        if some and full:
            yield some
            some, curves = [], 0.0
        some.append(cell)
        curves += cell.lightcurves
    if some:
        yield some


def _beside(pixels: np.ndarray, order: int) -> np.ndarray:
    """Pixels that have an edge or corner in common with some, and some of these; sorted."""
    found = np.unique(neighbours(pixels, 1 << order, order="nested"))
    return found[found >= 0]


def _scrambled(number: int) -> np.uint64:
    """64 bits that look random, other ones for each number."""
    return np.uint64(
        int.from_bytes(hashlib.blake2b(number.to_bytes(8, "big"), digest_size=8).digest(), "big")
    )
