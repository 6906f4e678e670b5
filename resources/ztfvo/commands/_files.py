"""What commands share that fetch files and install them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from ztfvo.console import console
from ztfvo.remote.published import File, Published
from ztfvo.settings import Settings
from ztfvo.site.identity import DATA, as_user, has_walls


def as_data(settings: Settings, *words: str) -> None:
    """Have the user who loads data do it, where the caller is root, and end with its status.

    Parameters
    ----------
    words
        Of the command, behind ``ztfvo``.
    """
    if os.geteuid() != 0 or not has_walls(settings):
        return
    command = [sys.executable, "-I", "-c", "from ztfvo.cli import main; main()", *words]
    environment = os.environ | {"HOME": str(settings.home(DATA))}
    raise typer.Exit(subprocess.run(as_user(settings, DATA, command), env=environment).returncode)


def say_sizes(name: str, files: Sequence[Published]) -> None:
    """Say how large files are that are to be fetched."""
    for one in files:
        size = "an unknown size" if one.bytes is None else f"{one.bytes / 1e6:,.1f} MB"
        say(name, f"{one.file.name} has {size}")


def shown(
    name: str, files: Sequence[Published], fetch: Callable[[Callable[[int], None]], list]
) -> list:
    """Show how far it is while files are fetched, and return what `fetch` does.

    Parameters
    ----------
    fetch
        Takes what is called with the bytes that have arrived.
    """
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn())
    texts = [TextColumn(one) if isinstance(one, str) else one for one in columns]
    with Progress(*texts, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=sum(one.bytes or 0 for one in files) or None)
        return fetch(lambda some: bar.advance(task, some))


def to_fetch(files: Sequence[File]) -> str:
    """Return about how much is to be fetched."""
    sizes = [one.megabytes for one in files]
    return "unknown" if None in sizes else f"about {sum(sizes):,.3g} MB"


def say(name: str, text: str) -> None:
    """Say something of what has a name."""
    console.print(f"{name}: {text}", markup=False)
