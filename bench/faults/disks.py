"""Disks are full: small file systems are mounted over folders of the installation, and filled."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.faults.base import Fault, Site
from ztfvo.db import connect_superuser

_SMALL = {"ZTFVO_LEAST_FREE_MB": "1"}
"""All of such a disk is less than the site would leave free."""


class NotMounted(Exception):
    """This machine lets nobody mount file systems here."""


@contextmanager
def small_disk(folder: Path, spare_mib: int) -> Iterator[Path]:
    """Have the content of a folder on a file system of its own; what uses it must be stopped.

    Parameters
    ----------
    spare_mib
        MiB that are free there at first.

    Yields
    ------
    Path
        Where a file fills it up.

    Raises
    ------
    NotMounted
        Where mounting is not permitted.
    """
    used = sum(path.stat().st_blocks for path in folder.rglob("*") if path.is_file()) // 2048
    size = used + spare_mib + 2
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        copy = Path(place) / "copy"
        subprocess.run(["cp", "-a", folder, copy], check=True)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", folder],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise NotMounted(done.stderr.strip())
        try:
            subprocess.run(["cp", "-a", f"{copy}/.", folder], check=True)
            yield folder / "filler"
        finally:
            (folder / "filler").unlink(missing_ok=True)
            shutil.rmtree(copy)
            subprocess.run(["cp", "-a", folder, copy], check=True)
            subprocess.run(["umount", folder], check=True)
            # What was written meanwhile is kept; what was deleted meanwhile goes.
            for old in folder.iterdir():
                shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
            subprocess.run(["cp", "-a", f"{copy}/.", folder], check=True)


def fill(path: Path) -> None:
    """Write a file until its file system is full."""
    try:
        with path.open("wb", buffering=0) as file:
            for block in (2**20, 4096, 1):
                while True:
                    try:
                        if file.write(b"\0" * block) < block:
                            break
                    except OSError:
                        break
    except OSError:
        pass


@contextmanager
def full_disk(site: Site, folder: Path, spare_mib: int) -> Iterator[None]:
    """Let the service run with a folder on a full disk; there is room again when the body ends.

    The service is stopped and started before and after: visitors come in between only.
    """
    site.script("serve", "stop")
    with small_disk(folder, spare_mib) as filler:
        try:
            site.script("serve", "start", **_SMALL)
            site.wait_until(site.works, 60)
            began = time.monotonic()
            fill(filler)
            yield
            filler.unlink(missing_ok=True)
            if site.wait_until(site.works, 60):
                site.notes.append(f"works by itself {time.monotonic() - began:.0f} s after filling")
            else:
                done = site.script("serve", "start", **_SMALL)
                site.notes.append(f"after there is room: serve start, exit {done.returncode}")
                if not site.wait_until(site.works, 90):
                    site.wrong.append("does not work after there is room again")
        finally:
            site.script("serve", "stop")
    site.script("serve", "start")


def _state(site: Site) -> None:
    with full_disk(site, site.settings.var / "dachs" / "state", 8):
        time.sleep(10)


def _logs(site: Site) -> None:
    with full_disk(site, site.settings.var / "log", 2):
        time.sleep(10)


def write_wal(site: Site, mib: int) -> str:
    """Write so much into a table of its own until the database cannot; returns what it said."""
    try:
        with connect_superuser(site.settings) as connection:
            connection.autocommit = True
            connection.execute("CREATE TABLE IF NOT EXISTS public.bench_filler (t text)")
            for _ in range(mib):
                connection.execute(
                    "INSERT INTO public.bench_filler"
                    " SELECT md5(random()::text) || repeat(md5(random()::text), 31)"
                    " FROM generate_series(1, 1024)"
                )
    except psycopg.Error as error:
        return str(error).strip().splitlines()[0]
    return ""


def _wal(site: Site) -> None:
    with full_disk(site, site.settings.var / "postgres" / "pg_wal", 20):
        said = write_wal(site, 200)
        site.notes.append(f"the database said: {said or 'nothing, all was written'}")
        time.sleep(5)
    site.wait_until(site.works, 60)
    site.rows("SELECT 1")
    with connect_superuser(site.settings) as connection:
        connection.execute("DROP TABLE IF EXISTS public.bench_filler")


FAULTS = [
    Fault("state-full", "the disk of DaCHS' state is full", _state),
    Fault("log-full", "the disk of logs is full", _logs),
    Fault("wal-full", "the disk of the database's log of changes (WAL) is full", _wal),
]
