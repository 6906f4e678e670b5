"""Catalogs that are declared, found by listing the folder of their declarations."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from datetime import UTC
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from ztfvo.catalogs.declaration import Catalog
from ztfvo.errors import BadFile, CannotBeDone

FILE = "catalog.toml"


def declared(inputs: Path) -> dict[str, Catalog]:
    """Return all catalogs whose declarations are right, in the order in which they are shown.

    Parameters
    ----------
    inputs
        The folder with one folder for each catalog.
    """
    found = []
    for file in _files(inputs):
        with suppress(BadFile):
            found.append(_read(file, file.stat().st_mtime_ns))
    return {one.name: one for one in sorted(found, key=lambda one: (one.rank, one.name))}


def faults(inputs: Path) -> list[BadFile]:
    """Return what is wrong with the declarations that are not right."""
    found = []
    for file in _files(inputs):
        try:
            _read(file, file.stat().st_mtime_ns)
        except BadFile as error:
            found.append(error)
    return found


def find(name: str, inputs: Path) -> Catalog:
    """Return the declaration of a catalog.

    Raises
    ------
    CannotBeDone
        If there is no such catalog.
    BadFile
        If its file is not TOML, or a value is missing, unknown, or not one of those allowed.
    """
    for file in _files(inputs):
        if file.parent.name == name:
            return _read(file, file.stat().st_mtime_ns)
    raise CannotBeDone(
        f"There is no catalog {name!r}. Declared in {inputs} are:"
        f" {', '.join(declared(inputs))}. To add one, see docs/develop.md."
    )


def _files(inputs: Path) -> list[Path]:
    return sorted(inputs.glob(f"*/{FILE}"))


@lru_cache(maxsize=256)
def _read(file: Path, _: int) -> Catalog:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(file, None, f"is not TOML ({error})") from error
    try:
        catalog = Catalog(name=file.parent.name, **values)
    except (ValidationError, TypeError) as error:
        raise BadFile(file, None, _sentence(error)) from error
    if catalog.created.tzinfo is None:
        return catalog.model_copy(update={"created": catalog.created.replace(tzinfo=UTC)})
    return catalog


def _sentence(error: ValidationError | TypeError) -> str:
    """What is wrong with the first value that is."""
    if isinstance(error, TypeError):
        return str(error)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]
