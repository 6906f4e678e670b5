"""``ztfvo models``: fetch and install models of supernovae, show what is there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ztfvo.addresses import FIT, absolute
from ztfvo.commands._files import as_data, say, say_sizes, shown, to_fetch
from ztfvo.console import show_table
from ztfvo.settings import Settings, get_settings
from ztfvo.supernovae import installing
from ztfvo.supernovae.declared import ALL
from ztfvo.supernovae.kinds import kinds
from ztfvo.supernovae.model import ModelError, Template

app = typer.Typer(
    help="Fetch and install models of supernovae, and the curves of bands; show what is there.",
    no_args_is_help=True,
)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="Name of a model, like salt3; see: status.")],
    size: Annotated[
        bool, typer.Option("--size", help="Only ask how large it is, and fetch nothing.")
    ] = False,
) -> None:
    """Fetch a model from where it is published, check and install it.

    What has arrived stays where the command is interrupted; the same command goes on.
    """
    which, settings = installing.declared(name), get_settings()
    as_data(settings, "models", "fetch", name, *(["--size"] if size else []))
    files = installing.published(which)
    say_sizes(name, files)
    if size:
        return
    paths = shown(name, files, lambda advance: installing.fetch(which, files, settings, advance))
    _install(settings, paths, name)
    shutil.rmtree(installing.arrived(settings, which))


@app.command()
def install(
    files: Annotated[
        list[Path], typer.Argument(help="All files of a model, as they were fetched.")
    ],
) -> None:
    """Install a model from files, which are known by their checksum or their name."""
    settings = get_settings()
    as_data(settings, "models", "install", *(str(path.absolute()) for path in files))
    _install(settings, files)


@app.command()
def status() -> None:
    """Show the models that are known, which of them are installed, and how large they are."""
    table = Table("name", "title", "type", "to fetch", "installed (UTC)", "on disk", "from")
    for one in ALL.values():
        size = to_fetch(one.files) if one.files else "nothing"
        table.add_row(one.name, one.title, one.type, size, *_here(one))
    show_table(table)


def _here(one: Template) -> tuple[str, str, str]:
    try:
        here = installing.installed_as(get_settings(), one.name)
        if here and here.folder:
            kind = kinds()[one.kind]
            kind.load(here if one.type else here.folder)
    except ModelError as error:
        return "damaged", "", str(error)
    if here is None:
        return f"no: {one.command}", "", ""
    if not one.files:
        return "always here", "", ""
    return here.installed_at, f"{here.bytes / 1e6:,.1f} MB", ", ".join(here.sources)


def _install(settings: Settings, paths: list[Path], only: str | None = None) -> None:
    here = installing.install(settings, paths, only)
    name = here.template.name
    say(name, f"{', '.join(path.name for path in paths)} is {here.template.title}")
    say(name, f"{here.bytes / 1e6:,.1f} MB are in {here.folder}, and at {absolute(f'/{FIT}')}")
