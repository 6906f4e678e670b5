"""Manifests: which files a release has, with size, checksum and counts.

A manifest is a CSV file with the columns path, bytes, sha256, rows and detections.  Paths are
relative to the release's data folder; rows counts light curves; counts are empty where unknown.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyarrow.parquet as pq

from ztfvo.errors import BadFile
from ztfvo.files import digests, unreadable

from .readers import read_file
from .readers._arrow import arrow_errors

NAME = "manifest.csv"
"""File name of a manifest."""

COLUMNS = ("path", "bytes", "sha256", "rows", "detections")


@dataclass(frozen=True)
class Entry:
    """One file of a release."""

    path: str
    """Path below the release's folder, with forward slashes."""
    bytes: int
    """Size."""
    sha256: str
    """SHA-256 in lower-case hexadecimal."""
    rows: int | None = None
    """Number of light curves, where known."""
    detections: int | None = None
    """Number of detections, where known."""


def read_manifest(path: Path) -> list[Entry]:
    """Read a manifest.

    Raises
    ------
    BadFile
        When it cannot be read as text, columns are missing, a number is none, a path leads outside
        or a file is named twice.
    """
    fault = unreadable(path)
    if fault:
        raise BadFile(path, None, fault)
    try:
        return _read(path)
    except UnicodeDecodeError as error:
        wrong = error.object[error.start]
        raise BadFile(path, None, f"is not UTF-8 (it has a byte {wrong:#04x})") from error
    except csv.Error as error:
        raise BadFile(path, None, f"is not CSV ({error})") from error


def _read(path: Path) -> list[Entry]:
    entries: dict[str, Entry] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        missing = [name for name in COLUMNS[:3] if name not in (rows.fieldnames or ())]
        if missing:
            raise BadFile(path, 1, f"columns {', '.join(missing)} are missing")
        for line in rows:
            entry = _entry(path, rows.line_num, line)
            if entry.path in entries:
                raise BadFile(path, rows.line_num, f"{entry.path} is named twice")
            entries[entry.path] = entry
    return list(entries.values())


def write_manifest(path: Path, entries: Iterable[Entry]) -> None:
    """Write a manifest, sorted by path; readers see the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for entry in sorted(entries, key=lambda entry: entry.path):
            counts = ("" if count is None else count for count in (entry.rows, entry.detections))
            writer.writerow([entry.path, entry.bytes, entry.sha256, *counts])
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def verify(entry: Entry, folder: Path) -> Path:
    """Check a file against its entry, size first, and give its path.

    Raises
    ------
    BadFile
        When the file is missing or differs.
    """
    path = folder / entry.path
    remedy = "Download it again, or make a new manifest if the file was changed on purpose."
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise BadFile(
            path, None, "the file is in the manifest but missing", remedy=remedy
        ) from error
    if size != entry.bytes:
        cause = f"{size} bytes, the manifest says {entry.bytes}"
        raise BadFile(path, None, cause, remedy=remedy)
    (found,) = digests(path, "sha256")
    if found != entry.sha256:
        cause = f"SHA-256 is {found}, the manifest says {entry.sha256}"
        raise BadFile(path, None, cause, remedy=remedy)
    return path


def describe(path: Path, folder: Path) -> Entry:
    """Make the entry of a file, with the counts that can be had.

    Raises
    ------
    BadFile
        When the file cannot be read.
    """
    (sha256,) = digests(path, "sha256")
    relative = path.relative_to(folder).as_posix()
    return Entry(relative, path.stat().st_size, sha256, *counts(path))


def counts(path: Path) -> tuple[int, int | None]:
    """Light curves and detections of a file; a HATS partition's detections are left uncounted.

    Parquet files are not read whole for it.

    Raises
    ------
    BadFile
        When the file cannot be read.
    """
    if path.suffix != ".parquet":
        _, curves = read_file(path)
        return len(curves), curves.detections
    with arrow_errors(path), pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
        if "nepochs" not in file.schema_arrow.names:
            return rows, None
        nepochs = file.read(columns=["nepochs"])["nepochs"]
    return rows, int(nepochs.to_numpy().sum())


def _entry(path: Path, line: int, values: dict[str, str | None]) -> Entry:
    name = PurePosixPath(values["path"] or "")
    if not name.parts or name.is_absolute() or ".." in name.parts or "\0" in str(name):
        raise BadFile(path, line, f"path {values['path']!r} does not lie below the folder")
    sha256 = (values["sha256"] or "").lower()
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise BadFile(path, line, f"sha256 {values['sha256']!r} is not 64 hexadecimal digits")
    numbers = {}
    for column in ("bytes", "rows", "detections"):
        text = (values.get(column) or "").strip()
        if text and not text.isdigit():
            raise BadFile(path, line, f"{column} is {text!r}, not a whole number")
        numbers[column] = int(text) if text else None
    if numbers["bytes"] is None:
        raise BadFile(path, line, "bytes is empty")
    return Entry(name.as_posix(), numbers["bytes"], sha256, numbers["rows"], numbers["detections"])
