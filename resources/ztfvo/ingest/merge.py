"""One set of light curves from files in which the same OID may occur again.

Answers of the light-curve service overlap when their cones do, or when a position was asked twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from ztfvo.errors import BadFile
from ztfvo.store.lightcurves import ExposureFacts, LightCurves

_PER_EPOCH = ("hmjd", "mag", "magerr", "clrcoeff", "catflags")
_PER_CURVE = ("ra", "dec", "fieldid", "rcid", "filterid")


def merge(parts: Sequence[LightCurves], paths: Sequence[Path] | None = None) -> LightCurves:
    """Unite the epochs of every OID, sorted by OID and time; an identical epoch is kept once.

    The position of an OID is that of the part with most of its epochs (at equal numbers, of the
    smaller right ascension), so that the order of the parts does not matter.

    Parameters
    ----------
    parts
        Light curves of one file each.
    paths
        Their files, for messages.

    Raises
    ------
    BadFile
        When two epochs of one OID have the same time and other values; both files are named.  It
        is that of the first of the parts that contradicts one before it.
    ValueError
        When the parts differ in the resolution of their times, or some know their exposures and
        others do not.
    """
    if not parts:
        raise ValueError("nothing to merge: no light curves were given")
    names = (
        [Path(path) for path in paths]
        if paths
        else [Path(f"part {i + 1}") for i in range(len(parts))]
    )
    if len({part.ticks_per_day for part in parts}) > 1:
        raise ValueError("times of different resolution (ticks_per_day) cannot be merged")
    known = [part.exposures is not None for part in parts]
    if any(known) != all(known):
        raise ValueError("light curves with and without exposure facts cannot be merged")
    epochs = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _PER_EPOCH}
    if all(known):
        for field in fields(ExposureFacts):
            epochs[field.name] = np.concatenate(
                [getattr(part.exposures, field.name) for part in parts]
            )
    epochs["oid"] = np.concatenate([np.repeat(part.oid, part.nepochs) for part in parts])
    source = np.repeat(np.arange(len(parts)), [part.detections for part in parts])
    order = np.lexsort((source, epochs["hmjd"], epochs["oid"]))
    epochs = {name: values[order] for name, values in epochs.items()}
    keep = _distinct(epochs, source[order], names)
    epochs = {name: values[keep] for name, values in epochs.items()}
    return _assemble(parts, epochs)


def _distinct(epochs: dict[str, np.ndarray], source: np.ndarray, names: list[Path]) -> np.ndarray:
    """Which epochs differ from the one before; the same OID and time with other values raises."""
    oid, hmjd = epochs["oid"], epochs["hmjd"]
    keep = np.ones(len(oid), bool)
    keep[1:] = (oid[1:] != oid[:-1]) | (hmjd[1:] != hmjd[:-1])
    again = np.flatnonzero(~keep)
    wrong: list[tuple[int, int, str]] = []
    for name, values in epochs.items():
        here, before = values[again], values[again - 1]
        rows = again[(here != before) & ~((here != here) & (before != before))]
        if rows.size:
            row = int(rows[np.argmin(source[rows])])
            wrong.append((int(source[row]), row, name))
    if wrong:
        part, row, name = min(wrong)
        values = epochs[name]
        cause = (
            f"{name} is {values[row]!s} at hmjd {hmjd[row]:.5f}, "
            f"but {values[row - 1]!s} in {names[source[row - 1]]}"
        )
        remedy = "Answers of different releases do not mix; keep one of the two files."
        raise BadFile(names[part], None, cause, oid=oid[row], remedy=remedy)
    return keep


def of_quadrants(curves: LightCurves, quadrants: Collection[int]) -> LightCurves:
    """The light curves of some channels, given as OIDs without their last eight digits."""
    wanted = np.isin(curves.oid // 10**8, list(quadrants))
    if wanted.all():
        return curves
    epochs = np.repeat(wanted, curves.nepochs)
    exposures = curves.exposures and ExposureFacts(
        *(getattr(curves.exposures, field.name)[epochs] for field in fields(ExposureFacts))
    )
    return replace(
        curves,
        **{name: getattr(curves, name)[wanted] for name in ("oid", *_PER_CURVE)},
        **{name: getattr(curves, name)[epochs] for name in _PER_EPOCH},
        offsets=np.append(0, np.cumsum(curves.nepochs[wanted])),
        exposures=exposures,
        origin=None if curves.origin is None else curves.origin[wanted],
    )


def _assemble(parts: Sequence[LightCurves], epochs: dict[str, np.ndarray]) -> LightCurves:
    """Light curves of sorted epochs, with what the best of the parts says of each OID."""
    oid = np.concatenate([part.oid for part in parts])
    size = np.concatenate([part.nepochs for part in parts])
    curve = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _PER_CURVE}
    order = np.lexsort((curve["dec"], curve["ra"], -size, oid))
    unique, best = np.unique(oid[order], return_index=True)
    chosen = order[best]
    bounds = np.append(np.searchsorted(epochs["oid"], unique), len(epochs["oid"]))
    exposures = None
    if "obsmjd" in epochs:
        exposures = ExposureFacts(*(epochs[field.name] for field in fields(ExposureFacts)))
    return LightCurves(
        oid=unique,
        **{name: values[chosen] for name, values in curve.items()},
        offsets=bounds.astype(np.int64),
        **{name: epochs[name] for name in _PER_EPOCH},
        ticks_per_day=parts[0].ticks_per_day,
        exposures=exposures,
    )
