"""``ztfvo download``: bring files of a release from the archive into its data folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from ..download.catalogue import RemoteFile
from ..download.errors import DownloadError, human
from ..download.run import Outcome, Plan, check_space, plan, run
from ..download.select import Choice, Wish, choose, read_oids
from ..download.source import Source, archive_of, read_source
from ..remote import Client
from ..settings import get_settings

app = typer.Typer(add_completion=False)


@app.command()
def download(
    release: Annotated[str, typer.Argument(help="Release, a folder of inputs/ztf.")],
    more: Annotated[
        list[int] | None, typer.Argument(metavar="N", help="Further fields after --field.")
    ] = None,
    field: Annotated[
        list[int] | None, typer.Option(metavar="N...", help="Whole fields, by number.")
    ] = None,
    cone: Annotated[
        tuple[float, float, float] | None,
        typer.Option(metavar="RA DEC R", help="What lies in this cone (degrees)."),
    ] = None,
    oid: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What holds these OIDs, one a line.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole release.")] = False,
    filters: Annotated[
        list[str] | None, typer.Option("--filter", help="Only zg, zr or zi; may be repeated.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check the checksums of files that are there, too.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be fetched, and stop.")
    ] = False,
    connections: Annotated[
        int, typer.Option(min=1, max=8, help="Connections to the archive at a time.")
    ] = 4,
) -> None:
    """Download files of a release from the archive.

    What has arrived is kept when the download is interrupted; run the same command again to go on.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        if more and not field:
            raise DownloadError(f"What is {more[0]}? Field numbers come after --field.")
        wish = Wish(
            fields=tuple(dict.fromkeys([*(field or ()), *(more or ())])),
            cone=cone,
            oids=read_oids(oid) if oid else (),
            everything=everything,
            filters=tuple(filters or ()),
        )
        complete = _download(console, release, wish, connections, verify, dry_run)
    except KeyboardInterrupt:
        console.print("Interrupted. What has arrived is kept; run the same command to go on.")
        raise typer.Exit(130) from None
    if not complete:
        raise typer.Exit(1)


def _download(
    console: Console, release: str, wish: Wish, connections: int, verify: bool, dry_run: bool
) -> bool:
    """Choose, announce, fetch and report; true when nothing is missing."""
    settings = get_settings()
    source = read_source(settings.inputs, release, settings.irsa_url)
    with archive_of(source, connections) as archive:
        choice = choose(archive, source, wish, settings.inputs)
        todo = plan(archive, choice.files, settings.data / release, verify)
        _announce(console, source, choice, todo)
        check_space(todo)
        if dry_run:
            _list(todo.wanted)
            outcome = Outcome()
        else:
            outcome = _run(console, archive, todo)
    return _report(console, choice, outcome)


def _announce(console: Console, source: Source, choice: Choice, todo: Plan) -> None:
    about = "about " if todo.estimated else ""
    console.print(
        f"{source.release}: files chosen: {len(choice.files)}, already here: {len(todo.present)}, "
        f"to fetch from {source.server}: {len(todo.wanted)}, {about}{human(todo.size)}."
    )


def _list(files: list[RemoteFile]) -> None:
    """Write the addresses that would be fetched, for other programs to read."""
    for remote in files:
        sys.stdout.write(f"{remote.url}\n")


class _Bar:
    """A progress bar with the rate; without a terminal, a line for each file."""

    def __init__(self, console: Console, todo: Plan) -> None:
        self._console = console
        self._count, self._total = 0, len(todo.wanted)
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self.progress.add_task(self._text(), total=todo.size or None)

    def _text(self) -> str:
        return f"{self._count}/{self._total} files"

    def advance(self, size: int) -> None:
        """Move on."""
        self.progress.advance(self._task, size)

    def done(self, remote: RemoteFile) -> None:
        """Count a complete file."""
        self._count += 1
        self.progress.update(self._task, description=self._text())
        if not self._console.is_terminal:
            self._console.print(f"{self._text()}: {remote.path}", markup=False)

    def failed(self, remote: RemoteFile, reason: str) -> None:
        """Report a failure as it happens."""
        self._console.print(f"Failed: {reason}", markup=False)


def _run(console: Console, archive: Client, todo: Plan) -> Outcome:
    bar = _Bar(console, todo)
    with bar.progress:
        return run(archive, todo, bar)


def _report(console: Console, choice: Choice, outcome: Outcome) -> bool:
    """Say how it ended; true when nothing is missing."""
    for text in choice.missing:
        console.print(f"Missing: {text}", markup=False)
    if outcome.untried:
        console.print(f"The disk is full; {len(outcome.untried)} files were not tried.")
    if outcome.fetched or outcome.failures:
        console.print(f"Files fetched: {len(outcome.fetched)}, failed: {len(outcome.failures)}.")
    return not (choice.missing or outcome.failures or outcome.untried)
