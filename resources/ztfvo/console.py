"""What commands show to people, beside what they write for other programs."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

WIDEST = 10_000
"""Characters in a line of a table for a file or another program."""

console = Console(stderr=True, highlight=False, soft_wrap=True)


def show_error(message: str, where: Console = console) -> None:
    """Show what is wrong, as it is."""
    where.print(message, style="red", markup=False)


def show_table(table: Table) -> None:
    """Print a table to standard output, with whole lines where that is no terminal."""
    output = Console(highlight=False)
    if not output.is_terminal:
        output.width = WIDEST
    output.print(table)


def counting(what: str) -> Progress:
    """Return a progress bar of things that are counted.

    Parameters
    ----------
    what
        What is written behind the count; it may name fields of the task.
    """
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(what),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
