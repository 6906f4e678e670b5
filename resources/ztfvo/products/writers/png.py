"""Light curves as a figure in PNG."""

from __future__ import annotations

from ztfvo.products import figure
from ztfvo.products.model import Product

NAMES = ("png", "image/png")
EXTENSION = "png"
CONTENT_TYPE = "image/png"
TITLE = "Figure of the light curve"
ORDER = 20
SEMANTICS = "#preview"
CYCLES = 2
FIGURE = True
LONGEST = figure.LONGEST


def write(product: Product) -> bytes:
    """Draw the light curves of a product; see `ztfvo.products.figure`."""
    return figure.render(product, "png")
