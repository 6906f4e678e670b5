"""What is recorded on one OID: state, history, and the form of experts."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import NotFound

from kdb.accounts.models import Role
from kdb.accounts.permissions import MayAnnotate, is_member
from kdb.annotations.actions import states, write
from kdb.annotations.changes import changes
from kdb.annotations.models import Annotation
from kdb.annotations.oid import InvalidOID, parse_oid
from kdb.annotations.select import visible_annotations
from kdb.annotations.serializers import AnnotationSerializer
from kdb.config.errors import Conflict
from kdb.config.options import get_options
from kdb.pages.forms import DeleteForm, RecordForm
from kdb.pages.page import Page, errors_at
from kdb.pages.views.objects import moment, row_of
from kdb.tags.actions import vocabulary

SHOWN = 100
"""Annotations of the history on the page, the newest; the API has the rest."""


class OnObject(Page):
    """What pages on one OID share."""

    writing = MayAnnotate

    def state(self, oid: str) -> dict[str, Any]:
        """Return what is known of the OID.

        Raises
        ------
        NotFound
            When it is no OID.
        """
        try:
            known = parse_oid(oid)
        except InvalidOID as error:
            raise NotFound(str(error)) from error
        return states([known], is_member(self.request))[0]

    def base(self, state: dict[str, Any]) -> dict[str, Any]:
        """Return what the pages show of an OID."""
        current = state["current"]
        return {
            "oid": state["oid"],
            "state": state["state"],
            "current": row_of(current) if current else None,
            "object_page": get_options().object_page.replace("{oid}", str(state["oid"])),
        }


class Record(OnObject):
    """The record of an OID."""

    def get(self, request: HttpRequest, oid: str) -> HttpResponse:
        """Show what is recorded."""
        state = self.state(oid)
        current = state["current"] or {"tags": [], "public": True}
        start = {
            "description": current.get("description", ""),
            "release": current.get("release") or request.GET.get("release", ""),
            "public": current["public"],
            "based_on": state["newest"] or "",
        }
        return self._show(state, RecordForm(initial=start), set(current["tags"]))

    def post(self, request: HttpRequest, oid: str) -> HttpResponse:
        """Record what an expert says."""
        form = RecordForm(request.POST)
        tags = request.POST.getlist("tags")
        valid = form.is_valid()
        said = {name: form.cleaned_data.get(name) for name in ("description", "release", "public")}
        body = said | {"oid": oid, "tags": tags, "based_on": number(request.POST.get("based_on"))}
        if valid:
            with errors_at(form):
                try:
                    write(request.user, body)
                except Conflict as error:
                    shown = conflict(body, error.detail)
                    return self._show(self.state(oid), given=set(tags), status=409, **shown)
                return self.done("Your annotation is recorded.", "record", oid=oid)
        return self._show(self.state(oid), form, set(tags), 400)

    def _show(
        self,
        state: dict[str, Any],
        form: RecordForm,
        given: set[str],
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        context |= self.base(state) | {
            "siblings": [row_of(row) for row in state["siblings"]],
            "unlabelled": sorted(
                set(state["same_star"]) - {row["oid"] for row in state["siblings"]}
            ),
            "star_known": state["siblings_from"],
            "siblings_unavailable": state["siblings_unavailable"],
            "history": self._history(state["oid"]),
            "most_history": SHOWN,
        }
        if self.may(Role.EXPERT):
            kept = set(state["current"]["tags"]) if state["current"] else set()
            context |= {"form": form, "groups": tag_groups(given, kept), "releases": releases()}
        return self.render("record", status, **context)

    def _history(self, oid: int) -> list[dict[str, Any]]:
        member = is_member(self.request)
        # One more than is shown: it shows what the oldest of them changed.
        newest = visible_annotations(member).filter(oid=oid).order_by("-number")[: SHOWN + 1]
        rows = list(newest)[::-1]
        entries = AnnotationSerializer(rows, many=True, context={"member": member}).data
        history = [
            entry(row) | {"change": change}
            for row, change in zip(entries, changes(rows, member), strict=True)
        ]
        return history[::-1][:SHOWN]


class Delete(OnObject):
    """The deletion of what is recorded."""

    reading = MayAnnotate

    def get(self, request: HttpRequest, oid: str) -> HttpResponse:
        """Ask for confirmation."""
        return self._show(self.state(oid))

    def post(self, request: HttpRequest, oid: str) -> HttpResponse:
        """Record the deletion."""
        form = DeleteForm(request.POST)
        if not form.is_valid():
            return self._show(self.state(oid), form, 400)
        body = {"oid": oid, "deleted": True, "based_on": number(request.POST.get("based_on"))}
        body |= {name: form.cleaned_data[name] for name in ("description", "release")}
        with errors_at(form):
            try:
                write(request.user, body)
            except Conflict as error:
                return self._show(self.state(oid), None, 409, newer=str(error))
            return self.done("The record is deleted; its history stays.", "record", oid=oid)
        return self._show(self.state(oid), form, 400)

    def _show(
        self,
        state: dict[str, Any],
        form: DeleteForm | None = None,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        current = state["current"]
        if current is None:
            raise NotFound(f"Nothing is recorded on {state['oid']}, so nothing can be deleted.")
        start = {"release": current["release"], "based_on": state["newest"]}
        context |= self.base(state) | {"form": form or DeleteForm(initial=start)}
        return self.render("delete", status, **context)


def conflict(yours: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Return what is shown of a conflict; sending the form is on the newer one's knowledge."""
    newest = answer["newest"]
    return {
        "form": RecordForm(initial=yours | {"based_on": newest["id"] if newest else ""}),
        "yours": yours,
        "newest": newest and entry(newest),
        "detail": answer["detail"],
    }


def tag_groups(given: set[str], kept: set[str]) -> list[dict[str, Any]]:
    """Return the tags that can be given, in groups; of the retired those that a record has."""
    tags = [
        tag | {"given": tag["name"] in given}
        for tag in vocabulary()
        if not tag["retired"] or tag["name"] in kept
    ]
    return in_groups(tags)


def in_groups(tags: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tags by group; a group's place is that of its first tag, none comes last."""
    places: dict[str, int] = {}
    for tag in tags:
        places.setdefault(tag["group"], len(places) if tag["group"] else len(tags))
    ordered = sorted(tags, key=lambda tag: places[tag["group"]])
    grouped = groupby(ordered, key=lambda tag: str(tag["group"]))
    return [{"name": name, "tags": list(members)} for name, members in grouped]


def entry(row: dict[str, Any]) -> dict[str, Any]:
    """Return an annotation as pages show it."""
    return row | {"changed": moment(row["changed_at"])}


def number(text: str | None) -> int | str | None:
    """Read a hidden field; what is no number is left for the API to refuse."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text


def releases() -> list[str]:
    """Return the releases that were looked at so far."""
    names = Annotation.objects.order_by("release").values_list("release", flat=True)
    return list(names.distinct()[:50])
