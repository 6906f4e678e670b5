"""``ztfvo images``: names of the archive's images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import psycopg
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ztfvo.db import DatabaseDown, connect
from ztfvo.errors import BadFile, HTTPError
from ztfvo.images.finder import find
from ztfvo.images.load import import_file
from ztfvo.images.products import science_path
from ztfvo.site.errors import SiteError
from ztfvo.site.locks import alter
from ztfvo.store.schemas import create_common

app = typer.Typer(no_args_is_help=True, help="Names of the images that epochs were measured on.")
console = Console(stderr=True)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Image metadata: CSV, VOTable or Parquet.")],
    simulated: Annotated[
        bool, typer.Option("--simulated", help="They belong to simulated releases.")
    ] = False,
) -> None:
    """Import image names, with columns obsjd, exptime, filefracday, field, ccdid, qid, fid.

    Every file is loaded whole or not at all. What was imported already is passed over, so that an
    interrupted import is completed by the same command.
    """
    try:
        with connect(autocommit=True) as connection:
            alter(connection, lambda: create_common(connection))
            refused = _import(connection, files, simulated)
            connection.execute("ANALYZE ztf_store.image")
    except (DatabaseDown, SiteError) as error:
        _fail(str(error))
    except psycopg.Error as error:
        _fail(f"The database stopped the import: {error} Then run the same command again.")
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
    try:
        found = find(release, oid, hmjd, ask=ask)
    except (DatabaseDown, HTTPError) as error:
        _fail(str(error))
    typer.echo(science_path(found.image))
    console.print(f"HMJD {found.hmjd}; the name is known from: {found.source}", highlight=False)


def _import(connection: psycopg.Connection, files: list[Path], simulated: bool) -> int:
    """Import the files one by one; returns how many were refused."""
    refused = unchanged = images = 0
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[images]:,} images"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as progress:
        task = progress.add_task("images", total=len(files), images=0)
        for path in files:
            try:
                number = import_file(connection, path, simulated=simulated)
            except BadFile as error:
                refused += 1
                _say(progress.console, f"refused {error}")
            else:
                unchanged += number is None
                images += number or 0
            progress.update(task, advance=1, images=images)
    loaded = len(files) - refused - unchanged
    console.print(
        f"images: {loaded} loaded, {unchanged} unchanged, {refused} refused; {images:,} images",
        highlight=False,
    )
    return refused


def _say(where: Console, message: str) -> None:
    where.print(message, style="red", markup=False, highlight=False, soft_wrap=True)


def _fail(message: str) -> NoReturn:
    _say(console, message)
    raise typer.Exit(1)
