"""What an ingest has to do: each file's state in the database, by its checksum."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from psycopg import Connection

from ztfvo.errors import BadFile
from ztfvo.files import digests, unreadable
from ztfvo.ingest.folder import Contents, key_of, survey
from ztfvo.ingest.manifest import NAME, Entry, read_manifest
from ztfvo.ingest.readers import suffixes


class Action(StrEnum):
    """What is to be done with a file."""

    LOAD = "load"
    UNCHANGED = "unchanged"
    REPLACE = "replace"


@dataclass(frozen=True)
class Job:
    """One file of an ingest."""

    path: Path
    key: str
    """Name of the file in the database: its path below the release's folder, or its name."""
    expected: Entry | None = None
    """The manifest's entry, where it has one."""
    fault: BadFile | None = None
    """Why it is refused without a look into it."""
    ignored: str = ""
    """Why it is not looked at."""


def jobs(folder: Path, inputs: Path, files: Iterable[Path], *, whole: bool = False) -> list[Job]:
    """List the files of an ingest, with those that cannot be loaded and those that are not meant.

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
        If there is nothing to load.
    """
    named = dict.fromkeys(Path(file).absolute() for file in files)
    folder = folder.absolute()
    listed = _Listed(folder)
    listed.read(inputs)
    listed.read(folder)
    for path in named:
        listed.add(path, unreadable(path))
    contents = Contents()
    if whole or not named:
        contents = survey(folder) if folder.is_dir() else contents
        for path in contents.files:
            if path not in named:
                listed.add(path)
        for fault in contents.faults:
            if fault.path not in named:
                listed.add(fault.path, fault.cause)
    if not named:
        listed.add_missing()
    if not listed.jobs:
        remedy = f"Download some, or name files; they end with {', '.join(suffixes())}."
        raise BadFile(folder, None, "holds no data files", remedy=remedy)
    for path in contents.ignored:
        job = Job(path, key_of(path, folder), ignored="its name is not that of light curves")
        listed.jobs.setdefault(job.key, job)
    return list(listed.jobs.values())


class _Listed:
    """Jobs by key, as they are found, and what the manifests have of them."""

    def __init__(self, folder: Path) -> None:
        self.jobs: dict[str, Job] = {}
        self._folder = folder
        self._entries: dict[str, Entry] = {}
        self._by_name: dict[str, list[Entry]] = {}
        self._own: list[Entry] = []

    def read(self, place: Path) -> None:
        """Read the manifest of a folder, where it has one; one that is faulty is refused."""
        path = place / NAME
        if not os.path.lexists(path):
            return
        try:
            entries = read_manifest(path)
        except BadFile as error:
            without = "The files were loaded without comparing them with it."
            fault = BadFile(path, error.row, error.cause, remedy=without)
            self.jobs[str(path)] = Job(path, str(path), fault=fault)
            return
        if place == self._folder:
            self._own = entries
        self._entries |= {entry.path: entry for entry in entries}
        self._by_name = {}
        for entry in self._entries.values():
            self._by_name.setdefault(PurePosixPath(entry.path).name, []).append(entry)

    def add(self, path: Path, fault: str | None = None) -> None:
        """Enter a file, as refused where another has its name."""
        key = key_of(path, self._folder)
        refusal = BadFile(path, None, fault) if fault else None
        if key in self.jobs:
            cause = f"has the name of {self.jobs[key].path}"
            refusal = BadFile(path, None, cause, remedy="Rename one of the two.")
            key = str(path)
        self.jobs[key] = Job(path, key, self._entry(key), refusal)

    def add_missing(self) -> None:
        """Enter files of the folder's own manifest that were not found: they are not skipped."""
        for entry in self._own:
            if entry.path not in self.jobs:
                path = self._folder / entry.path
                self.add(path, unreadable(path))

    def _entry(self, key: str) -> Entry | None:
        """The entry of a file: by its path, or by its name if that is one only."""
        if key in self._entries:
            return self._entries[key]
        same = self._by_name.get(PurePosixPath(key).name, [])
        return same[0] if len(same) == 1 else None


@dataclass(frozen=True)
class Decision:
    """What is to be done with a file, and why."""

    action: Action
    sha256: str
    reason: str = ""
    """For a person; empty for LOAD."""
    loaded_as: str = ""
    """Key under which this content is loaded."""


def decide(connection: Connection, job: Job, replace: bool) -> Decision:
    """Compare a file with its manifest and with what the database has of it.

    Parameters
    ----------
    connection
        In a transaction, with the release's schema first in its search path.  Until its end other
        ingests wait that come upon the same file or the same content.
    job
        The file.
    replace
        Whether a changed file under a known name may take its place.

    Raises
    ------
    BadFile
        If the file is missing or is not the one of the manifest, or if it is another one than was
        loaded under its name and may not take its place.
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
    for name in (job.key, sha256):
        connection.execute(
            "SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext(%s))", (name,)
        )
    known, same = _loaded(connection, job.key, sha256)
    if known == sha256:
        return Decision(Action.UNCHANGED, sha256, "loaded before", job.key)
    if known is None:
        if same is None:
            return Decision(Action.LOAD, sha256)
        return Decision(Action.UNCHANGED, sha256, f"loaded before as {same}", same)
    former = f"SHA-256 {known[:12]}..."
    if replace:
        return Decision(Action.REPLACE, sha256, f"loaded before with {former}")
    raise BadFile(
        job.path,
        None,
        f"another file of this name is loaded ({former}, now {sha256[:12]}...)",
        remedy="Use --replace to take this one instead.",
    )


def _loaded(connection: Connection, key: str, sha256: str) -> tuple[str | None, str | None]:
    """Checksum of the file of this name that is loaded, and the name of one of this content."""
    if connection.execute("SELECT to_regclass('input_file')").fetchone()[0] is None:
        return None, None
    return connection.execute(
        "SELECT (SELECT sha256 FROM input_file WHERE path = %s),"
        " (SELECT min(path) FROM input_file WHERE sha256 = %s)",
        (key, sha256),
    ).fetchone()
