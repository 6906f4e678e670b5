"""Annotations, and what the database derives from them.

Triggers of the first migration hold the rules that matter whoever writes: rows of `Annotation`
and `AnnotationTag` are only added, each builds on the newest of its OID, and `Current` points to
the newest.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, Upper

from kdb.config.history import AppendOnlyModel
from kdb.tags.models import Tag

LONGEST_TEXT = 10_000
MOST_TAGS = 50
RELEASE = RegexValidator(r"\A[a-z][a-z0-9_]{0,31}\Z", "Use a release's name, such as dr19.")


def check_release(name: str) -> None:
    """Check the name of a release.

    Raises
    ------
    ValidationError
        When it is no such name, with the one that is meant where only capitals are wrong.
    """
    small = name.lower()
    if small != name and RELEASE.regex.fullmatch(small):
        reason = {"name": name, "small": small}
        raise ValidationError(
            "There is no release '%(name)s': the release is '%(small)s'.", params=reason
        )
    RELEASE(name)


class Annotation(AppendOnlyModel):
    """One record on one OID; the newest is the current state, all are the history."""

    oid = models.BigIntegerField()
    release = models.CharField(max_length=32, validators=[RELEASE])
    text = models.TextField(blank=True, max_length=LONGEST_TEXT)
    tags = models.ManyToManyField(Tag, through="AnnotationTag", related_name="annotations")
    tag_count = models.SmallIntegerField(default=0)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="annotations"
    )
    author_name = models.CharField(max_length=100, blank=True)
    public = models.BooleanField(default=True)
    deleted = models.BooleanField(default=False)
    previous = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="following", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    # The trigger sets these three.
    recorded_at = models.DateTimeField(db_default=Now(), editable=False, db_index=True)
    number = models.IntegerField(db_default=0, editable=False)
    public_number = models.IntegerField(null=True, editable=False)

    class Meta:
        db_table = "annotation"
        constraints = (
            models.UniqueConstraint(
                fields=("oid", "previous"),
                name="annotation_one_after_another",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(fields=("oid", "number"), name="annotation_number"),
            models.CheckConstraint(
                condition=Q(oid__gte=10**14, oid__lt=10**16), name="annotation_oid_digits"
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=False, author_name="")
                | (Q(author__isnull=True) & ~Q(author_name="")),
                name="annotation_one_author",
            ),
            models.CheckConstraint(
                condition=Q(deleted=False) | Q(tag_count=0), name="annotation_deleted_is_bare"
            ),
        )
        indexes = (
            models.Index(fields=("created_at", "id"), name="annotation_time"),
            models.Index(fields=("oid", "id"), name="annotation_oid"),
            models.Index(fields=("number", "id"), name="annotation_numbers"),
            models.Index(fields=("public_number", "id"), name="annotation_public_numbers"),
            models.Index(fields=("release", "created_at", "id"), name="annotation_release"),
            models.Index(
                fields=("author_name",), name="annotation_author_name", condition=~Q(author_name="")
            ),
            GinIndex(OpClass(Upper("text"), "gin_trgm_ops"), name="annotation_text"),
        )


class AnnotationTag(AppendOnlyModel):
    """A tag given in an annotation, with its name at that time."""

    annotation = models.ForeignKey(
        Annotation, on_delete=models.PROTECT, related_name="given", db_index=False
    )
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="+", db_index=False)
    given_name = models.CharField(max_length=64, db_default="", editable=False)

    class Meta:
        db_table = "annotation_tag"
        constraints = (
            models.UniqueConstraint(fields=("annotation", "tag"), name="annotation_tag_once"),
            models.UniqueConstraint(fields=("tag", "annotation"), name="annotation_tag_reverse"),
        )


class Current(models.Model):
    """Which annotation is an OID's newest, for members and for everyone; kept by a trigger."""

    oid = models.BigIntegerField(primary_key=True)
    newest = models.OneToOneField(Annotation, on_delete=models.PROTECT, related_name="newest_of")
    newest_public = models.OneToOneField(
        Annotation, null=True, on_delete=models.PROTECT, related_name="newest_public_of"
    )

    class Meta:
        db_table = "annotation_current"


class Neighbours(models.Model):
    """What the TAP service said on the other OIDs of a star, and when."""

    oid = models.BigIntegerField(primary_key=True)
    others = ArrayField(models.BigIntegerField())
    by_source = models.BooleanField(default=False)
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "neighbours"
