"""What those who use light curves have to know of them, in sentences for every format."""

from __future__ import annotations

import math
from dataclasses import replace

from ztfvo.catflags import NOT_TO_BE_USED
from ztfvo.products import beside
from ztfvo.products.columns import COLUMNS, Column
from ztfvo.products.derive import column_names
from ztfvo.products.model import Curve, Product, Request
from ztfvo.store.times import TIMES


def columns_of(product: Product) -> list[Column]:
    """The columns that a product's light curves have, with what is to be known of their times."""
    return [
        described(COLUMNS[name], product) if name == "hmjd" else COLUMNS[name]
        for name in column_names(product.request)
    ]


def described(column: Column, product: Product) -> Column:
    """A column of times, with what is to be known of those of the release."""
    note = TIMES[product.times].note
    return replace(column, description=f"{column.description}. {note}") if note else column


def notes(product: Product) -> list[str]:
    """Sentences on all light curves of a derived product; none where there is nothing to say."""
    if not product.release:
        return beside.notes(product)
    found = list(product.warnings)
    if TIMES[product.times].note:
        found.append(TIMES[product.times].note)
    binned = [curve for curve in product.curves if curve.averaged is not None]
    if binned:
        averaged = sum(curve.averaged for curve in binned)
        left_out = sum(curve.left_out for curve in binned)
        found.append(_averages(averaged, left_out, product.request))
    if product.curves and product.request.deredden is not None:
        found.append(_dereddened(product))
    lacking = [curve.oid for curve in product.curves if _lacks_reference(curve, product.request)]
    if lacking:
        found.append(_reference(lacking))
    if product.beside and product.request.bin is not None:
        found.append("Light curves of services outside are not averaged in bins.")
    return found


def _dereddened(product: Product) -> str:
    """Which extinction is corrected for, with coefficients, E(B-V) and the map."""
    known = [curve.extinction for curve in product.curves if curve.extinction]
    bands = {curve.filter: curve.extinction for curve in product.curves if curve.extinction}
    each = ", ".join(f"{one.coefficient:.5g} in {band}" for band, one in sorted(bands.items()))
    ends = sorted({f"{one.ebv:.6f}" for one in known})
    ebv = ends[0] if len(ends) == 1 else f"{ends[0]} to {ends[-1]}"
    text = (
        "Magnitudes, flux densities and references are corrected for extinction, which is"
        f" E(B-V) = {ebv} mag times {each}, by {known[0].source}."
    )
    if product.beside or product.request.own:
        text += " Light curves of services outside and own photometry are not."
    return text


def notes_of(curve: Curve, request: Request) -> list[str]:
    """Sentences on one of several light curves; none where there is nothing to say."""
    found = []
    if curve.averaged is not None:
        found.append(_averages(curve.averaged, curve.left_out, request))
    if _lacks_reference(curve, request):
        found.append(_reference([curve.oid]))
    return found


def _lacks_reference(curve: Curve, request: Request) -> bool:
    return request.quantity.startswith("diff") and math.isnan(curve.refmag)


def _reference(oids: list[int]) -> str:
    which = ", ".join(map(str, oids))
    return (
        f"No reference magnitude is known of {which}, so that differences are empty: give one by"
        f" REFMAG={oids[0]}:20.5, say."
    )


def _averages(averaged: int, left_out: int, request: Request) -> str:
    what = f"Averages of {averaged} epochs in bins of {request.bin:g} d"
    if not left_out:
        return f"{what}; no epoch was left out."
    reason = " or ".join([*_flags(request), "an error that is not positive"])
    return f"{what}; {left_out} epochs were left out, for {reason}."


def _flags(request: Request) -> list[str]:
    if request.good_only:
        return ["catflags other than 0"]
    if request.mask == NOT_TO_BE_USED:
        return [f"catflags of {NOT_TO_BE_USED} and above"]
    return [f"bits of {request.mask} in catflags"] if request.mask else []
