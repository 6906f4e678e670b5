"""PNG: the light curves with the model, as figures of light curves are drawn."""

from __future__ import annotations

from ztfvo.analysis.fitted import Answer, drawn
from ztfvo.products import figure

NAMES = ("png", "image/png")
CONTENT_TYPE = "image/png"
TITLE = "Figure of the light curves with the model"
ORDER = 30
FIGURE = True


def write(answer: Answer) -> bytes:
    """Draw the figure; see `ztfvo.products.figure`."""
    return figure.render(drawn(answer), "png")
