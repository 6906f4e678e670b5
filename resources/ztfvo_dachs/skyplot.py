"""Sky coverage as a picture: Mollweide, ICRS, right ascension to the left."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import astropy.units as u
import numpy as np
from astropy_healpix import HEALPix
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.projections.geo import MollweideAxes

PIXELS_PER_INCH = 100
COLOURS = ListedColormap(["#e8eef4", "#0b4f8a"])
"""Of the sky without and with data."""
WIDTH, HEIGHT = 2 * np.sqrt(2), np.sqrt(2)
"""Half axes of the whole sky in the projection."""

_SKY = MollweideAxes.MollweideTransform(1)
_BACK = _SKY.inverted()


def draw(moc: Iterable[tuple[int, Iterable[int]]], width: int) -> bytes:
    """Return a PNG of a MOC on the whole sky.

    Parameters
    ----------
    moc
        HEALPix cells, nested, by order.
    width
        In pixels.
    """
    cells = {order: np.fromiter(numbers, np.int64) for order, numbers in moc}
    size = np.array([width, width // 2])
    figure = Figure(figsize=size / PIXELS_PER_INCH, dpi=PIXELS_PER_INCH)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.imshow(
        covered(cells, *size),
        extent=(-WIDTH, WIDTH, -HEIGHT, HEIGHT),
        origin="lower",
        interpolation="nearest",
        cmap=COLOURS,
        vmin=0,
        vmax=1,
    )
    _graticule(axes)
    with io.BytesIO() as target:
        figure.savefig(target, format="png", metadata={"Title": "Sky coverage (ICRS)"})
        return target.getvalue()


def covered(cells: dict[int, np.ndarray], width: int, height: int) -> np.ma.MaskedArray:
    """Return which pixels of a map have data; masked beside the sky, the first row is the south.

    Parameters
    ----------
    cells
        HEALPix cells, nested, by order.  Each has one pixel at least, however small it is.
    """
    x, y = np.meshgrid(_middles(WIDTH, width), _middles(HEIGHT, height))
    outside = (x / WIDTH) ** 2 + (y / HEIGHT) ** 2 > 1
    found = np.zeros(outside.shape, dtype=bool)
    left, dec = _BACK.transform(np.stack([x[~outside], y[~outside]], axis=-1)).T
    inside = np.zeros(left.shape, dtype=bool)
    for order, numbers in cells.items():
        grid = HEALPix(2**order, order="nested")
        inside |= np.isin(grid.lonlat_to_healpix(-left * u.rad, dec * u.rad), numbers)
        column, row = _pixels(grid, numbers, width, height)
        found[row, column] = True
    found[~outside] |= inside
    return np.ma.array(found.astype(float), mask=outside & ~found)


def _pixels(
    grid: HEALPix, numbers: np.ndarray, width: int, height: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return column and row of the middles of cells."""
    ra, dec = (one.to_value(u.rad) for one in grid.healpix_to_lonlat(numbers))
    left = (np.pi - ra) % (2 * np.pi) - np.pi
    x, y = _SKY.transform(np.stack([left, dec], axis=-1)).T
    column, row = (x / WIDTH + 1) / 2 * width, (y / HEIGHT + 1) / 2 * height
    return (
        column.astype(int).clip(0, width - 1),
        row.astype(int).clip(0, height - 1),
    )


def _middles(half: float, count: int) -> np.ndarray:
    return ((np.arange(count) + 0.5) / count * 2 - 1) * half


def _graticule(axes: Any) -> None:
    along = np.linspace(-np.pi, np.pi, 181)
    lines = [(np.full_like(along, np.radians(ra)), along / 2) for ra in range(-180, 181, 60)]
    lines += [(along, np.full_like(along, np.radians(dec))) for dec in (-60, -30, 0, 30, 60)]
    for left, dec in lines:
        axes.plot(*_SKY.transform(np.stack([left, dec], axis=-1)).T, color="#888", linewidth=0.4)
    for hour in (-8, -4, 0, 4, 8):
        x, y = _SKY.transform([[np.radians(-15 * hour), 0]])[0]
        axes.text(x, y, f"{hour % 24}h", fontsize=6, ha="center", va="bottom")
