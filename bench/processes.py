"""The processes of an installation and their memory, from /proc."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ztfvo.settings import Settings

_PROGRAMS = {
    "supervisor.supervisord": "supervisor",
    "ztfvo.site watch": "watch",
    "serve start": "dachs",
    "uvicorn": "app",
    "gunicorn": "kdb",
    "postgresql.conf": "database",
    "nginx: master": "nginx",
}
"""What the command line of each part's first process has."""

GROWTH, SLACK_MB = 1.10, 20.0
RULE = (
    "flat: in the last third of the time a part has at most "
    f"{GROWTH - 1:.0%} + {SLACK_MB:.0f} MB more data than it had in the middle third"
)


@dataclass(frozen=True)
class Process:
    """A process: its part, its id, and its memory (RSS, VmData) in MB."""

    part: str
    pid: int
    rss: float
    data: float


def processes(settings: Settings) -> list[Process]:
    """Return the processes of this installation's parts: the first of each, and their children."""
    commands, parents = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            commands[pid] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            parents[pid] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, UnicodeDecodeError):
            commands.pop(pid, None)
    first = {pid: part for pid, command in commands.items() if (part := _part(pid, command))}
    mine = {pid: part for pid, part in first.items() if _is_ours(settings, pid, commands[pid])}
    found = []
    for pid in sorted(commands):
        part, top = mine.get(pid), pid
        while part is None and top in parents:
            top = parents[top]
            part = mine.get(top)
        if part is None or (part == "supervisor" and pid != top):
            continue
        if part == "dachs" and pid != top:
            part = "TAP jobs"
        rss, data = _memory(pid)
        found.append(Process(part, pid, rss, data))
    return found


def _part(pid: int, command: str) -> str | None:
    if pid == os.getpid():
        return None
    return next((part for mark, part in _PROGRAMS.items() if mark in command), None)


def _is_ours(settings: Settings, pid: int, command: str) -> bool:
    if f"{settings.run}/" in command:
        return True
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return f"ZTFVO_INSTANCE={settings.var}".encode() in variables


def _memory(pid: int) -> tuple[float, float]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    sizes = {line.split()[0]: line.split()[1] for line in lines if line.startswith("Vm")}
    return int(sizes.get("VmRSS:", 0)) / 1024, int(sizes.get("VmData:", 0)) / 1024


@dataclass
class Watch:
    """Looks at the processes' memory every few seconds, in a thread; a context manager."""

    settings: Settings
    every: float = 5.0
    looks: list[tuple[float, list[Process]]] = field(default_factory=list)

    def __enter__(self) -> Watch:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.looks.append((time.monotonic(), processes(self.settings)))

    def _look(self) -> None:
        while not self._stop.is_set():
            self.looks.append((time.monotonic(), processes(self.settings)))
            self._stop.wait(self.every)

    def by_process(self) -> list[dict[str, Any]]:
        """Memory (MB) of each process that was there at start or end: start, each minute's, end."""
        ends = [{one.pid for one in look} for _, look in (self.looks[0], self.looks[-1])]
        lines: dict[tuple[str, int], list[tuple[float, Process]]] = defaultdict(list)
        for when, look in self.looks:
            for one in look:
                if one.pid in ends[0] | ends[1]:
                    lines[one.part, one.pid].append((when, one))
        return [
            {
                "part": part,
                "pid": pid,
                "lived": pid in ends[0] and pid in ends[1],
                "rss": self._course([(when, one.rss) for when, one in line]),
                "data": self._course([(when, one.data) for when, one in line]),
            }
            for (part, pid), line in sorted(lines.items())
        ]

    def _course(self, values: list[tuple[float, float]]) -> dict[str, Any]:
        minutes: dict[int, float] = {}
        for when, value in values:
            minute = int((when - self.looks[0][0]) // 60)
            minutes[minute] = max(minutes.get(minute, 0.0), value)
        return {"start": values[0][1], "minutes": minutes, "end": values[-1][1]}

    def by_part(self) -> dict[str, dict[str, Any]]:
        """Memory (MB) of each part, all processes together, and whether it is flat (see `RULE`).

        Jobs are left out: their processes come and go.
        """
        sums = []
        for when, look in self.looks:
            total: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0])
            for one in look:
                total[one.part][0] += one.rss
                total[one.part][1] += one.data
                total[one.part][2] += 1
            sums.append((when, total))
        return {
            part: self._verdict(
                [(when, *total[part]) for when, total in sums if total.get(part, [0, 0, 0])[2]]
            )
            for part in sorted({part for _, total in sums for part in total} - {"TAP jobs"})
        }

    def _verdict(self, line: list[tuple[float, float, float, float]]) -> dict[str, Any]:
        begin, end = self.looks[0][0], self.looks[-1][0]
        thirds = [[], [], []]
        for when, _, data, _ in line:
            thirds[min(2, int(3 * (when - begin) / max(end - begin, 1e-9)))].append(data)
        middle, last = (max(third, default=0.0) for third in thirds[1:])
        return {
            "rss": self._course([(when, rss) for when, rss, _, _ in line]),
            "data": self._course([(when, data) for when, _, data, _ in line]),
            "processes": max(int(count) for *_, count in line),
            "flat": last <= middle * GROWTH + SLACK_MB,
        }
