"""Which backups stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from ztfvo.backup.archive import time_of


def superfluous(names: Iterable[str], daily: int, weekly: int) -> list[str]:
    """Return the backups to delete, oldest first.

    The newest of each of the last `daily` days and of the last `weekly` ISO weeks stay.  Days and
    weeks (UTC) without backup do not count, so that nothing is lost while none are made.  Files
    that are no backups are left alone.
    """
    times = {name: time for name in names if (time := time_of(name))}
    newest_first = sorted(times, key=times.__getitem__, reverse=True)
    keep = _newest_of_each(newest_first, times, lambda time: time.date(), daily)
    keep |= _newest_of_each(newest_first, times, lambda time: time.isocalendar()[:2], weekly)
    return [name for name in reversed(newest_first) if name not in keep]


def _newest_of_each(
    names: list[str], times: dict[str, datetime], period: Callable[[datetime], Any], count: int
) -> set[str]:
    found: dict[Any, str] = {}
    for name in names:
        found.setdefault(period(times[name]), name)
    return set(list(found.values())[:count])
