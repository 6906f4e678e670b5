"""Which annotations a visitor sees: members all, others the public ones."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Prefetch, QuerySet

from kdb.annotations.models import Annotation, AnnotationTag


def _with_names(rows: QuerySet[Annotation]) -> QuerySet[Annotation]:
    given = AnnotationTag.objects.select_related("tag", "tag__merged_into")
    return rows.select_related("author").prefetch_related(Prefetch("given", queryset=given))


def visible_annotations(member: bool) -> QuerySet[Annotation]:
    """Return all annotations the visitor sees."""
    return _with_names(
        Annotation.objects.all() if member else Annotation.objects.filter(public=True)
    )


def current_annotations(member: bool) -> QuerySet[Annotation]:
    """Return the newest annotation of each OID the visitor sees, unless it is a deletion."""
    pointer = "newest_of" if member else "newest_public_of"
    rows = Annotation.objects.filter(**{f"{pointer}__isnull": False}, deleted=False)
    return _with_names(rows)


def current_of(oids: Collection[int], member: bool) -> dict[int, Annotation]:
    """Return the newest annotation of each of these OIDs that has one."""
    pointer = "newest_of" if member else "newest_public_of"
    rows = _with_names(Annotation.objects.filter(**{f"{pointer}__oid__in": list(oids)}))
    return {row.oid: row for row in rows}


def names_given(annotation: Annotation) -> list[str]:
    """Return the tags as they were given, in the order of the vocabulary."""
    given = sorted(annotation.given.all(), key=lambda row: (row.tag.order, row.given_name))
    return [row.given_name for row in given]


def names_now(annotation: Annotation) -> list[str]:
    """Return the tags as they are called now, merged ones as what they were merged into."""
    tags = {row.tag.merged_into or row.tag for row in annotation.given.all()}
    return [tag.name for tag in sorted(tags, key=lambda tag: (tag.order, tag.name))]


def author_of(annotation: Annotation) -> str:
    """Return the public name of who wrote it."""
    return annotation.author.public_name if annotation.author else annotation.author_name


def number_of(annotation: Annotation, member: bool) -> int:
    """Return the place of an annotation in its OID's history, as the visitor sees it."""
    return annotation.number if member else annotation.public_number or 0
