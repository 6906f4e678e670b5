"""``ztfvo catalog``: fetch, load and drop catalogs of other surveys, show what is there."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from psycopg import Connection
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from ztfvo.addresses import TAP, absolute, catalog_cone
from ztfvo.catalogs import Catalog, declared, faults, find, store
from ztfvo.catalogs import fetch as fetching
from ztfvo.catalogs.load import Options, checksum
from ztfvo.catalogs.load import load as load_files
from ztfvo.console import console, show_error, show_table
from ztfvo.db import connect
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.settings import Settings, get_settings
from ztfvo.site import catalogs as site
from ztfvo.site.identity import DATA, as_user, has_walls, require_owner
from ztfvo.site.locks import alter

app = typer.Typer(
    help="Fetch, load and drop catalogs of other surveys, show what is there.",
    no_args_is_help=True,
)

ALL = "all"

Name = Annotated[str, typer.Argument(help="Name of a catalog, like gcvs; see: list.")]


@app.command("list")
def list_() -> None:
    """Show the catalogs that are declared, and which of them are loaded."""
    settings = get_settings()
    table = Table("name", "title", "rows declared", "loaded", "loaded (UTC)", "from")
    there = _loaded(settings)
    for one in declared(settings.catalogs).values():
        state = there.get(one.name)
        table.add_row(
            one.name,
            one.title,
            f"{one.rows:,}",
            _words(state) if state else "",
            _minute(state.loaded_at) if state else "",
            one.download.url if one.download else "by hand",
        )
    show_table(table)
    if wrong := faults(settings.catalogs):
        for one in wrong:
            show_error(str(one))
        raise typer.Exit(1)


@app.command()
def status() -> None:
    """Show what is loaded of each catalog, of when it is, and what was left out."""
    table = Table(
        *("name", "rows", "bad", "no position", "", "state of (UTC)", "age"),
        *("loaded (UTC)", "layout", "file"),
    )
    for one in _loaded(get_settings()).values():
        made = one.as_of
        table.add_row(
            one.name,
            *(f"{number:,}" for number in (one.nrows, one.nbad, one.nwithout_position)),
            _words(one),
            _minute(made) if made else "not said",
            age(made or one.loaded_at),
            _minute(one.loaded_at),
            one.layout,
            one.file,
        )
    show_table(table)


@app.command()
def fetch(name: Name) -> None:
    """Fetch a catalog's file from where it is published; an interrupted one goes on."""
    settings = get_settings()
    catalog = find(name, settings.catalogs)
    if (status := _as_data(settings, "fetch", name)) is not None:
        raise typer.Exit(status)
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn())
    shown = [TextColumn(one) if isinstance(one, str) else one for one in columns]
    with Progress(*shown, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        files = fetching.fetch(
            catalog, settings, lambda size: bar.advance(task, size), lambda text: _say(name, text)
        )
    for path in files:
        _say(name, f"{path} is here")


@app.command()
def load(
    name: Annotated[str, typer.Argument(help="Name of a catalog, or all that have files.")],
    file: Annotated[
        list[Path] | None, typer.Argument(help="Its file, or files; default: what was fetched.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Folder with one folder of files for each catalog.")
    ] = None,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="The rows are made, not a survey's.")
    ] = False,
    part: Annotated[
        bool, typer.Option("--part", help="The file is a part of the catalog only.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Load also a file that is loaded already.")
    ] = False,
    publish_it: Annotated[
        bool, typer.Option("--publish/--no-publish", help="Whether to publish what is loaded.")
    ] = True,
) -> None:
    """Load a catalog in the place of what is there, and publish it.

    What is there stays in use until the new rows are complete, and where anything fails.
    """
    settings = get_settings()
    if publish_it:
        require_owner(settings)
    options = Options(simulated=simulated, part=part)
    known = declared(settings.catalogs)
    wanted = _wanted(settings, name, file, folder)
    words = [name, *map(str, file or ()), *(["--folder", str(folder)] if folder else ())]
    flags = {"--simulated": simulated, "--part": part, "--replace": replace}
    words += [flag for flag, given in flags.items() if given]
    before = _loaded(settings)
    status = _as_data(settings, "load", *words, "--no-publish")
    if status is None:
        status = int(_load(settings, wanted, known, options, replace, name == ALL))
    after = _loaded(settings)
    new = [one for one in wanted if one in after and after[one] != before.get(one)]
    old = [one for one in wanted if one in after and one not in new]
    if publish_it and (names := [*new, *site.unpublished(settings, old)]):
        site.publish(settings, names)
        for one in names:
            _say(one, f"is at {absolute(catalog_cone(one))} and in {absolute(TAP)}")
    if status:
        raise typer.Exit(status)


@app.command()
def publish(
    name: Annotated[list[str] | None, typer.Argument(help="Names; default: all loaded.")] = None,
) -> None:
    """Publish loaded catalogs, or bring what is published of them up to date."""
    settings = get_settings()
    require_owner(settings)
    there = _loaded(settings)
    names = []
    for one in name or there:
        try:
            _require_loaded(one, there, settings)
            names.append(one)
        except (BadFile, CannotBeDone) as error:
            show_error(f"not published: {error}")
    if names:
        _index_names(settings, {one: there[one].table_name for one in names})
        site.publish(settings, names)
    console.print(f"Published: {', '.join(names) or 'nothing'}")
    if len(names) < len(name or there):
        raise typer.Exit(1)


@app.command()
def drop(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take a catalog off line and delete it from the database; its files stay."""
    settings = get_settings()
    require_owner(settings)
    known = declared(settings.catalogs)
    with connect(settings, autocommit=True) as connection:
        if name not in store.loaded(connection):
            raise CannotBeDone(f"{name!r} is not loaded. See: ztfvo catalog status")
        if not yes:
            typer.confirm(f"Delete catalog {name} from the database?", abort=True)
        site.unpublish(settings, name)
        alter(connection, lambda: store.hide(connection, name, known.values()))
    console.print(f"{name} is deleted")


def age(moment: datetime) -> str:
    """Return how long ago a moment was, for people."""
    hours = (datetime.now(UTC) - moment).total_seconds() / 3600
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} d"


def _loaded(settings: Settings) -> dict[str, store.Loaded]:
    with connect(settings, autocommit=True) as connection:
        return store.loaded(connection)


def _index_names(settings: Settings, tables: dict[str, str]) -> None:
    """Have names be found in tables that were loaded before names were indexed."""
    with connect(settings, autocommit=True) as connection:
        for name, table in tables.items():
            store.index_names(connection, find(name, settings.catalogs), table)


def _require_loaded(name: str, there: dict[str, store.Loaded], settings: Settings) -> None:
    catalog = find(name, settings.catalogs)
    if name not in there:
        raise CannotBeDone(f"{name} is not loaded. First: ztfvo catalog load {name}")
    if there[name].shape != store.shape(catalog):
        raise CannotBeDone(
            f"{name} is loaded with other columns than those that are declared now. First: ztfvo"
            f" catalog load {name}"
        )


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def _words(state: store.Loaded) -> str:
    if state.simulated:
        return "simulated"
    return "part" if state.part else "whole"


def _say(name: str, text: str) -> None:
    console.print(f"{name}: {text}", markup=False)


def _wanted(
    settings: Settings, name: str, files: list[Path] | None, folder: Path | None
) -> dict[str, list[Path]]:
    """Files to be loaded by names of catalogs; empty where those that were fetched are meant."""
    known = declared(settings.catalogs)
    if name != ALL:
        find(name, settings.catalogs)
        if files and folder:
            raise CannotBeDone("Give files, or --folder with folders of files, but not both.")
        return {name: files or (_inside(folder / name) if folder else [])}
    if files:
        raise CannotBeDone(f"With the name {ALL}, files lie in folders: give --folder.")
    place = folder or settings.catalog_data
    found = {one: _inside(place / one) for one in known}
    found = {one: inside for one, inside in found.items() if inside}
    if not found:
        raise CannotBeDone(f"{place} has no folder with files of a catalog in it.")
    return found


def _inside(folder: Path) -> list[Path]:
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in paths if path.is_file() and path.suffix not in (".part", ".tag")]


def _load(
    settings: Settings,
    wanted: dict[str, list[Path]],
    known: dict[str, Catalog],
    options: Options,
    replace: bool,
    spare: bool,
) -> bool:
    """Load catalogs one by one; returns whether any was refused.

    Parameters
    ----------
    spare
        Whether simulated rows leave observed ones as they are, in place of being refused.
    """
    refused = False
    with connect(settings, autocommit=True) as connection:
        for name, files in wanted.items():
            former = store.loaded(connection).get(name)
            if spare and options.simulated and former and not former.simulated:
                _say(name, "holds observed rows, which simulated ones do not replace")
                continue
            try:
                _load_one(connection, settings, known, name, files, options, replace)
            except (BadFile, CannotBeDone) as error:
                refused = True
                show_error(f"refused {name}: {error}")
    return refused


def _load_one(
    connection: Connection,
    settings: Settings,
    known: dict[str, Catalog],
    name: str,
    files: list[Path],
    options: Options,
    replace: bool,
) -> None:
    catalog = known[name]
    former = store.loaded(connection).get(name)
    paths = files or fetching.files_of(catalog, settings)
    if not replace and _is_loaded(catalog, former, paths, options):
        _say(name, "unchanged: these files are loaded already")
        return
    new = load_files(
        connection,
        catalog,
        paths,
        list(known.values()),
        options,
        lambda text: _say(name, text),
        lambda change: alter(connection, change),
    )
    left_out = f"{new.nbad:,} bad, {new.nwithout_position:,} without position left out"
    _say(name, f"{new.nrows:,} rows loaded, {left_out}")


def _is_loaded(
    catalog: Catalog, former: store.Loaded | None, paths: list[Path], options: Options
) -> bool:
    """Whether files are in use as they are now, and as they are meant."""
    if former is None or former.shape != store.shape(catalog):
        return False
    meant = (former.simulated, former.part) == (options.simulated, options.part)
    return meant and former.sha256 == checksum(paths)


def _as_data(settings: Settings, *words: str) -> int | None:
    """Run a command with the rights of the user who loads data, where the caller has root's.

    Returns
    -------
    int or None
        Its exit status; None where the caller has to do it.
    """
    if os.geteuid() != 0 or not has_walls(settings):
        return None
    command = [sys.executable, "-I", "-c", "from ztfvo.cli import main; main()", "catalog", *words]
    environment = os.environ | {"HOME": str(settings.home(DATA))}
    return subprocess.run(as_user(settings, DATA, command), env=environment).returncode
