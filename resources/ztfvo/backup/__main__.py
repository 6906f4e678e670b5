"""``scripts/backup``: back up the knowledge database, and restore it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ztfvo.backup import trial
from ztfvo.backup.archive import time_of
from ztfvo.backup.make import back_up, check, work_folder
from ztfvo.backup.restore import restore as restore_
from ztfvo.backup.targets import target_of
from ztfvo.console import show_table
from ztfvo.failures import Group
from ztfvo.settings import Settings, get_settings
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import require_owner

console = Console(soft_wrap=True, highlight=False)
app = typer.Typer(
    cls=Group, add_completion=False, help="Back up the knowledge database, and restore it."
)

Place = Annotated[
    str | None,
    typer.Option("--target", help="Folder or rclone target name:path; default: a setting."),
]
Backup = Annotated[str, typer.Argument(help="A file, or the name of a backup at the target.")]


@app.callback(invoke_without_command=True)
def main(context: typer.Context) -> None:
    """Back up the knowledge database and the settings, and delete what is no longer needed."""
    require_owner(get_settings())
    if context.invoked_subcommand is None:
        run()


@app.command()
def run(target: Place = None) -> None:
    """Make a backup; the same as no command."""
    settings = get_settings()
    place = target_of(settings, target)
    name = back_up(settings, place, console.print)
    if trial.is_due(settings):
        _try(settings, name, target)


@app.command("list")
def list_(target: Place = None) -> None:
    """Show the backups that are there."""
    place = target_of(get_settings(), target)
    table = Table("backup", "made (UTC)", title=str(place), title_justify="left")
    for name in place.names():
        if time := time_of(name):
            table.add_row(name, f"{time:%Y-%m-%d %H:%M:%S}")
    show_table(table)


@app.command()
def verify(backup: Backup, target: Place = None) -> None:
    """Read a backup to its end and check it."""
    settings = get_settings()
    with work_folder(settings) as folder:
        manifest = check(settings, _fetch(backup, target, folder), folder)
    for name, count in manifest["tables"].items():
        console.print(f"{name}: {count:,} rows")


@app.command("test")
def test_(
    backup: Annotated[str | None, typer.Argument(help="As for verify; default the newest.")] = None,
    target: Place = None,
) -> None:
    """Restore a backup into a database of its own, which is dropped again."""
    settings = get_settings()
    if backup is None:
        place = target_of(settings, target)
        names = sorted(name for name in place.names() if time_of(name))
        if not names:
            raise SiteError(f"there is no backup in {place}", "make one: scripts/backup run")
        backup = names[-1]
    _try(settings, backup, target)


def _try(settings: Settings, backup: str, target: str | None) -> None:
    with work_folder(settings) as folder:
        console.print(trial.try_restore(settings, _fetch(backup, target, folder), folder))


@app.command()
def restore(backup: Backup, target: Place = None) -> None:
    """Restore a backup into an empty service, with its accounts."""
    settings = get_settings()
    with work_folder(settings) as folder:
        restore_(settings, _fetch(backup, target, folder), folder, console.print)


def _fetch(backup: str, target: str | None, folder: Path) -> Path:
    """Return the file; a name without folder is looked for at the target."""
    path = Path(backup)
    if path.exists() or time_of(backup) is None:
        return path
    target_of(get_settings(), target).get(backup, folder / backup)
    return folder / backup


if __name__ == "__main__":
    app()
