"""CSV (RFC 4180): a line for each light curve; or each feature of one, as SNAD's Viewer has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import numpy as np

from ztfvo.analysis.featured import Featured

NAMES = ("csv", "text/csv", "text/csv;header=present")
EXTENSION = "csv"
CONTENT_TYPE = "text/csv; header=present; charset=utf-8"
TITLE = "A line for each light curve"
ORDER = 20

FACTS = ("oid", "filter", "nepochs", "hmjd_first", "hmjd_last")


def write(answer: Featured) -> bytes:
    """The document."""
    lines: list[list[Any]] = [[*FACTS, *(one.name for one in answer.features)]]
    for one, row in zip(answer.curves, answer.values, strict=True):
        facts = (one.curve.oid, one.curve.filter, len(one), float(one.time[0]), float(one.time[-1]))
        lines.append([*facts, *map(_plain, row.tolist())])
    return _as_csv(lines)


def by_feature(answer: Featured) -> bytes:
    """The document of one light curve: feature and value, sorted by name."""
    names = [one.name for one in answer.features]
    pairs = zip(names, map(_plain, answer.values[0].tolist()), strict=True)
    return _as_csv([["feature", "value"], *map(list, sorted(pairs))])


def _as_csv(lines: Iterable[list[Any]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(lines)
    return buffer.getvalue().encode()


def _plain(value: float) -> Any:
    return "" if np.isnan(value) else value
