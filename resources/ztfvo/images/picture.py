"""A grey picture of a small image, with a mark around an object."""

from __future__ import annotations

import io

import numpy as np
from astropy.visualization import AsinhStretch, ZScaleInterval
from matplotlib.image import imsave

SMALLEST = 256
"""Pixels of the picture's longer side at least: smaller images are enlarged by whole factors."""

MARK = (255, 80, 60)
BLANK = (70, 90, 120)
INNER, OUTER = 10, 26
"""Pixels of the picture between the object and the ends of the mark's strokes."""


def draw(pixels: np.ndarray, pixel: tuple[float, float]) -> tuple[bytes, tuple[float, float]]:
    """Draw an image as PNG, its first row at the bottom.

    Parameters
    ----------
    pixels
        Shape (rows, columns); what is not finite is drawn in another colour.
    pixel
        Of the object, in the FITS convention: the centre of the first pixel is 1, 1.

    Returns
    -------
    png : bytes
    place : tuple of float
        Of the object in the picture, in its pixels from the left and upper edges.
    """
    rows, columns = pixels.shape
    factor = max(1, -(-SMALLEST // max(rows, columns)))
    grey = np.repeat(levels(pixels)[..., np.newaxis], 3, axis=-1)
    grey[~np.isfinite(pixels)] = BLANK
    picture = grey[::-1].repeat(factor, axis=0).repeat(factor, axis=1)
    place = (pixel[0] - 0.5) * factor, (rows + 0.5 - pixel[1]) * factor
    _mark(picture, *place)
    file = io.BytesIO()
    imsave(file, picture, format="png")
    return file.getvalue(), place


def _mark(picture: np.ndarray, x: float, y: float) -> None:
    """Draw four strokes around a place, as far as they are in the picture."""
    column, row = round(x), round(y)
    for near, far in ((INNER, OUTER), (-OUTER, -INNER)):
        picture[_span(row - 1, row + 1), _span(column + near, column + far)] = MARK
        picture[_span(row + near, row + far), _span(column - 1, column + 1)] = MARK


def _span(first: int, end: int) -> slice:
    return slice(max(0, first), max(0, end))


def levels(pixels: np.ndarray) -> np.ndarray:
    """Return the grey of each pixel: limits by zscale (IRAF), stretched by asinh.

    Parameters
    ----------
    pixels
        Any shape.

    Returns
    -------
    ndarray of uint8
        Same shape; 0 where the pixels are not finite, and everywhere where they are all alike.
    """
    good = np.isfinite(pixels)
    if not good.any():
        return np.zeros(pixels.shape, np.uint8)
    low, high = ZScaleInterval().get_limits(pixels[good])
    if not high > low:
        return np.zeros(pixels.shape, np.uint8)
    scaled = np.clip((np.where(good, pixels, low) - low) / (high - low), 0.0, 1.0)
    return np.round(255 * AsinhStretch()(scaled)).astype(np.uint8)
