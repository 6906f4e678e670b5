"""What all serializers of writing requests share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

MOST_FAULTS = 5
"""Faults that a refusal names of a list: all of them would be longer than the request."""


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
                raise ValidationError({name[:80]: [sentence] for name in strange[:MOST_FAULTS]})
        return super().to_internal_value(data)


def checked(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    """Return what a serializer was given; ValidationError when something in it is wrong."""
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


class BoundedListField(serializers.ListField):
    """A list whose length is looked at before its items are."""

    max_length: int

    def to_internal_value(self, data: Any) -> list[Any]:
        """Read the list.

        Raises
        ------
        ValidationError
            When it is too long, or items are malformed, of which the first few are named.
        """
        if isinstance(data, list) and len(data) > self.max_length:
            sentence = self.error_messages["max_length"].format(max_length=self.max_length)
            raise ValidationError([sentence], code="max_length")
        return super().to_internal_value(data)

    def run_child_validation(self, data: list[Any]) -> list[Any]:
        """Read the items."""
        items, faults = [], {}
        for place, item in enumerate(data):
            try:
                items.append(self.child.run_validation(item))
            except ValidationError as error:
                faults[place] = error.detail
                if len(faults) == MOST_FAULTS:
                    break
        if faults:
            raise ValidationError(faults)
        return items


class ConflictSerializer(serializers.Serializer[Any]):
    """Why a change was refused, and what is there instead."""

    detail = serializers.CharField()
    newest = serializers.DictField(allow_null=True)
