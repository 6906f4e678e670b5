"""The knowledge database as a neighbour: a process of its own, of which nothing is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError

DATABASE = OWNER = "kdb"
KEY = "kdb-secret-key"
"""Name among the installation's secrets."""


def environment(settings: Settings, given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables ``KDB_...`` that the knowledge database of an installation needs.

    Parameters
    ----------
    settings
        Those of the installation.
    given
        Variables that win over what follows from the settings.

    Raises
    ------
    SiteError
        When its database cannot be told: an existing server is used, and ``KDB_DSN`` is not set.
    """
    known = {name: value for name, value in given.items() if name.startswith("KDB_")}
    if "KDB_DSN" not in known and settings.dsn:
        raise SiteError(
            "the database of the knowledge database is not known",
            "set KDB_DSN to a connection string of its own role and database",
        )
    private = f"host={settings.run} port={settings.postgres_port}"
    return {
        "KDB_DSN": f"{private} dbname={DATABASE} user={OWNER}",
        "KDB_SECRET_KEY_FILE": str(settings.var / "secrets" / KEY),
        "KDB_PUBLIC_URL": settings.url,
    } | known


def process_environment(settings: Settings) -> dict[str, str]:
    """Return the whole environment of a process of the knowledge database."""
    return {**os.environ, **environment(settings)}


def manage(
    settings: Settings, words: Sequence[str], quiet: bool = False, **further: str
) -> subprocess.CompletedProcess[str]:
    """Run a management command of the knowledge database.

    Parameters
    ----------
    settings
        Those of the installation.
    words
        The command and its arguments.
    quiet
        Catch what it prints, in place of showing it.
    **further
        Variables that win over all others.
    """
    return subprocess.run(
        [sys.executable, "-m", "kdb", *words],
        env={**process_environment(settings), **further},
        capture_output=quiet,
        text=True,
        check=False,
    )
