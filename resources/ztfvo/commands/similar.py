"""``ztfvo similar``: place the light curves of a release where similar ones are near."""

from __future__ import annotations

from typing import Annotated

import typer

from ztfvo.console import console, counting
from ztfvo.db import connect
from ztfvo.extraction import places
from ztfvo.extraction.places import Outcome
from ztfvo.releases import find_release
from ztfvo.settings import get_settings
from ztfvo.site.locks import alter
from ztfvo.store.schemas import create_common

app = typer.Typer(help="Place the light curves of a release where similar ones are near.")


@app.command()
def similar(
    release: Annotated[str, typer.Argument(help="Name of a release with features, like dr19.")],
    fit: Annotated[
        bool,
        typer.Option("--fit", help="Fit the space to the features as they are now, and place all."),
    ] = False,
) -> None:
    """Place all light curves whose features are new or have changed, and build the index that finds
    similar ones; may be interrupted, and goes on where it was.
    """
    settings = get_settings()
    with connect(settings, autocommit=True) as connection:
        alter(connection, lambda: create_common(connection))
        name = find_release(connection, release).name
    with counting("quadrants, {task.fields[curves]:,} light curves") as progress:
        task = progress.add_task(f"similar objects of {name}", total=None, curves=0)

        def report(outcome: Outcome, left: int) -> None:
            total = outcome.quadrants + left
            progress.update(task, total=total, completed=outcome.quadrants, curves=outcome.curves)

        outcome = places.run(settings, name, fit, report, lambda what: console.print(what))
    if outcome.fitted:
        console.print(f"The space was fitted to the features of {name}")
    console.print(
        f"{outcome.quadrants} quadrants, {outcome.curves:,} light curves placed; {outcome.total:,}"
        " have a place"
    )
