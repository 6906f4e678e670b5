"""What those who use light curves have to know of them, in sentences for every format."""

from __future__ import annotations

from dataclasses import replace

from ztfvo.products.columns import COLUMNS, Column
from ztfvo.products.derive import column_names
from ztfvo.products.model import UNUSABLE, Curve, Product, Request
from ztfvo.store.times import TIMES


def columns_of(product: Product) -> list[Column]:
    """The columns that a product's light curves have, with what is to be known of their times."""
    note = TIMES[product.times].note
    return [
        replace(COLUMNS[name], description=f"{COLUMNS[name].description}. {note}")
        if name == "hmjd" and note
        else COLUMNS[name]
        for name in column_names(product.request)
    ]


def notes(product: Product) -> list[str]:
    """Sentences on all light curves of a derived product; none where there is nothing to say."""
    found = []
    if TIMES[product.times].note:
        found.append(TIMES[product.times].note)
    binned = [curve for curve in product.curves if curve.averaged is not None]
    if binned:
        averaged = sum(curve.averaged for curve in binned)
        left_out = sum(curve.left_out for curve in binned)
        found.append(_sentence(averaged, left_out, product.request))
    return found


def note_of(curve: Curve, request: Request) -> str:
    """Sentence on what the bins of a light curve are averages of; empty where it has none."""
    if curve.averaged is None:
        return ""
    return _sentence(curve.averaged, curve.left_out, request)


def _sentence(averaged: int, left_out: int, request: Request) -> str:
    what = f"Averages of {averaged} epochs in bins of {request.bin:g} d"
    if not left_out:
        return f"{what}; no epoch was left out."
    reason = " or ".join([*_flags(request), "an error that is not positive"])
    return f"{what}; {left_out} epochs were left out, for {reason}."


def _flags(request: Request) -> list[str]:
    if request.good_only:
        return ["catflags other than 0"]
    if request.mask == UNUSABLE:
        return [f"catflags of {UNUSABLE} and above"]
    return [f"bits of {request.mask} in catflags"] if request.mask else []
