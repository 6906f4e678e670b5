"""``ztfvo features``: give the light curves of a release their features."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Annotated

import typer

from ztfvo.console import console, counting, show_error
from ztfvo.db import connect
from ztfvo.extraction import run as extraction
from ztfvo.extraction.run import Outcome
from ztfvo.releases import find_release
from ztfvo.settings import get_settings
from ztfvo.site.locks import alter
from ztfvo.store.schemas import create_common

app = typer.Typer(help="Give the light curves of a release their features.")


@app.command()
def features(
    release: Annotated[str, typer.Argument(help="Name of a loaded release, like dr19.")],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default: a setting.")
    ] = None,
    quadrant: Annotated[
        list[int] | None,
        typer.Option(help="Only this quadrant, an OID without its last eight digits; repeatable."),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Scheduler of a Dask cluster to compute on, like tcp://host:8786, in place of"
            " processes here.",
        ),
    ] = None,
) -> None:
    """Compute the features of all light curves with at least 5 good epochs that are new or have
    changed, or all if the set of features has; may be interrupted, and goes on where it was.
    """
    settings = get_settings()
    with connect(settings, autocommit=True) as connection:
        alter(connection, lambda: create_common(connection))
        name = find_release(connection, release).name
        quadrants = extraction.due(connection, name, quadrant)
    with ExitStack() as stack:
        if dask:
            executor, number = stack.enter_context(extraction.dask_cluster(dask))
        else:
            number = workers or settings.workers
            executor = stack.enter_context(extraction.processes(number))
        what = "quadrants, {task.fields[curves]:,} light curves, {task.fields[rate]:,.0f}/s"
        progress = stack.enter_context(counting(what))
        task = progress.add_task(f"features of {name}", total=len(quadrants), curves=0, rate=0)

        def report(outcome: Outcome, share: float) -> None:
            rate = outcome.curves / (progress.tasks[task].elapsed or 1)
            progress.update(task, advance=share, curves=outcome.curves, rate=rate)

        outcome = extraction.run(settings, name, quadrants, executor, number, report)
    for failure in outcome.failures:
        show_error(f"not done: {failure}")
    console.print(
        f"{outcome.quadrants} quadrants looked at, {outcome.curves:,} light curves,"
        f" {outcome.computed:,} of them computed"
    )
    if outcome.failures:
        raise typer.Exit(1)
