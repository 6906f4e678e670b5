"""The table of annotated objects."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from rest_framework.response import Response

from kdb.accounts.permissions import is_member
from kdb.annotations.models import Annotation
from kdb.annotations.views import ObjectList
from kdb.config.options import get_options
from kdb.config.paging import LARGEST_PAGE
from kdb.pages.forms import LISTS, FilterForm
from kdb.pages.inside import Pairs
from kdb.pages.page import Page, put_errors
from kdb.tags.models import Tag

ROWS = "25"
"""Rows of a page, when nothing is asked for."""

MOST_COUNTED = 1000
"""Objects are counted up to here: more are too many to look through."""

SORTED = {"oid": "oid", "annotations": "annotations", "changed_at": "-changed_at"}
"""Columns that can be sorted by, and the direction a first click gives."""

BETWEEN = re.compile(r"[\s,;#]+")


class _Counted(ObjectList):
    """The API's list, with the number of objects on all pages."""

    def page(self, rows: QuerySet[Annotation]) -> Response:
        """Answer a page, and count."""
        found = self.filter_queryset(rows)
        page = self.paginate_queryset(found)
        answer = self.get_paginated_response(self.get_serializer(page, many=True).data)
        more = answer.data["next"] or answer.data["previous"]
        counted = found.order_by().values("pk")[: MOST_COUNTED + 1].count() if more else len(page)
        answer.data["count"] = counted
        return answer


class Objects(Page):
    """Annotated objects: filters, one page of them, and the way to the others."""

    here = "objects"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the objects that the filters leave."""
        selected = selection(request.GET)
        member = is_member(request)
        asked = selected if "page_size" in dict(selected) else [*selected, ("page_size", ROWS)]
        answer = self.ask(_Counted, query=asked, expect=(400,))
        form = FilterForm(selected, member)
        filters = [pair for pair in selected if pair[0] not in ("cursor", "ordering", "page_size")]
        context = {
            "form": form,
            "filtered": bool(filters),
            "member": member,
            "tag_names": Tag.objects.filter(merged_into=None).values_list("name", flat=True),
        }
        if answer.status_code == 400:
            put_errors(form, answer.data)
            return self.render("objects", 400, **context)
        return self.render("objects", **context, **shown(answer.data, selected))


def shown(found: dict[str, Any], selected: Pairs) -> dict[str, Any]:
    """Return what the table shows of the API's answer."""
    here = reverse("pages:objects")
    rest = [pair for pair in selected if pair[0] != "cursor"]
    without_sorting = [pair for pair in rest if pair[0] != "ordering"]
    exported = [pair for pair in rest if pair[0] != "page_size"]
    exported += [("page_size", str(LARGEST_PAGE))]
    api = reverse("objects")
    return {
        "rows": [row_of(row) for row in found["results"]],
        "next": _neighbour(here, found["next"]),
        "previous": _neighbour(here, found["previous"]),
        "first": f"{here}?{urlencode(rest)}" if rest else here,
        "count": min(found["count"], MOST_COUNTED),
        "too_many": found["count"] > MOST_COUNTED,
        "sorting": _sorting(here, without_sorting, dict(selected).get("ordering", "-changed_at")),
        "csv": f"{api}?{urlencode([*exported, ('format', 'csv')])}",
        "json": f"{api}?{urlencode(exported)}",
        "exported_at_once": LARGEST_PAGE,
        "exported_whole": found["count"] <= LARGEST_PAGE,
    }


def selection(given: QueryDict) -> Pairs:
    """Return the parameters that say something, lists in one input taken apart."""
    pairs = []
    for name, values in given.lists():
        parts = BETWEEN.split(" ".join(values)) if name in LISTS else values
        pairs += [(name, part.strip()) for part in parts if part.strip()]
    return pairs


def row_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record as pages show it, with its addresses."""
    return row | {
        "changed": moment(row["changed_at"]),
        "object_page": get_options().object_page.replace("{oid}", str(row["oid"])),
        "record_page": reverse("pages:record", kwargs={"oid": row["oid"]}),
    }


def moment(text: str) -> str:
    """Return a time of the API to the minute."""
    return text[:16].replace("T", " ")


def _neighbour(here: str, address: str | None) -> str | None:
    if address is None:
        return None
    query = [pair for pair in parse_qsl(urlsplit(address).query) if pair != ("page_size", ROWS)]
    return f"{here}?{urlencode(query)}"


def _sorting(here: str, rest: Pairs, ordering: str) -> dict[str, dict[str, str]]:
    columns = {}
    for name, first in SORTED.items():
        now = ordering.removeprefix("-") == name
        opposite = name if ordering.startswith("-") else f"-{name}"
        query = urlencode([*rest, ("ordering", opposite if now else first)])
        direction = "descending" if ordering.startswith("-") else "ascending"
        columns[name] = {"address": f"{here}?{query}", "direction": direction if now else ""}
    return columns
