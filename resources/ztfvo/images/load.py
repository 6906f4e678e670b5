"""Import files of image metadata, each whole or not at all."""

from __future__ import annotations

from pathlib import Path

from psycopg import Connection

from ztfvo.errors import BadFile
from ztfvo.files import digests
from ztfvo.images.memory import releases, remember
from ztfvo.images.metadata import read


def import_file(connection: Connection, path: Path, *, simulated: bool) -> int | None:
    """Keep the image names of one file, and give them to the exposures that they match.

    Parameters
    ----------
    connection
        Not in a transaction.
    path
        A file that `ztfvo.images.metadata` can read.
    simulated
        Whether the images belong to the simulated releases, or to the others.

    Returns
    -------
    int or None
        Number of images; None when a file of this content was imported before.

    Raises
    ------
    BadFile
        When the file is not there or is bad; nothing of it is kept.
    """
    if not path.is_file():
        raise BadFile(path, None, "there is no such file")
    (checksum,) = digests(path, "sha256")
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('images'), 0)")
        if connection.execute(
            "SELECT 1 FROM ztf_store.image_file WHERE (sha256, simulated) = (%s, %s)",
            (checksum, simulated),
        ).fetchone():
            return None
        for name in releases(connection, simulated=simulated):
            connection.execute(
                "SELECT pg_advisory_xact_lock(hashtext('finish'), hashtext(%s))", (name,)
            )
        number = remember(connection, read(path), "metadata", simulated=simulated)
        connection.execute(
            "INSERT INTO ztf_store.image_file (sha256, simulated, path, nimages)"
            " VALUES (%s, %s, %s, %s)",
            (checksum, simulated, str(path.absolute()), number),
        )
    return number
