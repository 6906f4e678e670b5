"""The one supervisor that starts and watches all programs of an installation."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
import xmlrpc.client
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import run

DATABASE = "database"
DACHS = "dachs"
NGINX = "nginx"
KDB = "kdb"
WATCH = "watch"
RUNNING = ("STARTING", "RUNNING", "BACKOFF")


@dataclass(frozen=True)
class Program:
    """One program under the supervisor.

    Attributes
    ----------
    group, name
        As supervisor calls them; `name` is unique.
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
    """Tell whether the supervisor answers."""
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
    """Start the supervisor unless it runs; it starts no program by itself.

    Raises
    ------
    SiteError
        When it does not answer within ten seconds.
    """
    if is_up(settings):
        return
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


def reload_config(settings: Settings) -> None:
    """Take over a changed configuration: stop what left, add what came."""
    calls = _calls(settings)
    ((added, changed, removed),) = calls.reloadConfig()
    for group in [*changed, *removed]:
        calls.stopProcessGroup(group, True)
        calls.removeProcessGroup(group)
    for group in [*added, *changed]:
        calls.addProcessGroup(group)


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
            Path(entry["stdout_logfile"]),
            entry["now"] - entry["start"],
        )
        for entry in _calls(settings).getAllProcessInfo()
    ]


def is_running(settings: Settings, group: str) -> bool:
    """Tell whether all programs of a group run."""
    states = [program.state for program in programs(settings) if program.group == group]
    return bool(states) and set(states) == {"RUNNING"}


def start_program(settings: Settings, group: str) -> None:
    """Start the programs of `group` that do not run; do not wait for them."""
    for program in programs(settings):
        if program.group == group and program.state not in RUNNING:
            with suppress(xmlrpc.client.Fault):  # its state, asked for later, tells what failed
                _calls(settings).startProcess(program.full_name, False)


def stop_program(settings: Settings, group: str) -> None:
    """Stop the programs of `group` and wait until they ended."""
    calls = _calls(settings)
    if any(program.group == group for program in programs(settings)):
        calls.stopProcessGroup(group, True)


def restart_program(settings: Settings, group: str, name: str) -> None:
    """Stop one program, wait until it has ended, and start it; do not wait for that."""
    calls, full_name = _calls(settings), f"{group}:{name}"
    with suppress(xmlrpc.client.Fault):  # it did not run
        calls.stopProcess(full_name, True)
    with suppress(xmlrpc.client.Fault):  # its state, asked for later, tells what failed
        calls.startProcess(full_name, False)


def send_signal(settings: Settings, group: str, name: str) -> None:
    """Send a signal such as HUP to the running programs of `group`."""
    for program in programs(settings):
        if program.group == group and program.state == "RUNNING":
            _calls(settings).signalProcess(program.full_name, name)


def shut_down(settings: Settings) -> None:
    """Stop all programs and the supervisor itself, and wait for it."""
    if not is_up(settings):
        end_strays(settings)
        return
    for group in (WATCH, NGINX, KDB, DACHS, DATABASE):
        stop_program(settings, group)
    _calls(settings).shutdown()
    deadline = time.monotonic() + 15
    while is_up(settings) and time.monotonic() < deadline:
        time.sleep(0.1)
    end_strays(settings)


def end_strays(settings: Settings, patience: float = 30.0) -> int:
    """End processes of this installation that outlived their supervisor.

    Parameters
    ----------
    patience
        Seconds they get to end by themselves after the first signal.

    Returns
    -------
    int
        How many there were.
    """
    found = list(_own_processes(settings))
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + patience
    while found and list(_own_processes(settings)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in _own_processes(settings):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(found)


def _own_processes(settings: Settings) -> Iterable[int]:
    """Yield the long-running programs that this installation's supervisor started.

    They are known by the mark in their environment together with the variable
    supervisor sets, so that commands of the operator are never among them.
    nginx overwrites its environment, but holds its log files open.
    """
    mark = f"ZTFVO_INSTANCE={settings.var}".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            variables = (entry / "environ").read_bytes().split(b"\0")
            command = (entry / "cmdline").read_bytes()
            is_nginx = command.startswith(b"nginx: ") and _has_open(entry, settings.var / "log")
        except OSError:
            continue
        supervised = any(text.startswith(b"SUPERVISOR_ENABLED=") for text in variables)
        if is_nginx or (supervised and mark in variables):
            yield int(entry.name)


def _has_open(process: Path, folder: Path) -> bool:
    """Tell whether a process, given as its folder in /proc, has a file of `folder` open."""
    links = (link.readlink() for link in (process / "fd").iterdir())
    return any(link.is_relative_to(folder) for link in links)
