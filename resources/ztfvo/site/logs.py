"""Keep the logs of an installation bounded, by logrotate."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress

from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import run

DAY = 86400
"""Seconds."""


def rotate(settings: Settings) -> None:
    """Rotate what is a day old or large, and delete what is older than the setting's days.

    Raises
    ------
    SiteError
        When logrotate is missing or fails.
    """
    program = shutil.which("logrotate", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if not program:
        raise SiteError("logrotate is not installed", "run scripts/setup, which installs it")
    folder = settings.var / "log"
    words = [program, "--state", folder / "rotation.state", settings.run / "logrotate.conf"]
    run(settings, words, "rotating the logs", "see the lines above")
    # DaCHS cuts these by size, and counts without end.
    for old in folder.glob("dachs-*/web.log.*"):
        with suppress(FileNotFoundError):
            if time.time() - old.lstat().st_mtime > settings.log_days * DAY:
                old.unlink()
