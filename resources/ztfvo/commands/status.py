"""``ztfvo status``: how the installation is."""

from __future__ import annotations

from typing import Annotated

import typer

from ztfvo.settings import get_settings
from ztfvo.site.identity import require_owner
from ztfvo.status.report import show

app = typer.Typer(add_completion=False)


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show parts, disk, jobs and backups; the exit status is 0 when all parts work."""
    settings = get_settings()
    require_owner(settings)
    raise typer.Exit(show(settings, as_json))
