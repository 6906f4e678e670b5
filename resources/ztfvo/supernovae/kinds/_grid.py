"""Spectra at some times as arrays: what several kinds of files become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ztfvo.supernovae import library
from ztfvo.supernovae.model import Installed, ModelError

_NAMES = ("phase", "wavelength", "flux")


def write(folder: Path, phase: np.ndarray, wavelength: np.ndarray, flux: np.ndarray) -> None:
    """Write spectra.

    Parameters
    ----------
    phase
        d, ascending (float64[n]).
    wavelength
        Angstrom, ascending (float64[m]).
    flux
        Per wavelength, in any unit (float64[n, m]).

    Raises
    ------
    ValueError
        If they are none.
    """
    arrays = [np.asarray(one, float) for one in (phase, wavelength, flux)]
    if arrays[2].shape != (len(arrays[0]), len(arrays[1])):
        raise ValueError("its spectra differ in length")
    if not all(np.isfinite(one).all() for one in arrays):
        raise ValueError("it has values that are no numbers")
    if not all((np.diff(one) > 0).all() for one in arrays[:2]):
        raise ValueError("its times or wavelengths do not ascend")
    for name, one in zip(_NAMES, arrays, strict=True):
        np.save(folder / f"{name}.npy", one)


def load(here: Installed) -> Any:
    """Return the source of sncosmo that has the spectra."""
    try:
        arrays = [np.load(here.folder / f"{name}.npy", allow_pickle=False) for name in _NAMES]
    except (OSError, ValueError, EOFError) as error:
        raise ModelError(f"{here.folder} cannot be read: {error}") from error
    template = here.template
    kind = library.sncosmo().TimeSeriesSource
    return kind(*arrays, time_spline_degree=template.spline, name=template.name)
