"""Run a program such that it outlives the supervisor that started it.

``python -m ztfvo.site.keep PIDS LOGS SECONDS COMMAND...`` becomes COMMAND, whose process number it
leaves in the folder PIDS and whose output goes to a file in the folder LOGS, both under the name
that the supervisor has for the program.  A killed supervisor leaves its programs running, and the
next one can start but not watch over them: so where that process still runs, this stays in its
place.  It hands signals on, ends when the process ends, and kills it where it has not ended
SECONDS after it was asked to.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

#: With which the supervisor ends a program, and those that inform it.
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
TELLING = (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)

BOOT = Path("/proc/sys/kernel/random/boot_id")
"""What distinguishes one start of the machine from all others."""


def running(pids: Path, name: str) -> int | None:
    """Return the number of the process that was started as `name` and still runs.

    Parameters
    ----------
    pids
        Folder of the files that say so.
    """
    try:
        number, began = (pids / name).read_text(encoding="ascii").strip().split(maxsplit=1)
        return int(number) if _began(int(number)) == began else None
    except (OSError, ValueError):
        return None


def _began(pid: int) -> str:
    """Return when a process began, which distinguishes it from any other of the same number.

    It is the machine's start, and the ticks since then.

    Raises
    ------
    OSError
        When there is no such process.
    ProcessLookupError
        When it has ended, and nobody has taken note.
    """
    # After the name, which may have blanks and brackets: proc(5).
    words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    if words[0] == "Z":
        raise ProcessLookupError(pid)
    return f"{BOOT.read_text(encoding='ascii').strip()} {words[19]}"


def main(pids: str, logs: str, seconds: str, *command: str) -> None:
    """Become `command`, or stand in for its process that runs."""
    name = os.environ["SUPERVISOR_PROCESS_NAME"]
    output = os.open(Path(logs) / f"{name}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    os.fchmod(output, 0o640)
    os.dup2(output, sys.stdout.fileno())
    os.dup2(output, sys.stderr.fileno())
    os.close(output)
    pid = running(Path(pids), name)
    if pid is None:
        own = os.getpid()
        (Path(pids) / name).write_text(f"{own} {_began(own)}\n", encoding="ascii")
        os.execvp(command[0], command)
    print(f"{name} goes on as process {pid}", flush=True)
    with suppress(ProcessLookupError):  # it has ended meanwhile
        _stand_in(pid, float(seconds))


def _stand_in(pid: int, seconds: float) -> None:
    """Hand signals on to a process until it ends, or the supervisor does."""
    process, supervisor = os.pidfd_open(pid), os.getppid()
    deadline: list[float] = []

    def hand_on(number: int, _: object) -> None:
        if number in ENDING:
            deadline.append(time.monotonic() + seconds)
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(process, number)

    for number in (*ENDING, *TELLING):
        signal.signal(number, hand_on)
    poll = select.poll()
    poll.register(process, select.POLLIN)
    while not poll.poll(200) and os.getppid() == supervisor:
        if deadline and time.monotonic() > deadline[0]:
            signal.pidfd_send_signal(process, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
