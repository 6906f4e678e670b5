"""Errors that people read: of a request, and of an input file."""

from __future__ import annotations

from pathlib import Path


class HTTPError(Exception):
    """A request that cannot be answered.

    Parameters
    ----------
    status
        HTTP status.
    message
        For the person who sent it: a sentence or two that name the value and the remedy.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class CannotBeDone(Exception):
    """What a command is asked for, which is not possible; the message says why, and what is."""


class BadFile(Exception):
    """A file of a release that must not be loaded.

    The exception survives pickling, so that worker processes can raise it.

    Parameters
    ----------
    path
        The file.
    row
        Row of the file, from 1 (line number in text files); None where the whole file is meant.
    cause
        What is wrong; one full stop is put behind it.
    oid
        OID of the row, where it is known.
    remedy
        What the operator can do about it, a sentence.
    """

    def __init__(
        self,
        path: Path | str,
        row: int | None,
        cause: str,
        oid: int | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(path, row, cause, oid, remedy)
        self.path = Path(path)
        self.row = None if row is None else int(row)
        self.cause = cause.rstrip(". ")
        self.oid = None if oid is None else int(oid)
        self.remedy = remedy

    def __str__(self) -> str:
        where = str(self.path)
        if self.row is not None:
            where += f", row {self.row}"
        if self.oid is not None:
            where += f" (OID {self.oid})"
        message = f"{where}: {self.cause}."
        return f"{message} {self.remedy}" if self.remedy else message
