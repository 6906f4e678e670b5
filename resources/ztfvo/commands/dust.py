"""``ztfvo dust``: fetch and install maps of interstellar dust, show what is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from ztfvo.addresses import EXTINCTION, absolute
from ztfvo.console import console, show_table
from ztfvo.dust import fetching, installing, reading
from ztfvo.dust.maps import maps
from ztfvo.dust.model import DustError, Map
from ztfvo.settings import Settings, get_settings
from ztfvo.site.identity import DATA, as_user, has_walls

app = typer.Typer(
    help="Fetch and install maps of interstellar dust, show what is there.",
    no_args_is_help=True,
)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="Name of a map, like csfd; see: status.")],
    size: Annotated[
        bool, typer.Option("--size", help="Only ask how large it is, and fetch nothing.")
    ] = False,
) -> None:
    """Fetch a map from the archive that publishes it, check and install it.

    What has arrived stays where the command is interrupted; the same command goes on.
    """
    which, settings = installing.declared(name), get_settings()
    _as_data(settings, "fetch", name, *(["--size"] if size else []))
    files = fetching.published(which)
    for one in files:
        _say(name, f"{one.file.name} has {one.bytes / 1e6:,.0f} MB")
    if size:
        return
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn())
    shown = [TextColumn(one) if isinstance(one, str) else one for one in columns]
    with Progress(*shown, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=sum(one.bytes for one in files) or None)
        paths = fetching.fetch(which, files, settings, lambda some: bar.advance(task, some))
    _install(settings, paths, name)
    shutil.rmtree(fetching.arrived(settings, which))


@app.command()
def install(
    files: Annotated[list[Path], typer.Argument(help="All files of a map, as they were fetched.")],
) -> None:
    """Install a map from files, which are recognised by what is in them."""
    settings = get_settings()
    _as_data(settings, "install", *(str(path.absolute()) for path in files))
    _install(settings, files)


@app.command()
def status() -> None:
    """Show the maps that are known, which of them are installed, and how large they are."""
    table = Table("name", "title", "to fetch", "installed (UTC)", "on disk", "from")
    for one in maps().values():
        table.add_row(one.name, one.title, _to_fetch(one), *_here(one))
    show_table(table)


def _to_fetch(one: Map) -> str:
    if one.make:
        return "made here"
    return f"about {sum(file.megabytes for file in one.files):,} MB"


def _here(one: Map) -> tuple[str, str, str]:
    try:
        here = reading.installed_as(get_settings(), one.name)
        if here:
            reading.at(here, 0.0, 0.0)
    except DustError as error:
        return "damaged", "", str(error)
    if here is None:
        return f"no: {one.command}", "", ""
    return here.installed_at, f"{here.bytes / 1e6:,.0f} MB", ", ".join(here.sources)


def _install(settings: Settings, paths: list[Path], only: str | None = None) -> None:
    here = installing.install(settings, paths, only)
    name = here.map.name
    _say(name, f"{', '.join(path.name for path in paths)} is {here.map.title}")
    _say(name, f"{here.bytes / 1e6:,.0f} MB are in {here.folder}, and at {absolute(EXTINCTION)}")
    _say(name, "E(B-V) of the stars of a release: ztfvo sources RELEASE")


def _say(name: str, text: str) -> None:
    console.print(f"{name}: {text}", markup=False)


def _as_data(settings: Settings, *words: str) -> None:
    """Have the user who loads data do it, where the caller is root, and end with its status."""
    if os.geteuid() != 0 or not has_walls(settings):
        return
    command = [sys.executable, "-I", "-c", "from ztfvo.cli import main; main()", "dust", *words]
    environment = os.environ | {"HOME": str(settings.home(DATA))}
    raise typer.Exit(subprocess.run(as_user(settings, DATA, command), env=environment).returncode)
