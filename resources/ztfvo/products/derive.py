"""What is computed of light curves: epochs left out, fluxes, phases, bins, differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ztfvo.photometry import ab_to_jansky, difference, difference_magnitude
from ztfvo.products.binning import average
from ztfvo.products.columns import COLUMNS, OPTIONAL
from ztfvo.products.folding import phase_of, repeat
from ztfvo.products.model import Curve, Product, Request

Columns = dict[str, np.ndarray]


def derive(product: Product) -> Product:
    """Give light curves as selected the epochs and columns that the request asks for.

    Flux densities are averaged in bins first and compared with the reference then, so that the
    error of the reference, which all epochs share, does not shrink with their number.
    """
    return replace(
        product, curves=tuple(_curve(curve, product.request) for curve in product.curves)
    )


def column_names(request: Request) -> tuple[str, ...]:
    """Names of the columns that a request's light curves have, in order."""
    left_out = set(OPTIONAL) - set(request.columns)
    if request.period is None:
        left_out.add("phase")
    if request.bin is None:
        left_out.add("npoints")
    if request.deredden is None:
        left_out.add("extinction")
    if not request.quantity.startswith("diff"):
        left_out |= {name for name in COLUMNS if name.startswith("diff")}
    return tuple(name for name in COLUMNS if name not in left_out)


def _curve(curve: Curve, request: Request) -> Curve:
    refmag, refmagerr = request.references.get(curve.oid, (curve.refmag, curve.refmagerr))
    columns = _chosen(curve.columns, request)
    if curve.extinction:
        columns["mag"] = columns["mag"].astype(float) - curve.extinction.mag
        refmag -= curve.extinction.mag
    columns["flux"], columns["fluxerr"] = ab_to_jansky(columns["mag"], columns["magerr"])
    if request.period is not None:
        columns["phase"] = phase_of(columns["hmjd"], request.period, request.epoch)
    averaged = None
    if request.bin is not None:
        columns = average(columns, request.bin, request.period, request.epoch)
        averaged = int(columns["npoints"].sum())
    if curve.extinction:
        columns["extinction"] = np.full(len(columns["hmjd"]), curve.extinction.mag)
    if request.quantity.startswith("diff"):
        columns |= _differences(columns, refmag, refmagerr)
    if request.period is not None:
        columns = repeat(columns, request.cycles)
    delivered = {
        name: columns[name].astype(COLUMNS[name].dtype, copy=False)
        for name in column_names(request)
    }
    return replace(
        curve,
        refmag=refmag,
        refmagerr=refmagerr,
        columns=delivered,
        averaged=averaged,
        left_out=0 if averaged is None else len(curve) - averaged,
    )


def _chosen(columns: Columns, request: Request) -> Columns:
    """Epochs that the flags asked for allow."""
    if not (request.good_only or request.mask):
        return dict(columns)
    kept = columns["catflags"] & request.mask == 0
    if request.good_only:
        kept &= (columns["catflags"] == 0) & (columns["magerr"] > 0)
    return {name: values[kept] for name, values in columns.items()}


def _differences(columns: Columns, refmag: float, refmagerr: float) -> Columns:
    """Columns of the difference from the reference; not a number where that is unknown."""
    reference = ab_to_jansky(refmag, refmagerr)
    flux, error = difference(columns["flux"], columns["fluxerr"], *reference)
    mag, faint, bright = difference_magnitude(flux, error)
    return {
        "diffflux": flux,
        "diffflux_err": error,
        "diffmag": mag,
        "diffmag_err_faint": faint,
        "diffmag_err_bright": bright,
    }
