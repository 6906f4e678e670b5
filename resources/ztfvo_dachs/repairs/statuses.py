"""Answer 400, not 500, when the fault is in the user's query.

DaCHS keeps only the message of a failed job and takes every failure for its own.
"""

from __future__ import annotations

import threading
from typing import Any

from gavo import base, formats
from gavo.protocols import tap, taprunner


def install() -> None:
    """Apply the repair, once in a process."""
    base.ValidationError.httpCode = 400
    formats.CannotSerializeIn.httpCode = 400
    seen = threading.local()
    run_job, run_core = taprunner.runTAPJobNoState, tap.TAPCore.run

    def noting(*args: Any) -> None:
        try:
            run_job(*args)
        except Exception as error:
            seen.status = getattr(error, "httpCode", 500)
            raise

    def blaming(self: Any, *args: Any) -> Any:
        seen.status = 500
        try:
            return run_core(self, *args)
        except base.Error as error:
            if not hasattr(error, "httpCode"):
                error.httpCode = seen.status
            raise

    taprunner.runTAPJobNoState = noting
    tap.TAPCore.run = blaming
