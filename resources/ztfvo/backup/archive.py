"""The file that a backup is."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ztfvo.site.errors import SiteError

DUMP, SETTINGS, MANIFEST = "kdb.dump", "settings.env", "manifest.json"
FORMAT = 1
NAME = re.compile(r"kdb-(\d{8}T\d{6})Z\.tar")
_BLOCK = 1 << 20
_SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN", re.IGNORECASE)
# A password in quotes takes the rest of the line with it: quoting has many ways.
_PASSWORDS = (
    (
        re.compile(r"(password\s*=\s*)(?:[^\s'\"&\\]+(?=[\s&]|['\"]?$)|.*)", re.IGNORECASE),
        r"\1***",
    ),
    (re.compile(r"(://[^:@/\s]*:)\S*@"), r"\1***@"),
)


def name_at(time: datetime) -> str:
    """Return the name of a backup made at a time."""
    return f"kdb-{time.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar"


def time_of(name: str) -> datetime | None:
    """Return the time (UTC) in the name of a backup; None for other files."""
    found = NAME.fullmatch(name)
    if not found:
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def without_passwords(text: str) -> str:
    """Return the text of a settings file with its passwords blotted out."""
    return "\n".join(map(_blot, text.splitlines())) + "\n" if text else ""


def _blot(line: str) -> str:
    name, equals, value = line.partition("=")
    if equals and _SECRET_NAME.search(name) and not name.rstrip().upper().endswith("_FILE"):
        return f"{name}=***"
    for pattern, blot in _PASSWORDS:
        value = pattern.sub(blot, value)
    return name + equals + value


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def pack(folder: Path, path: Path, facts: dict[str, Any]) -> None:
    """Write dump and settings, which are in `folder`, with a manifest to `path`."""
    files = {
        name: {"bytes": (folder / name).stat().st_size, "sha256": checksum(folder / name)}
        for name in (DUMP, SETTINGS)
    }
    manifest = {"format": FORMAT} | facts | {"files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name in (MANIFEST, SETTINGS, DUMP):
            tar.add(folder / name, name, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _extract(tar: tarfile.TarFile, name: str, path: Path) -> None:
    source = tar.extractfile(name)
    if source is None:
        raise tarfile.ExtractError(f"{name} is not a file")
    with source, path.open("wb") as target:
        shutil.copyfileobj(source, target, _BLOCK)


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Extract a backup into `folder` and check it; returns its manifest.

    Raises
    ------
    SiteError
        When it is no backup, or damaged.
    """
    remedy = "take another backup: scripts/backup list shows them"
    try:
        with tarfile.open(path, "r:") as tar:
            if sorted(tar.getnames()) != sorted((DUMP, SETTINGS, MANIFEST)):
                raise SiteError(f"{path} is not a backup of the knowledge database", remedy)
            for name in (DUMP, SETTINGS, MANIFEST):
                _extract(tar, name, folder / name)
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        version, files = manifest["format"], manifest["files"]
        sums = {name: files[name]["sha256"] for name in (DUMP, SETTINGS)}
    except (OSError, tarfile.TarError, ValueError, LookupError, TypeError) as error:
        raise SiteError(f"{path} cannot be read as a backup ({error})", remedy) from error
    if version != FORMAT:
        raise SiteError(f"{path} has format {version!r}; this version reads {FORMAT}", remedy)
    for name, expected in sums.items():
        if checksum(folder / name) != expected:
            raise SiteError(f"{path} is damaged: {name} has another checksum", remedy)
    return manifest
