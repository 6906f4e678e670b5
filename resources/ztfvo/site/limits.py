"""Rights and limits that programs under the supervisor start with."""

from __future__ import annotations

import os
import resource
import shlex

from ztfvo.settings import Settings
from ztfvo.site.identity import APP, DACHS, DATABASE, KDB, NGINX, drop_words, has_walls

MIB = 2**20

#: Parts that the supervisor runs, with the setting of the memory of one of their processes.
PARTS = {
    DATABASE: "backend_memory_mb",
    DACHS: "dachs_memory_mb",
    APP: "app_memory_mb",
    KDB: "kdb_memory_mb",
    NGINX: "nginx_memory_mb",
}

_PRIVILEGED = 1024
"""The first port that everyone may listen on."""


def words(settings: Settings, part: str) -> str:
    """Return what stands before the command of a part's program in the supervisor's file.

    It drops the rights to those of the part's user and limits memory (data of one process, what is
    shared apart), open files, processes of the user, and core files.
    """
    limits = [
        "prlimit",
        f"--data={getattr(settings, PARTS[part]) * MIB}",
        f"--nofile={open_files(settings)}",
        "--core=0",
    ]
    if has_walls(settings):
        limits.append(f"--nproc={settings.user_processes}")
    drop = drop_words(settings, part)
    if not drop:
        drop = ["setpriv", "--no-new-privs", "--"]
    elif part == NGINX and settings.port < _PRIVILEGED:
        keep = ["--inh-caps=-all,+net_bind_service", "--ambient-caps=-all,+net_bind_service"]
        drop = [word for word in drop if not word.startswith("--inh-caps")]
        drop[-1:-1] = keep
    return shlex.join([*limits, "--", *drop])


def open_files(settings: Settings) -> int:
    """Return how many files a process may have open: no more than the caller may allow it."""
    wanted, hard = settings.open_files, resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return wanted if os.geteuid() == 0 or hard == resource.RLIM_INFINITY else min(wanted, hard)
