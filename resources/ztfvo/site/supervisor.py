"""The one supervisor that starts and watches all programs of an installation."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Container, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from ztfvo.settings import Settings
from ztfvo.site import keep
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import run

DATABASE = "database"
DACHS = "dachs"
APP = "app"
NGINX = "nginx"
KDB = "kdb"
WATCH = "watch"
SUPERVISOR = "supervisord"
"""The name of its own log."""
PARTS = (DATABASE, DACHS, APP, NGINX, KDB, WATCH)
RUNNING = ("STARTING", "RUNNING", "BACKOFF")
GIVEN_UP = ("EXITED", "FATAL")


def parts(settings: Settings) -> list[str]:
    """Return the parts; an existing database is not among them."""
    left_out = {DATABASE} if settings.dsn else set()
    if not settings.kdb_workers:
        left_out.add(KDB)
    return [part for part in PARTS if part not in left_out]


def processes(settings: Settings, part: str) -> list[str]:
    """Return the names of a part's programs: one, or one for each of its processes."""
    numbers = {DACHS: settings.dachs_processes, APP: settings.app_processes}
    if part not in numbers:
        return [part]
    return [f"{part}-{number}" for number in range(numbers[part])]


def part_of(name: str) -> str:
    """Return the part that a program belongs to."""
    return name.partition("-")[0]


def names(settings: Settings) -> list[str]:
    """Return the names of all programs."""
    return [name for part in parts(settings) for name in processes(settings, part)]


def pids(settings: Settings) -> Path:
    """Return the folder of the programs' process numbers."""
    return settings.run / "pids"


def log_of(settings: Settings, name: str) -> Path:
    """Return the file that the output of a program goes to."""
    return settings.var / "log" / f"{name}.log"


def kept(settings: Settings) -> set[str]:
    """Return the names of the programs that run, under this supervisor or a former one."""
    return {name for name in names(settings) if keep.running(pids(settings), name)}


@dataclass(frozen=True)
class Program:
    """One program under the supervisor.

    Attributes
    ----------
    group, name
        As supervisor calls them, which are the same.
    state
        Supervisor's word, such as RUNNING or FATAL.
    description
        Supervisor's sentence on it: pid and uptime, or why it ended.
    log
        The file its output goes to.
    seconds
        Since its last start.
    """

    group: str
    name: str
    state: str
    description: str
    log: Path
    seconds: int

    @property
    def part(self) -> str:
        """Return the part it belongs to."""
        return part_of(self.name)

    @property
    def full_name(self) -> str:
        """Return the name supervisor's calls take."""
        return f"{self.group}:{self.name}"


def _calls(settings: Settings) -> Any:
    socket = f"unix://{settings.run}/supervisor.sock"
    proxy = xmlrpc.client.ServerProxy(
        "http://ztfvo", transport=SupervisorTransport(None, None, socket)
    )
    return proxy.supervisor


def is_up(settings: Settings) -> bool:
    """Return whether the supervisor answers."""
    try:
        return _calls(settings).getState()["statename"] == "RUNNING"
    except PermissionError:
        raise SiteError(
            f"this user may not use {settings.run}",
            "work as the user who set this up, or as root",
        ) from None
    except (OSError, http.client.HTTPException):
        return False


def ensure_up(settings: Settings) -> None:
    """Start the supervisor unless it runs, and have it take over what a former one left running.

    Raises
    ------
    SiteError
        When it does not answer within ten seconds.
    """
    if is_up(settings):
        return
    end_strays(settings, leave=kept(settings))
    (settings.run / "supervisor.sock").unlink(missing_ok=True)
    program = [sys.executable, "-I", "-m", "supervisor.supervisord"]
    run(
        settings,
        [*program, "-c", settings.run / "supervisord.conf"],
        "starting the supervisor",
        f"see {settings.var}/log/supervisord.log",
    )
    deadline = time.monotonic() + 10
    while not is_up(settings):
        if time.monotonic() > deadline:
            raise SiteError(
                "the supervisor does not answer", f"see {settings.var}/log/supervisord.log"
            )
        time.sleep(0.1)
    for name in sorted(kept(settings)):
        _calls(settings).startProcess(name, False)


def reload_config(settings: Settings) -> list[str]:
    """Take over a changed configuration, but for programs that run.

    Returns
    -------
    list of str
        Those that go on as they were started, though their configuration has changed.
    """
    calls = _calls(settings)
    ((added, changed, removed),) = calls.reloadConfig()
    active = {program.group for program in programs(settings) if program.state in RUNNING}
    for group in [*removed, *(name for name in changed if name not in active)]:
        calls.stopProcessGroup(group, True)
        calls.removeProcessGroup(group)
    for group in [*added, *changed]:
        if group not in active:
            calls.addProcessGroup(group)
    return [name for name in changed if name in active]


def programs(settings: Settings) -> list[Program]:
    """Return all programs; none when the supervisor is not up."""
    if not is_up(settings):
        return []
    return [
        Program(
            entry["group"],
            entry["name"],
            entry["statename"],
            entry["description"],
            log_of(settings, entry["name"]),
            entry["now"] - entry["start"],
        )
        for entry in _calls(settings).getAllProcessInfo()
    ]


def is_running(settings: Settings, part: str) -> bool:
    """Return whether all programs of a part run."""
    states = [program.state for program in programs(settings) if program.part == part]
    return bool(states) and set(states) == {"RUNNING"}


def start_program(settings: Settings, part: str) -> None:
    """Start the programs of `part` that do not run; do not wait for them."""
    for program in programs(settings):
        if program.part == part and program.state not in RUNNING:
            with suppress(xmlrpc.client.Fault):  # its state, asked for later, shows what failed
                _calls(settings).startProcess(program.full_name, False)


def stop_program(settings: Settings, part: str) -> None:
    """Stop the programs of `part` and what they started, and wait until they ended."""
    for program in programs(settings):
        if program.part == part:
            with suppress(xmlrpc.client.Fault):  # it did not run
                _calls(settings).stopProcess(program.full_name, False)
    while any(
        program.part == part and program.state in (*RUNNING, "STOPPING")
        for program in programs(settings)
    ):
        time.sleep(0.1)
    end_strays(settings, lambda name: part_of(name) == part)


def restart_program(settings: Settings, name: str) -> None:
    """Stop one program, wait until it has ended, and start it; do not wait for that.

    It starts with its configuration as it is now.
    """
    calls = _calls(settings)
    with suppress(xmlrpc.client.Fault):  # it did not run
        calls.stopProcess(name, True)
    ((_, changed, _),) = calls.reloadConfig()
    if name in changed:
        calls.removeProcessGroup(name)
        calls.addProcessGroup(name)
    with suppress(xmlrpc.client.Fault):  # its state, asked for later, shows what failed
        calls.startProcess(name, False)


def send_signal(settings: Settings, part: str, name: str) -> None:
    """Send a signal such as HUP to the running programs of a part, or to one of them."""
    for program in programs(settings):
        if part in (program.part, program.name) and program.state == "RUNNING":
            _calls(settings).signalProcess(program.full_name, name)


def shut_down(settings: Settings) -> None:
    """Stop all programs and the supervisor itself, and wait for it."""
    if not is_up(settings):
        end_strays(settings)
        return
    for part in (WATCH, NGINX, KDB, APP, DACHS, DATABASE):
        stop_program(settings, part)
    _calls(settings).shutdown()
    deadline = time.monotonic() + 15
    while is_up(settings) and time.monotonic() < deadline:
        time.sleep(0.1)
    end_strays(settings)


def end_strays(
    settings: Settings,
    wanted: Callable[[str], bool] = lambda name: True,
    leave: Container[str] = (),
    patience: float = 30.0,
) -> int:
    """End processes of this installation that outlived their supervisor or their program.

    Parameters
    ----------
    wanted
        Called with a program's name: returns whether to end processes of it.
    leave
        Names of programs whose processes are left alone.
    patience
        Seconds they get to end by themselves after the first signal.

    Returns
    -------
    int
        How many there were.
    """

    def strays() -> list[int]:
        own = _own_processes(settings)
        return [pid for pid, name in own if wanted(name) and name not in leave]

    found = strays()
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + patience
    while found and strays() and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in strays():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(found)


def _own_processes(settings: Settings) -> Iterable[tuple[int, str]]:
    """Yield the processes of this installation's programs, with the programs' names.

    They are known by the mark in their environment together with the variables that supervisor
    sets, so that commands of the operator are never among them.  nginx overwrites its environment,
    but holds its log files open.
    """
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            pairs = (text.partition(b"=") for text in (entry / "environ").read_bytes().split(b"\0"))
            known = {name: value.decode(errors="replace") for name, _, value in pairs}
            command = (entry / "cmdline").read_bytes()
            is_nginx = command.startswith(b"nginx: ") and _has_open(entry, settings.var / "log")
        except OSError:
            continue
        if is_nginx:
            yield int(entry.name), NGINX
        elif b"SUPERVISOR_ENABLED" in known and known.get(b"ZTFVO_INSTANCE") == str(settings.var):
            yield int(entry.name), known.get(b"SUPERVISOR_PROCESS_NAME", "")


def _has_open(process: Path, folder: Path) -> bool:
    """Return whether a process, given as its folder in /proc, has a file of `folder` open."""
    links = (link.readlink() for link in (process / "fd").iterdir())
    return any(link.is_relative_to(folder) for link in links)
