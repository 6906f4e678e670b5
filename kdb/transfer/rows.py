"""What the database holds, row by row, as the export's layout names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from kdb.annotations.models import Annotation
from kdb.annotations.select import author_of, number_of, visible_annotations
from kdb.tags.models import Tag, TagEvent
from kdb.transfer import layout

CHUNK = 2000
"""Rows in memory at a time."""


@contextmanager
def one_state() -> Iterator[None]:
    """Read everything as of one moment, whatever others write meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def tags() -> Iterator[dict[str, Any]]:
    """Yield the vocabulary in the order it was made."""
    for tag in Tag.objects.select_related("merged_into").order_by("pk").iterator(CHUNK):
        row = {name: getattr(tag, name) for name in layout.TAG}
        yield row | {"merged_into": tag.merged_into.name if tag.merged_into else None}


def events() -> Iterator[dict[str, Any]]:
    """Yield what became of the tags, oldest first."""
    rows = TagEvent.objects.select_related("tag", "actor").order_by("pk")
    for event in rows.iterator(CHUNK):
        actor = event.actor.public_name if event.actor else event.actor_name or None
        yield {
            "tag": event.tag.name,
            "action": event.action,
            "actor": actor,
            "at": event.at,
            "before": event.before,
            "after": event.after,
        }


def annotations(public_only: bool) -> Iterator[dict[str, Any]]:
    """Yield the annotations in the order they were recorded."""
    rows = visible_annotations(member=not public_only).order_by("pk")
    for row in rows.iterator(CHUNK):
        yield _annotation(row, public_only)


def _annotation(row: Annotation, public_only: bool) -> dict[str, Any]:
    given = sorted(row.given.all(), key=lambda given: given.pk)
    return {
        "id": row.pk,
        "oid": row.oid,
        "number": number_of(row, member=not public_only),
        "release": row.release,
        "tags": [tag.tag.name for tag in given],
        "given": [tag.given_name for tag in given],
        "description": row.text,
        "author": author_of(row),
        "changed_at": row.created_at,
        "public": row.public,
        "deleted": row.deleted,
    }
