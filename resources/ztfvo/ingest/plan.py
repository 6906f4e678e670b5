"""What an ingest has to do: each file's state in the database, by its checksum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from psycopg import Connection

from ztfvo.errors import BadFile
from ztfvo.files import digests
from ztfvo.ingest.manifest import NAME, Entry, data_files, read_manifest


class Action(StrEnum):
    """What is to be done with a file."""

    LOAD = "load"
    UNCHANGED = "unchanged"
    REPLACE = "replace"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Job:
    """One file of an ingest."""

    path: Path
    key: str
    """Name of the file in the database: its path below the release's folder, or its name."""
    expected: Entry | None
    """The manifest's entry, where it has one."""


def jobs(folder: Path, inputs: Path, files: Iterable[Path], *, whole: bool = False) -> list[Job]:
    """List the files of an ingest.

    Parameters
    ----------
    folder
        The release's data folder, with or without a manifest.
    inputs
        The release's declaration, with or without a manifest.
    files
        Files named by the operator; none means all of the folder.
    whole
        Take all of the folder besides the files named.

    Raises
    ------
    BadFile
        If there is nothing to load, a named file is missing, or two files have one name.
    """
    named = [Path(file).absolute() for file in files]
    folder = folder.absolute()
    paths = list(named)
    if whole or not named:
        paths += [path for path in data_files(folder) if path not in named]
    if not paths:
        raise BadFile(folder, None, "holds no data files", remedy="Download some, or name files.")
    entries = {
        entry.path: entry
        for place in (inputs, folder)
        if (place / NAME).is_file()
        for entry in read_manifest(place / NAME)
    }
    found: dict[str, Job] = {}
    for path in paths:
        if not path.is_file():
            raise BadFile(path, None, "there is no such file")
        key = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
        if key in found and found[key].path != path:
            raise BadFile(
                path, None, f"has the name of {found[key].path}", remedy="Rename one of the two."
            )
        found[key] = Job(path, key, entries.get(key) or _by_name(entries, key))
    if not named:
        found.update(_missing(entries, found, folder))
    return list(found.values())


def _by_name(entries: dict[str, Entry], key: str) -> Entry | None:
    """The entry whose file name is `key`, if that is one only."""
    same = [entry for entry in entries.values() if Path(entry.path).name == key]
    return same[0] if len(same) == 1 else None


def _missing(entries: dict[str, Entry], found: dict[str, Job], folder: Path) -> dict[str, Job]:
    """Files of the folder's own manifest that are not there: they are refused, not skipped."""
    if not (folder / NAME).is_file():
        return {}
    own = {entry.path for entry in read_manifest(folder / NAME)}
    return {key: Job(folder / key, key, entries[key]) for key in sorted(own - found.keys())}


def decide(connection: Connection, job: Job, replace: bool) -> tuple[Action, str, str]:
    """Compare a file with its manifest and with what the database has of it.

    Parameters
    ----------
    connection
        With the release's schema first in its search path.
    job
        The file.
    replace
        Whether a changed file under a known name may take its place.

    Returns
    -------
    action
        What is to be done.
    sha256
        The file's checksum.
    reason
        Why, for a person; empty for LOAD.

    Raises
    ------
    BadFile
        If the file is missing or is not the one of the manifest.
    """
    try:
        (sha256,) = digests(job.path, "sha256")
    except OSError as error:
        raise BadFile(job.path, None, f"cannot be read: {error.strerror}") from error
    if job.expected and job.expected.sha256 != sha256:
        raise BadFile(
            job.path,
            None,
            f"SHA-256 is {sha256}, the manifest says {job.expected.sha256}",
            remedy="Download it again, or correct the manifest if the file was changed on purpose.",
        )
    known = _loaded(connection, job)
    if known is None:
        return Action.LOAD, sha256, ""
    if known == sha256:
        return Action.UNCHANGED, sha256, "loaded before"
    if replace:
        return Action.REPLACE, sha256, f"loaded before with SHA-256 {known[:12]}..."
    return (
        Action.REFUSE,
        sha256,
        f"another file of this name is loaded (SHA-256 {known[:12]}..., now {sha256[:12]}...)."
        " Use --replace to take this one instead",
    )


def _loaded(connection: Connection, job: Job) -> str | None:
    """Checksum of the file of this name that is loaded, if there is one."""
    if connection.execute("SELECT to_regclass('input_file')").fetchone()[0] is None:
        return None
    row = connection.execute("SELECT sha256 FROM input_file WHERE path = %s", (job.key,)).fetchone()
    return row[0] if row else None
