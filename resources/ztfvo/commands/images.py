"""``ztfvo images``: names of the archive's images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import psycopg
import typer

from ztfvo.console import console, counting, show_error
from ztfvo.db import connect
from ztfvo.errors import BadFile
from ztfvo.images.finder import find
from ztfvo.images.load import import_file
from ztfvo.images.products import science_path
from ztfvo.site.locks import alter
from ztfvo.store.schemas import create_common

app = typer.Typer(no_args_is_help=True, help="Names of the images that epochs were measured on.")


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Image metadata: CSV, VOTable or Parquet.")],
    simulated: Annotated[
        bool, typer.Option("--simulated", help="They belong to simulated releases.")
    ] = False,
) -> None:
    """Import image names, with columns obsjd, exptime, filefracday, field, ccdid, qid, fid.

    Every file is loaded whole or not at all. What was imported already is skipped, so that an
    interrupted import is completed by the same command.
    """
    with connect(autocommit=True) as connection:
        alter(connection, lambda: create_common(connection))
        refused = _import(connection, files, simulated)
        connection.execute("ANALYZE ztf_store.image")
    if refused:
        raise typer.Exit(1)


@app.command("find")
def find_(
    oid: Annotated[str, typer.Argument(help="OID of a light curve.")],
    hmjd: Annotated[str, typer.Argument(help="HMJD of an epoch; or first, last, peak.")],
    release: Annotated[str, typer.Option(help="Name of a release, or ztf, the default one.")] = (
        "ztf"
    ),
    ask: Annotated[
        bool, typer.Option("--ask/--no-ask", help="Whether to ask the archive if need be.")
    ] = True,
) -> None:
    """Print the path of an epoch's science image in the archive."""
    found = find(release, oid, hmjd, ask=ask)
    typer.echo(science_path(found.image))
    console.print(f"HMJD {found.hmjd}; the name is known from: {found.source}")


def _import(connection: psycopg.Connection, files: list[Path], simulated: bool) -> int:
    """Import the files one by one; returns how many were refused."""
    refused = unchanged = images = 0
    with counting("files, {task.fields[images]:,} images") as progress:
        task = progress.add_task("images", total=len(files), images=0)
        for path in files:
            try:
                number = import_file(connection, path, simulated=simulated)
            except BadFile as error:
                refused += 1
                show_error(f"refused {error}", progress.console)
            else:
                unchanged += number is None
                images += number or 0
            progress.update(task, advance=1, images=images)
    loaded = len(files) - refused - unchanged
    console.print(
        f"images: {loaded} loaded, {unchanged} unchanged, {refused} refused; {images:,} images"
    )
    return refused
