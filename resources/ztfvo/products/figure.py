"""Static figures of light curves, for papers and for pages without scripts.

Bands differ by the shape of the marker as well as by colour.  Nothing here touches pyplot, and text
that people send is never read as a formula.
"""

from __future__ import annotations

import io
import textwrap
import threading
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, DateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import AutoMinorLocator

from ztfvo.products.model import Curve, Product
from ztfvo.products.points import Points, of_curve, of_own

WIDTH = 8.0
"""inches"""
DPI = 150
"""Pixels an inch of a PNG."""
AXES_HEIGHT = 3.9
LINE_HEIGHT = 0.2
"""inches, of title, legend and caption"""

COLOURS = {1: "#62D03E", 2: "#CC3344", 3: "#1c1309"}
"""By filterid."""
MARKERS = {1: "o^p8", 2: "svPH", 3: "D<X>"}
"""By filterid: of the first light curve of the band, the second, and so on."""
OWN_COLOURS = ("#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#7F5F00")
OWN_MARKERS = "*dhX4"

MAX_TITLE_LINES = 3
MAX_ENTRIES = 20
"""Of the legend."""
TITLE_OIDS = 3
MJD_1970 = 40587
"""Matplotlib's dates are days since then."""
WIDE_ERROR = 1.0
"""Magnitudes: points with larger errors do not widen the range shown."""

QUANTITIES = {
    "mag": "AB magnitude",
    "flux": "Flux density",
    "diffmag": "AB magnitude of the difference",
    "diffflux": "Difference flux density",
}
UNITS = ((1.0, "Jy"), (1e-3, "mJy"), (1e-6, "µJy"), (1e-9, "nJy"))
NO_EPOCHS = "There are no epochs in the time, bands and quality asked for."
NO_NUMBERS = {
    "mag": "No epoch has a magnitude.",
    "flux": "No epoch has a flux density.",
    "diffmag": "No epoch is significantly brighter than the reference.",
    "diffflux": "No epoch has a difference: there is no reference magnitude.",
}
NO_REFERENCE = "There is no reference magnitude: give one with REFMAG."

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.linewidth": 0.8,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "ytick.right": True,
    "axes.formatter.useoffset": False,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
}

_lock = threading.Lock()
"""Matplotlib's fonts and settings belong to the process."""


@dataclass(frozen=True)
class Entry:
    """What the legend says of one set of markers."""

    handle: object
    label: str


def render(product: Product, kind: str) -> bytes:
    """Draw and encode a figure; callable from any thread.

    Parameters
    ----------
    product
        Light curves, with phases where they are folded.
    kind
        ``png`` or ``pdf``.
    """
    buffer = io.BytesIO()
    described = {"Title": _plain(_title(product)), "Subject": caption(product)}
    if kind == "pdf":
        options = {"metadata": described | {"Creator": "ztfvo", "CreationDate": None}}
    else:
        described["Description"] = described.pop("Subject")
        options = {
            "dpi": DPI,
            "metadata": described | {"Software": "ztfvo"},
            "pil_kwargs": {"compress_level": 4},
        }
    with _lock, matplotlib.rc_context(STYLE):
        draw(product).savefig(buffer, format=kind, **options)
    return buffer.getvalue()


def draw(product: Product) -> Figure:
    """Draw light curves against time, or against phase where the request folds them.

    Returns
    -------
    matplotlib.figure.Figure
        With an Axes of the data, and for the upper scale (dates, or folded days) a second one.
    """
    request = product.request
    sets = [of_curve(curve, request) for curve in product.curves]
    sets += [of_own(own, request) for own in request.own]
    scale, unit = _unit(sets, request.quantity)
    title = textwrap.wrap(_plain(_title(product)), 88)[:MAX_TITLE_LINES]
    figure, axes = _layout(len(title), _rows(sets), request.caption)
    entries = _draw_sets(axes, product, sets, scale)
    axes.set_ylabel(QUANTITIES[request.quantity] + (f" ({unit})" if unit else ""))
    _ranges(axes, sets, request, scale)
    _upper_scale(axes, request)
    _write(figure, axes, title, entries, caption(product) if request.caption else None)
    if not any(np.isfinite(points.y).any() for points in sets):
        _say_empty(axes, product)
    return figure


def caption(product: Product) -> str:
    """What the figure shows, and where the data come from."""
    if product.simulated:
        return f"Simulated data, not observed: {product.title}."
    return (
        f"Data: {product.title}, Zwicky Transient Facility, NASA/IPAC Infrared Science Archive."
    )


def title_of(product: Product) -> str:
    """The OIDs asked for, not too many."""
    oids = product.request.oids
    shown = ", ".join(str(oid) for oid in oids[:TITLE_OIDS])
    rest = len(oids) - TITLE_OIDS
    return f"{shown} and {rest} more" if rest > 0 else shown


def _title(product: Product) -> str:
    request = product.request
    title = request.title or title_of(product)
    if request.period is None:
        return title
    period = f"{request.period:#.6g}".rstrip(".")
    return f"{title}, folded with a period of {period} d"


def _plain(text: str) -> str:
    """Text without line breaks and control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _rows(sets: list[Points]) -> int:
    """Lines of the legend: two entries stand in each."""
    entries = min(len(sets) + any(points.flagged.any() for points in sets), MAX_ENTRIES + 1)
    return -(-entries // 2)


def _layout(title_lines: int, legend_rows: int, caption_line: bool) -> tuple[Figure, Axes]:
    """A figure with room for the lines above and below its axes."""
    top = 0.62 + LINE_HEIGHT * title_lines
    bottom = 0.62 + LINE_HEIGHT * (legend_rows + 1.4 * caption_line)
    height = top + AXES_HEIGHT + bottom
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((0.095, bottom / height, 0.88, AXES_HEIGHT / height))
    return figure, axes


def _unit(sets: list[Points], quantity: str) -> tuple[float, str]:
    """Factor and name of the unit in which the values are handy."""
    if not quantity.endswith("flux"):
        return 1.0, ""
    values = np.abs(np.concatenate([points.y for points in sets] or [np.empty(0)]))
    typical = np.quantile(values[np.isfinite(values)], 0.9) if np.isfinite(values).any() else 1.0
    return next((unit for unit in UNITS if typical >= unit[0]), UNITS[-1])


def _draw_sets(
    axes: Axes, product: Product, sets: list[Points], scale: float
) -> list[Entry]:
    """Draw every light curve, those asked for above their neighbours."""
    asked = set(product.request.oids)
    used: dict[int, int] = {}
    entries = []
    size = _marker_size(sets)
    for curve, points in zip(product.curves, sets, strict=False):
        shapes = MARKERS[curve.filterid]
        turn = used[curve.filterid] = used.get(curve.filterid, -1) + 1
        looks = _looks(COLOURS[curve.filterid], shapes[turn % len(shapes)], size)
        if curve.oid not in asked:
            looks |= {"markerfacecolor": "none", "markersize": 0.62 * size, "zorder": 2}
        label = _label(curve, points, product)
        entries.append(Entry(_draw_points(axes, points, scale, looks), label))
    for number, (own, points) in enumerate(
        zip(product.request.own, sets[len(product.curves) :], strict=True)
    ):
        looks = _looks(
            OWN_COLOURS[number % len(OWN_COLOURS)], OWN_MARKERS[number % len(OWN_MARKERS)], size
        )
        looks |= {"markersize": 1.3 * size, "zorder": 4}
        label = f"{_plain(own.label)} {_plain(own.filter)}, {_count(points)}"
        entries.append(Entry(_draw_points(axes, points, scale, looks), label))
    return _shorten(entries) + _draw_flagged(axes, product, sets, scale)


def _looks(colour: str, marker: str, size: float) -> dict[str, object]:
    return {
        "marker": marker,
        "color": colour,
        "markersize": size,
        "markeredgecolor": colour if size < 3 else "#333333",
        "markeredgewidth": 0.5,
        "ecolor": colour,
        "elinewidth": 0.7,
        "linestyle": "none",
        "zorder": 3,
    }
