"""A plain tangential solution in place of an image's distorted one, for a small part of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.wcs import WCS

ARCSEC = 3600.0
NODES = 25
"""Points of the fit along each axis."""


@dataclass(frozen=True)
class Tangent:
    """A gnomonic projection about an object (RA---TAN, DEC--TAN), linear in the pixels."""

    ra: float
    dec: float
    """Of the object, ICRS, deg: where the plane touches the sphere."""
    pixel: tuple[float, float]
    """Of the object in the solution that was fitted, in the FITS convention: the centre of the
    first pixel is 1, 1."""
    crpix: tuple[float, float]
    """Of the object in this solution."""
    cd: np.ndarray
    """deg per pixel, shape (2, 2)."""
    error: float
    """Largest distance between both solutions in the part of the image, arcsec."""

    def wcs(self) -> WCS:
        """Return the solution for use with astropy."""
        made = _plane(self.ra, self.dec)
        made.wcs.crpix = self.crpix
        made.wcs.cd = self.cd
        return made


def fit(wcs: WCS, shape: tuple[int, int], ra: float, dec: float) -> Tangent:
    """Fit a tangential solution to another one by least squares on a grid over the image.

    Parameters
    ----------
    wcs
        Solution to be approximated, ICRS.
    shape
        Rows and columns of the image.
    ra, dec
        Position of the object, ICRS, deg; in the image or near it.

    Raises
    ------
    ValueError
        If the position cannot be projected into the image, or the image has no area to fit on.

    Notes
    -----
    The standard coordinates of the grid about the object (gnomonic projection: Calabretta & Greisen
    2002, A&A 395, 1077, equation 54) are linear in the pixels but for the distortion's change over
    the image, which is the error that is left.
    """
    place = np.ravel(wcs.all_world2pix(ra, dec, 1, quiet=True))
    if not np.isfinite(place).all():
        raise ValueError(f"the position {ra}, {dec} cannot be projected into the image")
    rows, columns = shape
    x, y = (
        grid.ravel()
        for grid in np.meshgrid(
            np.linspace(0.5, columns + 0.5, NODES), np.linspace(0.5, rows + 0.5, NODES)
        )
    )
    sky = wcs.all_pix2world(x, y, 1)
    plane = np.column_stack(_plane(ra, dec).all_world2pix(*sky, 0))
    if not np.isfinite(plane).all():
        raise ValueError("the image is not around the object")
    design = np.column_stack((np.ones_like(x), x - place[0], y - place[1]))
    terms = np.linalg.lstsq(design, plane, rcond=None)[0]
    cd = terms[1:].T
    crpix = place - np.linalg.solve(cd, terms[0])
    error = np.hypot(*(design @ terms - plane).T).max() * ARCSEC
    return Tangent(ra, dec, tuple(map(float, place)), tuple(map(float, crpix)), cd, float(error))


def _plane(ra: float, dec: float) -> WCS:
    """The plane that touches the sphere at a position; its pixels are standard coordinates, deg."""
    made = WCS(naxis=2)
    made.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    made.wcs.radesys = "ICRS"
    made.wcs.crval = [ra, dec]
    made.wcs.crpix = [1.0, 1.0]
    made.wcs.cd = np.eye(2)
    return made
