"""What an operator wants to know of an installation beside its parts: disk, jobs, backups."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from rich.filesize import decimal

from ztfvo.backup import trial
from ztfvo.backup.archive import time_of
from ztfvo.backup.targets import target_of
from ztfvo.catalogs import declared, store
from ztfvo.outside import sources
from ztfvo.outside.cache import Cache
from ztfvo.settings import Settings
from ztfvo.site import contact, updates
from ztfvo.site.errors import SiteError

MB = 10**6
JOBS = Path("dachs") / "state" / "uwsjobs"
"""Folder of asynchronous jobs, below that of the state."""

REPAIRS = Path("dachs") / "state" / "repairs.json"
"""What the servers of DaCHS say of their repairs."""

GOOD, NOTE, BAD = "good", "note", "bad"

COUNTED = ("asked", "found", "empty", "failed")
"""Figures of services outside."""

Fact = tuple[str, str, str]
"""What it is about, one of `GOOD`, `NOTE` and `BAD`, and a sentence."""


def facts(settings: Settings) -> list[Fact]:
    """Return the facts; one that cannot be had is a sentence that says so."""
    found: list[Fact] = []
    for what, ask in FACTS.items():
        try:
            found += [(what, state, sentence) for state, sentence in ask(settings)]
        except psycopg.Error:
            found.append((what, BAD, "unknown: the database does not answer"))
        except (SiteError, OSError) as error:
            found.append((what, BAD, f"unknown: {getattr(error, 'cause', error)}"))
    return found


def _disk(settings: Settings) -> Iterator[tuple[str, str]]:
    seen: set[int] = set()
    for path in (settings.var, *(settings.var / name for name in ("postgres", "dachs", "log"))):
        device = path.stat().st_dev if path.exists() else None
        if device is None or device in seen:
            continue
        seen.add(device)
        usage = shutil.disk_usage(path)
        short = usage.free < settings.least_free_mb * MB
        remedy = "; TAP takes no jobs: free some, or lower ZTFVO_LEAST_FREE_MB" if short else ""
        sentence = f"{path}: {decimal(usage.free)} of {decimal(usage.total)} free{remedy}"
        yield BAD if short else GOOD, sentence


def _sizes(settings: Settings) -> Iterator[tuple[str, str]]:
    with psycopg.connect(settings.superuser_dsn) as connection:
        for name, size in connection.execute(
            "SELECT datname, pg_database_size(oid) FROM pg_database WHERE NOT datistemplate"
            " AND has_database_privilege(oid, 'CONNECT') AND datname <> 'postgres' ORDER BY 1"
        ):
            yield GOOD, f"database {name}: {decimal(size)}"
    for what, folder in (("results and uploads", JOBS), ("images", Path("cache") / "archive")):
        yield GOOD, f"{what}: {decimal(_size(settings.var / folder))}"


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except FileNotFoundError:  # deleted meanwhile
                continue
    return total


def _jobs(settings: Settings) -> Iterator[tuple[str, str]]:
    with psycopg.connect(settings.superuser_dsn) as connection:
        counts = connection.execute(
            "SELECT lower(phase), count(*) FROM tap_schema.tapjobs GROUP BY phase ORDER BY phase"
        ).fetchall()
    known = ", ".join(f"{count:,} {phase}" for phase, count in counts)
    yield GOOD, known or "none is kept"


def _backups(settings: Settings) -> Iterator[tuple[str, str]]:
    place = target_of(settings)
    times = sorted(time for name in place.names() if (time := time_of(name)))
    if not times:
        yield NOTE, f"there is none in {place}: scripts/backup run"
        return
    old = datetime.now(UTC) - times[-1]
    state = NOTE if old.days > 1 else GOOD
    yield state, f"the last one was made {_ago(times[-1])}; {len(times)} are kept in {place}"


def _trial(settings: Settings) -> Iterator[tuple[str, str]]:
    known = trial.last(settings)
    if known is None:
        yield NOTE, "no backup was tried: scripts/backup test"
        return
    state = GOOD if known["ok"] else BAD
    yield state, f"{_ago(known['when'])}: {known['sentence']}"


def _ago(when: datetime) -> str:
    hours = (datetime.now(UTC) - when).total_seconds() / 3600
    return f"{hours:.0f} h ago" if hours < 48 else f"{hours / 24:.0f} d ago"


def _database(settings: Settings) -> Iterator[tuple[str, str]]:
    running, installed = updates.versions(settings)
    if running == installed:
        yield GOOD, f"PostgreSQL {running}"
    else:
        yield NOTE, f"PostgreSQL {running} runs, {installed} is installed: {updates.REMEDY}"


def _catalogs(settings: Settings) -> Iterator[tuple[str, str]]:
    with psycopg.connect(settings.superuser_dsn) as connection:
        there = store.loaded(connection)
    names = ", ".join(
        f"{one.name} (simulated)" if one.simulated else one.name for one in there.values()
    )
    yield GOOD, names or "none is loaded: ztfvo catalog list"
    for one in declared(settings.catalogs).values():
        state = there.get(one.name)
        if state is None or state.simulated or not (one.download and one.download.hours):
            continue
        made = state.as_of or state.loaded_at
        late = datetime.now(UTC) - made > timedelta(hours=3 * one.download.hours)
        yield NOTE if late else GOOD, f"{one.name} is that of {_ago(made)}"


def _outside(settings: Settings) -> Iterator[tuple[str, str]]:
    known = sources.names()
    if not settings.outside_cache.exists():
        yield GOOD, f"{len(known)} services, none was asked yet"
        return
    cache = Cache(settings.outside_cache, 0, reads=True)
    figures = list(cache.figures().values())
    silent = {name: one for name, one in cache.silences().items() if name in known}
    counts = {what: sum(getattr(one, what) for one in figures) for what in COUNTED}
    sentence = (
        f"{len(known)} services; {counts['asked']:,} questions in 24 h: {counts['found']:,} found,"
        f" {counts['empty']:,} empty, {counts['failed']:,} failed"
    )
    if silent:
        listed = "; ".join(one.reason for one in silent.values())
        sentence += f"; {len(silent)} did not answer last: {listed}"
    yield NOTE if silent else GOOD, sentence


def _contact(settings: Settings) -> Iterator[tuple[str, str]]:
    yield GOOD if settings.contact else NOTE, contact.sentence(settings)


def _repairs(settings: Settings) -> Iterator[tuple[str, str]]:
    path = settings.var / REPAIRS
    if not path.exists():
        yield NOTE, "no process has started yet"
        return
    known = json.loads(path.read_text("ascii"))
    which = f"DaCHS {known['version']}"
    if not known["left_out"] and not known["unsure"]:
        yield GOOD, f"{which}, which all repairs were written for"
    for what, word in (("left_out", "left out"), ("unsure", "applied all the same")):
        if known[what]:
            names = ", ".join(sorted(known[what]))
            yield BAD, f"{which} is not what these repairs were written for, {word}: {names}"


FACTS: dict[str, Callable[[Settings], Iterator[tuple[str, str]]]] = {
    "disk": _disk,
    "sizes": _sizes,
    "TAP jobs": _jobs,
    "backups": _backups,
    "test restore": _trial,
    "database": _database,
    "repairs": _repairs,
    "catalogs": _catalogs,
    "outside": _outside,
    "contact": _contact,
}
"""In the order in which they are shown."""
