"""Light curves as small pictures without axes, which lists of stars show: a form of ``/lc``.

They are drawn on a grid, on which points that coincide are one: however long a light curve is, its
picture stays small.
"""

from __future__ import annotations

import numpy as np

from ztfvo.products.model import Product
from ztfvo.products.points import of_curve
from ztfvo.products.writers import Writer

WIDTH, HEIGHT, MARGIN = 240, 80, 4
"""Steps of the grid."""
COLORS = {"zg": "#2f9e4f", "zr": "#e0483b", "zi": "#b8860b"}
"""Of bands, to be seen on light and on dark ground."""
NARROW = 0.2
"""Least range of magnitudes shown: below, a constant star would look like a variable one."""


def write(product: Product) -> bytes:
    """Draw the good epochs of all light curves, fainter ones further down."""
    shown = []
    for curve in product.curves:
        points = of_curve(curve, product.request)
        drawn = points.good & ~points.wide
        shown.append((curve.filter, points.x[drawn], points.y[drawn]))
    is_flux = product.request.quantity.endswith("flux")
    x, y = (np.concatenate([np.empty(0), *(one[axis] for one in shown)]) for axis in (1, 2))
    across = _scale(x, WIDTH, 0.0)
    down = _scale(-y if is_flux else y, HEIGHT, 0.0 if is_flux else NARROW)
    ends = np.cumsum([len(one[1]) for one in shown])[:-1]
    paths = []
    for (band, *_), *places in zip(
        shown, np.split(across, ends), np.split(down, ends), strict=True
    ):
        dots = np.unique(np.column_stack(places), axis=0).tolist()
        if dots:
            marks = "".join(f"M{a} {b}h0" for a, b in dots)
            paths.append(f'<path stroke="{COLORS[band]}" d="{marks}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" stroke-width="3" stroke-linecap="round">'
        f"{''.join(paths)}</svg>\n"
    ).encode()


WRITER = Writer(
    names=("svg", "image/svg+xml"),
    extension="svg",
    content_type="image/svg+xml",
    title="Small picture of the light curve",
    order=101,
    semantics="#preview",
    write=write,
    cycles=2,
    figure=False,
    attachment=False,
)
"""The picture as a form of light curves."""


def _scale(values: np.ndarray, size: int, least: float) -> np.ndarray:
    """Return values as steps of the grid (int), over at least a range of values."""
    if not len(values):
        return np.empty(0, int)
    low, high = float(values.min()), float(values.max())
    span = max(high - low, least)
    if not span:
        return np.full(len(values), size // 2)
    middle = (low + high) / 2
    room = size - 2 * MARGIN
    return np.rint((values - middle) / span * room + size / 2).astype(int)
