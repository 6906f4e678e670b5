"""Releases made for a test in the test database, and the ``ztfvo`` command."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql

from ztfvo.db import connect
from ztfvo.declarations import Declaration, declared
from ztfvo.ingest.finish import finish
from ztfvo.ingest.outcome import Options
from ztfvo.ingest.plan import jobs
from ztfvo.ingest.run import run
from ztfvo.settings import Settings, load_settings
from ztfvo.store.names import schema_of
from ztfvo.store.schemas import create_common, create_release

from .files import ROOT

TABLES = ("exposure_set", "lightcurve", "object", "exposure", "input_file")


class Release:
    """A release of the test database, declared below `root` only."""

    def __init__(
        self,
        name: str,
        root: Path,
        layout: str,
        simulated: bool = True,
        times: str = "five-decimals",
    ) -> None:
        self.name = name
        self.root = root
        folder = root / "inputs" / "ztf" / name
        folder.mkdir(parents=True)
        for grid in ("fields.csv", "quadrants.csv"):
            shutil.copy(ROOT / "inputs" / "ztf" / grid, folder.parent)
        (folder / "release.toml").write_text(
            f'title = "Test {name}"\nlabel = "{name}"\nshort_name = "{name}"\n'
            'description = "Made for a test"\ncreated = 2026-11-22T12:00:00Z\nrank = 95\n'
            f'layout = "{layout}"\ntimes = "{times}"\nsimulated = {str(simulated).lower()}\n'
        )
        self.settings: Settings = load_settings(root=root)
        self.connection = connect(self.settings, autocommit=True)
        with self.connection.transaction():
            create_common(self.connection)
            create_release(self.connection, name, times)

    def ingest(self, *files: Path, **options):
        """Load files in this process and finish; returns the outcomes."""
        todo = jobs(self.root / "data", self.root / "inputs" / "ztf" / self.name, files)
        workers = options.pop("workers", 1)
        outcomes = run(self.declared, todo, self.settings, Options(**options), workers=workers)
        if not options.get("dry_run"):
            finish(self.connection, self.declared, lambda what: None)
        return outcomes

    @property
    def declared(self) -> Declaration:
        """As its declaration is now."""
        return declared(self.name, self.settings.inputs)

    def command(self, *words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run ``ztfvo ingest`` on this release."""
        return ztfvo("ingest", self.name, *words, check=check, ZTFVO_ROOT=str(self.root))

    def backends(self) -> set[int]:
        """Processes of the database that work for this package, in whatever process it runs."""
        query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'ztfvo'"
        return {pid for (pid,) in self.rows(query)}

    def rows(self, query: str, *parameters):
        """Rows of a query in which unqualified names mean this release's tables and views."""
        with self.connection.transaction():
            self.connection.execute(
                "SELECT set_config('search_path', %s, true)", (f"{schema_of(self.name)}, public",)
            )
            return self.connection.execute(query, parameters or None).fetchall()

    def content(self) -> str:
        """Digest of all that is published, and of what the database knows of the files."""
        digest = hashlib.sha256()
        for query in (
            "SELECT * FROM objects ORDER BY oid",
            "SELECT * FROM lightcurves ORDER BY oid",
            "SELECT * FROM exposures ORDER BY exposure_id",
            "SELECT path, bytes, sha256, nlightcurves, ndetections, finished FROM input_file"
            " ORDER BY path",
        ):
            for row in self.rows(query):
                digest.update(repr(row).encode())
        return digest.hexdigest()

    def counts(self) -> list[int]:
        """Rows of each table."""
        return [self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]

    def drop(self) -> None:
        """Remove the release from the database."""
        self.connection.execute("DELETE FROM ztf_store.release WHERE name = %s", (self.name,))
        self.connection.execute(
            "DELETE FROM ztf_store.image WHERE simulated AND source = 'lightcurve'"
        )
        schema = sql.Identifier(schema_of(self.name))
        self.connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(schema))
        self.connection.close()


@contextmanager
def temporary_release(
    name: str,
    root: Path,
    layout: str = "bulk-parquet",
    simulated: bool = True,
    times: str = "five-decimals",
):
    """A release that is dropped afterwards."""
    release = Release(name, root, layout, simulated, times)
    try:
        yield release
    finally:
        release.drop()


def ztfvo(*words: str | Path, check: bool = True, **environment: str):
    """Run the ``ztfvo`` command and return what it printed.

    Started as root it loads as another user, who gets to the files of the test.
    """
    for path in map(Path, [*words, *environment.values()]):
        if path.is_absolute() and path.is_relative_to(tempfile.gettempdir()) and path.exists():
            let_in(path)
    result = subprocess.run(
        [Path(sys.executable).parent / "ztfvo", *map(str, words)],
        capture_output=True,
        text=True,
        env=os.environ | environment | {"COLUMNS": "200"},
        check=False,
    )
    if check and result.returncode:
        raise AssertionError(f"ztfvo {words} failed:\n{result.stdout}\n{result.stderr}")
    return result


def let_in(path: Path) -> None:
    """Let everyone get to a file or folder in the folder of temporary files, and read it."""
    below = path.relative_to(tempfile.gettempdir())
    for parent in list(below.parents)[:-1]:
        (tempfile.gettempdir() / parent).chmod(0o755)
    subprocess.run(["chmod", "-R", "a+rX", path], check=True)


def script(name: str, *words: str) -> str:
    """Run one of the project's scripts and return what it printed."""
    result = subprocess.run(
        [ROOT / "scripts" / name, *words], capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise AssertionError(f"scripts/{name} {words} failed:\n{result.stdout}\n{result.stderr}")
    return result.stdout
