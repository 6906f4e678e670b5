"""How TAP jobs are run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from gavo.protocols import tap, taprunner


def install() -> None:
    """Apply the repairs, once in a process."""
    _close_test_queries()
    _run_jobs_here()


def _close_test_queries() -> None:
    """Drop the magic TAP queries that hold a thread for a minute or crash a job on purpose."""
    taprunner._hangIfMagic = lambda jobId, parameters, timeout: None


def _run_jobs_here() -> None:
    """Run asynchronous TAP jobs by this Python, not by the first ``dachs`` on the PATH."""
    program = Path(sys.executable).parent / "dachs"

    def command(self: Any, job: Any) -> tuple[str, list[str]]:
        words = ["-s", str(program), "--ui", "stingy", "taprun", "--", str(job.jobId)]
        return sys.executable, [sys.executable, *words]

    tap.TAPTransitions.getCommandLine = command
