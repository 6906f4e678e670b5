"""A list of OIDs that someone goes through, kept in their session."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from kdb.annotations.models import check_release
from kdb.annotations.oid import InvalidOID, parse_oid
from kdb.config.paging import LARGEST_PAGE
from kdb.config.serializing import StrictSerializer

MOST = LARGEST_PAGE
"""OIDs of a queue."""

NAMED = 5
"""OIDs that are none which a message names."""

BETWEEN = re.compile(r"[\s,;#|]+")
KEY = "queue"
"""Name in the session."""


@dataclass
class Queue:
    """A list, and what was done of it.  Places count from 1."""

    oids: list[int]
    release: str
    """Data release that is looked at."""
    done: dict[str, str] = field(default_factory=dict)
    """``recorded`` or ``skipped``, by OID as a text, which is what a session keeps."""
    records: list[int] = field(default_factory=list)
    """Annotations that were recorded and can be undone, the newest last."""

    @property
    def recorded(self) -> int:
        """How many OIDs were recorded."""
        return list(self.done.values()).count("recorded")

    @property
    def skipped(self) -> int:
        """How many OIDs were skipped."""
        return len(self.done) - self.recorded

    def first_left(self) -> int | None:
        """Return the place of the first OID that nothing was done of."""
        return next((at for at, oid in enumerate(self.oids, 1) if str(oid) not in self.done), None)

    def after(self, place: int) -> int | None:
        """Return the place after another, None where that is the last."""
        return place + 1 if place < len(self.oids) else None

    def place_of(self, oid: int) -> int | None:
        """Return the place of an OID."""
        return self.oids.index(oid) + 1 if oid in self.oids else None


def load(session: Any) -> Queue | None:
    """Return the queue of a session; None where there is none."""
    kept = session.get(KEY)
    return Queue(**kept) if kept else None


def save(session: Any, queue: Queue) -> None:
    """Keep a queue in a session, in place of another."""
    session[KEY] = asdict(queue)


class QueueSerializer(StrictSerializer):
    """A list as someone sends it."""

    oids = serializers.CharField(max_length=40 * MOST)
    release = serializers.CharField(validators=[check_release])

    def validate_oids(self, text: str) -> list[int]:
        """Read OIDs with blanks, commas or line ends between; each counts once."""
        found: dict[int, None] = {}
        faults = []
        for word in filter(None, BETWEEN.split(text)):
            try:
                found[parse_oid(word)] = None
            except InvalidOID as error:
                faults.append(str(error))
        if faults:
            more = [f"{len(faults) - NAMED} more are none."] if len(faults) > NAMED else []
            raise ValidationError([*faults[:NAMED], *more])
        if not found:
            raise ValidationError("The list is empty: give OIDs, with blanks between.")
        if len(found) > MOST:
            raise ValidationError(f"{len(found)} OIDs are given; at most {MOST} are taken.")
        return list(found)
