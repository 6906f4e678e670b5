"""Photometry that people send along to see it in a figure.

The body is JSON: ``{"label": [{"mjd": 58300.1, "mag": 17.2, "magerr": 0.02, "filter": "V"}]}``,
where mjd is heliocentric MJD (UTC), as nothing here knows where it was observed, and mag is in the
AB system.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ztfvo.errors import HTTPError
from ztfvo.products.model import OwnPhotometry

MAX_BYTES = 1 << 20
MAX_CURVES = 20
"""Pairs of label and filter."""
MAX_POINTS = 5000
MAX_LETTERS = 40
"""Of a label, and of a filter."""

RANGES = {"mjd": (0.0, 1e6), "mag": (-50.0, 50.0), "magerr": (0.0, 100.0)}
"""Least and largest value of what a point must have."""

EXAMPLE = '{"My data": [{"mjd": 58300.1, "mag": 17.2, "magerr": 0.02, "filter": "V"}]}'


def parse(body: bytes) -> tuple[OwnPhotometry, ...]:
    """Read photometry sent along with a request.

    Parameters
    ----------
    body
        JSON as above, in UTF-8.

    Returns
    -------
    tuple of OwnPhotometry
        One for each label and filter, in the order of their first points.

    Raises
    ------
    HTTPError
        With 400, naming label and point, when it is something else; with 413 when it is too much.
    """
    if len(body) > MAX_BYTES:
        raise HTTPError(
            413, f"Own photometry has {len(body)} bytes, {MAX_BYTES} are the limit: send less."
        )
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _refused(f"it is not JSON in UTF-8 ({error})") from error
    if not isinstance(content, dict):
        raise _refused("it is not a JSON object with labels as its names")
    curves: dict[tuple[str, str], list[list[float]]] = {}
    number = 0
    for label, points in content.items():
        _check_name(label, "the label")
        if not isinstance(points, list):
            raise _refused(f"the value of {_quoted(label)} is not a list of points")
        number += len(points)
        if number > MAX_POINTS:
            raise _refused(f"it has more than {MAX_POINTS} points")
        for place, point in enumerate(points, 1):
            values, band = _point(point, f"point {place} of {_quoted(label)}")
            curves.setdefault((label, band), []).append(values)
    if len(curves) > MAX_CURVES:
        raise _refused(
            f"it has {len(curves)} pairs of label and filter, {MAX_CURVES} are the limit"
        )
    return tuple(
        OwnPhotometry(label, band, *np.array(sorted(rows), float).T)
        for (label, band), rows in curves.items()
    )


def _point(point: Any, place: str) -> tuple[list[float], str]:
    """mjd, mag and magerr of a point, and its filter."""
    if not isinstance(point, dict):
        raise _refused(f"{place} is not a JSON object")
    missing = [name for name in (*RANGES, "filter") if name not in point]
    if missing:
        raise _refused(f"{place} has no {missing[0]}")
    values = []
    for name, (least, most) in RANGES.items():
        value = point[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _refused(f"{name} of {place} is {_quoted(value)}, not a number")
        if not least <= value <= most:
            raise _refused(f"{name} of {place} is {_quoted(value)}, not in {least:g} to {most:g}")
        values.append(float(value))
    _check_name(point["filter"], f"the filter of {place}")
    return values, point["filter"]


def _check_name(name: Any, what: str) -> None:
    if not isinstance(name, str):
        raise _refused(f"{what} is {_quoted(name)}, not a text")
    if not (name.strip() and name.isprintable()):
        raise _refused(f"{what} is {_quoted(name)}: it must have letters, all of them printable")
    if len(name) > MAX_LETTERS:
        raise _refused(f"{what} has {len(name)} letters, {MAX_LETTERS} are the limit")


def _quoted(value: Any) -> str:
    """A value as it may stand in a sentence: not too long."""
    text = json.dumps(value)
    return text if len(text) <= MAX_LETTERS else f"{text[:MAX_LETTERS]}..."


def _refused(reason: str) -> HTTPError:
    return HTTPError(400, f"Own photometry cannot be read: {reason}. An example is {EXAMPLE}")
