"""Look after the running service: restart what answers no more, and do what is due daily.

A process that hangs or is broken looks alive to the supervisor.  Each process of DaCHS and of the
web application is therefore asked what visitors ask; after three failures in a row it is restarted,
or after more where all fail.  What fails while the database is down, or while the process starts,
does not count; a refusal for want of room (503) is no failure.  One that fails again soon is left
alone for longer and longer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime

import psycopg

from ztfvo.db import DatabaseDown
from ztfvo.errors import BadFile
from ztfvo.parts import note_state, read_state
from ztfvo.settings import Settings
from ztfvo.site import health, supervisor
from ztfvo.site.errors import SiteError
from ztfvo.site.kdb import tidy
from ztfvo.site.logs import rotate
from ztfvo.site.refresh import Refresher
from ztfvo.site.rolling import FAULTS
from ztfvo.site.service import CHECKS
from ztfvo.site.updates import take_over

FAILURES = 3
"""In a row, after which a process is restarted."""

START = 60.0
"""Seconds that a process has for its start."""

LONGEST_PAUSE = 3600.0
"""Seconds between two restarts of a process, at most."""

SOON = 1.0
"""Seconds between two looks at a part that starts."""

HOUR = 3600.0
"""Seconds between two looks at the logs."""

REVIVAL = 60.0
"""Seconds between two starts of a program that the supervisor gave up on."""


@dataclass
class Patient:
    """One process, and how it has been."""

    failures: int = 0
    pause: float = 0.0
    restarted_at: float = float("-inf")

    def may_be_restarted(self, now: float) -> bool:
        """Return whether enough time has passed since the last restart."""
        return now - self.restarted_at >= self.pause

    def restarted(self, now: float) -> None:
        """Note a restart; the next one has to wait longer."""
        soon = now - self.restarted_at < 2 * LONGEST_PAUSE
        self.pause = min(max(60.0, 2 * self.pause) if soon else 60.0, LONGEST_PAUSE)
        self.failures, self.restarted_at = 0, now


def watch(settings: Settings, say: Callable[[str], None]) -> None:
    """Look after the service until the process is ended."""
    patients = {name: Patient() for part in FAULTS for name in supervisor.processes(settings, part)}
    tried: dict[str, float] = {}
    refresher = Refresher()
    done: date | None = None
    hour = float("-inf")
    while True:
        revive(settings, tried, say)
        look(settings, patients, say)
        note(settings, say)
        if time.monotonic() - hour >= HOUR:
            hour = time.monotonic()
            _try(lambda: rotate(settings), "The logs could not be rotated", say)
            _try(lambda: _update(settings, say), "No look at PostgreSQL's version", say)
            _try(lambda: refresher.look(settings, say), "Hosted catalogs were not looked at", say)
        today = datetime.now(UTC).date()
        if today != done:
            done = today
            if settings.kdb_workers:
                _try(lambda: say(tidy(settings)), "The knowledge database could not be tidied", say)
        rest(settings, say)


def note(settings: Settings, say: Callable[[str], None]) -> None:
    """Note for the page of the site's state which parts work."""
    _try(lambda: _note(settings), "The state of the parts could not be noted", say)


def rest(settings: Settings, say: Callable[[str], None]) -> None:
    """Wait until the next look; what starts is looked at meanwhile, since it works any moment."""
    end = time.monotonic() + settings.watch_seconds
    while (left := end - time.monotonic()) > 0:
        starts = any(state["works"] is None for state in read_state(settings).values())
        time.sleep(min(left, SOON) if starts else left)
        if starts:
            note(settings, say)


def revive(settings: Settings, tried: dict[str, float], say: Callable[[str], None]) -> None:
    """Start again what the supervisor gave up on, such as for want of disk.

    Parameters
    ----------
    tried
        When each program was last started so, monotonic time; brought up to date.
    """
    now = time.monotonic()
    for program in supervisor.programs(settings):
        last = tried.get(program.name, float("-inf"))
        if program.state in supervisor.GIVEN_UP and now - last >= REVIVAL:
            tried[program.name] = now
            say(f"{program.name} is {program.state}: starting it again")
            supervisor.start_program(settings, program.part)


def look(settings: Settings, patients: dict[str, Patient], say: Callable[[str], None]) -> None:
    """Ask each process once; of each part restart one, at most, that has failed too often.

    None is restarted while another of its part starts, since visitors would be left without.  Where
    all fail, they may have too much to do: that takes three times as many failures.

    Parameters
    ----------
    patients
        By the programs' names.
    """
    if not health.database_answers(settings):
        for patient in patients.values():
            patient.failures = 0
        return
    running = {
        program.name: program.seconds
        for program in supervisor.programs(settings)
        if program.state in ("STARTING", "RUNNING")
    }
    with ThreadPoolExecutor(len(patients)) as beside:
        looks = [beside.submit(_look_at, settings, part, running, patients, say) for part in FAULTS]
    for one in looks:
        one.result()


def _look_at(
    settings: Settings,
    part: str,
    running: dict[str, int],
    patients: dict[str, Patient],
    say: Callable[[str], None],
) -> None:
    """Do so for the processes of one part."""
    names = supervisor.processes(settings, part)
    ready = {name: number for number, name in enumerate(names) if running.get(name, 0) >= START}
    with ThreadPoolExecutor(len(names)) as beside:
        asked = beside.map(lambda number: FAULTS[part](settings, number), ready.values())
        faults = dict(zip(ready, asked, strict=True))
    needed = FAILURES if None in faults.values() else 3 * FAILURES
    for name in names:
        fault, patient = faults.get(name), patients[name]
        patient.failures = patient.failures + 1 if fault else 0
        if fault:
            say(f"{name}: {fault} ({patient.failures} of {needed})")
    if any(running.get(name, START) < START for name in names):
        return
    now = time.monotonic()
    for name in names:
        if patients[name].failures >= needed and patients[name].may_be_restarted(now):
            patients[name].restarted(now)
            supervisor.restart_program(settings, name)
            say(f"{name} restarted")
            return


def _note(settings: Settings) -> None:
    answers = {part: CHECKS[part](settings) for part in supervisor.parts(settings)}
    starting = {
        program.part
        for program in supervisor.programs(settings)
        if program.state == "STARTING" or (program.state == "RUNNING" and program.seconds < START)
    }
    note_state(
        settings,
        {part: None if not ok and part in starting else ok for part, ok in answers.items()},
    )


def _update(settings: Settings, say: Callable[[str], None]) -> None:
    if sentence := take_over(settings):
        say(sentence)


def _try(piece: Callable[[], None], failure: str, say: Callable[[str], None]) -> None:
    """Do a piece of regular work; a failure is reported and stops no other."""
    try:
        piece()
    except (SiteError, BadFile, DatabaseDown, OSError, psycopg.Error) as error:
        say(f"{failure}: {error}")
