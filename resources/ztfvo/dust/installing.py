"""Install maps of dust from their files, which are recognised by what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from ztfvo import placing
from ztfvo.dust import reading
from ztfvo.dust.kinds import kinds
from ztfvo.dust.maps import maps
from ztfvo.dust.model import DustError, Known, Map
from ztfvo.dust.reading import NOTE, Installed
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.files import unreadable
from ztfvo.settings import Settings


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
    root = settings.dust
    with placing.alone(root), placing.beside(root, list(parts.values())) as folder:
        with placing.damage_of(paths[0], DustError):
            kind.prepare(parts, folder)
            found = _found(folder, name, paths, only)
        placing.put(folder, reading.folder_of(settings, found.map.name))
    return reading.installed_as(settings, found.map.name)


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
        with placing.damage_of(path, DustError):
            if part := kind.part(path):
                return name, part
    known = "; ".join(kind.TITLE for kind in kinds().values())
    raise BadFile(path, None, f"it is no map of dust that is known here ({known})")


def _found(folder: Path, kind: str, paths: Sequence[Path], only: str | None) -> Installed:
    """Return the map whose known values the arrays of a folder have."""
    placing.write_note(folder / NOTE, paths)
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
