"""Hosted catalogs for tests: those of the project under other names, below a folder of the test."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ztfvo.catalogs import Catalog, declared, store
from ztfvo.catalogs.load import Options, load
from ztfvo.db import connect

from .files import ROOT, SHARED

PROJECT = ROOT / "inputs" / "catalogs"
REAL = SHARED / "crossmatch"
TNS_DUMP = SHARED / "external" / "derived" / "tns_public_objects_rebuilt.csv.zip"

DEMO = ROOT / "inputs" / "ztf" / "demo"
sys.path.insert(0, str(DEMO))


class Copy:
    """A project's catalog under a name of its own, in the test database."""

    def __init__(self, name: str, root: Path, **changes: str) -> None:
        self.name = f"t{os.getpid()}_{name}"
        self.root = root
        text = (PROJECT / name / "catalog.toml").read_text()
        for old, new in changes.items():
            assert f"\n{old} = " in text, old
            lines = [
                f"{old} = {new}" if line.startswith(f"{old} = ") else line
                for line in text.splitlines()
            ]
            text = "\n".join(lines)
        file = root / "inputs" / "catalogs" / self.name / "catalog.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.connection = connect(autocommit=True)
        self.said: list[str] = []

    @property
    def declared(self) -> Catalog:
        """As its declaration is now."""
        return declared(self.root / "inputs" / "catalogs")[self.name]

    @property
    def known(self) -> list[Catalog]:
        """All catalogs, those of the project included."""
        return [*declared(PROJECT).values(), self.declared]

    @property
    def state(self) -> store.Loaded | None:
        """What is loaded of it."""
        return store.loaded(self.connection).get(self.name)

    def load(self, *files: Path, **options: bool) -> store.Loaded:
        """Load files in this process."""
        self.said = []
        return load(
            self.connection,
            self.declared,
            files,
            self.known,
            Options(**options),
            self.said.append,
            self.alter,
        )

    def rows(self, query: str, *parameters):
        """Rows of a query in which {} is this catalog's view."""
        view = f"catalogs_store.{self.name}"
        return self.connection.execute(query.format(view), parameters or None).fetchall()

    def drop(self) -> None:
        """Remove it from the database."""
        if self.state:
            with self.connection.transaction():
                store.hide(self.connection, self.name, declared(PROJECT).values())
        self.connection.close()

    def alter(self, change) -> None:
        """Make a change in a transaction of its own."""
        with self.connection.transaction():
            change()


@contextmanager
def temporary_catalog(name: str, root: Path, **changes: str) -> Iterator[Copy]:
    """A copy of a project's catalog that is dropped afterwards.

    Parameters
    ----------
    **changes
        Lines of its declaration, as TOML writes their values.
    """
    copy = Copy(name, root, **changes)
    try:
        yield copy
    finally:
        copy.drop()


def write_demo(folder: Path, name: str) -> Path:
    """Write the simulated file of a catalog, as the demo has it."""
    import surveys
    from skysim.surveys import read_stars, rows

    stars = read_stars(DEMO / "stars.csv")
    return surveys.write(folder, declared(PROJECT)[name], list(rows(stars, name)))
