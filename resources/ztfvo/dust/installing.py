"""Install maps of dust from their files, which are recognised by what is in them."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from astropy.utils.exceptions import AstropyWarning

from ztfvo.dust import reading
from ztfvo.dust.kinds import kinds
from ztfvo.dust.maps import maps
from ztfvo.dust.model import DustError, Known, Map
from ztfvo.dust.reading import NOTE, Installed
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.files import digests, unreadable
from ztfvo.settings import Settings

_UNREADABLE = (OSError, ValueError, KeyError, TypeError, IndexError, DustError)
"""What libraries raise for files that are damaged."""


def install(settings: Settings, paths: Sequence[Path], only: str | None = None) -> Installed:
    """Install the map that files are of; one that is there stays until then.

    Parameters
    ----------
    paths
        All files of one map.
    only
        Name of the map that they are to be; None for whichever they are.

    Raises
    ------
    BadFile
        If they are not those of a map that is known, or damaged.
    CannotBeDone
        If there is no room for them, or another command is at work.
    """
    for path in paths:
        if why := unreadable(path):
            raise BadFile(path, None, why)
    name, kind, parts = _recognised(paths)
    with alone(settings), _beside(settings.dust, parts.values()) as folder:
        with _damage_of(paths[0]):
            kind.prepare(parts, folder)
            found = _found(folder, name, paths, only)
        _let_all_read(folder)
        target = reading.folder_of(settings, found.map.name)
        old = settings.dust / ".old"
        if target.exists():
            target.rename(old)
        folder.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    return reading.installed_as(settings, found.map.name)


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Let no other command change maps meanwhile.

    Raises
    ------
    CannotBeDone
        If another one does.
    """
    settings.dust.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(settings.dust, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotBeDone(
                "Another command fetches or installs a map: wait for its end, or end it."
            ) from error
        yield
    finally:
        os.close(descriptor)


def _recognised(paths: Sequence[Path]) -> tuple[str, ModuleType, dict[str, Path]]:
    """Return the kind of files, its module, and the files by their parts."""
    found: dict[str, dict[str, Path]] = {}
    for path in paths:
        kind, part = _part(path)
        if part in found.setdefault(kind, {}):
            raise BadFile(path, None, f"it is the same part ({part}) as {found[kind][part]}")
        found[kind][part] = path
    if len(found) > 1:
        raise BadFile(paths[-1], None, f"it is of another kind than {paths[0]}: give one map")
    ((kind, parts),) = found.items()
    if missing := set(kinds()[kind].PARTS) - parts.keys():
        raise BadFile(
            paths[0],
            None,
            f"it is {kinds()[kind].TITLE}, one of {len(kinds()[kind].PARTS)}:"
            f" {', '.join(sorted(missing))} is missing",
            remedy="Give all files of the map in one command.",
        )
    return kind, kinds()[kind], parts


def _part(path: Path) -> tuple[str, str]:
    for name, kind in kinds().items():
        with _damage_of(path):
            if part := kind.part(path):
                return name, part
    known = "; ".join(kind.TITLE for kind in kinds().values())
    raise BadFile(path, None, f"it is no map of dust that is known here ({known})")


@contextlib.contextmanager
def _damage_of(path: Path) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyWarning)  # the exception says it
            yield
    except _UNREADABLE as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CannotBeDone(f"There is no room for the arrays of {path}: free some.") from error
        cause = f"it is damaged: {error or type(error).__name__}"
        raise BadFile(path, None, cause, remedy="Fetch it again.") from error


@contextlib.contextmanager
def _beside(root: Path, files: Sequence[Path]) -> Iterator[Path]:
    """Give a folder for new arrays, which does not stay if it is not put into its place."""
    room, wanted = shutil.disk_usage(root).free, 2 * sum(path.stat().st_size for path in files)
    if room < wanted:
        raise CannotBeDone(
            f"{root} has room for {room / 1e6:,.0f} MB, up to {wanted / 1e6:,.0f} are needed."
        )
    folder = root / ".new"
    for left in (folder, root / ".old"):
        shutil.rmtree(left, ignore_errors=True)  # of a command that was killed
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _let_all_read(folder: Path) -> None:
    """Let the users of services read a folder, whatever the caller's mask is."""
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)


def _found(folder: Path, kind: str, paths: Sequence[Path], only: str | None) -> Installed:
    """Return the map whose known values the arrays of a folder have."""
    _write_note(folder, paths)
    differ = []
    for one in maps().values():
        if one.kind == kind and only in (None, one.name):
            here = reading.noted(folder, one)
            if wrong := _difference(here, one.known):
                differ.append(f"{one.name} {wrong}")
            else:
                return here
    raise BadFile(
        paths[0],
        None,
        f"it has not the values that are known of a map of its kind: {'; '.join(differ)}",
        remedy="It is another map, or damaged.",
    )


def _difference(here: Installed, known: Sequence[Known]) -> str | None:
    """Return where a map has another value than is known of it, in words."""
    for one in known:
        (ebv,) = reading.at(here, one.ra, one.dec, one.distance).ebv
        if not abs(ebv - one.ebv) <= one.within:
            return (
                f"has E(B-V) = {one.ebv:g} at {one.ra:g}, {one.dec:g} ({one.origin}), this file"
                f" {ebv:.4f}"
            )
    return None


def _write_note(folder: Path, paths: Sequence[Path]) -> None:
    sums = [digests(path, "md5")[0] for path in paths]
    note = {
        "edition": "-".join(sorted(one[:8] for one in sums)),
        "installed_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "bytes": sum(path.stat().st_size for path in folder.iterdir()),
        "sources": [f"{path.name} {one}" for path, one in zip(paths, sums, strict=True)],
    }
    (folder / NOTE).write_text(json.dumps(note, indent=1), encoding="utf-8")


def declared(name: str) -> Map:
    """Return a map by its name.

    Raises
    ------
    CannotBeDone
        If there is none such.
    """
    if name not in maps():
        raise CannotBeDone(f"There is no map {name!r}. There are: {', '.join(maps())}.")
    return maps()[name]
