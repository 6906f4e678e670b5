"""How light curves are drawn: the colours, markers and labels of their points."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex, to_rgb

from ztfvo.products.beside import in_short
from ztfvo.products.model import Curve, Product, Request
from ztfvo.products.points import Points, of_beside, of_curve, of_own

COLOURS = {1: "#62D03E", 2: "#CC3344", 3: "#1c1309"}
"""By filterid."""
MARKERS = {1: "o^>", 2: "svP", 3: "D<X"}
"""By filterid: of the first, second, third, fourth (again the first) light curve of the band."""
OWN_COLOURS = ("#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#7F5F00")
OWN_MARKERS = "*dp1+"
BESIDE_MARKERS = "dpXhH8P*"
"""Of services outside, in their order."""
BLUE, RED = 3.8e-7, 1.0e-6
"""m: ends of the colours of filters of services outside."""


@dataclass(frozen=True)
class Series:
    """One light curve as drawn."""

    points: Points
    label: str
    looks: dict[str, Any]


def of_product(product: Product) -> list[Series]:
    """Light curves of the release, of services outside, and photometry sent along."""
    return [*_curves(product), *_beside(product), *_own(product.request)]


def _curves(product: Product) -> Iterator[Series]:
    """Those of the release: large and filled where asked for, small and hollow the neighbours."""
    request = product.request
    points = [of_curve(curve, request) for curve in product.curves]
    size = _marker_size(points)
    turn: Counter[int] = Counter()
    for curve, shown in zip(product.curves, points, strict=True):
        shapes, colour = MARKERS[curve.filterid], COLOURS[curve.filterid]
        looks = _looks(colour, shapes[turn[curve.filterid] % len(shapes)], size)
        turn[curve.filterid] += 1
        if not request.asks_for(curve.oid):
            looks |= {"mfc": "none", "mec": colour, "mew": 0.8, "ms": 0.65 * size, "zorder": 2}
        yield Series(shown, _label(curve, shown, request), looks)


def _beside(product: Product) -> Iterator[Series]:
    """Those of services outside: hollow, coloured by wavelength, limits as small triangles; one
    without any has an entry of the legend that says why."""
    for number, one in enumerate(product.beside):
        marker = BESIDE_MARKERS[number % len(BESIDE_MARKERS)]
        if not len(one):
            nothing = of_beside(one, "", False, product.request)
            said = in_short(one) if one.answer.curve is None else "no epoch of those asked for"
            yield Series(nothing, plain(f"{one.source.title}: {said}"), {"color": "none"})
        for band, limits in itertools.product(one.filters, (False, True)):
            shown = of_beside(one, band, limits, product.request)
            if not len(shown.x):
                continue
            colour = _colour(one.source.filters[band].wavelength_eff)
            looks = {"color": colour, "mfc": "none", "mec": colour, "mew": 0.8, "zorder": 2}
            looks |= {"marker": "v", "ms": 3} if limits else {"marker": marker, "ms": 4}
            kind = _count(shown, unit="limit" if limits else "point")
            if one.columns["difference"].all() and not limits:
                kind += ", differences"
            yield Series(shown, plain(f"{one.source.title} {band}, {kind}"), looks)


def _colour(wavelength: float) -> str:
    """Colour of a filter by its effective wavelength (m)."""
    return to_hex(colormaps["turbo"](np.clip((wavelength - BLUE) / (RED - BLUE), 0, 1)))


def _own(request: Request) -> Iterator[Series]:
    """Photometry sent along, with colours and markers that no band has."""
    points = [of_own(own, request) for own in request.own]
    size = 1.3 * _marker_size(points)
    for number, (own, shown) in enumerate(zip(request.own, points, strict=True)):
        colour = OWN_COLOURS[number % len(OWN_COLOURS)]
        looks = _looks(colour, OWN_MARKERS[number % len(OWN_MARKERS)], size)
        looks |= {"zorder": 4}
        as_sent = ", as sent" if request.quantity.startswith("diff") else ""
        label = f"{own.label} {own.filter}, {_count(shown)}{as_sent}"
        yield Series(shown, plain(label), looks)


def _looks(colour: str, marker: str, size: float) -> dict[str, Any]:
    edge = colour if marker in "14+x" else _darker(colour)
    return {"marker": marker, "color": colour, "mec": edge, "mew": 0.5, "ms": size, "zorder": 3}


def _darker(colour: str) -> tuple[float, ...]:
    return tuple(0.6 * part for part in to_rgb(colour))


def _marker_size(points: list[Points]) -> float:
    """Smaller the more points there are, in typographic points."""
    count = sum(len(one.x) for one in points)
    return float(np.clip(5.5 - 1.2 * np.log10(max(count, 1) / 100), 2.2, 5.5))


def _label(curve: Curve, points: Points, request: Request) -> str:
    label = f"{curve.oid} {curve.filter}, {_count(points, request.bin)}"
    if not request.asks_for(curve.oid):
        label += f", {curve.separation:.2f}″ away"
    if not request.quantity.startswith("diff"):
        return label
    if np.isnan(curve.refmag):
        return f"{label}, no reference"
    error = f" ± {curve.refmagerr:.3f}" if curve.refmagerr > 0 else ""
    return f"{label}, reference {curve.refmag:.3f}{error}"


def _count(points: Points, bin_width: float | None = None, unit: str = "point") -> str:
    """How many good epochs are shown, and of how many where some have no number to show."""
    repeats = len(points.x) // points.epochs if points.epochs else 1
    good = int((~points.flagged).sum()) // repeats
    shown = int(points.good.sum()) // repeats
    unit = (unit if bin_width is None else "bin") + "s" * (good != 1)
    if bin_width is not None:
        unit += f" of {bin_width:g} d"
    return f"{good} {unit}" if shown == good else f"{shown} of {good} {unit}"


def plain(text: str) -> str:
    """Text without line breaks and other letters that do not print."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
