"""The users of an installation, one for each part, and commands in their names.

Where root sets up, the state folder is root's and each part has a system user, which may change its
own folders only. Otherwise everything belongs to the one user who set up.
"""

from __future__ import annotations

import grp
import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError

#: Parts, as the file of system users names them; the last one loads data.
DATABASE, DACHS, APP, KDB, NGINX, DATA = "database", "dachs", "app", "kdb", "nginx", "data"

#: Of bare system users: nothing is handed on, and nothing can be gained.
_DROP = ("--init-groups", "--inh-caps=-all", "--no-new-privs")


def has_walls(settings: Settings) -> bool:
    """Return whether each part has a user of its own: where root sets up, or did."""
    if settings.system_user == "root":
        return False
    known = settings.var.stat().st_uid if settings.var.exists() else os.geteuid()
    if os.geteuid() != 0:
        return known == 0
    return known == 0 or pwd.getpwuid(known).pw_name == settings.system_user


@lru_cache
def endings(root: Path) -> dict[str, str]:
    """Return the ending of each part's user."""
    lines = (root / "etc" / "system-users").read_text(encoding="ascii").splitlines()
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return {part: "" if ending == "." else ending for part, ending, _ in rows}


def user_of(settings: Settings, part: str) -> pwd.struct_passwd:
    """Return the user of a part; without walls the one user of all.

    Raises
    ------
    SiteError
        When there is no such user.
    """
    if not has_walls(settings):
        known = settings.var.stat().st_uid if settings.var.exists() else os.geteuid()
        return pwd.getpwuid(known if os.geteuid() == 0 else os.geteuid())
    name = settings.system_user + endings(settings.root)[part]
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise SiteError(
            f"there is no user '{name}'", "run scripts/setup as root, which makes it"
        ) from None


def group_of(settings: Settings, part: str) -> str:
    """Return the name of the main group of a part's user."""
    return grp.getgrgid(user_of(settings, part).pw_gid).gr_name


def require_owner(settings: Settings) -> None:
    """Check that the caller may steer this installation.

    Raises
    ------
    SiteError
        When it is root's, or an older one whose state is not root's yet.
    """
    if not settings.var.exists():
        return
    owner = settings.var.stat().st_uid
    if has_walls(settings) and os.geteuid() != 0:
        raise SiteError(
            f"the installation in {settings.var} belongs to root",
            "run this as root, as with sudo",
        )
    if has_walls(settings) and owner != 0:
        raise SiteError(
            f"{settings.var} belongs to '{pwd.getpwuid(owner).pw_name}', for all parts",
            "run scripts/setup, which gives each part a user of its own",
        )


def drop_words(settings: Settings, part: str) -> list[str]:
    """Return the words that, before a command, give it the rights of a part's user only."""
    user = user_of(settings, part)
    if os.geteuid() == 0 and user.pw_uid != 0:
        group = grp.getgrgid(user.pw_gid).gr_name
        return ["setpriv", f"--reuid={user.pw_name}", f"--regid={group}", *_DROP, "--"]
    return []


def as_user(settings: Settings, part: str, command: Sequence[str | Path]) -> list[str]:
    """Return `command`, wrapped such that the user of `part` executes it."""
    return [*drop_words(settings, part), *(str(word) for word in command)]


def run(
    settings: Settings,
    command: Sequence[str | Path],
    what: str,
    remedy: str,
    environment: Mapping[str, str] | None = None,
    part: str | None = None,
) -> str:
    """Execute `command` and return what it printed.

    Parameters
    ----------
    what, remedy
        For the error: what failed, and what to do.
    environment
        Variables to set in addition to a minimal environment.
    part
        Whose user executes it; by default the caller.

    Raises
    ------
    SiteError
        When the exit status is not 0; the end of the output is part of it.
    """
    done = subprocess.run(
        as_user(settings, part, command) if part else [str(word) for word in command],
        cwd=settings.var,
        env=base_environment(settings, part or DATA) | dict(environment or {}),
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


def base_environment(settings: Settings, part: str) -> dict[str, str]:
    """Return the environment that a program of `part` starts from.

    ``ZTFVO_INSTANCE`` marks its processes as belonging to this installation. Settings are not in
    it: a part reads its own, see `ztfvo.site.config.write_part_settings`.
    """
    kept = {name: os.environ[name] for name in ("PATH", "TERM", "NO_COLOR") if name in os.environ}
    return kept | {
        "ZTFVO_INSTANCE": str(settings.var),
        "ZTFVO_VAR": str(settings.var),
        "HOME": str(settings.home(part)),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def own_folder(
    settings: Settings,
    path: Path,
    mode: int = 0o755,
    part: str | None = None,
    group: str | None = None,
) -> None:
    """Make `path` with `mode` where it is missing, and give it to the user of `part`.

    Parameters
    ----------
    part
        By default the folder is root's, or without walls the one user's.
    group
        The part whose group it has; by default that of `part`.

    Raises
    ------
    SiteError
        When the folder exists and belongs to somebody else.
    """
    path.mkdir(parents=True, exist_ok=True)
    uid, gid = _owner(settings, part, group)
    if os.geteuid() == 0:
        os.chown(path, uid, gid)
    elif path.stat().st_uid != uid:
        raise SiteError(
            f"the folder {path} does not belong to you ({pwd.getpwuid(os.geteuid()).pw_name})",
            "work as the user who set this up (or as root), or set ZTFVO_VAR to another folder",
        )
    path.chmod(_mode(settings, mode))


def own_file(
    settings: Settings,
    path: Path,
    mode: int = 0o644,
    part: str | None = None,
    group: str | None = None,
) -> None:
    """Give a file to the user of `part`, with `mode`; see `own_folder`."""
    if os.geteuid() == 0:
        os.chown(path, *_owner(settings, part, group))
    path.chmod(_mode(settings, mode))


def _owner(settings: Settings, part: str | None, group: str | None) -> tuple[int, int]:
    """Return the numbers of user and group."""
    if not has_walls(settings):
        user = user_of(settings, DATA)
        return user.pw_uid, user.pw_gid
    uid = user_of(settings, part).pw_uid if part else 0
    of = group or part
    return uid, user_of(settings, of).pw_gid if of else 0


def _mode(settings: Settings, mode: int) -> int:
    """Return `mode`; without walls, what is closed to the world is closed to groups as well."""
    return mode if mode & 0o007 or has_walls(settings) else mode & ~0o070
