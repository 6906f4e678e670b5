"""The list of a release's files: path, bytes, SHA-256, light curves, detections."""

import csv
import hashlib
from dataclasses import astuple, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, order=True)
class Entry:
    """One file; ``rows`` counts light curves."""

    path: str
    bytes: int
    sha256: str
    rows: int
    detections: int


def describe(folder: Path, path: Path, rows: int, detections: int) -> Entry:
    """Measure a file below the release's folder."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return Entry(path.relative_to(folder).as_posix(), len(content), digest, rows, detections)


def read_manifest(path: Path) -> list[Entry]:
    """Read a manifest; an absent one is empty."""
    if not path.exists():
        return []
    with path.open(newline="") as rows:
        return [
            Entry(r["path"], int(r["bytes"]), r["sha256"], int(r["rows"]), int(r["detections"]))
            for r in csv.DictReader(rows)
        ]


def write_manifest(path: Path, entries: list[Entry]) -> None:
    """Write a manifest in order of path."""
    with path.open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(field.name for field in fields(Entry))
        writer.writerows(astuple(entry) for entry in sorted(entries))


def is_complete(folder: Path, entries: list[Entry]) -> bool:
    """Return whether every file is there with its size and checksum."""
    return bool(entries) and all(_matches(folder / entry.path, entry) for entry in entries)


def _matches(path: Path, entry: Entry) -> bool:
    """Return whether one file has the size and the checksum of its entry."""
    if not path.is_file() or path.stat().st_size != entry.bytes:
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == entry.sha256
