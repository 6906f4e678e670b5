"""``ztfvo dust``: fetch and install maps of interstellar dust, show what is there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ztfvo.addresses import EXTINCTION, absolute
from ztfvo.commands._files import as_data, say, say_sizes, shown, to_fetch
from ztfvo.console import show_table
from ztfvo.dust import fetching, installing, reading
from ztfvo.dust.maps import maps
from ztfvo.dust.model import DustError, Map
from ztfvo.settings import Settings, get_settings

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
    as_data(settings, "dust", "fetch", name, *(["--size"] if size else []))
    files = fetching.published(which)
    say_sizes(name, files)
    if size:
        return
    paths = shown(name, files, lambda advance: fetching.fetch(which, files, settings, advance))
    _install(settings, paths, name)
    shutil.rmtree(fetching.arrived(settings, which))


@app.command()
def install(
    files: Annotated[list[Path], typer.Argument(help="All files of a map, as they were fetched.")],
) -> None:
    """Install a map from files, which are recognised by what is in them."""
    settings = get_settings()
    as_data(settings, "dust", "install", *(str(path.absolute()) for path in files))
    _install(settings, files)


@app.command()
def status() -> None:
    """Show the maps that are known, which of them are installed, and how large they are."""
    table = Table("name", "title", "to fetch", "installed (UTC)", "on disk", "from")
    for one in maps().values():
        table.add_row(
            one.name, one.title, "made here" if one.make else to_fetch(one.files), *_here(one)
        )
    show_table(table)


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
    say(name, f"{', '.join(path.name for path in paths)} is {here.map.title}")
    say(name, f"{here.bytes / 1e6:,.0f} MB are in {here.folder}, and at {absolute(EXTINCTION)}")
    say(name, "E(B-V) of the stars of a release: ztfvo sources RELEASE")
