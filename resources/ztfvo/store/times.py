"""Times as the store keeps them: whole ticks, which hold what the files say without loss."""

from __future__ import annotations

FIVE_DECIMALS = 100_000
"""Ticks per day of times with five decimals (all layouts but DR5's)."""

FLOAT32_TICKS = 256
"""Ticks per day of float32 times between MJD 32768 and 65536 (DR5)."""

TICK_ORIGIN_MJD = 58000
"""Times are stored as 4-byte numbers of ticks since this MJD."""

SPLIT_SECONDS = 17.0
"""A gap in time that separates two exposures of equal clrcoeff.

The light-travel time differs by up to 10.6 s across a quadrant of 0.87 degrees; exposures begin at
least 29 s after one another."""

HMJD_FIRST = f"({TICK_ORIGIN_MJD}::bigint * ticks_per_day + first_tick) / ticks_per_day::float8"
HMJD_LAST = f"({TICK_ORIGIN_MJD}::bigint * ticks_per_day + last_tick) / ticks_per_day::float8"
"""SQL for the time of a light curve's first and last epoch (HMJD, UTC, mid-exposure)."""
