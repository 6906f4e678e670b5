"""``bench visitors``: ordinary visitors for some minutes, and the memory of the processes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bench.processes import RULE, Watch
from bench.report import console, number, save, say, show, write
from bench.service import sample
from bench.visitors.traffic import PAUSE, Seen, Visitors, by_kind
from ztfvo.settings import Settings

SAMPLE = 300
"""Objects that visitors ask for."""


def visitors(settings: Settings, clients: int, minutes: float, path: Path | None) -> bool:
    """Let visitors come, print what they saw and the memory, and write both as JSON.

    Returns
    -------
    bool
        Whether no request failed but by 429, and the memory is flat.
    """
    targets = sample(settings.local_url, "ztf", SAMPLE)
    say(f"{clients} clients for {minutes:g} min, {PAUSE:g} s between requests on average")
    with Watch(settings) as watch, Visitors(settings.local_url, targets, clients) as people:
        wait(60 * minutes, people.seen)
    kinds, parts = by_kind(people.seen), watch.by_part()
    show_kinds(f"{clients} clients, {minutes:g} min", kinds)
    _show_memory(parts, watch.by_process())
    flat = all(part["flat"] for part in parts.values())
    failed = kinds["all"]["failed"]
    say(f"Memory is {'flat' if flat else 'NOT flat'} ({RULE}).")
    say(f"{failed} failures but 429: {kinds['all']['failures'] or 'none'}")
    results = {"requests": kinds, "parts": parts, "processes": watch.by_process(), "flat": flat}
    facts = {"clients": clients, "minutes": minutes, "pause": PAUSE, "rule": RULE}
    store(settings, "visitors", results, path, **facts)
    return flat and not failed


def store(
    settings: Settings, name: str, results: dict[str, Any], path: Path | None, **facts: Any
) -> None:
    """Write results to a file of one's choice, or to the folder of results."""
    if path is None:
        save(settings.var / "bench" / "results", name, results, **facts)
    else:
        write(path, name, results, **facts)


def wait(seconds: float, seen: list[Seen], what: str = "visitors") -> None:
    """Wait, showing how many requests there were."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=seconds)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(1.0, left))
            bad = sum(one.outcome not in ("ok", "429") for one in list(seen))
            text = f"{what}: {len(seen)} requests, {bad} failures"
            progress.update(task, completed=seconds - left, description=text)


def show_kinds(title: str, kinds: dict[str, dict[str, Any]]) -> None:
    """Print the table of kinds."""
    rows = [
        (
            kind,
            *(number(one[name]) for name in ("count", "ok", "refused", "failed")),
            *(milliseconds(one[name]) for name in ("p50", "p95", "p99")),
        )
        for kind, one in kinds.items()
    ]
    columns = ("", "requests", "success", "429", "failures", "p50 ms", "p95 ms", "p99 ms")
    show(title, columns, rows)


def milliseconds(seconds: float | None) -> str:
    """A duration in ms; a dash for none."""
    return number(None if seconds is None else seconds * 1e3)


def _show_memory(parts: dict[str, dict[str, Any]], single: list[dict[str, Any]]) -> None:
    rows = [
        (f"{part}, all ({one['processes']})", *_courses(one), "flat" if one["flat"] else "GROWS")
        for part, one in parts.items()
    ]
    rows += [
        (f"{one['part']} {one['pid']}", *_courses(one), "" if one["lived"] else "came or went")
        for one in single
        if one["part"] != "database"
    ]
    show(
        "Memory, MB: at start, the largest of all minutes, at end",
        ("", "RSS start", "largest", "end", "VmData start", "largest", "end", ""),
        rows,
    )


def _courses(one: dict[str, Any]) -> list[str]:
    return [
        number(value)
        for course in (one["rss"], one["data"])
        for value in (course["start"], max(course["minutes"].values()), course["end"])
    ]
