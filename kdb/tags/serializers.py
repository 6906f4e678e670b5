"""Tags as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from kdb.config.serializing import StrictSerializer
from kdb.tags.models import TAG_NAME, Tag, TagEvent

MOST_ORDER = 1_000_000


class TagSerializer(serializers.ModelSerializer[Tag]):
    """A tag."""

    merged_into = serializers.CharField(
        source="merged_into.name", default=None, help_text="What it counts as now, if merged."
    )

    class Meta:
        model = Tag
        fields = ("name", "description", "order", "group", "retired", "merged_into")
        read_only_fields = fields


class CountedTagSerializer(TagSerializer):
    """A tag in the list."""

    objects = serializers.SerializerMethodField(
        help_text="Objects that have it now; null unless counts=true is asked for."
    )

    class Meta(TagSerializer.Meta):
        fields = (*TagSerializer.Meta.fields, "objects")
        read_only_fields = fields

    def get_objects(self, tag: Tag) -> int | None:
        counts = self.context["counts"]
        return None if counts is None else counts.get(tag.pk, 0)


class EditTagSerializer(StrictSerializer):
    """What a tag editor can set."""

    name = serializers.CharField(validators=[TAG_NAME], trim_whitespace=False)
    description = serializers.CharField(allow_blank=True, max_length=4000, default="")
    order = serializers.IntegerField(min_value=-MOST_ORDER, max_value=MOST_ORDER, default=1000)
    group = serializers.CharField(allow_blank=True, max_length=64, default="")
    retired = serializers.BooleanField(default=False)

    def validate_name(self, name: str) -> str:
        """Refuse a name that is taken, in whatever case."""
        taken = Tag.objects.filter(name__iexact=name)
        if self.instance:
            taken = taken.exclude(pk=self.instance.pk)
        other = taken.first()
        if other:
            raise ValidationError(f"There is a tag {other.name!r} already.")
        return name

    def validate_retired(self, retired: bool) -> bool:
        """Refuse to bring back what was merged."""
        if self.instance and self.instance.merged_into and not retired:
            raise ValidationError("It was merged into another tag, and stays retired.")
        return retired


class MergeSerializer(StrictSerializer):
    """What to merge into."""

    into = serializers.SlugRelatedField(slug_field="name", queryset=Tag.objects.all())


class TagEventSerializer(serializers.ModelSerializer[TagEvent]):
    """A change of a tag."""

    actor = serializers.SerializerMethodField(help_text="Public name of who did it.")
    before: Any = serializers.DictField()
    after: Any = serializers.DictField()

    class Meta:
        model = TagEvent
        fields = ("action", "at", "actor", "before", "after")
        read_only_fields = fields

    def get_actor(self, event: TagEvent) -> str | None:
        return event.actor.public_name if event.actor else event.actor_name or None
