"""Memory of the DaCHS processes of this installation, from /proc."""

from __future__ import annotations

from pathlib import Path

from ztfvo.settings import Settings

_RESET_PEAK = "5"
"""What to write to clear_refs, see proc(5)."""


def dachs_processes(settings: Settings) -> list[int]:
    """Ids of the DaCHS server processes that run on this machine with these settings.

    Empty where the service runs elsewhere or under a user whose processes may not be seen.
    """
    wanted = f"GAVOSETTINGS={settings.var}/dachs/".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"\0" + wanted in b"\0" + environment and b"dachs\0" in command and b"serve" in command:
            found.append(int(folder.name))
    return sorted(found)


def reset_peak(processes: list[int]) -> None:
    """Begin a new measurement of the peak; without the right to, the old one goes on."""
    for process in processes:
        try:
            Path(f"/proc/{process}/clear_refs").write_text(_RESET_PEAK)
        except OSError:
            continue


def peak_mb(processes: list[int]) -> float | None:
    """Largest resident size (MB) that one of the processes has had since `reset_peak`."""
    return _largest(processes, "VmHWM")


def resident_mb(processes: list[int]) -> float | None:
    """Largest resident size (MB) that one of the processes has now."""
    return _largest(processes, "VmRSS")


def _largest(processes: list[int], name: str) -> float | None:
    sizes = []
    for process in processes:
        try:
            text = Path(f"/proc/{process}/status").read_text()
        except OSError:
            continue
        sizes += [
            int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith(name)
        ]
    return max(sizes, default=None)
