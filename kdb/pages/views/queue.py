"""Tagging of a list of objects, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import NotFound, ParseError, ValidationError

from kdb.accounts.models import User
from kdb.accounts.permissions import MayAnnotate, is_member
from kdb.annotations.actions import states, undo, write
from kdb.annotations.filters import AnnotationFilter
from kdb.annotations.models import Annotation
from kdb.annotations.select import current_annotations
from kdb.annotations.views import Sorted
from kdb.config.errors import Conflict
from kdb.config.filters import filtered
from kdb.config.middleware import page_policy
from kdb.config.options import get_options
from kdb.config.paging import KeysetPagination
from kdb.config.serializing import checked
from kdb.pages.forms import QueueForm, RecordForm
from kdb.pages.page import Page, errors_at, sentences
from kdb.pages.queue import MOST, Queue, QueueSerializer, load, save
from kdb.pages.views.objects import row_of
from kdb.pages.views.record import conflict, number, releases, tag_groups

KEYS = "1234567890abcefghijklmnopqrtvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Keys of the tags, in their order; s, u and d do something else."""

SAID = ("release", "description", "public")
"""Fields of an annotation besides its tags."""


class Start(Sorted, Page):
    """The queue there is, and the form that begins another."""

    here = "queue"
    reading = writing = MayAnnotate

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a form with the OIDs that the address names, or those its filters leave."""
        given = request.GET.copy()
        oids = given.pop("oids", [])
        status, context = 200, {}
        try:
            oids += [str(oid) for oid in self._selected(given)] if given else []
        except (ParseError, ValidationError) as error:
            status, context = 400, {"refusal": " ".join(sentences(error.detail))}
        start = {"release": _last_release(request.user), "oids": "\n".join(oids)}
        return self.show(QueueForm(initial=start), status, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin."""
        form = QueueForm(request.POST)
        if form.is_valid():
            with errors_at(form):
                given = checked(QueueSerializer(data=form.cleaned_data))
                save(request.session, Queue(given["oids"], given["release"]))
                return redirect("pages:place", place=1)
        return self.show(form, form.status)

    def show(self, form: QueueForm, status: int = 200, **context: Any) -> HttpResponse:
        """Return the page."""
        queue = load(self.request.session)
        left = queue.first_left() if queue else None
        context |= {"form": form, "releases": releases(), "queue": queue, "left": left}
        return self.render("queue", status, **context)

    def _selected(self, given: Any) -> Iterable[int]:
        given.pop("cursor", None)
        given["page_size"] = str(MOST)
        paging = KeysetPagination()
        found = filtered(current_annotations(is_member(self.request)), given, AnnotationFilter)
        rows = paging.page(found, given, "", self)
        if paging.next_link:
            raise ValidationError(f"More than {MOST} objects fit these filters: use more of them.")
        return (row.oid for row in rows)


@method_decorator(csrf_exempt, name="dispatch")
class Offer(Start):
    """The same form, with a list that another page of the site sends: nothing is kept of it."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show the form with the list."""
        start = {"release": _last_release(request.user), "oids": request.POST.get("oids", "")}
        return self.show(QueueForm(initial=start))


class Place(Page):
    """One OID of the queue."""

    here = "queue"
    reading = writing = MayAnnotate

    def get(self, request: HttpRequest, place: int) -> HttpResponse:
        """Show it."""
        return self._show(place)

    def post(self, request: HttpRequest, place: int) -> HttpResponse:
        """Do what the button pressed says."""
        actions = {"record": self._record, "skip": self._skip, "undo": self._undo}
        action = actions.get(request.POST.get("do", "record"))
        if action is None:
            raise ValidationError("There is no such button.")
        return action(place)

    def _queue(self, place: int) -> Queue:
        queue = load(self.request.session)
        if queue is None or not 1 <= place <= len(queue.oids):
            raise NotFound("There is no such place in your queue: begin one at Queue.")
        return queue

    def _record(self, place: int) -> HttpResponse:
        queue = self._queue(place)
        oid = queue.oids[place - 1]
        form = RecordForm(self.request.POST)
        tags = self.request.POST.getlist("tags")
        if form.is_valid():
            body = {name: form.cleaned_data[name] for name in SAID}
            body |= {"oid": oid, "tags": tags}
            body["based_on"] = number(self.request.POST.get("based_on"))
            if self._says_what_is_there(body):
                return self._skip(place)
            with errors_at(form):
                try:
                    made = write(self.request.user, body)
                except Conflict as error:
                    shown = conflict(body, error.detail)
                    return self._show(place, given=set(tags), status=409, **shown)
                queue.done[str(oid)] = "recorded"
                queue.records.append(made.pk)
                queue.release = made.release
                return self._next(queue, place)
        return self._show(place, form, set(tags), form.status)

    def _says_what_is_there(self, body: dict[str, Any]) -> bool:
        """Whether the form was sent as it came, on what is recorded."""
        state = states([body["oid"]], True)[0]
        now = state["current"]
        return (
            now is not None
            and state["newest"] == body["based_on"]
            and set(now["tags"]) == set(body["tags"])
            and all(now[name] == body[name] for name in ("description", "public"))
        )

    def _skip(self, place: int) -> HttpResponse:
        queue = self._queue(place)
        queue.done.setdefault(str(queue.oids[place - 1]), "skipped")
        return self._next(queue, place)

    def _undo(self, place: int) -> HttpResponse:
        queue = self._queue(place)
        if not queue.records:
            raise ValidationError("Nothing was recorded in this queue that could be undone.")
        last = Annotation.objects.select_related("previous").get(pk=queue.records.pop())
        at = queue.place_of(last.oid) or place
        try:
            undo(self.request.user, last)
        except Conflict as error:
            save(self.request.session, queue)
            return self._show(at, status=409, refusal=f"{last.oid} is left as it is. {error}")
        queue.done.pop(str(last.oid), None)
        save(self.request.session, queue)
        return self.done(f"Undone: {last.oid} is as it was before.", "place", place=at)

    def _next(self, queue: Queue, place: int) -> HttpResponse:
        save(self.request.session, queue)
        if place < len(queue.oids):
            return redirect("pages:place", place=place + 1)
        return self.done("This was the last of the list.", "queue")

    def _show(
        self,
        place: int,
        form: RecordForm | None = None,
        given: set[str] | None = None,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        queue = self._queue(place)
        oid = queue.oids[place - 1]
        state = states([oid], is_member(self.request))[0]
        current = state["current"] or {"tags": [], "description": "", "public": True}
        start = {name: current.get(name) for name in ("description", "public")}
        start |= {"release": queue.release, "based_on": state["newest"] or ""}
        context |= {
            "queue": queue,
            "place": place,
            "oid": oid,
            "state": state["state"],
            "current": row_of(state["current"]) if state["current"] else None,
            "siblings": [row_of(row) for row in state["siblings"]],
            "what": queue.done.get(str(oid)),
            "form": form or RecordForm(initial=start),
            "groups": _with_keys(set(current["tags"]) if given is None else given, current["tags"]),
            "releases": releases(),
            "picture": _address(get_options().picture, oid),
            "object_page": _address(get_options().object_page, oid),
            "next_picture": _address(get_options().picture, queue.oids[place])
            if place < len(queue.oids)
            else "",
        }
        page = self.render("place", status, **context)
        page["Content-Security-Policy"] = page_policy(scripts=True)
        return page


def _with_keys(given: set[str], kept: Iterable[str]) -> list[dict[str, Any]]:
    """Return the tags in groups, each with its key as far as there are keys."""
    keys = iter(KEYS)
    return [
        group | {"tags": [tag | {"key": next(keys, "")} for tag in group["tags"]]}
        for group in tag_groups(given, set(kept))
    ]


def _address(template: str, oid: int) -> str:
    return template.replace("{oid}", str(oid))


def _last_release(user: User) -> str:
    """Return the release that someone looked at last."""
    last = Annotation.objects.filter(author=user).order_by("-pk").first()
    return last.release if last else ""
