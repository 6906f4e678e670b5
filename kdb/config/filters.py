"""Filters of lists, and the fields several of them use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django_filters import Filter, IsoDateTimeFilter
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from django_filters.utils import translate_validation
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from kdb.config.serializing import MOST_FAULTS

PAGE_PARAMETERS = {"cursor", "page_size", "ordering", "format"}


class StrictFilterBackend(DjangoFilterBackend):
    """Filters that refuse parameters they do not know: a typing error must not show everything."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        """Return the rows the request's parameters leave; ValidationError as of `filtered`."""
        known = self.get_filterset_class(view, queryset) or FilterSet
        return filtered(queryset, request.query_params, known)


def filtered(rows: QuerySet[Any], given: QueryDict, filters: type[FilterSet]) -> QuerySet[Any]:
    """Return the rows that the parameters of an address leave.

    Raises
    ------
    ValidationError
        When a parameter is unknown or its value malformed.
    """
    refuse_unknown(given, set(filters.base_filters) | PAGE_PARAMETERS)
    found = filters(given, rows)
    if not found.is_valid():
        raise translate_validation(found.errors)
    return found.qs


def refuse_unknown(given: QueryDict, known: set[str]) -> None:
    """Refuse parameters of an address other than those known.

    Raises
    ------
    ValidationError
        Naming the first few unknown parameters.
    """
    unknown = sorted(set(given) - known)
    if unknown:
        sentence = f"There is no such parameter; there are {', '.join(sorted(known))}."
        raise ValidationError({name[:80]: [sentence] for name in unknown[:MOST_FAULTS]})


def refusal(error: Exception) -> forms.ValidationError:
    """Return the error of a field whose message repeats what the visitor wrote."""
    # A message is a format: a per cent sign of the visitor must not come to stand in it.
    return forms.ValidationError("%(reason)s", params={"reason": str(error)})


class _TimeField(IsoDateTimeField):
    def to_python(self, value: Any) -> datetime | None:
        time = super().to_python(value)
        try:
            return time and time.astimezone(UTC)  # PostgreSQL has fewer time zones than Python
        except OverflowError as error:
            raise refusal(ValueError(f"{value!r} is not in the years 1 to 9999, UTC.")) from error


class TimeFilter(IsoDateTimeFilter):
    """A filter by a time, ISO 8601."""

    field_class = _TimeField


class _ManyWidget(forms.Widget):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return list(data.getlist(name)) if hasattr(data, "getlist") else []


class _ManyField(forms.Field):
    widget = _ManyWidget

    def __init__(self, *, one: forms.Field, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.one, self.most = one, most

    def clean(self, value: list[str]) -> list[Any]:
        if len(value) > self.most:
            raise forms.ValidationError(f"{len(value)} values are given; at most {self.most}.")
        return [self.one.clean(text) for text in value]


class ManyFilter(Filter):
    """A filter whose parameter can be given several times; `one` reads one value."""

    field_class = _ManyField
