"""``ztfvo kdb``: commands of the knowledge database, which runs them in its own process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import typer

from ztfvo.knowledge import manage
from ztfvo.settings import Settings, get_settings
from ztfvo.site import kdb_tables
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import KDB, as_user, require_owner, user_of

app = typer.Typer(
    help="Manage the knowledge database; COMMAND --help tells the options.", no_args_is_help=True
)

COMMANDS = {
    "import": ("import_records", "Load annotations from CSV, JSON or an export."),
    "export": ("export_records", "Write all annotations and tags as JSON lines or VOTable."),
    "vocabulary": ("load_vocabulary", "Add the tags a knowledge database begins with."),
    "create-admin": ("create_administrator", "Make an administrator; shows the password once."),
    "create-user": ("create_user", "Make a user; shows the password once."),
    "reset-password": ("reset_password", "Give a user a new password; shows it once."),
    "set-role": ("set_role", "Change what a user may do."),
    "tidy": ("tidy", "Delete what has expired."),
    "migrate": ("migrate", "Bring the tables up to date."),
}
PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True}


def _add(name: str, command: str, text: str) -> None:
    @app.command(name, help=text, context_settings=PASS_ON, add_help_option=False)
    def run(context: typer.Context) -> None:
        try:
            require_owner(get_settings())
            if command in ("import_records", "export_records"):
                _check_files(get_settings(), context.args)
            done = manage(get_settings(), [command, *context.args])
        except SiteError as error:
            typer.echo(f"Error: {error}", file=sys.stderr)
            raise typer.Exit(1) from error
        if command == "import_records" and done.returncode == 0:
            try:
                kdb_tables.count_anew(get_settings())
            except SiteError as error:
                # What was imported stays.
                typer.echo(f"Warning: {error}", file=sys.stderr)
        raise typer.Exit(done.returncode)


def _check_files(settings: Settings, words: list[str]) -> None:
    """Check that the knowledge database's user gets to the files named.

    Raises
    ------
    SiteError
        When it may not read one that exists, or not write where one does not.
    """
    for path in (Path(word) for word in words if not word.startswith("-")):
        right, place = ("-r", path) if path.exists() else ("-w", path.parent)
        if not path.suffix:
            continue
        if subprocess.run(as_user(settings, KDB, ["test", right, place.absolute()])).returncode:
            user = user_of(settings, KDB).pw_name
            raise SiteError(
                f"the user '{user}', which runs this command, may not use {path}",
                "move it to a folder of that user, or chmod o+rX what is read; an export can be "
                "had by: ztfvo kdb export - --layout jsonl > FILE",
            )


for _name, (_command, _text) in COMMANDS.items():
    _add(_name, _command, _text)
