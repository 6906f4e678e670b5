"""Install models of supernovae from their files, and find those that are here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ztfvo import placing
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.files import digests, unreadable
from ztfvo.remote import published as archives
from ztfvo.remote.published import LARGEST_RECORD, Published
from ztfvo.remote.resume import client_of_files
from ztfvo.settings import Settings
from ztfvo.supernovae.declared import ALL, MODELS
from ztfvo.supernovae.kinds import kinds
from ztfvo.supernovae.model import Installed, ModelError, Template

NOTE = "model.json"
"""File that says what is installed; without it nothing is."""


def folder_of(settings: Settings, name: str) -> Path:
    """Return the folder of a model."""
    return settings.models / name


def installed_as(settings: Settings, name: str) -> Installed | None:
    """Return a model that is here, or the curves of bands; None where it is not.

    Raises
    ------
    ModelError
        Where its folder cannot be read.
    """
    template = ALL[name]
    if not template.files:
        return Installed(template, None, "", "", 0, ())
    folder = folder_of(settings, name)
    try:
        note = placing.read_note(folder / NOTE)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder / NOTE} cannot be read: {error}") from error
    return note and Installed(
        template, folder, note.edition, note.installed_at, note.bytes, note.sources
    )


def names(settings: Settings) -> list[str]:
    """Return the names of the models that are installed, in their order, readable or not."""
    return [
        one.name
        for one in MODELS.values()
        if not one.files or folder_of(settings, one.name).is_dir()
    ]


def preferred(settings: Settings) -> Installed:
    """Return the first model that is here.

    Raises
    ------
    ModelError
        Where a folder cannot be read.
    """
    found = (installed_as(settings, name) for name in MODELS)
    return next(one for one in found if one)


def declared(name: str) -> Template:
    """Return what may be fetched, by its name.

    Raises
    ------
    CannotBeDone
        If there is none such.
    """
    if name not in ALL:
        raise CannotBeDone(f"There is no model {name!r}. There are: {', '.join(ALL)}.")
    if not ALL[name].files:
        raise CannotBeDone(f"{name} needs no files: it is always here.")
    return ALL[name]


def published(which: Template) -> list[Published]:
    """Ask for the sizes of a model's files."""
    with client_of_files(LARGEST_RECORD) as client:
        return [Published(one, client.size(one.url, 60.0), one.md5) for one in which.files]


def fetch(
    which: Template,
    files: Sequence[Published],
    settings: Settings,
    advance: Callable[[int], None],
) -> list[Path]:
    """Fetch the files of a model and return them; see `ztfvo.remote.published.fetch`.

    Raises
    ------
    Failure, BadFile
        As there.
    CannotBeDone
        If there is no room for them, or another command is at work.
    """
    with placing.alone(settings.models):
        return archives.fetch(files, arrived(settings, which), advance)


def arrived(settings: Settings, which: Template) -> Path:
    """Return the folder of files that are not installed yet."""
    return settings.models / "files" / which.name


def install(settings: Settings, paths: Sequence[Path], only: str | None = None) -> Installed:
    """Install the model that files are of; one that is there stays until then.

    Files are known by their checksum, or by their name where no checksum is known.

    Parameters
    ----------
    paths
        All files of one model.
    only
        Name of the model that they are to be; None for whichever they are.

    Raises
    ------
    BadFile
        If they are not those of a model that is known, or damaged.
    CannotBeDone
        If there is no room for them, or another command is at work.
    """
    for path in paths:
        if why := unreadable(path):
            raise BadFile(path, None, why)
    template, ordered = _recognised(paths, only)
    kind, root = kinds()[template.kind], settings.models
    with placing.alone(root), placing.beside(root, ordered) as folder:
        with placing.damage_of(ordered[0], ModelError):
            kind.prepare(ordered, folder)
        placing.write_note(folder / NOTE, ordered)
        placing.put(folder, folder_of(settings, template.name))
    return installed_as(settings, template.name)


def _recognised(paths: Sequence[Path], only: str | None) -> tuple[Template, list[Path]]:
    """Return what files are of, and the files in the order of their declaration."""
    found: dict[str, dict[int, Path]] = {}
    for path in paths:
        name, number = _file(path, only)
        if number in found.setdefault(name, {}):
            raise BadFile(path, None, f"it is the same as {found[name][number]}")
        found[name][number] = path
    if len(found) > 1:
        raise BadFile(paths[-1], None, f"it is of another model than {paths[0]}: give one")
    ((name, by_number),) = found.items()
    template = ALL[name]
    missing = [one.name for i, one in enumerate(template.files) if i not in by_number]
    if missing:
        raise BadFile(
            paths[0],
            None,
            f"it is of {name}, one of {len(template.files)}: {', '.join(missing)} is missing",
            remedy="Give all files in one command.",
        )
    return template, [by_number[i] for i in range(len(template.files))]


def _file(path: Path, only: str | None) -> tuple[str, int]:
    """Return the name of the model that a file is of, and the file's number."""
    (md5,) = digests(path, "md5")
    namesake = None
    for name, template in ALL.items():
        if only not in (None, name):
            continue
        for number, one in enumerate(template.files):
            if one.md5 == md5 or (not one.md5 and path.name in _names(one.name)):
                return name, number
            if one.name == path.name:
                namesake = one
    if namesake:
        raise BadFile(path, None, f"its MD5 is {md5}, and that of the model {namesake.md5}")
    raise BadFile(
        path,
        None,
        f"it is no file of {only or 'a model'} that is known here: neither its name nor its MD5,"
        f" {md5}, is",
    )


def _names(name: str) -> tuple[str, str]:
    """Return the names that a file may have: packed, or unpacked."""
    return name, name.removesuffix(".gz")
