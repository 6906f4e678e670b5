"""What the API and the pages do alike: reporting what is known of OIDs, and recording more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kdb.accounts.models import User
from kdb.annotations.models import Annotation
from kdb.annotations.record import NotNewest, annotate, newest
from kdb.annotations.select import current_of, names_now
from kdb.annotations.serializers import (
    AnnotationSerializer,
    NewAnnotationSerializer,
    ObjectSerializer,
    SiblingSerializer,
)
from kdb.annotations.siblings import Siblings, siblings_of
from kdb.config.errors import Conflict
from kdb.config.options import get_options
from kdb.config.serializing import checked


def states(oids: Iterable[int], member: bool) -> list[dict[str, Any]]:
    """Return current state and siblings of each OID, as `StateSerializer` describes them."""
    asked = list(dict.fromkeys(oids))
    options = get_options()
    most = options.star_lookups if member else options.star_lookups_anonymous
    stars = siblings_of(asked, most)
    rows = current_of(set(asked).union(*stars.others.values()), member)
    return [_state(oid, rows, stars, member) for oid in asked]


def write(author: User, data: Any) -> Annotation:
    """Record an annotation, given as `NewAnnotationSerializer` describes it.

    Raises
    ------
    rest_framework.exceptions.ValidationError
        When something in it is wrong.
    Conflict
        When it is not based on the newest annotation of its OID, which the error has.
    """
    fields = checked(NewAnnotationSerializer(data=data))
    oid, release, tags = (fields.pop(name) for name in ("oid", "release", "tags"))
    fields["text"] = fields.pop("description")
    try:
        return annotate(author, oid, release, tags, fields.pop("based_on"), **fields)
    except NotNewest as error:
        raise _conflict(oid) from error


def undo(author: User, annotation: Annotation) -> Annotation:
    """Record what was there before an annotation, as a further one in the history.

    Raises
    ------
    rest_framework.exceptions.ValidationError
        When what was there cannot be given any more.
    Conflict
        When the annotation is not the newest of its OID.
    """
    before = annotation.previous
    body: dict[str, Any] = {"oid": annotation.oid, "based_on": annotation.pk}
    if before is None or before.deleted:
        body |= {"release": annotation.release, "deleted": True}
        return write(author, body | {"description": before.text if before else ""})
    body |= {"release": before.release, "description": before.text, "public": before.public}
    return write(author, body | {"tags": names_now(before)})


def _state(oid: int, rows: dict[int, Annotation], stars: Siblings, member: bool) -> dict[str, Any]:
    head = rows.get(oid)
    others = sorted(stars.others.get(oid, ()))
    found = [rows[other] for other in others if other in rows and not rows[other].deleted]
    alive = head is not None and not head.deleted
    context = {"member": member}
    return {
        "oid": oid,
        "state": "annotated" if alive else "deleted" if head else "none",
        "current": ObjectSerializer(head, context=context).data if alive else None,
        "newest": head.pk if head else None,
        "siblings": SiblingSerializer(found, many=True, context=context).data,
        "same_star": others,
        "siblings_from": stars.source.get(oid),
        "siblings_unavailable": None if oid in stars.others else stars.unavailable,
    }


def _conflict(oid: int) -> Conflict:
    head = newest(oid)
    if head is None:
        detail = "There is no annotation on this OID: based_on must be null."
        return Conflict(detail, newest=None)
    detail = "There is a newer annotation on this OID: look at it, and base yours on it."
    return Conflict(detail, newest=AnnotationSerializer(head, context={"member": True}).data)
