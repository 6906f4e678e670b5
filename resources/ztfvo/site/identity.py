"""The user the service runs as, and commands in its name."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError


def run_user(settings: Settings) -> pwd.struct_passwd:
    """Return the user the service runs as.

    That is the caller; for root it is the owner of the state folder, or the
    system user of the settings where that is root itself.

    Raises
    ------
    SiteError
        When root calls and the system user does not exist.
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    if settings.var.exists() and settings.var.stat().st_uid != 0:
        return pwd.getpwuid(settings.var.stat().st_uid)
    try:
        return pwd.getpwnam(settings.system_user)
    except KeyError:
        raise SiteError(
            f"there is no user '{settings.system_user}'", "run scripts/setup, which makes it"
        ) from None


def run_group(settings: Settings) -> str:
    """Return the name of the run user's main group."""
    return grp.getgrgid(run_user(settings).pw_gid).gr_name


def as_run_user(settings: Settings, command: Sequence[str | Path]) -> list[str]:
    """Return `command`, wrapped such that the run user executes it.

    Ports below 1024 need a capability that only root can hand on.
    """
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    user = run_user(settings)
    drop = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups"]
    if settings.port < 1024:
        drop += ["--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service"]
    return [*drop, "--", *words]


def run(
    settings: Settings,
    command: Sequence[str | Path],
    what: str,
    remedy: str,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Execute `command` as the run user and return what it printed.

    Parameters
    ----------
    what, remedy
        For the error: what failed, and what to do.
    environment
        Variables to set in addition to a minimal environment.

    Raises
    ------
    SiteError
        When the exit status is not 0; the end of the output is part of it.
    """
    done = subprocess.run(
        as_run_user(settings, command),
        cwd=settings.var,
        env=base_environment(settings) | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-15:])
        raise SiteError(f"{what} failed (exit status {done.returncode}):\n{tail}", remedy)
    return done.stdout


def base_environment(settings: Settings) -> dict[str, str]:
    """Return the environment that all programs of the installation start from.

    ``ZTFVO_INSTANCE`` marks their processes as belonging to this installation.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("ZTFVO_") or name in ("PATH", "TERM", "NO_COLOR", "TMPDIR")
    }
    return kept | {
        "ZTFVO_INSTANCE": str(settings.var),
        "ZTFVO_VAR": str(settings.var),
        "HOME": str(settings.var / "dachs"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def own_folder(settings: Settings, path: Path, mode: int = 0o755) -> None:
    """Make `path` with `mode` where it is missing, and give it to the run user.

    Raises
    ------
    SiteError
        When the folder exists and belongs to somebody else.
    """
    user = run_user(settings)
    path.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(path, user.pw_uid, user.pw_gid)
    elif path.stat().st_uid != user.pw_uid:
        raise SiteError(
            f"the folder {path} does not belong to you ({user.pw_name})",
            "work as the user who set this up (or as root), or set ZTFVO_VAR to another folder",
        )
    path.chmod(mode)


def own_file(settings: Settings, path: Path, mode: int = 0o644) -> None:
    """Give a file to the run user, with `mode`."""
    user = run_user(settings)
    if os.geteuid() == 0:
        shutil.chown(path, user.pw_uid, user.pw_gid)
    path.chmod(mode)
