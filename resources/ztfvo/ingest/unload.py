"""Take one file out of a release again, and find files that left its folder."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from psycopg import Connection

from ztfvo.declarations import Declaration
from ztfvo.errors import CannotBeDone
from ztfvo.images.memory import forget
from ztfvo.store.schemas import use_schema

from .finish import finish
from .folder import key_of, survey
from .merged import lock, unload_merged
from .outcome import Outcome
from .readers import readers
from .remove import channels_of, loaded_quadrants, remove_file

_FEATURES_LEFT = """
DELETE FROM {} f USING unnest(%s::integer[]) AS q(quadrant)
WHERE f.oid >= q.quadrant::bigint * 100000000 AND f.oid < (q.quadrant + 1)::bigint * 100000000
  AND NOT EXISTS (SELECT FROM lightcurve l WHERE l.oid = f.oid)
"""


def unload(
    connection: Connection,
    release: Declaration,
    file: str,
    folder: Path,
    say: Callable[[str], None] = lambda what: None,
) -> str:
    """Make a release what it would be without a file, in one transaction.

    Parameters
    ----------
    connection
        Not in a transaction.
    release
        A release whose tables exist.
    file
        The file: its path below the release's folder, its name if only one has it, or its path.
    folder
        The release's data folder.  Of a layout whose files are united it has to hold the files that
        share channels with this one.
    say
        Called with what is done, for a person.

    Returns
    -------
    str
        Name of the file in the database.

    Raises
    ------
    CannotBeDone
        When no such file is loaded, or another one is needed that is not at hand.
    """
    with connection.transaction():
        use_schema(connection, release.name)
        lock(connection, release.name)
        key = _find(connection, release, file, folder.absolute())
        connection.execute(
            "SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext(%s))", (key,)
        )
        quadrants = loaded_quadrants(connection, key)
        channels = channels_of(quadrants)
        if readers()[release.layout].MERGES:
            places = {key_of(path, folder): path for path in survey(folder.absolute()).files}
            unload_merged(connection, key, places)
        else:
            remove_file(connection, key)
        for table in ("feature", "feature_place"):
            connection.execute(_FEATURES_LEFT.format(table), (sorted(quadrants),))
        finish(connection, release, say)
        forget(connection, channels, simulated=release.simulated)
    return key


def _find(connection: Connection, release: Declaration, file: str, folder: Path) -> str:
    """The name of a file in the database."""
    loaded = [path for (path,) in connection.execute("SELECT path FROM input_file ORDER BY path")]
    for key in (file, key_of(Path(file).absolute(), folder)):
        if key in loaded:
            return key
    same = [path for path in loaded if PurePosixPath(path).name == PurePosixPath(file).name]
    if len(same) == 1:
        return same[0]
    if same:
        raise CannotBeDone(f"Several files are called {file}: {', '.join(same)}. Give the path.")
    similar = difflib.get_close_matches(file, loaded, 3, 0.4)
    hint = f" Similar are: {', '.join(similar)}." if similar else ""
    raise CannotBeDone(
        f"No file {file} is loaded into {release.name}, which has {len(loaded):,}.{hint}"
    )


def left(
    connection: Connection, release: Declaration, folder: Path, outcomes: Iterable[Outcome]
) -> list[Outcome]:
    """Find files that are loaded and were not among those of a whole folder.

    Parameters
    ----------
    connection
        Not in a transaction.
    release
        The release.
    folder
        Its data folder, for the message.
    outcomes
        What became of the files of the folder; a content that is loaded under another name is not
        missing.
    """
    there = {key for outcome in outcomes for key in (outcome.key, outcome.loaded_as)}
    with connection.transaction():
        use_schema(connection, release.name)
        if connection.execute("SELECT to_regclass('input_file')").fetchone()[0] is None:
            return []
        loaded = connection.execute("SELECT path FROM input_file ORDER BY path").fetchall()
    message = f"is loaded, but not in {folder}"
    return [Outcome(path, "left", message=message) for (path,) in loaded if path not in there]
