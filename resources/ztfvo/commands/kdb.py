"""``ztfvo kdb``: commands of the knowledge database, which runs them in its own process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from ztfvo.settings import Settings, get_settings
from ztfvo.site import kdb_tables
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import KDB, as_user, own_file, own_folder, require_owner, user_of
from ztfvo.site.knowledge import manage

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
            if command == "export_records":
                _check_places(get_settings(), context.args)
            given = context.args if command == "import_records" else []
            with _readable(get_settings(), given) as words:
                done = manage(get_settings(), [command, *(words or context.args)])
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


@contextmanager
def _readable(settings: Settings, words: list[str]) -> Iterator[list[str]]:
    """Yield the words, with copies in place of files that the caller alone may read."""
    folder = settings.var / "kdb" / f"import-{os.getpid()}"
    try:
        yield [_copy_of(settings, word, folder) for word in words]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_of(settings: Settings, word: str, folder: Path) -> str:
    path = Path(word)
    if not path.is_file() or _may(settings, "-r", path):
        return word
    own_folder(settings, folder, 0o750, group=KDB)
    copy = folder / str(len(list(folder.iterdir()))) / path.name
    own_folder(settings, copy.parent, 0o750, group=KDB)
    shutil.copyfile(path, copy)
    own_file(settings, copy, 0o640, group=KDB)
    return str(copy)


def _may(settings: Settings, right: str, path: Path) -> bool:
    """Tell whether the knowledge database's user has a right to a path."""
    words = ["test", right, path.absolute()]
    return subprocess.run(as_user(settings, KDB, words), check=False).returncode == 0


def _check_places(settings: Settings, words: list[str]) -> None:
    """Check that the knowledge database's user may write the files named.

    Raises
    ------
    SiteError
        When it may not.
    """
    for path in (Path(word) for word in words if not word.startswith("-")):
        if path.suffix and not _may(settings, "-w", path if path.exists() else path.parent):
            user = user_of(settings, KDB).pw_name
            raise SiteError(
                f"the user '{user}', which runs this command, may not write {path}",
                "name a file in a folder of that user; or: "
                "ztfvo kdb export - --layout jsonl > FILE",
            )


for _name, (_command, _text) in COMMANDS.items():
    _add(_name, _command, _text)
