"""Installations of earlier versions, in which one system user owned everything."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

from ztfvo.settings import Settings
from ztfvo.site import knowledge, supervisor
from ztfvo.site.dachs import STAMP
from ztfvo.site.identity import DACHS, DATA, DATABASE, KDB, NGINX, has_walls, user_of

#: Whose the folders of the state become, with all that is in them; the others are root's.
OWNERS = {
    "postgres": DATABASE,
    "dachs": DACHS,
    "data": DATA,
    "cache": NGINX,
    "nginx": NGINX,
    "kdb/static": KDB,
}
_FORMER_LOGS = ("nginx-access.log*", "nginx-error.log*")


def take_over(settings: Settings, say: Callable[[str], None]) -> None:
    """Give the state of an earlier installation to root and to the users of the parts.

    What runs is stopped: it runs as the former owner of everything. No links are followed, which
    that user may have made.
    """
    if os.geteuid() != 0 or not has_walls(settings) or settings.var.stat().st_uid == 0:
        return
    say(f"Giving each part of {settings.var} a system user of its own")
    supervisor.shut_down(settings)
    var = settings.var
    # From here on nobody else can put anything there.
    os.chown(var, 0, 0)
    var.chmod(0o755)
    for folder in sorted(path for path in var.iterdir() if not path.is_symlink()):
        _own(folder, "root", "root")
    for name, part in OWNERS.items():
        if (var / name).is_dir() and not (var / name).is_symlink():
            user = user_of(settings, part)
            _own(var / name, user.pw_name, "")
    _own(var / "dachs" / "etc", "root", user_of(settings, DACHS).pw_name)
    _own(var / "dachs" / STAMP, "root", "root")
    _own(var / "secrets" / knowledge.KEY, user_of(settings, KDB).pw_name, "")
    for path in (var / "dachs" / "etc").iterdir():
        if path.is_file() and not path.is_symlink():
            path.chmod(0o640)
    for path in (var / "log").glob("dachs-*"):
        if path.is_dir() and not path.is_symlink():
            _own(path, user_of(settings, DACHS).pw_name, "")
    logs = var / "log" / "nginx"
    for path in [found for pattern in _FORMER_LOGS for found in (var / "log").glob(pattern)]:
        path.rename(logs / path.name)
    _own(logs, user_of(settings, NGINX).pw_name, "")
    shutil.rmtree(settings.run, ignore_errors=True)


def _own(path: os.PathLike, user: str, group: str) -> None:
    """Give a file or a tree away; an empty group is the user's own."""
    if os.path.lexists(path):
        subprocess.run(["chown", "-R", "-P", "-h", f"{user}:{group}", os.fspath(path)], check=True)
