"""What all serializers of writing requests share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not take, such as an author or a time set from outside."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated fields.

        Raises
        ------
        ValidationError
            When a field is unknown, read-only or malformed.
        """
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            strange = sorted(set(map(str, data)) - writable)
            if strange:
                sentence = f"This cannot be set; what can is {', '.join(sorted(writable))}."
                raise serializers.ValidationError({name[:80]: [sentence] for name in strange})
        return super().to_internal_value(data)


class ConflictSerializer(serializers.Serializer[Any]):
    """Why a change was refused, and what is there instead."""

    detail = serializers.CharField()
    newest = serializers.DictField(allow_null=True)
