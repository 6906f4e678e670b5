"""Annotations and objects as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from kdb.annotations.lightcurves import is_missing
from kdb.annotations.models import LONGEST_TEXT, MOST_TAGS, Annotation, check_release
from kdb.annotations.oid import InvalidOID, parse_oid
from kdb.annotations.record import newest
from kdb.annotations.select import author_of, names_given, names_now, number_of
from kdb.config.serializing import BoundedListField, StrictSerializer
from kdb.tags.find import unknown
from kdb.tags.models import Tag

MOST_OIDS = 500
"""OIDs of one question at most."""


@extend_schema_field({"type": "integer", "format": "int64", "example": 633207400004730})
class OIDField(serializers.Field[int, Any, int, Any]):
    """An OID, as a number or a text."""

    def to_internal_value(self, data: Any) -> int:
        """Read an OID."""
        if isinstance(data, bool) or not isinstance(data, int | str):
            raise ValidationError("An OID is a number of 15 or 16 digits.")
        try:
            return parse_oid(str(data) if isinstance(data, str) or abs(data) < 10**17 else "?")
        except InvalidOID as error:
            raise ValidationError(str(error)) from error

    def to_representation(self, value: int) -> int:
        """Show an OID."""
        return value


class _Shown(serializers.Serializer[Annotation]):
    """What annotations and objects have in common."""

    oid = serializers.IntegerField(help_text="Object identifier (OID).")
    release = serializers.CharField(help_text="Data release that was looked at.")
    tags = serializers.SerializerMethodField()
    description = serializers.CharField(source="text", help_text="Free text of the expert.")
    author = serializers.SerializerMethodField(help_text="Public name of who wrote it.")
    changed_at = serializers.DateTimeField(source="created_at", help_text="When, UTC.")
    public = serializers.BooleanField(help_text="Whether everyone may read it.")

    def get_author(self, row: Annotation) -> str:
        return author_of(row)

    @property
    def member(self) -> bool:
        return bool(self.context["member"])


class AnnotationSerializer(_Shown):
    """One record of the history; tags have the names they had then."""

    id = serializers.IntegerField()
    number = serializers.SerializerMethodField(help_text="Place in the OID's history, from 1.")
    deleted = serializers.BooleanField(help_text="Whether it deletes what was recorded.")
    based_on = serializers.SerializerMethodField(
        help_text="The annotation it followed; only shown to those who are logged in."
    )

    def get_tags(self, row: Annotation) -> list[str]:
        return names_given(row)

    def get_number(self, row: Annotation) -> int:
        return number_of(row, self.member)

    def get_based_on(self, row: Annotation) -> int | None:
        return row.previous_id if self.member else None


class ObjectSerializer(_Shown):
    """The current state of an OID; tags have the names they have now."""

    annotation = serializers.IntegerField(
        source="id", help_text="The newest annotation: what the next one is based on."
    )
    annotations = serializers.SerializerMethodField(help_text="Number of annotations so far.")

    def get_tags(self, row: Annotation) -> list[str]:
        return names_now(row)

    def get_annotations(self, row: Annotation) -> int:
        return number_of(row, self.member)


class SiblingSerializer(ObjectSerializer):
    """What is recorded for another OID of the same star."""

    sibling = serializers.SerializerMethodField(help_text="Always true: it is another OID's.")

    def get_sibling(self, row: Annotation) -> bool:
        return True


class StateSerializer(serializers.Serializer[Any]):
    """All that is known on one OID."""

    oid = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["annotated", "deleted", "none"])
    current = ObjectSerializer(allow_null=True)
    newest = serializers.IntegerField(
        allow_null=True, help_text="The newest annotation, a deletion too: base the next one on it."
    )
    siblings = SiblingSerializer(many=True)
    same_star = serializers.ListField(
        child=serializers.IntegerField(), help_text="The other OIDs of the same star, if known."
    )
    siblings_from = serializers.ChoiceField(
        choices=["sources", "positions"],
        allow_null=True,
        help_text="How OIDs of one star were found; null when the service does not know how.",
    )
    siblings_unavailable = serializers.CharField(
        allow_null=True, help_text="Why they could not be found, when that failed."
    )


class AnswersSerializer(serializers.Serializer[Any]):
    """Answers to a question on many OIDs, in its order."""

    results = StateSerializer(many=True)


class QuestionSerializer(StrictSerializer):
    """OIDs to report on."""

    oids = BoundedListField(child=OIDField(), min_length=1, max_length=MOST_OIDS)


class LogEntrySerializer(serializers.Serializer[Any]):
    """What one annotation changed."""

    annotation = serializers.IntegerField()
    number = serializers.IntegerField()
    changed_at = serializers.DateTimeField()
    author = serializers.CharField()
    action = serializers.ChoiceField(choices=["created", "changed", "deleted", "restored"])
    tags_added = serializers.ListField(child=serializers.CharField())
    tags_removed = serializers.ListField(child=serializers.CharField())
    description = serializers.CharField(allow_null=True, help_text="The new text if it changed.")
    release = serializers.CharField(allow_null=True, help_text="The new release if it changed.")
    public = serializers.BooleanField(allow_null=True, help_text="The new state if it changed.")


class NewAnnotationSerializer(StrictSerializer):
    """An annotation as a client sends it; author and time are the service's to set."""

    oid = OIDField()
    release = serializers.CharField(validators=[check_release], trim_whitespace=False)
    tags = BoundedListField(
        child=serializers.CharField(max_length=64), max_length=MOST_TAGS, default=list
    )
    description = serializers.CharField(
        allow_blank=True, max_length=LONGEST_TEXT, trim_whitespace=True, default=""
    )
    public = serializers.BooleanField(default=True)
    deleted = serializers.BooleanField(default=False)
    based_on = serializers.IntegerField(
        allow_null=True,
        default=None,
        min_value=1,
        max_value=2**63 - 1,
        help_text="The OID's newest annotation; null for its first.",
    )

    def validate_tags(self, names: list[str]) -> list[Tag]:
        """Find the tags.

        Raises
        ------
        ValidationError
            When a tag is unknown, merged, or given twice; each is named.
        """
        found = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
        faults = [unknown(name) for name in names if name not in found]
        faults += [
            f"{tag.name!r} was merged into {tag.merged_into.name!r}: give that."
            for tag in found.values()
            if tag.merged_into
        ]
        if len(set(names)) < len(names):
            faults.append("A tag is given twice.")
        if faults:
            raise ValidationError(faults)
        return [found[name] for name in names]

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Check what depends on several fields."""
        head = newest(data["oid"])
        if data["deleted"]:
            if data["tags"] or "public" in self.initial_data:
                raise ValidationError({"deleted": ["A deletion has neither tags nor 'public'."]})
            # The database makes it public where it deletes what everyone sees.
            return data | {"public": False}
        if not (data["tags"] or data["description"]) and (head is None or head.deleted):
            raise ValidationError({"tags": ["Nothing is said: give a tag or a description."]})
        self._check_retired(data["tags"], head)
        if (head is None or head.release != data["release"]) and is_missing(
            data["oid"], data["release"]
        ):
            raise ValidationError(
                {
                    "oid": [
                        f"Release {data['release']} has no light curve {data['oid']}: correct the "
                        "OID, or name a release that has it."
                    ]
                }
            )
        return data

    def _check_retired(self, tags: list[Tag], head: Annotation | None) -> None:
        retired = [tag.name for tag in tags if tag.retired]
        kept = set(names_now(head)) if retired and head else set()
        faults = [
            f"{name!r} is retired: it can be kept, but not given again."
            for name in retired
            if name not in kept
        ]
        if faults:
            raise ValidationError({"tags": faults})
