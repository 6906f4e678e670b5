"""Times as the store keeps them: whole ticks, which hold what the files say without loss."""

from __future__ import annotations

from dataclasses import dataclass

FIVE_DECIMALS = 100_000
"""Ticks per day of times with five decimals."""

FLOAT32_TICKS = 256
"""Ticks per day of float32 times between MJD 32768 and 65536."""

DOUBLE_TICKS = 1 << 31
"""Ticks per day of differences between JD of the 20th to 22nd century in double precision."""

TICK_ORIGIN_MJD = 58000
"""Times are stored as numbers of ticks since this MJD."""

SPLIT_SECONDS = 17.0
"""A gap in time that separates two exposures of equal clrcoeff.

The light-travel time differs by up to 10.6 s across a quadrant of 0.87 degrees; exposures begin at
least 29 s after one another."""

HMJD_FIRST = f"({TICK_ORIGIN_MJD}::bigint * ticks_per_day + first_tick) / ticks_per_day::float8"
HMJD_LAST = f"({TICK_ORIGIN_MJD}::bigint * ticks_per_day + last_tick) / ticks_per_day::float8"
"""SQL for the time of a light curve's first and last epoch (HMJD, UTC, mid-exposure)."""


@dataclass(frozen=True)
class Times:
    """How exact the times of a release are."""

    column: str
    """Arrow's name of the type of hmjd in bulk files."""
    ticks_per_day: int
    """Every hmjd is the number of that type next to k / ticks_per_day for a whole number k."""
    note: str = ""
    """What users of the times have to know, a sentence; empty where there is nothing."""


TIMES = {
    "float32": Times(
        "float",
        FLOAT32_TICKS,
        "Times are coarse: the files of the release have them in single precision, in steps of"
        " 1/256 d (5.6 minutes), so that they do not identify exposures and two epochs may have the"
        " same.",
    ),
    "five-decimals": Times("double", FIVE_DECIMALS),
    "double": Times("double", DOUBLE_TICKS),
}
"""By the word for them in ``release.toml``, from coarse to fine."""
