"""Fetch the chosen files of a release, several at a time, and keep its manifest."""

from __future__ import annotations

import errno
import shutil
import threading
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ztfvo.errors import BadFile

from ..ingest.manifest import NAME, Entry, describe, read_manifest, write_manifest
from ..remote import Client, Failure
from ..remote.resume import PART
from .catalogue import RemoteFile
from .errors import DownloadError, NoSpace
from .transfer import fetch, matches_checksum

SAMPLE = 200
"""Of more files than this only so many are asked for their size; the rest is estimated."""

ANSWER_BYTES = 500_000
"""Planned for an answer of the light-curve service, whose size is known only when it is there."""

RESERVE = 100_000_000
"""Left free on the disk (bytes)."""

_MANIFEST_PERIOD = 2.0


class Progress(Protocol):
    """What is reported about a download as it goes."""

    def advance(self, size: int) -> None:
        """Bytes that have arrived."""

    def done(self, remote: RemoteFile) -> None:
        """A file that is complete."""

    def failed(self, remote: RemoteFile, reason: str) -> None:
        """A file that could not be had."""


@dataclass
class Plan:
    """What is there, what is to be fetched, and how large that is."""

    folder: Path
    """The release's data folder."""
    present: list[RemoteFile]
    """Files that are complete."""
    wanted: list[RemoteFile]
    """Files to be fetched."""
    size: int
    """Bytes to be fetched."""
    estimated: bool
    """Whether the size is an estimate."""
    entries: dict[str, Entry]
    """The manifest, by path."""


@dataclass
class Outcome:
    """How a download ended."""

    fetched: list[RemoteFile] = field(default_factory=list)
    failures: list[tuple[RemoteFile, str]] = field(default_factory=list)
    untried: list[RemoteFile] = field(default_factory=list)


def plan(archive: Client, files: list[RemoteFile], folder: Path, verify: bool = False) -> Plan:
    """Find out what remains to be fetched.

    A file counts as present when the manifest has it with its size, or when its checksum is the
    one of the archive's list, as after an interruption between arrival and entry.

    Parameters
    ----------
    archive
        Where sizes are asked for.
    files
        The chosen files.
    folder
        The release's data folder.
    verify
        Compare checksums of files that the manifest has, too.
    """
    manifest = folder / NAME
    entries = {entry.path: entry for entry in read_manifest(manifest)} if manifest.exists() else {}
    present, wanted = [], []
    for remote in files:
        path = folder / remote.path
        entry = entries.get(remote.path)
        known = entry is not None and path.is_file() and path.stat().st_size == entry.bytes
        if known and not (verify and remote.algorithm):
            present.append(remote)
        elif path.is_file() and matches_checksum(remote, path):
            present.append(remote)
            entries[remote.path] = describe(path, folder)
        else:
            entries.pop(remote.path, None)
            wanted.append(remote)
    size, estimated = _sizes(archive, wanted, folder)
    return Plan(folder, present, wanted, size, estimated, entries)


def check_space(todo: Plan) -> None:
    """Refuse a download that does not fit.

    Raises
    ------
    NoSpace
        With both numbers.
    """
    base = todo.folder
    while not base.exists():
        base = base.parent
    free = shutil.disk_usage(base).free
    if todo.wanted and todo.size + RESERVE > free:
        raise NoSpace(str(base), todo.size + RESERVE, free)


def run(archive: Client, todo: Plan, progress: Progress) -> Outcome:
    """Fetch what a plan wants.

    One failed file does not keep the others back; a full disk does.  The manifest is brought up to
    date as files arrive, and at the end in any case.
    """
    outcome = Outcome()
    keeper = _Keeper(todo)
    stop = threading.Event()
    waiting = iter(todo.wanted)
    pool = ThreadPoolExecutor(archive.connections, thread_name_prefix="download")
    running: dict[Future[Entry], RemoteFile] = {}
    try:
        while True:
            while not stop.is_set() and len(running) < archive.connections:
                remote = next(waiting, None)
                if remote is None:
                    break
                running[pool.submit(_one, archive, remote, todo.folder, progress)] = remote
            if not running:
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                remote = running.pop(future)
                if _settle(future, remote, outcome, keeper, progress):
                    stop.set()
        outcome.untried.extend(waiting)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        keeper.write()
    return outcome


def _one(archive: Client, remote: RemoteFile, folder: Path, progress: Progress) -> Entry:
    path = fetch(archive, remote, folder, progress.advance)
    try:
        return describe(path, folder)
    except BadFile:
        path.unlink()
        raise


def _settle(
    future: Future[Entry],
    remote: RemoteFile,
    outcome: Outcome,
    keeper: _Keeper,
    progress: Progress,
) -> bool:
    """Note how a file ended; true when the disk is full."""
    try:
        entry = future.result()
    except (BadFile, DownloadError, Failure) as error:
        reason, full = str(error), False
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = f"{remote.path}: cannot be written: {error.strerror or error}"
    else:
        keeper.add(entry)
        outcome.fetched.append(remote)
        progress.done(remote)
        return False
    outcome.failures.append((remote, reason))
    progress.failed(remote, reason)
    return full


class _Keeper:
    """The manifest of a release while files arrive."""

    def __init__(self, todo: Plan) -> None:
        self._path = todo.folder / NAME
        self._entries = todo.entries
        self._written = 0.0

    def add(self, entry: Entry) -> None:
        """Enter a file; many that arrive at once are written together."""
        self._entries[entry.path] = entry
        if time.monotonic() - self._written > _MANIFEST_PERIOD:
            self.write()

    def write(self) -> None:
        """Write the manifest."""
        if self._entries or self._path.exists():
            write_manifest(self._path, self._entries.values())
        self._written = time.monotonic()


def _sizes(archive: Client, wanted: list[RemoteFile], folder: Path) -> tuple[int, bool]:
    """Bytes still to come, and whether they are an estimate; unreachable sizes are estimated."""
    published = [remote for remote in wanted if not remote.answer]
    answers = len(wanted) - len(published)
    step = max(1, -(-len(published) // SAMPLE))
    asked = published[::step]
    with ThreadPoolExecutor(archive.connections) as pool:
        sizes = list(pool.map(lambda remote: _size(archive, remote), asked))
    known = [size for size in sizes if size is not None]
    mean = sum(known) / len(known) if known else 0
    total = mean * len(published) if step > 1 or len(known) < len(asked) else sum(known)
    total += answers * ANSWER_BYTES - _begun(published, folder)
    return max(0, int(total)), bool(answers) or step > 1 or len(known) < len(asked)


def _size(archive: Client, remote: RemoteFile) -> int | None:
    """Size of a file; an error is left to the download itself to report."""
    try:
        return archive.size(remote.url)
    except Failure:
        return None


def _begun(files: Iterable[RemoteFile], folder: Path) -> int:
    """Bytes of these files that an interrupted download has left."""
    parts = (folder / (remote.path + PART) for remote in files)
    return sum(part.stat().st_size for part in parts if part.is_file())
