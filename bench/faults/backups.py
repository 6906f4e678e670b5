"""Damaged backups are restored."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from bench.faults.base import Fault, Site


def _damaged(site: Site) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o777)
        made = site.script("backup", "run", "--target", folder)
        backups = sorted(folder.glob("kdb-*.tar"))
        if not backups:
            site.wrong.append(f"no backup: {(made.stdout + made.stderr).strip()[-200:]}")
            return
        good = backups[0].read_bytes()
        middle = len(good) // 2
        noise = random.Random(1).randbytes(64)
        damaged = {
            "cut": good[:middle],
            "changed": good[:middle] + noise + good[middle + 64 :],
            "empty": b"",
            "no backup": b"\0" * 10_240,
        }
        for kind, content in damaged.items():
            path = folder / f"{kind.replace(' ', '-')}.tar"
            path.write_bytes(content)
            path.chmod(0o644)
            done = site.script("backup", "restore", path)
            if not done.returncode:
                site.wrong.append(f"a backup that is {kind} is restored")
        site.notes.append(f"{len(damaged)} damaged backups refused")


FAULTS = [Fault("damaged-backups", "backups that are cut or changed are restored", _damaged)]
