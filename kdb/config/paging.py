"""Paging by cursor: each page begins where the last one ended, however much was added since."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from rest_framework.exceptions import ParseError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

PAGE_SIZE = 100
LARGEST_PAGE = 1000


class Cursor(NamedTuple):
    """A place in a sorted list."""

    ordering: str
    """Name of the sorting, with a minus sign when descending."""
    backwards: bool
    """Whether the page lies before the place."""
    value: str
    """Sorted value of the row at the place."""
    key: int
    """Primary key of that row, which decides among equal values."""


class KeysetPagination(BasePagination):
    """Pages of a list that views sort by one of `orderings`.

    A view has the attributes ``orderings``, a dict of what people write to the model's field, and
    ``ordering``, the default.  Equal values are sorted by primary key.
    """

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: Any = None
    ) -> list[Model]:
        """Return the rows of the page asked for; ParseError as of `page`."""
        return self.page(queryset, request.query_params, request.build_absolute_uri(), view)

    def page(
        self, queryset: QuerySet[Any], given: QueryDict, address: str, view: Any
    ) -> list[Model]:
        """Return the rows of the page that parameters ask for; links repeat the address.

        Raises
        ------
        ParseError
            When sorting, size or cursor is none; the message names it.
        """
        self.base = address
        self.model = queryset.model
        self.ordering = self._ordering(given, view)
        descending = self.ordering.startswith("-")
        self.field = view.orderings[self.ordering.removeprefix("-")]
        size = self._size(given)
        cursor = self._cursor(given)
        backwards = cursor is not None and cursor.backwards
        if cursor:
            queryset = queryset.filter(self._beyond(cursor, descending != backwards))
        sign = "-" if descending != backwards else ""
        keys = [f"{sign}{self.field}"] + ([] if self.field == "pk" else [f"{sign}pk"])
        rows = list(queryset.order_by(*keys)[: size + 1])
        more, rows = len(rows) > size, rows[:size]
        if backwards:
            rows.reverse()
        before, after = (more, True) if backwards else (cursor is not None, more)
        self.next_link = self._link(rows[-1], False) if rows and after else None
        self.previous_link = self._link(rows[0], True) if rows and before else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page with the addresses of its neighbours, as headers too (for CSV)."""
        links = (("next", self.next_link), ("prev", self.previous_link))
        header = ", ".join(f'<{address}>; rel="{name}"' for name, address in links if address)
        body = {"next": self.next_link, "previous": self.previous_link, "results": data}
        return Response(body, headers={"Link": header} if header else None)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe a page."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameters."""
        orderings = sorted(getattr(view, "orderings", {"id": "pk"}))
        choices = [sign + name for name in orderings for sign in ("", "-")]
        texts = {
            "cursor": ({"type": "string"}, "Page, from `next` or `previous` of another page."),
            "page_size": (
                {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
                "Rows of a page.",
            ),
            "ordering": (
                {"type": "string", "enum": choices, "default": getattr(view, "ordering", "id")},
                "What to sort by; a minus sign means descending.",
            ),
        }
        return [
            {"name": name, "in": "query", "required": False, "description": text, "schema": kind}
            for name, (kind, text) in texts.items()
        ]

    @staticmethod
    def _ordering(given: QueryDict, view: Any) -> str:
        ordering = given.get("ordering", view.ordering)
        if ordering.removeprefix("-") not in view.orderings:
            names = ", ".join(sorted(view.orderings))
            raise ParseError(f"ordering={ordering!r} is not among {names} (with - for descending).")
        return str(ordering)

    @staticmethod
    def _size(given: QueryDict) -> int:
        text = given.get("page_size", str(PAGE_SIZE))
        if not (re.fullmatch(r"[0-9]{1,9}", text) and 1 <= int(text) <= LARGEST_PAGE):
            raise ParseError(f"page_size={text!r} is not a number from 1 to {LARGEST_PAGE}.")
        return int(text)

    def _cursor(self, given: QueryDict) -> Cursor | None:
        text = given.get("cursor")
        if text is None:
            return None
        wrong = ParseError("cursor is not of this list: take it from a page's next or previous.")
        try:
            cursor = Cursor(*json.loads(base64.urlsafe_b64decode(text.encode("ascii"))))
            pk = self.model._meta.pk.to_python(cursor.key)
            value = self._field().to_python(cursor.value)
            if isinstance(value, datetime):
                value = value.astimezone(UTC)  # PostgreSQL has fewer time zones than Python
        except (ArithmeticError, ValueError, TypeError, RecursionError, ValidationError) as error:
            raise wrong from error
        if cursor.ordering != self.ordering or not isinstance(cursor.backwards, bool):
            raise wrong
        if value is None or not isinstance(pk, int) or abs(pk) >= 2**63:
            raise wrong
        return cursor._replace(value=value, key=pk)

    def _field(self) -> Any:
        meta = self.model._meta
        return meta.pk if self.field == "pk" else meta.get_field(self.field)

    def _beyond(self, cursor: Cursor, descending: bool) -> Q:
        word = "lt" if descending else "gt"
        if self.field == "pk":
            return Q(**{f"pk__{word}": cursor.key})
        # The first condition says the same less sharply: the index can begin there.
        return Q(**{f"{self.field}__{word}e": cursor.value}) & (
            Q(**{f"{self.field}__{word}": cursor.value})
            | Q(**{self.field: cursor.value, f"pk__{word}": cursor.key})
        )

    def _link(self, row: Any, backwards: bool) -> str:
        value = getattr(row, self.field)
        text = value.isoformat() if hasattr(value, "isoformat") else str(value)
        cursor = json.dumps([self.ordering, backwards, text, row.pk], separators=(",", ":"))
        code = base64.urlsafe_b64encode(cursor.encode()).decode("ascii")
        return replace_query_param(self.base, "cursor", code)
