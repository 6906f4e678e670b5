"""Readers of the layouts in which ZTF light curves are published, one module each.

A reader is a module of this folder whose name does not begin with an underscore.  It has

``NAME``
    the layout's name as used in ``release.toml``: the module's, with dashes,
``DESCRIPTION``
    a sentence,
``MERGES``
    whether one OID may occur in several files, whose epochs are then united,
``SUFFIXES``
    ends of its files' names, in small letters; those of text may have ``.gz`` behind them,
``matches(path)``
    whether the file is of this layout, by its name and beginning,
``preview(path)``
    what shows without reading it in full, as :class:`~ztfvo.ingest.readers._preview.Preview`,
``read(path)``
    its light curves, as :class:`~ztfvo.store.lightcurves.LightCurves`.

A new layout is one more module; nothing else is edited.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import ModuleType

from ztfvo.errors import BadFile
from ztfvo.files import unreadable
from ztfvo.plugins import modules
from ztfvo.store.lightcurves import LightCurves


@cache
def readers() -> dict[str, ModuleType]:
    """All readers by the name of their layout, found by listing this folder."""
    return {module.NAME: module for module in modules(__name__).values()}


@cache
def suffixes() -> tuple[str, ...]:
    """Ends of the names of files that a reader may know."""
    return tuple(sorted({suffix for module in readers().values() for suffix in module.SUFFIXES}))


def reader_for(path: Path) -> ModuleType:
    """Pick the reader of a file.

    Raises
    ------
    BadFile
        When the file is missing, empty or of no known layout.
    """
    path = Path(path)
    fault = unreadable(path)
    if fault:
        raise BadFile(path, None, fault)
    size = path.stat().st_size
    if size == 0:
        raise BadFile(path, None, "the file is empty (0 bytes)", remedy="Download it again.")
    for module in readers().values():
        if module.matches(path):
            return module
    known = "; ".join(module.DESCRIPTION for module in readers().values())
    raise BadFile(path, None, "unknown layout", remedy=f"Known layouts: {known}.")


def read_file(path: Path) -> tuple[ModuleType, LightCurves]:
    """Read a file of any known layout.

    Returns
    -------
    reader
        The module that read it.
    curves
        Its light curves, not yet checked beyond what reading needs.

    Raises
    ------
    BadFile
        When the file is damaged, or its layout is unknown or not kept.
    """
    path = Path(path)
    reader = reader_for(path)
    return reader, reader.read(path)
