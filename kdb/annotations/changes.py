"""What each annotation of an OID changed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from kdb.annotations.models import Annotation
from kdb.annotations.select import author_of, number_of


def changes(history: Iterable[Annotation], member: bool) -> list[dict[str, Any]]:
    """Return one entry an annotation, oldest first, given the history in that order."""
    return [_change(old, new, member) for old, new in pairwise([None, *history]) if new]


def _change(old: Annotation | None, new: Annotation, member: bool) -> dict[str, Any]:
    before = {row.tag_id: row.given_name for row in old.given.all()} if old else {}
    after = {row.tag_id: row.given_name for row in new.given.all()}

    def changed(name: str) -> Any:
        value = getattr(new, name)
        return value if old is None or getattr(old, name) != value else None

    return {
        "annotation": new.pk,
        "number": number_of(new, member),
        "changed_at": new.created_at,
        "author": author_of(new),
        "action": _action(old, new),
        "tags_added": sorted(name for tag, name in after.items() if tag not in before),
        "tags_removed": sorted(name for tag, name in before.items() if tag not in after),
        "description": changed("text"),
        "release": changed("release"),
        "public": changed("public"),
    }


def _action(old: Annotation | None, new: Annotation) -> str:
    if new.deleted:
        return "deleted"
    if old is None:
        return "created"
    return "restored" if old.deleted else "changed"
