"""Read one file of a release and check it, as far as that needs no database."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import psycopg
from erfa import ErfaWarning

from ztfvo.declarations import Declaration
from ztfvo.errors import BadFile
from ztfvo.grid import Grid
from ztfvo.store.lightcurves import LightCurves
from ztfvo.store.times import TIMES

from .checks import check, doubts
from .compare import compare
from .plan import Job
from .readers._preview import Preview


@contextmanager
def refusing(job: Job) -> Iterator[None]:
    """Turn whatever goes wrong with a file into `BadFile`, so that the others go on.

    A database that is away or full is no fault of the file, and passes.  Leap seconds of years to
    come are not known; that ERFA warns of it says nothing to an operator.
    """
    try:
        with warnings.catch_warnings(action="ignore", category=ErfaWarning):
            yield
    except (BadFile, psycopg.OperationalError, psycopg.InterfaceError):
        raise
    except OSError as error:
        raise BadFile(job.path, None, f"cannot be read: {error.strerror or error}") from error
    except MemoryError as error:
        remedy = "Use fewer workers, or a machine with more memory."
        raise BadFile(job.path, None, "needs more memory than there is", remedy=remedy) from error
    except Exception as error:
        cause = f"cannot be loaded ({type(error).__name__}: {error})"
        remedy = "This is a fault of the program: please report it, with the file."
        raise BadFile(job.path, None, cause, remedy=remedy) from error


@dataclass(frozen=True)
class Opened:
    """A file that may be one of the release."""

    reader: ModuleType
    preview: Preview
    ticks_per_day: int
    """Of the release's times."""

    def read(self, path: Path) -> LightCurves:
        """Read the light curves, not checked, with times as exact as the release's are."""
        return replace(self.reader.read(path), ticks_per_day=self.ticks_per_day)


@dataclass(frozen=True)
class Content:
    """The checked content of a file."""

    curves: LightCurves
    doubtful: int = 0
    """Values that the survey can hardly have."""
    note: str = ""
    """What they are."""


def open_file(job: Job, release: Declaration) -> Opened:
    """Compare a file with its release, before it is read in full.

    Raises
    ------
    BadFile
        When it cannot be one of the release.
    """
    if job.fault:
        raise job.fault
    return Opened(*compare(job.path, release), TIMES[release.times].ticks_per_day)


def read_content(job: Job, opened: Opened, grid: Grid, *, allow: bool = False) -> Content:
    """Read and check a file, and compare its counts with the manifest's.

    Parameters
    ----------
    job, opened
        The file.
    grid
        The survey's fields and quadrants.
    allow
        Take values that the survey can hardly have.

    Raises
    ------
    BadFile
        When it must not be loaded.
    """
    curves = opened.read(job.path)
    check(curves, job.path)
    if job.expected:
        for what, expected, read in (
            ("light curves", job.expected.rows, len(curves)),
            ("detections", job.expected.detections, curves.detections),
        ):
            if expected is not None and expected != read:
                cause = f"{what}: the manifest says {expected}, the file has {read}"
                raise BadFile(job.path, None, cause)
    found = doubts(curves, job.path, grid)
    if found.first and not allow:
        first = found.first
        rest = f"; in all {found}" if found.number > 1 else ""
        remedy = "If that is right, load it with --allow."
        raise BadFile(first.path, first.row, first.cause + rest, first.oid, remedy)
    return Content(curves, found.number, f"hardly possible: {found}" if found.number else "")
