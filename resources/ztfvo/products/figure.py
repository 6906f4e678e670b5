"""Static figures of light curves, for papers and for pages without scripts.

Bands differ by the shape of the marker as well as by colour.  Nothing here touches pyplot, and text
that people send is never read as a formula.
"""

from __future__ import annotations

import io
import textwrap
import threading
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.dates import AutoDateLocator, DateFormatter, num2date
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import TICKLEFT, TICKRIGHT, TICKUP
from matplotlib.ticker import AutoMinorLocator

from ztfvo.products.model import Product, Request
from ztfvo.products.notes import notes
from ztfvo.products.series import COLOURS, Series, of_product, plain

WIDTH = 8.0
"""inches"""
AXES_HEIGHT = 3.9
"""inches"""
LEFT, AXES_WIDTH = 0.1, 0.875
"""Fractions of the width."""
LINE_HEIGHT = 0.2
"""inches, of title, legend and caption"""
DPI = 150
"""Pixels an inch of a PNG."""

FLAGGED = {"marker": "x", "linestyle": "none", "markersize": 3.5, "markeredgewidth": 0.7}

MINOR_TICKS = {
    "linestyle": "none",
    "markersize": 2,
    "markeredgewidth": 0.6,
    "color": "black",
    "clip_on": False,
}

LONGEST = 50_000
"""Points."""
MANY = 5_000
"""Points from which on a PDF has them as a picture: each would be drawn by itself."""

MAX_TITLE_LINES = 3
MAX_ENTRIES = 20
"""Light curves in the legend."""
LONG_LABEL = 50
"""Letters in an entry of the legend that leave no room for a second column."""
TITLE_OIDS = 3
MJD_1970 = 40587
"""Matplotlib's dates are days since then."""

QUANTITIES = {
    "mag": "AB magnitude",
    "flux": "Flux density",
    "diffmag": "AB magnitude of the difference",
    "diffflux": "Difference of flux density",
}
UNITS = ((1.0, "Jy"), (1e-3, "mJy"), (1e-6, "µJy"), (1e-9, "nJy"))
NOTHING = "There are no epochs in the time, bands and quality asked for."
NO_REFERENCE = "No reference magnitude is known: give one with REFMAG."
NO_DIFFERENCE = "No epoch is significantly brighter than the reference."

ORIGIN = "Data: Zwicky Transient Facility, NASA/IPAC Infrared Science Archive."
SIMULATED = "Simulated data: nothing here was observed."
SIMULATED_BUT_BESIDE = "Simulated ZTF light curves; those of other services were observed."

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.linewidth": 0.8,
    "axes.formatter.useoffset": False,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "pdf.fonttype": 42,
}

_lock = threading.Lock()
"""Matplotlib's fonts and settings belong to the process."""


def render(product: Product, kind: str) -> bytes:
    """Draw and encode a figure; callable from any thread.

    Parameters
    ----------
    product
        Light curves, with phases where they are folded.
    kind
        ``png`` or ``pdf``.

    Returns
    -------
    bytes
        The same for the same product.
    """
    title, subject = _title(product), " ".join([_caption(product), *notes(product)])
    if kind == "pdf":
        about = {"Title": title, "Subject": subject, "Creator": "ztfvo", "CreationDate": None}
        options = {"metadata": about}
    else:
        about = {"Title": title, "Description": subject, "Software": "ztfvo"}
        options = {"metadata": about, "dpi": DPI, "pil_kwargs": {"compress_level": 1}}
    buffer = io.BytesIO()
    with _lock, matplotlib.rc_context(STYLE):
        draw(product).savefig(buffer, format=kind, **options)
    return buffer.getvalue()


def draw(product: Product) -> Figure:
    """Draw light curves against time, or against phase where the request folds them.

    Returns
    -------
    matplotlib.figure.Figure
        Its first Axes have the data, the second the upper scale: dates, or folded days.
    """
    request = product.request
    series = of_product(product)
    empty = not any(np.isfinite(one.points.y).any() for one in series)
    scale, unit = _unit(series, request.quantity)
    title = textwrap.wrap(_title(product), 88)[:MAX_TITLE_LINES]
    columns, rows = _legend_shape(series)
    below = 0.55 + LINE_HEIGHT * (rows + 1.5 * request.caption)
    height = below + AXES_HEIGHT + 0.5 + LINE_HEIGHT * len(title)
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((LEFT, below / height, AXES_WIDTH, AXES_HEIGHT / height))
    many = sum(len(one.points.x) for one in series) > MANY
    entries = [(_draw_good(axes, one, scale, many), one.label) for one in series]
    entries = _shortened(entries) + _draw_flagged(axes, series, scale)
    _draw_lines(axes, product, scale)
    axes.set_ylabel(QUANTITIES[request.quantity] + (f" ({unit})" if unit else ""))
    if empty:
        _say_why_empty(axes, product)
    else:
        _set_ranges(axes, series, request, scale)
        _upper_scale(axes, request)
    _write_legend(figure, entries, columns, (below - 0.5) / height)
    _write_lines(figure, title, _caption(product) if request.caption else None)
    return figure


def _unit(series: list[Series], quantity: str) -> tuple[float, str]:
    """The unit in which the values are handy, and its name."""
    if not quantity.endswith("flux"):
        return 1.0, ""
    values = [np.abs(one.points.y[one.points.good]) for one in series]
    typical = max((np.median(some) for some in values if len(some)), default=1.0)
    return next((unit for unit in UNITS if typical >= unit[0]), UNITS[-1])


def _draw_good(axes: Axes, one: Series, scale: float, many: bool) -> ErrorbarContainer:
    points, good = one.points, one.points.good
    errors = np.stack([points.below[good], points.above[good]]) / scale
    return axes.errorbar(
        points.x[good],
        points.y[good] / scale,
        yerr=errors,
        linestyle="none",
        elinewidth=0.7,
        ecolor=matplotlib.colors.to_rgba(one.looks["color"], 0.55),
        rasterized=many,
        **one.looks,
    )


def _draw_flagged(axes: Axes, series: list[Series], scale: float) -> list[tuple[Line2D, str]]:
    """Faint crosses for epochs that are not good, and their entry in the legend."""
    count = 0
    for one in series:
        bad = one.points.flagged & np.isfinite(one.points.y)
        if bad.any():
            count += int(bad.sum()) * one.points.epochs // len(one.points.x)
            x, y = one.points.x[bad], one.points.y[bad] / scale
            axes.plot(x, y, color=one.looks["color"], alpha=0.45, zorder=1, **FLAGGED)
    if not count:
        return []
    handle = Line2D([], [], color="#555555", alpha=0.6, **FLAGGED)
    return [(handle, f"{count} flagged (catflags not 0, or no error)")]


def _draw_lines(axes: Axes, product: Product, scale: float) -> None:
    """Models in the colours of their bands; they do not widen the ranges shown."""
    for line in product.lines:
        values = line.values[product.request.quantity]
        shown = np.where(np.isfinite(values), values, np.nan) / scale
        axes.plot(line.hmjd, shown, color=COLOURS[line.curve.filterid], linewidth=1.2, zorder=5)


def _legend_shape(series: list[Series]) -> tuple[int, int]:
    """Columns and rows of the legend: one column where an entry is long."""
    labels = [one.label for one in series[:MAX_ENTRIES]]
    entries = len(labels) + (len(series) > MAX_ENTRIES)
    entries += any((one.points.flagged & np.isfinite(one.points.y)).any() for one in series)
    columns = 1 if max(map(len, labels), default=0) > LONG_LABEL else 2
    return columns, -(-entries // columns)


def _shortened(entries: list[tuple[Any, str]]) -> list[tuple[Any, str]]:
    rest = len(entries) - MAX_ENTRIES
    if rest <= 0:
        return entries
    return [*entries[:MAX_ENTRIES], (Line2D([], [], linestyle="none"), f"and {rest} more")]


def _set_ranges(axes: Axes, series: list[Series], request: Request, scale: float) -> None:
    """Show all good epochs; those with wide errors and flagged ones do not widen the range."""
    if request.period is None:
        x = [one.points.x[np.isfinite(one.points.y)] for one in series]
        low, high = _extent(np.concatenate([np.empty(0), *x]), 0.5)
        axes.set_xlim(low, high)
        axes.set_xlabel("Heliocentric MJD (UTC)")
    else:
        margin = 0.02 * request.cycles
        axes.set_xlim(-margin, request.cycles + margin)
        axes.set_xlabel("Phase")
    y = [np.empty(0)]
    for one in series:
        points = one.points
        chosen = points.good & ~points.wide
        y += [(points.y - points.below)[chosen], (points.y + points.above)[chosen]]
    if not any(len(part) for part in y):
        y += [one.points.y[np.isfinite(one.points.y)] for one in series]
    bottom, top = _extent(np.concatenate(y) / scale, 0.1)
    if request.quantity.endswith("mag"):
        bottom, top = top, bottom
    axes.set_ylim(bottom, top)
    if request.quantity == "diffflux":
        axes.axhline(0, color="#888888", linewidth=0.7, zorder=0)
    axes.tick_params(right=True)
    _draw_minor_ticks(axes)


def _draw_minor_ticks(axes: Axes) -> None:
    """Draw minor ticks at three edges as markers: Matplotlib's take a fifth of a figure's time."""
    sides = (
        (axes.xaxis, axes.get_xaxis_transform(), ((0, TICKUP),)),
        (axes.yaxis, axes.get_yaxis_transform(), ((0, TICKRIGHT), (1, TICKLEFT))),
    )
    for axis, transform, edges in sides:
        locator = AutoMinorLocator()
        locator.set_axis(axis)
        low, high = sorted(axis.get_view_interval())
        places = np.array([place for place in locator() if low < place < high])
        for edge, marker in edges:
            across = np.full(len(places), edge)
            x, y = (places, across) if axis is axes.xaxis else (across, places)
            line = Line2D(x, y, transform=transform, marker=marker, **MINOR_TICKS)
            axes.add_artist(line)


def _extent(values: np.ndarray, least: float) -> tuple[float, float]:
    """Bounds with a margin around values; `least` to either side of a single one."""
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    margin = 0.04 * (high - low) or least * max(1e-9, min(1.0, abs(low)))
    return low - margin, high + margin


def _upper_scale(axes: Axes, request: Request) -> None:
    """Calendar dates above a time axis, folded days above phases."""
    upper = axes.twiny()
    low, high = axes.get_xlim()
    if request.period is not None:
        upper.set_xlim(low * request.period, high * request.period)
        upper.set_xlabel("Folded time (d)")
        return
    low, high = low - MJD_1970, high - MJD_1970
    upper.set_xlim(low, high)
    fine = high - low < 8
    # With other numbers there are spans that matplotlib finds no step for.
    least, most = (2, 5) if fine else (3, 7)
    dates = AutoDateLocator(minticks=least, maxticks=most)
    ticks = dates.tick_values(num2date(low), num2date(high))
    # A label further to the right would leave the figure.
    upper.set_xticks([tick for tick in ticks if low <= tick <= high - 0.06 * (high - low)])
    upper.xaxis.set_major_formatter(DateFormatter("%Y-%m-%d %H:%M" if fine else "%Y-%m-%d"))
    upper.set_xlabel("Date (UTC)")


def _write_legend(figure: Figure, entries: list[tuple[Any, str]], columns: int, top: float) -> None:
    """Put the legend below the axes; labels are set as they are, dollar signs and all."""
    if not entries:
        return
    legend = figure.legend(
        [handle for handle, _ in entries],
        [str(number) for number in range(len(entries))],
        loc="upper left",
        bbox_to_anchor=(0.09, top),
        ncols=columns,
        fontsize=8.5,
        frameon=False,
        borderaxespad=0,
        handletextpad=0.3,
        columnspacing=2.5,
    )
    for text, (_, label) in zip(legend.get_texts(), entries, strict=True):
        text.set_parse_math(False)
        text.set_text(label)


def _write_lines(figure: Figure, title: list[str], caption: str | None) -> None:
    """Put the title above the axes and the caption below the legend."""
    height = figure.get_figheight()
    figure.text(
        LEFT + AXES_WIDTH / 2,
        1 - 0.1 / height,
        "\n".join(title),
        fontsize=11,
        va="top",
        ha="center",
        parse_math=False,
    )
    if caption:
        figure.text(LEFT, 0.09 / height, caption, fontsize=8, color="#444444", parse_math=False)


def _say_why_empty(axes: Axes, product: Product) -> None:
    reason = NOTHING
    if any(len(curve) for curve in product.curves):
        known = any(not np.isnan(curve.refmag) for curve in product.curves)
        reason = NO_DIFFERENCE if known else NO_REFERENCE
    axes.text(0.5, 0.5, reason, transform=axes.transAxes, ha="center", va="center")
    axes.set_xticks([])
    axes.set_yticks([])


def _title(product: Product) -> str:
    request = product.request
    title = plain(request.title) if request.title else _oids(product)
    if request.period is None:
        return title
    return f"{title}, P = {_significant(request.period)} d"


def _significant(period: float) -> str:
    """A period (d) to six significant digits, or as many more as it has, up to twelve."""
    return max(f"{period:#.6g}".rstrip("."), f"{period:.12g}", key=len)


def _oids(product: Product) -> str:
    """The OIDs asked for, not too many, or the circle."""
    circle, oids = product.request.circle, product.request.oids
    if circle:
        return f"{circle.ra:.5f} {circle.dec:+.5f}, within {circle.radius * 3600:.3g}″"
    shown = ", ".join(str(oid) for oid in oids[:TITLE_OIDS])
    rest = len(oids) - TITLE_OIDS
    return f"{shown} and {rest} more" if rest > 0 else shown


def _caption(product: Product) -> str:
    """What the data are and where they come from."""
    if not product.release:
        return f"Data: {', '.join(one.source.title for one in product.beside)}."
    if product.simulated:
        return f"{product.title}. {SIMULATED_BUT_BESIDE if product.beside else SIMULATED}"
    return f"{product.title}. {ORIGIN}"
