"""The knowledge database as a neighbour: a process of its own, of which nothing is imported."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ztfvo.addresses import KNOWLEDGE, TAP, light_curve, view
from ztfvo.settings import Settings
from ztfvo.site.identity import KDB, as_user
from ztfvo.site.secrets import secret
from ztfvo.store.names import DEFAULT

DATABASE = OWNER = "kdb"
READER = "kdb_public"
"""Role that sees what everyone may read, and nothing else."""

KEY = "kdb-secret-key"
"""Name among the installation's secrets."""

KEY_BYTES = 48


def environment(settings: Settings, given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables ``KDB_...`` that the knowledge database of an installation needs.

    Parameters
    ----------
    settings
        Those of the installation.
    given
        Variables that win over the lines ``KDB_...`` of the file ``settings.env``, which win
        over what follows from the settings.
    """
    address = urlsplit(settings.kdb_url or settings.url)
    known = {
        "KDB_SECRET_KEY_FILE": str(settings.var / "secrets" / KEY),
        "KDB_PUBLIC_URL": f"{address.scheme}://{address.netloc}",
        "KDB_PREFIX": KNOWLEDGE,
        "KDB_STATIC_ROOT": str(static_folder(settings)),
        "KDB_TAP_URL": settings.local_url + TAP,
        "KDB_FACE": str(parts_folder(settings)),
    }
    if settings.kdb_url:
        known["KDB_OBJECT_PAGE"] = settings.url + view(DEFAULT, "{oid}")
        known["KDB_PICTURE"] = settings.url + light_curve(DEFAULT, "{oid}", "png")
    if address.hostname == "localhost":
        known["KDB_HOSTS"] = json.dumps(["127.0.0.1"])
    own = _lines(settings.var / "settings.env")
    own |= {name: value for name, value in given.items() if name.startswith("KDB_")}
    if "KDB_DSN" not in own:
        known["KDB_DSN"] = owner_dsn(settings)
    return known | own


def environment_file(settings: Settings) -> Path:
    """Return the file that the server of the knowledge database reads its variables from."""
    return settings.var / "kdb" / "environment"


def running_environment(settings: Settings) -> dict[str, str]:
    """Return the variables of the server that runs, whatever the settings are by now."""
    path = environment_file(settings)
    if not path.exists():
        return environment(settings)
    return dict(line.split("=", 1) for line in shlex.split(path.read_text(encoding="utf-8")))


def has_own_database(settings: Settings) -> bool:
    """Return whether an existing database is used, which ``KDB_DSN`` names."""
    return environment(settings)["KDB_DSN"] != owner_dsn(settings)


def owner_dsn(settings: Settings) -> str:
    """Return the connection string of the owner of the database that set-up makes."""
    return _made_dsn(settings, OWNER)


def reader_dsn(settings: Settings) -> str:
    """Return the connection string of the role that TAP reads the public views with."""
    return settings.kdb_public_dsn or _made_dsn(settings, READER)


def _made_dsn(settings: Settings, role: str) -> str:
    """Connection string of a role of set-up's.

    In the private cluster the owner has no password: the server knows the user who asks.
    """
    if settings.dsn:
        parts = conninfo_to_dict(settings.dsn)
    else:
        parts = {"host": str(settings.socket_folder), "port": str(settings.postgres_port)}
    parts |= {"dbname": DATABASE, "user": role}
    if settings.dsn or role == READER:
        parts["password"] = password(settings, role)
    return make_conninfo(**parts)


def password(settings: Settings, role: str) -> str:
    """Return the generated password of a role."""
    return secret(settings, f"{role.replace('_', '-')}-password")


def static_folder(settings: Settings) -> Path:
    """Return the folder of files that nginx serves."""
    return settings.var / "kdb" / "static"


def parts_folder(settings: Settings) -> Path:
    """Return the folder of head and foot of the site's pages, as templates."""
    return settings.var / "kdb" / "face"


def _lines(path: Path) -> dict[str, str]:
    """Read the lines ``KDB_NAME=value`` of a settings file."""
    if not path.exists():
        return {}
    pairs = (line.strip().partition("=") for line in path.read_text("utf-8").splitlines())
    return {
        name.strip(): value.strip().strip("\"'")
        for name, _, value in pairs
        if name.startswith("KDB_")
    }


def process_environment(settings: Settings) -> dict[str, str]:
    """Return the whole environment of a process of the knowledge database."""
    return {**os.environ, "HOME": str(settings.home(KDB)), **environment(settings)}


def manage(
    settings: Settings,
    words: Sequence[str],
    quiet: bool = False,
    files: Sequence[int] = (),
    **further: str,
) -> subprocess.CompletedProcess[str]:
    """Run a management command of the knowledge database, as its user.

    Parameters
    ----------
    settings
        Those of the installation.
    words
        The command and its arguments.
    quiet
        Catch what it prints, in place of showing it.
    files
        Descriptors of open files that it gets.
    **further
        Variables that win over all others.
    """
    return subprocess.run(
        as_user(settings, KDB, [sys.executable, "-I", "-m", "kdb", *words]),
        env={**process_environment(settings), **further},
        capture_output=quiet,
        text=True,
        pass_fds=files,
        check=False,
    )
