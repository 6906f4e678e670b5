"""Tags: the instructions, the list, and the forms of tag editors."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from rest_framework.exceptions import ValidationError

from kdb.accounts.models import Role
from kdb.accounts.permissions import MayEditTags, is_member
from kdb.config.errors import Conflict
from kdb.pages.forms import TagForm
from kdb.pages.page import Page, errors_at
from kdb.pages.views.objects import moment
from kdb.pages.views.record import in_groups
from kdb.tags import actions

STEP = 10
"""Between the order of the last tag and that of a new one."""


class _Tags(Page):
    """What pages of tags share."""

    here = "tags"
    writing = MayEditTags

    def tags(self) -> list[dict[str, Any]]:
        """Return the vocabulary with the number of objects of each."""
        counts = actions.count_objects(is_member(self.request))
        return [tag | {"address": address_of(tag["name"])} for tag in actions.vocabulary(counts)]

    def body(self, form: TagForm) -> dict[str, Any]:
        """Return what a valid form says; without an order, it is set."""
        body = {name: form.cleaned_data[name] for name in ("name", "description", "group")}
        order = form.cleaned_data["order"]
        return body | ({"order": order} if order else {})


class Vocabulary(_Tags):
    """All tags."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show instructions and tags."""
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Add a tag."""
        form = TagForm(request.POST)
        if form.is_valid():
            with errors_at(form):
                tag = actions.add_tag(request.user, self.body(form))
                return self.done(f"The tag {tag.name} is added.", "tags")
        return self.show(form, 400)

    def show(self, form: TagForm | None = None, status: int = 200, **context: Any) -> HttpResponse:
        """Return the page."""
        tags = self.tags()
        used = [tag for tag in tags if not tag["retired"]]
        context |= {
            "groups": in_groups(used),
            "retired": [tag for tag in tags if tag["retired"]],
        }
        if self.may(Role.EDITOR):
            start = {"order": max((tag["order"] for tag in tags), default=0) + STEP}
            context["form"] = form or TagForm(initial=start)
            context["group_names"] = sorted({tag["group"] for tag in tags if tag["group"]})
        return self.render("tags", status, **context)


class Orders(Vocabulary):
    """The order of the tags of one group."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead to the tags."""
        return redirect("pages:tags")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Change the orders that are other than now: all of them or none."""
        asked = [(tag, request.POST.get(f"order-{tag['name']}")) for tag in self.tags()]
        changed = {
            tag["name"]: order for tag, order in asked if order not in (None, str(tag["order"]))
        }
        faults = []
        with transaction.atomic():
            for name, order in changed.items():
                try:
                    actions.change_tag(request.user, name, {"order": order})
                except ValidationError as error:
                    faults.append(f"{name}: {' '.join(error.detail['order'])}")
            transaction.set_rollback(bool(faults))
        if faults:
            return self.show(status=400, faults=faults)
        return self.done(f"Tags with a new place: {len(changed)}.", "tags")


class _OneTag(_Tags):
    """What pages of one tag share."""

    def context(self, name: str) -> dict[str, Any]:
        """Return what is shown of a tag, among the others."""
        actions.find_tag(name)  # says what became of a name that is no more
        tags = self.tags()
        tag = next(tag for tag in tags if tag["name"] == name)
        others = [other for other in tags if not other["retired"] and other["name"] != name]
        return {"tag": tag, "others": others, "tags": tags}


class OneTag(_OneTag):
    """One tag: its log, and its form."""

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        """Show a tag."""
        return self._show(name)

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        """Change name, description, group or order."""
        form = TagForm(request.POST)
        if form.is_valid():
            with errors_at(form):
                tag = actions.change_tag(request.user, name, self.body(form))
                return self.done(f"The tag {tag.name} is changed.", "tag", name=tag.name)
        return self._show(name, form, 400)

    def _show(self, name: str, form: TagForm | None = None, status: int = 200) -> HttpResponse:
        context = self.context(name)
        tag = context["tag"]
        context["log"] = [_event(event) for event in actions.log_of(name)]
        context["group_names"] = sorted({one["group"] for one in context["tags"] if one["group"]})
        if self.may(Role.EDITOR):
            context["form"] = form or TagForm(initial=tag)
        return self.render("tag", status, **context)


class Merge(_OneTag):
    """A merge, shown before it is done."""

    reading = MayEditTags

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        """Say what it will change, and ask for confirmation."""
        return self._show(name, request.GET.get("into", ""))

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        """Merge."""
        into = request.POST.get("into", "")
        try:
            actions.merge_tag(request.user, name, {"into": into})
        except Conflict as error:
            return self._show(name, into, 409, str(error))
        except ValidationError:
            return self._show(name, into)
        return self.done(f"The tag {name} now counts as {into}.", "tag", name=name)

    def _show(self, name: str, into: str, status: int = 200, refusal: str = "") -> HttpResponse:
        context = self.context(name)
        target = next((tag for tag in context["others"] if tag["name"] == into), None)
        if target is None and not refusal:
            status, refusal = 400, f"There is no tag {into!r} in use to merge into."
        return self.render("merge", status, target=target, refusal=refusal, **context)


class Retire(_OneTag):
    """The retirement of a tag, or its return, shown before it is done."""

    reading = MayEditTags

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        """Say what it will change, and ask for confirmation."""
        return self.render("retire", **self.context(name))

    def post(self, request: HttpRequest, name: str) -> HttpResponse | HttpResponseRedirect:
        """Retire or restore, as the form says."""
        try:
            tag = actions.change_tag(request.user, name, {"retired": request.POST.get("retired")})
        except ValidationError as error:
            refusal = " ".join(error.detail["retired"])
            return self.render("retire", 400, refusal=refusal, **self.context(name))
        what = "retired" if tag.retired else "in use again"
        return self.done(f"The tag {name} is {what}.", "tag", name=name)


def address_of(name: str) -> str:
    """Return the address of the objects that have a tag."""
    return f"{reverse('pages:objects')}?{urlencode({'tag': name})}"


def _event(event: dict[str, Any]) -> dict[str, Any]:
    names = event["after"] if event["action"] != "created" else {}
    changes = [
        {"name": name, "before": event["before"].get(name), "after": event["after"][name]}
        for name in names
        if event["before"].get(name) != event["after"][name]
    ]
    return event | {"when": moment(event["at"]), "changes": changes}
