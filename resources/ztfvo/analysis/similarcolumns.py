"""The columns of tables of similar light curves: a row for each neighbour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ztfvo.analysis.similar import MOST_DIFFERENCES, Similar
from ztfvo.outside.model import Column


def columns(answer: Similar) -> list[Column]:
    """Return what the columns are."""
    return [
        Column("rank", "int64", None, "meta.number", "Number of the neighbour, from 1"),
        Column("oid", "int64", None, "meta.id;meta.main", "Light curve"),
        Column("filter", "str", None, "meta.id;instr.filter", "Filter"),
        Column("distance", "float64", None, "stat.value", "Distance in the space of features"),
        Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension, ICRS"),
        Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination, ICRS"),
        Column("source_id", "int64", None, "meta.id;src", "Star that it is of"),
        Column("ngoodobs", "int64", None, "meta.number;obs", "Number of good epochs"),
        Column(
            "mag_median",
            "float64",
            "mag",
            "phot.mag;em.opt;stat.median",
            "Median magnitude of good epochs (AB)",
        ),
        *_differences(),
        *(
            Column(one.name, "float64", one.unit or None, one.ucd, one.description)
            for one in answer.features
        ),
    ]


def _differences() -> Iterator[Column]:
    for number in range(1, MOST_DIFFERENCES + 1):
        text = f"Feature that differs most, number {number}"
        yield Column(f"differs_{number}", "str", None, "meta.id;stat", text)
        text = f"Its standardised value less the object's, number {number}"
        yield Column(f"difference_{number}", "float64", None, "stat.value;arith.diff", text)


def rows(answer: Similar) -> Iterator[dict[str, Any]]:
    """Give the values of each neighbour by column; None or NaN for what there is not."""
    for rank, one in enumerate(answer.neighbours, start=1):
        row = {
            "rank": rank,
            "oid": one.oid,
            "filter": answer.band,
            "distance": one.distance,
            "ra": one.ra,
            "dec": one.dec,
            "source_id": one.source_id,
            "ngoodobs": one.ngoodobs,
            "mag_median": one.mag_median,
        }
        for number in range(1, MOST_DIFFERENCES + 1):
            found = one.differences[number - 1 : number]
            row[f"differs_{number}"] = found[0].feature if found else None
            row[f"difference_{number}"] = found[0].difference if found else None
        yield row | dict(zip(answer.space.features, one.values.tolist(), strict=True))
