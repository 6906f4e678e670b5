"""Adding an annotation."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction

from kdb.accounts.models import User
from kdb.annotations.models import Annotation, AnnotationTag, Current
from kdb.tags.models import Tag

CONFLICTS = ("annotation_one_after_another", "annotation_number", "annotation_current_pkey")
"""Constraints that two people writing on one OID at a time run into."""


class NotNewest(RuntimeError):
    """The annotation was based on one that is not the newest of its OID any more."""

    def __init__(self, oid: int) -> None:
        super().__init__(f"{oid} has a newer annotation")
        self.oid = oid


def annotate(
    author: User, oid: int, release: str, tags: Collection[Tag], based_on: int | None, **rest: Any
) -> Annotation:
    """Record what `author` says on an OID.

    Parameters
    ----------
    author
        Who says it.
    oid
        Object identifier.
    release
        Data release that was looked at.
    tags
        Tags given; none for a deletion.
    based_on
        The annotation this one follows, None for the first on an OID.
    **rest
        The fields `text`, `public` and `deleted` of `Annotation`.

    Raises
    ------
    NotNewest
        When `based_on` is not the newest annotation of the OID.
    """
    annotation = Annotation(
        author=author,
        oid=oid,
        release=release,
        previous_id=based_on,
        tag_count=len(tags),
        **rest,
    )
    try:
        with transaction.atomic():
            annotation.save(force_insert=True)
            given = [AnnotationTag(annotation=annotation, tag=tag) for tag in tags]
            AnnotationTag.objects.bulk_create(given)
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if diagnosis is not None and diagnosis.constraint_name in CONFLICTS:
            raise NotNewest(oid) from error
        raise
    return annotation


def newest(oid: int) -> Annotation | None:
    """Return the newest annotation of an OID, whoever may see it; None when there is none."""
    current = Current.objects.filter(oid=oid).select_related("newest__author").first()
    return current.newest if current else None
