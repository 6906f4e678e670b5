"""Where backups lie: a folder, or anything that rclone reaches."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from ztfvo.backup.archive import checksum
from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import own_file, own_folder

_REMOTE = re.compile(r":?[\w.+@-][\w.+@ -]*(,[^:]*)?:")
"""What rclone calls a remote: a name, or a back end after a colon, and a colon."""

_NO_FOLDER = 3
"""Exit status of rclone for a folder that does not exist, see its manual."""


class Target(Protocol):
    """A place for backups."""

    def names(self) -> list[str]:
        """Return the names of the files there."""

    def put(self, path: Path) -> None:
        """Copy a file there; it has its name only once it is whole and was read back."""

    def get(self, name: str, path: Path) -> None:
        """Copy a file from there."""

    def delete(self, name: str) -> None:
        """Delete a file there."""


def target_of(settings: Settings, text: str | None = None) -> Target:
    """Return the place that `text` or else the settings name."""
    text = text or settings.backup_target or str(settings.var / "backup")
    if _REMOTE.match(text):
        return Remote(text)
    return Folder(settings, Path(text).expanduser().absolute())


class Folder:
    """A folder of this machine."""

    def __init__(self, settings: Settings, path: Path) -> None:
        self.settings, self.path = settings, path

    def __str__(self) -> str:
        return str(self.path)

    def names(self) -> list[str]:
        """Return the names of the files there."""
        try:
            return sorted(path.name for path in self.path.glob("*")) if self.path.is_dir() else []
        except OSError as error:
            raise SiteError(f"{self} cannot be read ({error})", "name another target") from error

    def put(self, path: Path) -> None:
        """Copy a file there."""
        part = self.path / f".{path.name}.part"
        try:
            if not self.path.exists():
                own_folder(self.settings, self.path, 0o700)
            with path.open("rb") as source, part.open("wb") as copy:
                own_file(self.settings, part, 0o600)
                shutil.copyfileobj(source, copy)
                copy.flush()
                os.fsync(copy.fileno())
            if checksum(part) != checksum(path):
                raise SiteError(
                    f"the copy of {path.name} in {self} differs from what was written",
                    "check that disk",
                )
            part.replace(self.path / path.name)
        except OSError as error:
            raise SiteError(
                f"the backup cannot be written to {self} ({error})",
                "let root write there, or set ZTFVO_BACKUP_TARGET to another folder",
            ) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def get(self, name: str, path: Path) -> None:
        """Copy a file from there."""
        try:
            shutil.copyfile(self.path / name, path)
        except OSError as error:
            raise SiteError(
                f"{self.path / name} cannot be read ({error})", "see scripts/backup list"
            ) from error

    def delete(self, name: str) -> None:
        """Delete a file there."""
        (self.path / name).unlink()


class Remote:
    """A folder that rclone reaches, written as rclone does: name:path."""

    def __init__(self, text: str) -> None:
        self.text = text.rstrip("/")
        if not shutil.which("rclone"):
            raise SiteError(
                f"rclone is not installed, which the target {text} needs",
                "apt-get install rclone, or set ZTFVO_BACKUP_TARGET to a folder",
            )

    def __str__(self) -> str:
        return self.text

    def names(self) -> list[str]:
        """Return the names of the files there."""
        done = self._rclone("lsf", "--files-only", self.text, accept=(0, _NO_FOLDER))
        return done.stdout.decode().splitlines() if not done.returncode else []

    def put(self, path: Path) -> None:
        """Copy a file there."""
        part = self._place(f"{path.name}.part")
        self._rclone("copyto", str(path), part)
        copy = sha256(self._rclone("cat", part).stdout).hexdigest()
        if copy != checksum(path):
            raise SiteError(
                f"the copy of {path.name} in {self} differs from what was sent", "try again"
            )
        self._rclone("moveto", part, self._place(path.name))

    def get(self, name: str, path: Path) -> None:
        """Copy a file from there."""
        self._rclone("copyto", self._place(name), str(path))

    def delete(self, name: str) -> None:
        """Delete a file there."""
        self._rclone("deletefile", self._place(name))

    def _place(self, name: str) -> str:
        return f"{self.text}{'' if self.text.endswith(':') else '/'}{name}"

    def _rclone(
        self, *words: str, accept: tuple[int, ...] = (0,)
    ) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(["rclone", *words], capture_output=True, check=False)
        if done.returncode not in accept:
            tail = done.stderr.decode(errors="replace").strip().splitlines()[-3:]
            raise SiteError(
                f"rclone {words[0]} failed on {self}: {' '.join(tail)}",
                "check the target with: rclone lsd, as the user that runs this",
            )
        return done
