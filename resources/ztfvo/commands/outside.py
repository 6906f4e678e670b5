"""``ztfvo outside``: services outside, for operators."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from ztfvo.console import show_table
from ztfvo.errors import CannotBeDone
from ztfvo.outside.check import check as run
from ztfvo.outside.check import is_well
from ztfvo.outside.model import Answer, Source
from ztfvo.outside.sources import sources
from ztfvo.settings import get_settings

app = typer.Typer(no_args_is_help=True, help="Services outside that the site asks.")


@app.callback()
def _group() -> None:
    """Services outside that the site asks."""


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Of sources; all if none.")] = None,
) -> None:
    """Ask services for something that they have, and show whether they answer as declared.

    What is kept of former answers is neither used nor changed. The exit status is 0 when all are
    well.
    """
    known = sources()
    if unknown := [name for name in names or [] if name not in known]:
        raise CannotBeDone(f"There is no source {unknown[0]!r}. There are: {', '.join(known)}.")
    table = Table("source", "state", "rows", "s", "")

    def say(source: Source, answer: Answer) -> None:
        count = len(answer.curve.hmjd) if answer.curve else len(answer.rows)
        reason = answer.reason or ("" if is_well(source, answer) else "something should be there")
        table.add_row(source.name, answer.state, str(count), f"{answer.seconds:.1f}", reason)

    good = run(get_settings(), [known[name] for name in names or known], say)
    show_table(table)
    raise typer.Exit(0 if good else 1)
