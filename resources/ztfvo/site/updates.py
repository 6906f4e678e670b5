"""Minor updates of PostgreSQL: the running server goes on with the program that was replaced."""

from __future__ import annotations

import re
import subprocess
import time

import psycopg

from ztfvo.settings import Settings
from ztfvo.site import supervisor
from ztfvo.site.errors import SiteError
from ztfvo.site.postgres import programs_folder

REMEDY = "it is restarted when nothing is at work, or by: scripts/serve restart database"

LOOKS, PAUSE = 3, 2.0
"""How often nothing has to be at work, and the seconds between."""

_VERSION = re.compile(r"\d+(?:\.\d+)*")

_AT_WORK = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'
    AND state <> 'idle' AND pid <> pg_backend_pid())
  + (SELECT count(*) FROM tap_schema.tapjobs WHERE phase = 'EXECUTING')
"""


def versions(settings: Settings) -> tuple[str, str]:
    """Return the version of the server that runs, and of the installed program.

    Those of an existing database are both that of the server.

    Raises
    ------
    psycopg.Error
        When the database does not answer.
    SiteError
        When the program does not say.
    """
    with psycopg.connect(settings.superuser_dsn) as connection:
        running = _number(connection.info.parameter_status("server_version") or "")
    if settings.dsn:
        return running, running
    words = [programs_folder(settings) / "postgres", "--version"]
    return running, _number(subprocess.run(words, capture_output=True, text=True).stdout)


def _number(text: str) -> str:
    found = _VERSION.search(text)
    if not found:
        raise SiteError(f"PostgreSQL does not say its version, but {text!r}", "run scripts/setup")
    return found[0]


def take_over(settings: Settings) -> str | None:
    """Restart a private database that was updated, where nothing is at work.

    Connections are made again by those who need them; a request of that moment is a 503.

    Returns
    -------
    str or None
        A sentence, where there was an update.

    Raises
    ------
    psycopg.Error, SiteError
        See `versions`.
    """
    running, installed = versions(settings)
    if running == installed:
        return None
    if not _is_quiet(settings):
        return f"PostgreSQL {installed} is installed, {running} goes on: something is at work"
    supervisor.restart_program(settings, supervisor.DATABASE)
    return f"PostgreSQL restarted, from {running} to {installed}"


def _is_quiet(settings: Settings) -> bool:
    with psycopg.connect(settings.superuser_dsn, autocommit=True) as connection:
        for number in range(LOOKS):
            if number:
                time.sleep(PAUSE)
            if connection.execute(_AT_WORK).fetchone()[0]:
                return False
    return True
