"""What a file says: its rows, checked one by one before anything is loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from kdb.annotations.models import LONGEST_TEXT, MOST_TAGS, RELEASE
from kdb.annotations.oid import InvalidOID, parse_oid

LONGEST_AUTHOR = 100
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Characters that no text of a person has: controls, and halves of surrogate pairs."""


class BadRow(ValueError):
    """A row that cannot be loaded; the message says why, without the place."""


class BadFile(ValueError):
    """A file of which nothing was loaded.

    Parameters
    ----------
    faults
        One line each: where, and why.
    """

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Defaults:
    """What is taken where a file does not say."""

    release: str | None = None
    author: str = "unknown"


@dataclass(frozen=True)
class Record:
    """One annotation of a file."""

    place: str
    """Where it stands, for people."""
    oid: int
    tags: tuple[str, ...]
    text: str
    author: str
    release: str
    time: datetime | None = None
    """UTC; None where the file does not say."""
    given: tuple[str, ...] = ()
    """Names of the tags when they were given, where that is known."""
    public: bool = True
    deleted: bool = False
    key: int | None = None
    """Number of the annotation where it comes from."""


@dataclass
class Content:
    """A file that was read."""

    records: list[Record] = field(default_factory=list)
    tags: list[dict[str, Any]] = field(default_factory=list)
    """Tags of an export, in its order."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """Their events."""
    ordered: bool = False
    """Whether the order of the records is that of the history; else their times are."""


def read_record(place: str, row: Mapping[str, Any], defaults: Defaults) -> Record:
    """Check one row.

    Parameters
    ----------
    place
        Where it stands.
    row
        The keys `oid` and `tags`, and some of `description`, `author`, `time`, `release`,
        `public`, `deleted`, `given` and `key`.
    defaults
        What is taken where the row does not say.

    Raises
    ------
    BadRow
        When something is malformed; the message names the value.
    """
    tags = _names(row.get("tags"))
    given = _names(row["given"]) if "given" in row else tags
    if len(given) != len(tags):
        raise BadRow(f"there are {len(tags)} tags, but {len(given)} names given")
    deleted = _flag(row, "deleted", False)
    if deleted and tags:
        raise BadRow("a deletion has no tags")
    return Record(
        place=place,
        oid=_oid(row.get("oid")),
        tags=tags,
        text=_text(row.get("description"), "description", LONGEST_TEXT),
        author=_text(row.get("author"), "author", LONGEST_AUTHOR).strip() or defaults.author,
        release=_release(row.get("release") or defaults.release),
        time=read_time(row.get("time")),
        given=given,
        public=_flag(row, "public", True),
        deleted=deleted,
        key=row.get("key"),
    )


def read_time(value: Any) -> datetime | None:
    """Read a time in ISO 8601; one without zone is UTC, an empty one None.

    Raises
    ------
    BadRow
        When it is malformed or still to come.
    """
    if value in (None, ""):
        return None
    try:
        time = parse_datetime(value.strip()) if isinstance(value, str) else None
    except ValueError:
        time = None
    if time is None:
        raise BadRow(f"time {_shown(value)} is none: write it like 2024-05-13T12:30:00Z")
    time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    if time > datetime.now(UTC):
        raise BadRow(f"time {_shown(value)} is still to come")
    return time


def _shown(value: Any) -> str:
    return repr(value)[:60]


def _oid(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise BadRow(f"oid {_shown(value)} is not a number of 15 or 16 digits")
    try:
        return parse_oid(str(value).strip())
    except (InvalidOID, ValueError) as error:
        raise BadRow(str(error).removesuffix(".")) from error


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BadRow(f"tags {_shown(value)} are not a list of names")
    # The original's log has each name in a list of its own.
    names = [name[0] if isinstance(name, list) and len(name) == 1 else name for name in value]
    if not all(isinstance(name, str) and name for name in names):
        raise BadRow(f"tags {_shown(value)} are not a list of names")
    if len(names) > MOST_TAGS:
        raise BadRow(f"{len(names)} tags are given; at most {MOST_TAGS}")
    if len(set(names)) < len(names):
        raise BadRow(f"a tag is given twice in {_shown(names)}")
    return tuple(names)


def _text(value: Any, name: str, longest: int) -> str:
    # The original's log has the author in a list, too.
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRow(f"{name} {_shown(value)} is not a text")
    if len(value) > longest:
        raise BadRow(f"{name} has {len(value):,} characters; at most {longest:,}")
    if UNSEEN.search(value):
        raise BadRow(f"{name} {_shown(value)} has control characters")
    return value


def _release(value: Any) -> str:
    if value is None:
        raise BadRow("the release is not given: name it with --release")
    if not isinstance(value, str) or not RELEASE.regex.fullmatch(value):
        raise BadRow(f"release {_shown(value)} is none: write a name such as dr19")
    return value


def _flag(row: Mapping[str, Any], name: str, default: bool) -> bool:
    value = row.get(name, default)
    if not isinstance(value, bool):
        raise BadRow(f"{name} {_shown(value)} is neither true nor false")
    return value
