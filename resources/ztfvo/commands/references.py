"""``ztfvo references``: load the survey's reference catalogues, list what is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from psycopg import Connection
from rich.table import Table

from ztfvo.console import console, counting, show_error, show_table
from ztfvo.db import connect
from ztfvo.oid import FILTER_NAMES
from ztfvo.references import load as loading
from ztfvo.settings import get_settings
from ztfvo.site.locks import alter
from ztfvo.store.schemas import create_common

app = typer.Typer(
    help="Load the survey's reference catalogues, list what is loaded.", no_args_is_help=True
)


@app.command()
def load(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files *_refpsfcat.fits of the archive, or folders that hold such."),
    ],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default: a setting.")
    ] = None,
) -> None:
    """Load reference catalogues, each in place of its quadrant's former one.

    Every file is loaded whole or not at all; a bad one is refused and the others go on.
    """
    settings = get_settings()
    paths = loading.files(files)
    with _connection() as connection:
        outcomes = _with_progress(paths, workers or settings.workers)
        connection.execute("ANALYZE ztf_store.reference_source, ztf_store.reference_quadrant")
    refused = sum(bool(outcome.refusal) for outcome in outcomes)
    console.print(
        f"{len(outcomes) - refused} loaded, {refused} refused;"
        f" {sum(outcome.sources for outcome in outcomes):,} sources"
    )
    if refused:
        raise typer.Exit(1)


@app.command("list")
def list_() -> None:
    """Show the fields and filters whose reference catalogues are loaded."""
    table = Table("field", "filter", "quadrants", "sources", "last loaded (UTC)")
    with _connection() as connection:
        for field, band, quadrants, sources, last in connection.execute(
            "SELECT quadrant / 10000, quadrant / 1000 % 10, count(*), sum(nsources),"
            " max(loaded_at) AT TIME ZONE 'UTC' FROM ztf_store.reference_quadrant"
            " GROUP BY 1, 2 ORDER BY 1, 2"
        ):
            table.add_row(
                str(field),
                FILTER_NAMES[band],
                str(quadrants),
                f"{sources:,}",
                f"{last:%Y-%m-%d %H:%M}",
            )
    show_table(table)


def _connection() -> Connection:
    connection = connect(autocommit=True)
    alter(connection, lambda: create_common(connection))
    return connection


def _with_progress(paths: list[Path], workers: int) -> list[loading.Outcome]:
    outcomes = []
    with counting("files, {task.fields[sources]:,} sources") as progress:
        task = progress.add_task("reference catalogues", total=len(paths), sources=0)
        for outcome in loading.load(paths, get_settings(), workers):
            if outcome.refusal:
                show_error(f"refused {outcome.refusal}", progress.console)
            outcomes.append(outcome)
            sources = progress.tasks[task].fields["sources"] + outcome.sources
            progress.update(task, advance=1, sources=sources)
    return outcomes
