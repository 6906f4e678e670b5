"""What one catalogue says of an object: its nearest row."""

from __future__ import annotations

from ztfvo.distance import words
from ztfvo.match.model import RECORD, Compared
from ztfvo.outside.distances import of_row
from ztfvo.outside.model import Row, Source
from ztfvo.outside.rows import SEPARATION
from ztfvo.summary.model import Fact, Group, Part

LEAST_PROBABILITY = 0.5
"""Below it a classifier has not decided."""

ALERCE = "alerce_classes"
CLASSIFIERS = {"lc": "light curve", "stamp": "stamp"}
"""Of ALeRCE, as its columns begin, and for people."""
BROKERS = (ALERCE, "fink_classes")
"""Whose types are classes of alerts, not of catalogued objects."""


def of(compared: Compared) -> Part:
    """Return the facts of an answer; none where there is no row, or rows have no place."""
    source = compared.wanted.catalog.source
    rows = compared.answer.rows
    if not rows or source.position is None:
        return Part(compared, ())
    row = rows[0]
    distances = of_row(source, row)
    facts = [
        *_names(source, row),
        *_classes(source, row),
        *_period(source, row),
        *(
            _fact(source, row, Group.DISTANCE, str(one.method), round(one.pc, 1), "pc",
                  _interval(one.low, one.high, one.redshift, one.pc))
            for one in distances
        ),
        *_redshift(source, row),
    ]  # fmt: skip
    return Part(compared, facts, distances)


def _fact(
    source: Source,
    row: Row,
    group: Group,
    name: str,
    value: str | float,
    unit: str = "",
    note: str = "",
) -> Fact:
    separation = row[SEPARATION]
    return Fact(
        group,
        name,
        value,
        unit,
        source.name,
        source.title,
        None if separation is None else round(separation, 5),  # pages round to two digits
        row[RECORD],
        note,
        source.label,
    )


def _value(row: Row, name: str | None) -> str | float | None:
    return row[name] if name else None


def _names(source: Source, row: Row) -> list[Fact]:
    name = _value(row, source.yields.name)
    return [] if name is None else [_fact(source, row, Group.NAME, "name", str(name))]


def _classes(source: Source, row: Row) -> list[Fact]:
    kind = _value(row, source.yields.type)
    facts = []
    if kind is not None and source.name not in BROKERS:
        facts.append(_fact(source, row, Group.TYPE, "type", str(kind)))
    if source.name == ALERCE:
        for short, title in CLASSIFIERS.items():
            best, probability = row[f"{short}_class"], row[f"{short}_probability"]
            if best and (probability or 0) >= LEAST_PROBABILITY:
                note = f"probability {probability:.2f}, {row[f'{short}_version']}"
                facts.append(_fact(source, row, Group.CLASS, f"class by {title}", best, note=note))
    known = {
        name: row[column]
        for name, column in source.yields.probabilities.items()
        if row[column] is not None
    }
    best = max(known, key=known.__getitem__, default=None)
    if best and known[best] >= LEAST_PROBABILITY:
        note = f"probability {known[best]:.2f}"
        facts.append(_fact(source, row, Group.CLASS, "class", best, note=note))
    return facts


def _period(source: Source, row: Row) -> list[Fact]:
    period = _value(row, source.yields.period)
    if period is None or not period > 0:
        return []
    return [_fact(source, row, Group.PERIOD, "period", period, "d")]


def _redshift(source: Source, row: Row) -> list[Fact]:
    redshift = _value(row, source.yields.redshift)
    return [] if redshift is None else [_fact(source, row, Group.REDSHIFT, "redshift", redshift)]


def _interval(low: float | None, high: float | None, redshift: float | None, pc: float) -> str:
    """Say what belongs to a distance."""
    parts = [words(pc)]
    if low is not None and high is not None:
        parts.append(f"{words(low)} to {words(high)} (16 to 84 per cent)")
    if redshift is not None:
        parts.append(f"luminosity distance of z = {redshift:g}")
    return ", ".join(parts)
