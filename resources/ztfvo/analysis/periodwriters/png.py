"""PNG: the periodogram, and the light curves folded with the best period.

Nothing here touches pyplot.
"""

from __future__ import annotations

import io
import textwrap

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from ztfvo.analysis.periodic import Periodic
from ztfvo.periods.search import outline
from ztfvo.products.figure import DPI, ORIGIN, SIMULATED, STYLE, WIDTH
from ztfvo.products.folding import phase_of
from ztfvo.products.series import COLOURS, MARKERS

NAMES = ("png", "image/png")
EXTENSION = "png"
CONTENT_TYPE = "image/png"
TITLE = "Figure of the periodogram and of the folded light curves"
ORDER = 30
FIGURE = True

HEIGHT = 6.5
"""inches"""
TITLE_LETTERS = 70
"""In a line of the title."""
POINTS = 20_000
"""Of the line of the periodogram."""


def write(answer: Periodic) -> bytes:
    """Draw the figure."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        above, below = figure.subplots(2, 1)
        shown = outline(answer.found.spectrum, POINTS)
        above.plot(1 / shown.frequency, shown.power, color="black", linewidth=0.5)
        for number, one in enumerate(answer.found.peaks, start=1):
            above.annotate(str(number), (one.period, one.power), ha="center", va="bottom")
        above.set(xscale="log", xlabel="Period (d)", ylabel="Power", title=_title(answer))
        _fold(below, answer)
        text = SIMULATED if answer.product.simulated else ORIGIN
        figure.supxlabel(text, fontsize=7)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()


def _title(answer: Periodic) -> str:
    names = [str(one.curve.oid) for one in answer.curves]
    others = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return textwrap.fill(f"{answer.method.TITLE}: {', '.join(names[:2])}{others}", TITLE_LETTERS)


def _fold(axes: matplotlib.axes.Axes, answer: Periodic) -> None:
    if not answer.found.peaks:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "No peak: brightness does not change.", ha="center")
        return
    best = answer.found.peaks[0]
    for one in answer.curves:
        marker, colour = MARKERS[one.curve.filterid][0], COLOURS[one.curve.filterid]
        phase = phase_of(one.time, best.period, 0.0)
        axes.errorbar(
            np.concatenate([phase, phase + 1]),
            np.tile(one.mag, 2),
            np.tile(one.magerr, 2),
            fmt=marker,
            color=colour,
            markersize=2,
            linewidth=0.4,
        )
    flags = f"   ({'; '.join(best.flags)})" if best.flags else ""
    axes.set(
        xlabel=f"Phase with P = {best.period:.7g} d{flags}", ylabel="AB magnitude", xlim=(0, 2)
    )
    axes.invert_yaxis()
