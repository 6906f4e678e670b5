"""A chart of places on the sky, for browsers that cannot show pictures of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SIZE = 400
"""Steps of the chart in either direction."""
LINE, APART = 14, 120
"""Height of a label, and how far from another it may be at the same height."""
SCALES = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000)
"""Lengths that a scale bar may have, arcsec."""


@dataclass(frozen=True)
class Chart:
    """Marks and scale, in steps of the chart; north is up, east to the left."""

    size: int
    marks: Sequence[tuple[float, float, str]]
    """Those that lie on it: from the left, from the top, label."""
    labels: Sequence[tuple[float, float, str]]
    """Where their labels begin or end, which of both (``start`` or ``end``)."""
    left_out: int
    arrows: Sequence[tuple[float, float, float, float]]
    """From and to, of those that begin on it."""
    scale: float
    """Length of the bar."""
    scale_text: str


def chart(
    centre: tuple[float, float],
    view: float,
    marks: Sequence[tuple[float, float, str]],
    arrows: Sequence[tuple[float, float, float, float]] = (),
) -> Chart:
    """Draw places (ICRS, deg) in a gnomonic projection (Calabretta & Greisen 2002, section 5.1.3).

    Parameters
    ----------
    view
        Width, deg.
    marks
        Right ascension, declination and label.
    arrows
        Right ascension and declination of where they begin and end.
    """
    x, y, on_chart = _placed([mark[:2] for mark in marks], centre, view)
    first = _placed([one[:2] for one in arrows], centre, view)
    last = _placed([one[2:] for one in arrows], centre, view)
    shown = [(round(float(x[at]), 1), round(float(y[at]), 1)) for at in np.flatnonzero(on_chart)]
    length = max((one for one in SCALES if one <= view * 3600 / 3), default=SCALES[0])
    return Chart(
        size=SIZE,
        marks=[
            (*place, marks[at][2])
            for place, at in zip(shown, np.flatnonzero(on_chart), strict=True)
        ],
        labels=_labels(shown),
        left_out=int((~on_chart).sum()),
        arrows=[
            tuple(round(float(each[at]), 1) for each in (*first[:2], *last[:2]))
            for at in np.flatnonzero(first[2] & np.isfinite(last[0]))
        ],
        scale=round(length / 3600 / view * SIZE, 1),
        scale_text=_angle(length),
    )


def _labels(places: Sequence[tuple[float, float]]) -> list[tuple[float, float, str]]:
    """Labels beside the marks, one below the other where marks are close."""
    found: list[tuple[float, float, str]] = []
    for x, y in places:
        left = x < SIZE * 0.6
        at, level = (x + 10 if left else x - 10), y - 8
        while any(abs(at - other) < APART and abs(level - up) < LINE for other, up, _ in found):
            level += LINE
        found.append((round(at, 1), round(level, 1), "start" if left else "end"))
    return found


def _placed(
    places: Sequence[tuple[float, ...]], centre: tuple[float, float], view: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Steps from the left and from the top, and whether a place lies on the chart."""
    ra, dec = np.radians(places).reshape(-1, 2).T
    ra0, dec0 = np.radians(centre)
    height = np.sin(dec0) * np.sin(dec) + np.cos(dec0) * np.cos(dec) * np.cos(ra - ra0)
    with np.errstate(divide="ignore", invalid="ignore"):
        east = np.cos(dec) * np.sin(ra - ra0) / height
        north = (
            np.cos(dec0) * np.sin(dec) - np.sin(dec0) * np.cos(dec) * np.cos(ra - ra0)
        ) / height
    step = np.radians(view) / SIZE
    x, y = SIZE / 2 - east / step, SIZE / 2 - north / step
    on_chart = (height > 0) & (x >= 0) & (x <= SIZE) & (y >= 0) & (y <= SIZE)
    return x, y, on_chart


def _angle(arcsec: int) -> str:
    if arcsec < 60:
        return f"{arcsec}″"
    return f"{arcsec // 60}′" if arcsec < 3600 else f"{arcsec // 3600}°"
