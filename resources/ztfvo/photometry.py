"""Photometry in the AB system: magnitudes, flux densities and differences from a reference.

Equations are those of Malanchev et al. 2023 (PASP 135, 024503), section 3.4.  Arrays broadcast; all
results are float64.  Not a number in gives not a number out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

ZERO_POINT = 8.9
"""AB magnitude of 1 Jy, so magnitude 0 is 3630.7805477 Jy.

The paper and the ZTF Viewer have this value.  A zero point of 3631 Jy would be 8.9000656: do not
mix the two, they differ by 6.6e-5 mag."""

ZERO_FLUX = 10 ** (0.4 * ZERO_POINT)
"""Flux density of AB magnitude 0, in Jy."""

_POGSON = 2.5 / np.log(10)


def ab_to_jansky(mag: ArrayLike, magerr: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Flux density of AB magnitudes, equations 1 and 2.

    Parameters
    ----------
    mag, magerr
        AB magnitude and its standard error, any shapes that broadcast.  An infinitely faint
        magnitude is no flux, with no error, whatever its magerr.

    Returns
    -------
    flux, fluxerr : numpy.ndarray
        Flux density and its standard error, in Jy.
    """
    mag, magerr = _float(mag, magerr)
    with np.errstate(invalid="ignore", over="ignore"):
        flux = 10 ** (0.4 * (ZERO_POINT - mag))
        fluxerr = flux * magerr / _POGSON
    return flux, np.where(mag == np.inf, 0.0, fluxerr)


def jansky_to_ab(flux: ArrayLike, fluxerr: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """AB magnitudes of flux densities, the inverse of `ab_to_jansky` (equations 8 and 9).

    Parameters
    ----------
    flux, fluxerr
        Flux density and its standard error in Jy, any shapes that broadcast.

    Returns
    -------
    mag, magerr : numpy.ndarray
        AB magnitude and its standard error; both infinite where the flux is not positive.
    """
    flux, fluxerr = _float(flux, fluxerr)
    with np.errstate(invalid="ignore", divide="ignore"):
        mag = ZERO_POINT - 2.5 * np.log10(flux)
        magerr = _POGSON * fluxerr / flux
    dark = flux <= 0
    return np.where(dark, np.inf, mag), np.where(dark, np.inf, magerr)


def difference(
    flux: ArrayLike, fluxerr: ArrayLike, refflux: ArrayLike, reffluxerr: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Differential flux density, equations 3 and 4.

    Parameters
    ----------
    flux, fluxerr
        Flux density and its standard error, in Jy.
    refflux, reffluxerr
        Those of the reference image's source, in Jy; 0 and 0 where there is none.  All shapes
        broadcast.

    Returns
    -------
    diff, err : numpy.ndarray
        Difference and its standard error, in Jy.
    """
    flux, fluxerr, refflux, reffluxerr = _float(flux, fluxerr, refflux, reffluxerr)
    return flux - refflux, np.hypot(fluxerr, reffluxerr)


def difference_magnitude(
    diffflux: ArrayLike, differr: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """AB magnitude of a differential flux density, equations 5 to 7.

    Equation 7 is printed with a minus sign, which would make the error towards the bright side
    negative; both errors are positive here.

    Parameters
    ----------
    diffflux, differr
        Differential flux density and its standard error in Jy, any shapes that broadcast.

    Returns
    -------
    mag, err_faint, err_bright : numpy.ndarray
        AB magnitude with its errors towards the faint and the bright side.  All are infinite
        where the difference does not exceed both 0 and its error.
    """
    diffflux, differr = _float(diffflux, differr)
    with np.errstate(invalid="ignore", divide="ignore"):
        noise = differr / diffflux
        mag = ZERO_POINT - 2.5 * np.log10(diffflux)
        faint = 0.0 - _POGSON * np.log1p(-noise)
        bright = _POGSON * np.log1p(noise)
    weak = (diffflux <= 0) | (diffflux <= differr)
    return tuple(np.where(weak, np.inf, value) for value in (mag, faint, bright))


def _float(*values: ArrayLike) -> list[np.ndarray]:
    return np.broadcast_arrays(*(np.asarray(value, np.float64) for value in values))
