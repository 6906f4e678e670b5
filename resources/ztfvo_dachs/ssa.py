"""SSAP's TIME for time series: intervals of coverage, which DaCHS compares with one moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gavo import stc
from gavo.svcs import pql


def time_phrase(given: dict[str, Any], parameters: dict[str, Any]) -> Iterator[str]:
    """Yield the condition that a light curve's first and last epoch enclose or overlap TIME.

    Times without a letter are ISO 8601, UTC (SSAP 1.1, section 4.1.1.3); an end may be left out.
    They are compared with heliocentric times, which differ by up to 8.3 minutes.
    """
    wanted = pql.PQLDatePar.fromLiteral(given.get("TIME"), "TIME")
    if wanted is None:
        return
    ranges = [
        pql.PQLRange(*(_mjd(moment) for moment in (each.value, each.start, each.stop)))
        for each in wanted.ranges
    ]
    yield pql.PQLFloatPar(ranges).getSQLForInterval("t_min", "t_max", parameters)


def _mjd(moment: Any) -> float | None:
    return None if moment is None else stc.dateTimeToMJD(moment)
