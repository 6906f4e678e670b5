"""CSV (RFC 4180) of one catalogue: a line for each row, and one for each place that has none."""

from __future__ import annotations

import csv
import io
from typing import Any

from ztfvo.match import columns
from ztfvo.match.model import PLACE, Outcome
from ztfvo.outside.model import State

NAMES = ("csv", "text/csv", "text/csv;header=present")
CONTENT_TYPE = "text/csv; header=present; charset=utf-8"
TITLE = "The rows of one catalogue"
ORDER = 30
ONE_CATALOG = True

STATES = ("id", "state", "reason")
"""Columns behind the place: the light curve or name, and what came of the question."""


def write(outcome: Outcome) -> bytes:
    """The document."""
    (wanted,) = outcome.match.wanted
    named = {target.number: target.name for target in outcome.match.targets}
    names = [column.name for column in columns.of(wanted) if column.name != PLACE]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([PLACE, *STATES, *names])
    for one in outcome.of(wanted):
        for row in one.answer.rows:
            values = [_plain(row[name]) for name in names]
            said = [row[PLACE], named[row[PLACE]], one.answer.state, one.answer.reason]
            writer.writerow([*said, *values])
        if not one.target:
            found = {row[PLACE] for row in one.answer.rows}
            for number in sorted(named.keys() - found):
                writer.writerow([number, named[number], State.EMPTY, "", *[""] * len(names)])
        if one.target and one.answer.state != State.FOUND:
            said = [one.target.number, one.target.name, one.answer.state, one.answer.reason]
            writer.writerow([*said, *[""] * len(names)])
    for sentence in outcome.left_out:
        writer.writerow(["", "", "left out", sentence, *[""] * len(names)])
    return buffer.getvalue().encode()


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value
