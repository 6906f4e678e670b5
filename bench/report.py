"""Results of benchmarks: a table for people, JSON for machines, and what the machine was."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from ztfvo.machine import processors

console = Console(width=None if os.isatty(1) else 132)


def say(what: str) -> None:
    """Show a person the progress."""
    console.print(what, highlight=False, soft_wrap=True)


def machine() -> dict[str, Any]:
    """Facts of the machine: cores, processor, memory (GB), system, Python, load average."""
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    model = [line.split(":", 1)[1].strip() for line in cpuinfo.splitlines() if "model name" in line]
    return {
        "cores": processors(),
        "processor": model[0] if model else platform.machine(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_average": [round(value, 2) for value in os.getloadavg()],
    }


def database_facts(connection: psycopg.Connection) -> dict[str, Any]:
    """Version and extensions of PostgreSQL, and the settings that matter for speed."""
    names = ("server_version", "shared_buffers", "work_mem", "maintenance_work_mem")
    facts = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in names}
    extensions = connection.execute("SELECT extname, extversion FROM pg_extension").fetchall()
    return {"postgresql": facts, "extensions": dict(extensions)}


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; the first column is left-aligned, the others right."""
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=number > 0)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def save(folder: Path, name: str, results: dict[str, Any], **facts: Any) -> Path:
    """Write results with the machine's facts to ``<folder>/<name>-<time>.json``, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    write(path, name, results, **facts)
    return path


def write(path: Path, name: str, results: dict[str, Any], **facts: Any) -> None:
    """Write results with the machine's facts to a file, and say where."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    content = {"benchmark": name, "time": now, "machine": machine()} | facts
    path.write_text(json.dumps(content | {"results": results}, indent=1) + "\n")
    say(f"Results: {path}")


def number(value: float | None, digits: int = 3) -> str:
    """A number with some significant digits and thousands separated; a dash for none."""
    if value is None:
        return "-"
    if value == 0 or abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"
