"""The table of annotated objects."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from kdb.accounts.permissions import is_member
from kdb.annotations.filters import AnnotationFilter
from kdb.annotations.select import current_annotations
from kdb.annotations.serializers import ObjectSerializer
from kdb.annotations.views import Sorted
from kdb.config.filters import filtered
from kdb.config.options import get_options
from kdb.config.paging import LARGEST_PAGE, KeysetPagination
from kdb.pages.forms import LISTS, FilterForm, Pairs
from kdb.pages.page import Page, errors_at
from kdb.tags.models import Tag

ROWS = "25"
"""Rows of a page, when nothing is asked for."""

MOST_COUNTED = 1000
"""Objects are counted up to here: more are too many to look through."""

SORTED = {"oid": "oid", "annotations": "annotations", "changed_at": "-changed_at"}
"""Columns that can be sorted by, and the direction a first click gives."""

BETWEEN = re.compile(r"[\s,;#]+")


class Objects(Sorted, Page):
    """Annotated objects: filters, one page of them, and the way to the others."""

    here = "objects"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the objects that the filters leave."""
        selected = selection(request.GET)
        member = is_member(request)
        form = FilterForm(selected, member)
        filters = [pair for pair in selected if pair[0] not in ("cursor", "ordering", "page_size")]
        context = {
            "form": form,
            "filtered": bool(filters),
            "member": member,
            "tag_names": Tag.objects.filter(merged_into=None).values_list("name", flat=True),
        }
        with errors_at(form):
            return self.render("objects", **context, **self._shown(selected, member))
        return self.render("objects", form.status, **context)

    def _shown(self, selected: Pairs, member: bool) -> dict[str, Any]:
        here = reverse("pages:objects")
        given = QueryDict(urlencode([("page_size", ROWS), *selected]))
        found = filtered(current_annotations(member), given, AnnotationFilter)
        paging = KeysetPagination()
        page = paging.page(found, given, f"{here}?{urlencode(selected)}", self)
        more = paging.next_link or paging.previous_link
        count = found.order_by().values("pk")[: MOST_COUNTED + 1].count() if more else len(page)
        rows = ObjectSerializer(page, many=True, context={"member": member}).data
        rest = [pair for pair in selected if pair[0] != "cursor"]
        without_sorting = [pair for pair in rest if pair[0] != "ordering"]
        ordering = dict(selected).get("ordering", self.ordering)
        exported = [pair for pair in rest if pair[0] != "page_size"]
        exported += [("page_size", str(LARGEST_PAGE))]
        api = reverse("objects")
        return {
            "rows": [row_of(row) for row in rows],
            "next": paging.next_link,
            "previous": paging.previous_link,
            "first": f"{here}?{urlencode(rest)}" if rest else here,
            "count": min(count, MOST_COUNTED),
            "too_many": count > MOST_COUNTED,
            "sorting": _sorting(here, without_sorting, ordering),
            "csv": f"{api}?{urlencode([*exported, ('format', 'csv')])}",
            "json": f"{api}?{urlencode(exported)}",
            "queue": f"{reverse('pages:queue')}?{urlencode(rest or [('ordering', ordering)])}",
            "exported_at_once": LARGEST_PAGE,
            "exported_whole": count <= LARGEST_PAGE,
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


def _sorting(here: str, rest: Pairs, ordering: str) -> dict[str, dict[str, str]]:
    columns = {}
    for name, first in SORTED.items():
        now = ordering.removeprefix("-") == name
        opposite = name if ordering.startswith("-") else f"-{name}"
        query = urlencode([*rest, ("ordering", opposite if now else first)])
        direction = "descending" if ordering.startswith("-") else "ascending"
        columns[name] = {"address": f"{here}?{query}", "direction": direction if now else ""}
    return columns
