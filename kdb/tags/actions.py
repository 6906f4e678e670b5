"""What the API and the pages do alike: finding, counting and changing tags.

What is given as `data` the serializers check: they raise ValidationError.  A change that does not
fit what is there now raises `Conflict`, a name that no tag has NotFound.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, connection
from rest_framework.exceptions import NotFound

from kdb.accounts.models import User
from kdb.config.errors import Conflict
from kdb.config.serializing import checked
from kdb.tags import edit
from kdb.tags.find import unknown
from kdb.tags.models import Tag
from kdb.tags.serializers import (
    CountedTagSerializer,
    EditTagSerializer,
    MergeSerializer,
    TagEventSerializer,
)

COUNTS = """
SELECT coalesce(s.merged_into_id, s.id), count(DISTINCT g.annotation_id)
FROM annotation_current c JOIN annotation_tag g ON g.annotation_id = {pointer}
    JOIN tag s ON s.id = g.tag_id
GROUP BY 1
"""

NEWEST = "SELECT (SELECT max(id) FROM annotation), (SELECT max(id) FROM tag_event)"


def find_tag(name: str) -> Tag:
    """Find a tag by name."""
    tag = Tag.objects.select_related("merged_into").filter(name=name).first()
    if tag is None:
        raise NotFound(unknown(name))
    return tag


def vocabulary(counts: dict[int, int] | None = None) -> list[dict[str, Any]]:
    """Return all tags in their order, with the number of objects of each where it is given."""
    tags = Tag.objects.select_related("merged_into")
    return CountedTagSerializer(tags, many=True, context={"counts": counts}).data


def count_objects(member: bool) -> dict[int, int]:
    """Return the number of objects that have each tag now, by its id."""
    pointer = "c.newest_id" if member else "c.newest_public_id"
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        newest = cursor.fetchone()
        key = f"tag-counts-{member}-{newest[0]}-{newest[1]}"
        counts = cache.get(key)
        if counts is None:
            cursor.execute(COUNTS.format(pointer=pointer))
            counts = dict(cursor.fetchall())
            # For a minute only: transactions under way may yet add records with lower ids.
            cache.set(key, counts, 60)
    return counts


def log_of(name: str) -> list[dict[str, Any]]:
    """Return what became of a tag, oldest first."""
    events = find_tag(name).events.select_related("actor")
    return TagEventSerializer(events, many=True).data


def add_tag(actor: User, data: Any) -> Tag:
    """Add a tag."""
    new = checked(EditTagSerializer(data=data))
    with _name_taken():
        return edit.create(actor, **new)


def change_tag(actor: User, name: str, data: Any) -> Tag:
    """Change what is given of a tag."""
    tag = find_tag(name)
    change = checked(EditTagSerializer(tag, data=data, partial=True))
    with _name_taken():
        return edit.change(actor, tag.pk, **change)


def merge_tag(actor: User, name: str, data: Any) -> Tag:
    """Merge a tag into another."""
    tag = find_tag(name)
    return edit.merge(actor, tag.pk, checked(MergeSerializer(data=data))["into"].pk)


@contextmanager
def _name_taken() -> Iterator[None]:
    # Two editors chose one name at a time: the second gets a message.
    try:
        yield
    except IntegrityError as error:
        raise Conflict("Another tag got this name just now.") from error
