"""The private DaCHS root, and DaCHS commands in it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import psycopg.conninfo
from psycopg import sql

from ztfvo.db import connect_superuser
from ztfvo.settings import Settings
from ztfvo.site.identity import DACHS, has_walls, own_file, run, user_of
from ztfvo.site.locks import OPTIONS, patiently
from ztfvo.site.postgres import let_dachs_make_functions
from ztfvo.site.render import write

#: RDs of DaCHS itself that every site needs beyond what ``dachs init`` imports.
BASIC_RDS = ("//obscore",)
#: System services that are published, so that the registry interface is complete.
PUBLISHED_RDS = ("//services", "//tap")
#: Of earlier installations: tables that visitors could make.
WITHDRAWN = ("//tap_user", "tap_user")
#: Counts up when an installation has to be brought up to date for another reason than DaCHS.
EDITION = 3
#: File in the root that holds the version of DaCHS that made it.
STAMP = "initialised"


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that make DaCHS use this installation's root."""
    etc = settings.var / "dachs" / "etc"
    return {
        "ZTFVO_SETTINGS": str(etc / "settings.env"),
        "GAVOSETTINGS": str(etc / "gavo.rc"),
        "GAVOCUSTOM": str(etc / "process-0.rc"),
    }


def dachs(
    settings: Settings, *commands: Sequence[str], what: str, remedy: str, **variables: str
) -> str:
    """Execute DaCHS commands as its user, in one process, and return what they printed.

    Parameters
    ----------
    *commands
        Each command's words, as in ``("imp", "ztf/dr19"), ("pub", "ztf/dr19")``.
    what, remedy
        For the error.
    **variables
        Environment in addition.

    Raises
    ------
    SiteError
        When a command fails; those after it were not executed.
    """
    program = [Path(sys.prefix) / "bin" / "python", "-I", "-W", "ignore", "-m"]
    return run(
        settings,
        [*program, "ztfvo_dachs.commands", *map(shlex.join, commands)],
        what,
        remedy,
        environment(settings) | variables,
        DACHS,
    )


def change(settings: Settings, *commands: Sequence[str], what: str, remedy: str) -> None:
    """Execute DaCHS commands that make, drop or describe tables.

    They keep nobody waiting who reads those, see `ztfvo.site.locks`; all are done again where one
    meets a lock.

    Raises
    ------
    SiteError
        When a command fails.
    """
    patiently(lambda: dachs(settings, *commands, what=what, remedy=remedy, PGOPTIONS=OPTIONS))


def command(*words: str) -> list[str | Path]:
    """Return a DaCHS command, which imports nothing from where it is started."""
    program = Path(sys.prefix) / "bin"
    return [program / "python", "-I", "-W", "ignore", program / "dachs", *words]


def is_made(settings: Settings) -> bool:
    """Return whether there is a root, of whatever version."""
    return bool(_made_by(settings))


def is_outdated(settings: Settings) -> bool:
    """Return whether the root was never made, or made by another version of DaCHS."""
    return _made_by(settings) != _edition()


def _edition() -> str:
    return f"{version('gavodachs')} {EDITION}"


def _made_by(settings: Settings) -> str:
    stamp = settings.var / "dachs" / STAMP
    return stamp.read_text(encoding="utf-8").strip() if stamp.exists() else ""


def make_root(settings: Settings) -> bool:
    """Initialise DaCHS where that has not been done; return whether it was necessary.

    The database must be running. A new version of DaCHS upgrades its tables.
    """
    if not is_outdated(settings):
        return False
    remedy = f"see the lines above and {settings.var}/log/dachs-0/dcErrors"
    if _made_by(settings):
        let_dachs_make_functions(settings)
        dachs(settings, ("upgrade",), what="upgrading DaCHS' tables", remedy=remedy)
        _withdraw(settings, remedy)
    else:
        _initialise(settings, remedy)
    write(settings, settings.var / "dachs" / STAMP, _edition() + "\n")
    return True


def _withdraw(settings: Settings, remedy: str) -> None:
    """Take away what an earlier version made and this one does not have."""
    rd, schema = WITHDRAWN
    with connect_superuser(settings) as connection:
        there = connection.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema]).fetchone()
        if there == (True,):
            dachs(settings, ("drop", "-f", rd), what=f"withdrawing {rd}", remedy=remedy)
            connection.execute(
                sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema))
            )


def _initialise(settings: Settings, remedy: str) -> None:
    parsed = psycopg.conninfo.conninfo_to_dict(settings.superuser_dsn)
    password = {"PGPASSWORD": str(parsed.pop("password"))} if "password" in parsed else {}
    dsn = psycopg.conninfo.make_conninfo("", **parsed)
    inputs = settings.var / "dachs" / "inputs"  # init would write into the checkout
    # The one DaCHS command with the caller's rights: it makes roles, and nothing is served yet.
    try:
        run(
            settings,
            command("init", "--dsn", dsn),
            "making the DaCHS root",
            remedy,
            environment(settings) | {"GAVO_INPUTSDIR": str(inputs), **password},
        )
    finally:
        _hand_over(settings)
    dachs(
        settings,
        *[("imp", rd) for rd in BASIC_RDS],
        ("pub", *PUBLISHED_RDS),
        what="importing and publishing DaCHS' own services",
        remedy=remedy,
    )


def publish_own(settings: Settings, *more: str) -> None:
    """Publish DaCHS' own services again, and other descriptors that are imported."""
    change(
        settings,
        ("pub", *PUBLISHED_RDS, *more),
        what="publishing DaCHS' own services",
        remedy=f"see the lines above and {settings.var}/log/dachs-0/dcErrors",
    )


def _hand_over(settings: Settings) -> None:
    """Give what the command ``init`` made to DaCHS' user; its configuration it may only read."""
    root, etc = settings.var / "dachs", settings.var / "dachs" / "etc"
    ours = (etc, root / "web")
    for path in etc.rglob("*"):
        own_file(settings, path, 0o750 if path.is_dir() else 0o640, group=DACHS)
    if has_walls(settings) and os.geteuid() == 0:
        owner = f"{user_of(settings, DACHS).pw_name}:"
        folders = [path for path in root.iterdir() if path.is_dir() and path not in ours]
        folders += (settings.var / "log").glob("dachs-*")
        subprocess.run(["chown", "-R", "-h", owner, *folders, settings.home(DACHS)], check=True)
