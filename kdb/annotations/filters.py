"""Filters of annotations and of objects."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from kdb.accounts.models import User
from kdb.annotations.models import Annotation, AnnotationTag, check_release
from kdb.annotations.oid import InvalidOID, parse_oid
from kdb.annotations.serializers import MOST_OIDS
from kdb.config.filters import ManyFilter, TimeFilter, refusal
from kdb.tags.find import UnknownTag, family

MOST_TAGS = 20


class OIDField(forms.CharField):
    """An OID in an address."""

    def clean(self, value: str) -> int:
        """Read an OID."""
        try:
            return parse_oid(value.strip())
        except InvalidOID as error:
            raise refusal(error) from error


class ReleaseField(forms.CharField):
    """A release's name in an address: one that has capitals has no records, which is said."""

    def clean(self, value: str) -> str:
        """Read a name."""
        name = super().clean(value)
        if name != name.lower():
            check_release(name)
        return name


class ReleaseFilter(filters.CharFilter):
    """The records of a release."""

    field_class = ReleaseField


class TagField(forms.CharField):
    """A tag's name in an address; reads as the ids of all tags that now are this one."""

    def clean(self, value: str) -> list[int]:
        """Find the tag."""
        try:
            return family(super().clean(value))
        except UnknownTag as error:
            raise refusal(error) from error


def _many(kind: dict[str, str], text: str, **options: Any) -> Any:
    schema = {"type": "array", "items": kind, "description": f"{text} Repeatable."}
    return extend_schema_field(schema)(ManyFilter(**options))


def _tags(method: str, text: str) -> Any:
    one = TagField(max_length=64)
    return _many({"type": "string"}, text, one=one, most=MOST_TAGS, method=method)


class AnnotationFilter(filters.FilterSet):
    """What annotations and objects are selected by; all given filters hold together."""

    tag = _tags("with_any", "Has this tag, or another of those given.")
    all_tags = _tags("with_all", "Has this tag and all others given.")
    not_tag = _tags("without", "Has not this tag, nor another of those given.")
    author = filters.CharFilter(method="written_by", help_text="Public name of the author.")
    text = filters.CharFilter(
        field_name="text", lookup_expr="icontains", help_text="The description contains this."
    )
    changed_after = TimeFilter(
        field_name="created_at", lookup_expr="gte", help_text="At or after this time (UTC)."
    )
    changed_before = TimeFilter(
        field_name="created_at", lookup_expr="lt", help_text="Before this time (UTC)."
    )
    oid = _many(
        {"type": "integer", "format": "int64"},
        "OID.",
        one=OIDField(max_length=20),
        most=MOST_OIDS,
        method="among",
    )
    release = ReleaseFilter(field_name="release", help_text="Data release.")
    public = filters.BooleanFilter(field_name="public", help_text="Whether everyone may read it.")

    class Meta:
        model = Annotation
        fields: tuple[str, ...] = ()

    def with_any(self, rows: QuerySet[Any], name: str, families: list[list[int]]) -> QuerySet[Any]:
        """Keep rows with one of the tags."""
        return rows.filter(_has(chain(*families))) if families else rows

    def with_all(self, rows: QuerySet[Any], name: str, families: list[list[int]]) -> QuerySet[Any]:
        """Keep rows with each of the tags."""
        for ids in families:
            rows = rows.filter(_has(ids))
        return rows

    def without(self, rows: QuerySet[Any], name: str, families: list[list[int]]) -> QuerySet[Any]:
        """Keep rows with none of the tags."""
        return rows.filter(~_has(chain(*families))) if families else rows

    def written_by(self, rows: QuerySet[Any], name: str, author: str) -> QuerySet[Any]:
        """Keep rows of an author, who may be one that was imported."""
        users = list(User.objects.filter(public_name=author).values_list("pk", flat=True))
        return rows.filter(Q(author_id__in=users) | Q(author_name=author))

    def among(self, rows: QuerySet[Any], name: str, oids: list[int]) -> QuerySet[Any]:
        """Keep rows on these OIDs."""
        return rows.filter(oid__in=oids) if oids else rows


def _has(tag_ids: Iterable[int]) -> Exists:
    return Exists(AnnotationTag.objects.filter(annotation=OuterRef("pk"), tag_id__in=list(tag_ids)))
