"""``ztfvo kdb``: commands of the knowledge database, which runs them in its own process."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from ztfvo.settings import Settings, get_settings
from ztfvo.site import kdb_tables
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import KDB, as_user, own_file, own_folder, require_owner
from ztfvo.site.knowledge import manage

app = typer.Typer(
    help="Manage the knowledge database; COMMAND --help lists the options.", no_args_is_help=True
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
LAYOUTS = {".vot": "votable", ".xml": "votable"}
"""Of exports, by the ending of their name; others are JSON lines."""

PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True}


def _add(name: str, command: str, text: str) -> None:
    @app.command(name, help=text, context_settings=PASS_ON, add_help_option=False)
    def run(context: typer.Context) -> None:
        require_owner(get_settings())
        if command == "export_records":
            done = _export(get_settings(), context.args)
        else:
            given = context.args if command == "import_records" else []
            with _readable(get_settings(), given) as words:
                done = manage(get_settings(), [command, *(words or context.args)])
        if command == "import_records" and done.returncode == 0:
            try:
                kdb_tables.recount(get_settings())
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
    """Return whether the knowledge database's user has a right to a path."""
    words = ["test", right, path.absolute()]
    return subprocess.run(as_user(settings, KDB, words), check=False).returncode == 0


def _export(settings: Settings, words: list[str]) -> subprocess.CompletedProcess[str]:
    """Export to the caller's file, which has its name only once it is whole.

    Raises
    ------
    SiteError
        When the caller may not write it.
    """
    given = argparse.ArgumentParser(add_help=False)
    given.add_argument("file", nargs="?", type=Path)
    given.add_argument("--layout")
    file = given.parse_known_args(words)[0].file
    if file is None or str(file) == "-":
        return manage(settings, ["export_records", *words])
    descriptor, part = _make_beside(file)
    try:
        to = f"--descriptor={descriptor}"
        done = manage(settings, ["export_records", *words, to], files=[descriptor])
        if done.returncode == 0:
            os.fsync(descriptor)
            os.replace(part, file)
        return done
    finally:
        os.close(descriptor)
        Path(part).unlink(missing_ok=True)


def _make_beside(file: Path) -> tuple[int, str]:
    """Make an empty file, for the caller's eyes only, in the folder of another."""
    try:
        return tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}-")
    except OSError as error:
        layout = LAYOUTS.get(file.suffix.lower(), "jsonl")
        raise SiteError(
            f"{file} cannot be written ({error.strerror})",
            "name a file in a folder that you may write; or: "
            f"ztfvo kdb export - --layout {layout} > FILE",
        ) from error


for _name, (_command, _text) in COMMANDS.items():
    _add(_name, _command, _text)
