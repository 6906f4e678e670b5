"""Light curves as a figure in PDF, with its text as text."""

from __future__ import annotations

from ztfvo.products import figure
from ztfvo.products.model import Product

NAMES = ("pdf", "application/pdf")
EXTENSION = "pdf"
CONTENT_TYPE = "application/pdf"
TITLE = "Figure of the light curve, for printing"
ORDER = 30
SEMANTICS = "#preview-plot"
CYCLES = 2
FIGURE = True
LONGEST = figure.LONGEST


def write(product: Product) -> bytes:
    """Draw the light curves of a product; see `ztfvo.products.figure`."""
    return figure.render(product, "pdf")
