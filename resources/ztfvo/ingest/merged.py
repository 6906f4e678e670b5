"""Load, and take out, files whose OIDs may occur in several of them.

The store holds the union of the files.  Exposures are recovered from all light curves of a channel,
so that a file that comes or goes has the union of its channels made again: from the files that have
light curves in them, as the database remembers.  Other channels and other files are not touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import psycopg
from psycopg import Connection

from ztfvo.declarations import Declaration
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.files import digests, unreadable
from ztfvo.grid import Grid
from ztfvo.store.lightcurves import LightCurves
from ztfvo.store.schemas import use_schema

from .load import Source, insert_file, load, quadrants_of
from .merge import merge, of_quadrants
from .outcome import Options, Outcome, done, refused, unchanged
from .plan import Action, Job, decide
from .readers import read_file
from .reading import open_file, read_content, refusing
from .remove import loaded_quadrants, remove_channels

AT_A_TIME = 100
"""Files that are loaded in one transaction."""


@dataclass(frozen=True, eq=False)
class _Part:
    """A file that is loaded, or that is to be."""

    path: Path
    key: str
    quadrants: frozenset[int]
    curves: LightCurves


@dataclass(frozen=True, eq=False)
class _New(_Part):
    """A file that is to be loaded."""

    source: Source
    former: frozenset[int]
    """Channels of the file that it replaces."""
    outcome: Outcome

    @property
    def touched(self) -> frozenset[int]:
        """Channels whose light curves change."""
        return self.quadrants | self.former


def load_merged(
    connection: Connection,
    release: Declaration,
    jobs: Sequence[Job],
    grid: Grid,
    options: Options,
) -> Iterator[Outcome]:
    """Load files into a release whose tables exist, some in each transaction.

    A file that contradicts those loaded, or one before it, is refused.

    Parameters
    ----------
    connection
        Not in a transaction.
    release
        The release.
    jobs
        Its files; those that are loaded have to be among them, as far as others share channels
        with them.
    grid
        The survey's fields and quadrants.
    options
        How.
    """
    places = {job.key: job.path for job in jobs}

    def load_some(batch: Sequence[Job]) -> list[Outcome]:
        with connection.transaction():
            use_schema(connection, release.name)
            lock(connection, release.name)
            return _load_batch(connection, release, batch, places, grid, options)

    waiting = iter(jobs)
    while batch := list(islice(waiting, len(jobs) if options.dry_run else AT_A_TIME)):
        try:
            outcomes = load_some(batch)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except Exception:  # which of them it was shows when each is loaded by itself
            outcomes = [outcome for job in batch for outcome in _alone(load_some, job)]
        yield from outcomes


def _alone(load_some: Callable[[Sequence[Job]], list[Outcome]], job: Job) -> list[Outcome]:
    try:
        with refusing(job):
            return load_some([job])
    except BadFile as error:
        return [refused(job, error)]


def _load_batch(
    connection: Connection,
    release: Declaration,
    batch: Sequence[Job],
    places: Mapping[str, Path],
    grid: Grid,
    options: Options,
) -> list[Outcome]:
    """Load some files in the caller's transaction."""
    outcomes: dict[str, Outcome] = {}
    new: dict[str, _New] = {}
    for job in batch:
        found = _look(connection, release, job, grid, options)
        if isinstance(found, Outcome):
            outcomes[job.key] = found
            continue
        outcomes[job.key] = found.outcome
        first = new.setdefault(found.source.sha256, found)
        if first is not found:
            message = f"has the content of {first.key}"
            outcomes[job.key] = Outcome(job.key, "unchanged", message=message, loaded_as=first.key)
    wrong = _unite(connection, list(new.values()), places, options.dry_run)
    outcomes |= {outcome.key: outcome for outcome in wrong}
    why = {outcome.key: outcome.message for outcome in wrong}
    for key, outcome in outcomes.items():
        if outcome.loaded_as in why:
            outcomes[key] = Outcome(key, "refused", message=why[outcome.loaded_as])
    return list(outcomes.values())


def lock(connection: Connection, release: str) -> None:
    """Let one transaction after the other change a release of united files."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (release,))


def _look(
    connection: Connection,
    release: Declaration,
    job: Job,
    grid: Grid,
    options: Options,
) -> _New | Outcome:
    """Read a file that is to be loaded, or say what else becomes of it."""
    try:
        with refusing(job):
            opened = open_file(job, release)
            decision = decide(connection, job, options.replace)
            if decision.action is Action.UNCHANGED:
                return unchanged(job, decision)
            content = read_content(job, opened, grid, allow=options.allow)
            size = job.path.stat().st_size
    except BadFile as error:
        return refused(job, error)
    source = Source(job.key, size, decision.sha256, opened.reader.NAME)
    former = (
        loaded_quadrants(connection, job.key) if decision.action is Action.REPLACE else frozenset()
    )
    curves = content.curves
    return _New(
        job.path,
        job.key,
        frozenset(quadrants_of(curves)),
        curves,
        source,
        former,
        done(job, decision, content, opened, dry_run=options.dry_run),
    )


def _unite(
    connection: Connection, new: list[_New], places: Mapping[str, Path], dry_run: bool
) -> list[Outcome]:
    """Unite new files with those loaded; returns the outcomes of those that are refused."""
    wrong: list[Outcome] = []
    loaded: list[_Part] = []
    for key, sha256, size, quadrants in _sharing(connection, new):
        try:
            loaded.append(_again(places, key, sha256, size))
        except BadFile as error:
            sharing = [p for p in new if quadrants is None or p.touched.intersection(quadrants)]
            new = [part for part in new if part not in sharing]
            wrong += [_refusal(part, f"{part.path}: {_shares(key)}: {error}") for part in sharing]
    merged, touched = None, frozenset()
    while new and merged is None:
        touched = frozenset().union(*(part.touched for part in new))
        try:
            merged = _merge([*loaded, *new], touched)
        except BadFile as error:
            (contradicting,) = [part for part in new if part.path == error.path]
            new.remove(contradicting)
            wrong.append(_refusal(contradicting, str(error)))
    if new and not dry_run:
        for part in new:
            connection.execute("DELETE FROM input_file WHERE path = %s", (part.key,))
        files = [insert_file(connection, part.curves, part.source) for part in new]
        _remember(connection, loaded)
        _rewrite(connection, merged, touched, files[0])
    return wrong


def _refusal(part: _New, message: str) -> Outcome:
    return Outcome(part.key, "refused", message=message)


def _shares(key: str) -> str:
    return f"shares channels with {key}, which is loaded and cannot be read again"


def _sharing(connection: Connection, new: Sequence[_New]) -> list[tuple]:
    """Name, checksum, size and channels of loaded files that share channels with new ones."""
    if not new or connection.execute("SELECT to_regclass('input_file')").fetchone()[0] is None:
        return []
    touched = frozenset().union(*(part.touched for part in new))
    return connection.execute(
        "SELECT path, sha256, bytes, quadrants FROM input_file WHERE path <> ALL(%s)"
        " AND (quadrants IS NULL OR quadrants && %s::integer[]) ORDER BY path",
        ([part.key for part in new], sorted(touched)),
    ).fetchall()


def _again(places: Mapping[str, Path], key: str, sha256: str, size: int) -> _Part:
    """Read a loaded file again, under whatever name it is there.

    Raises
    ------
    BadFile
        When it is not at hand, or no longer what was loaded.
    """
    path = places.get(key)
    if path is None or not _is(path, sha256, size):
        path = next((each for each in places.values() if _is(each, sha256, size)), path)
    remedy = "Put it back into the release's folder, or name it too."
    if path is None:
        raise BadFile(key, None, "is not among the files given", remedy=remedy)
    if not _is(path, sha256, size):
        cause = unreadable(path) or "has changed since it was loaded"
        raise BadFile(path, None, cause, remedy=remedy)
    _, curves = read_file(path)
    return _Part(path, key, frozenset(quadrants_of(curves)), curves)


def _is(path: Path, sha256: str, size: int) -> bool:
    """Whether a file has this content."""
    if unreadable(path) or path.stat().st_size != size:
        return False
    return digests(path, "sha256") == [sha256]


def _merge(parts: Sequence[_Part], quadrants: frozenset[int]) -> LightCurves:
    """The union of the light curves that files have in some channels."""
    return merge(
        [of_quadrants(part.curves, quadrants) for part in parts], [part.path for part in parts]
    )


def _remember(connection: Connection, loaded: Sequence[_Part]) -> None:
    """Note the channels of files that an earlier version loaded."""
    for part in loaded:
        connection.execute(
            "UPDATE input_file SET quadrants = %s WHERE path = %s AND quadrants IS NULL",
            (sorted(part.quadrants), part.key),
        )


def _rewrite(
    connection: Connection, merged: LightCurves, quadrants: frozenset[int], file: int
) -> None:
    """Put light curves in the place of all those of some channels."""
    remove_channels(connection, sorted(quadrants))
    if len(merged):
        load(connection, merged, file)


def unload_merged(connection: Connection, key: str, places: Mapping[str, Path]) -> None:
    """Take a file out, and leave of its channels what other files have.

    Parameters
    ----------
    connection
        In a transaction, with the release's schema first in its search path.
    key
        Name of the file in the database, where it must be.
    places
        Where the other files are, by name.

    Raises
    ------
    CannotBeDone
        When one that shares channels with it is not at hand.
    """
    quadrants = loaded_quadrants(connection, key)
    connection.execute("DELETE FROM input_file WHERE path = %s", (key,))
    others = connection.execute(
        "SELECT path, sha256, bytes, id FROM input_file"
        " WHERE quadrants IS NULL OR quadrants && %s::integer[] ORDER BY path",
        (sorted(quadrants),),
    ).fetchall()
    try:
        parts = [_again(places, *other) for *other, _ in others]
    except BadFile as error:
        raise CannotBeDone(f"{key} shares channels with another file. {error}") from error
    _remember(connection, parts)
    if not parts:
        remove_channels(connection, sorted(quadrants))
        return
    _rewrite(connection, _merge(parts, quadrants), quadrants, others[0][-1])
    connection.execute("UPDATE input_file SET finished = false WHERE id = %s", (others[0][-1],))
