"""``ztfvo sources``: find the stars of a release."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer
from psycopg import Connection

from ztfvo.console import console, counting
from ztfvo.db import connect
from ztfvo.declarations import declared
from ztfvo.dust.reading import preferred
from ztfvo.errors import CannotBeDone
from ztfvo.ingest.state import is_finished
from ztfvo.releases import find_release
from ztfvo.settings import Settings, get_settings
from ztfvo.site.locks import alter
from ztfvo.sources.cells import Cell
from ztfvo.sources.find import Found, Method, find
from ztfvo.sources.reddening import fill, stale
from ztfvo.sources.run import Plan, Work, alone, clear, finish, plan, remove_stale, run
from ztfvo.store.names import schema_of
from ztfvo.store.schemas import create_common

app = typer.Typer(add_completion=False)

_NO_DUST = (
    "There is no map of dust, and no E(B-V) of stars. To have it: ztfvo dust fetch csfd, then the"
    " same command again"
)


@app.command()
def sources(
    release: Annotated[str, typer.Argument(help="Name of a loaded release, like dr19.")],
    again: Annotated[
        bool, typer.Option("--again", help="Find all stars again, also where nothing changed.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default: a setting.")
    ] = None,
) -> None:
    """Find which light curves of a release are of one star, and measure the stars.

    What is done stays where the command is interrupted; the same command goes on. After files were
    loaded or unloaded, it does what lies around them; after a map of dust was installed, it writes
    E(B-V) of the stars that are there.
    """
    settings = get_settings()
    schema_of(release)
    method = Method.of(settings)
    with connect(settings, autocommit=True) as connection:
        alter(connection, lambda: create_common(connection))
        find_release(connection, release)
        if not is_finished(connection, declared(release, settings.inputs)):
            raise CannotBeDone(f"The ingest of {release} is not complete: ztfvo ingest {release}.")
        with alone(connection, release):
            dust = preferred(settings, declared(release, settings.inputs).simulated)
            todo = plan(connection, release, method, again)
            _remove(connection, release, todo)
            jobs = (settings, workers or settings.workers)
            finding = partial(find, method=method, dust=dust)
            _with_progress(release, release, todo.todo, finding, *jobs)
            stars, curves = finish(connection, release, _say)
            if old := stale(connection, release, dust):
                _with_progress("E(B-V)", release, old, partial(fill, dust=dust), *jobs)
    console.print(
        f"{release}: {stars:,} stars of {curves:,} light curves; {len(todo.todo)} cells done now"
    )
    console.print(f"E(B-V) of the stars: {dust.map.title}" if dust else _NO_DUST)
    console.print(f"Their number in the registry: ztfvo release publish {release}")


def _say(what: str) -> None:
    console.print(f"  done: {what}")


def _remove(connection: Connection, release: str, todo: Plan) -> None:
    if todo.whole:
        alter(connection, lambda: clear(connection, release))
    else:
        remove_stale(connection, release, todo.stale)


def _with_progress(
    what: str, release: str, todo: Sequence[Cell], work: Work, settings: Settings, workers: int
) -> None:
    counted = "cells, {task.fields[stars]:,} stars, {task.fields[rate]:,.0f} light curves/s"
    with counting(counted) as progress:
        task = progress.add_task(what, total=len(todo), stars=0, curves=0, rate=0.0)

        def report(found: Found) -> None:
            state = progress.tasks[task]
            curves = state.fields["curves"] + found.lightcurves
            progress.update(
                task,
                advance=found.cells,
                stars=state.fields["stars"] + found.sources,
                curves=curves,
                rate=curves / (state.elapsed or 1),
            )

        run(release, todo, work, settings, workers, report)
