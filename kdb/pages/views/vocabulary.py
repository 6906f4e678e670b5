"""Tags: the instructions, the list, and the forms of tag editors."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from kdb.accounts.models import Role
from kdb.accounts.permissions import MayEditTags
from kdb.pages.forms import TagForm
from kdb.pages.page import Page, put_errors
from kdb.pages.views.objects import moment
from kdb.pages.views.record import in_groups
from kdb.tags.views import TagDetail, TagList, TagLog, TagMerge

STEP = 10
"""Between the order of the last tag and that of a new one."""


class _Tags(Page):
    """What pages of tags share."""

    here = "tags"

    def tags(self) -> list[dict[str, Any]]:
        """Return the vocabulary with the number of objects of each."""
        return [
            dict(tag) | {"address": address_of(tag["name"])}
            for tag in self.ask(TagList, query=[("counts", "true")]).data
        ]

    def body(self, form: TagForm) -> dict[str, Any]:
        """Return what a valid form says; without an order, what the API sets."""
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
            answer = self.ask(TagList, "POST", body=self.body(form), expect=(400, 409))
            if answer.status_code == 201:
                return self.done(f"The tag {answer.data['name']} is added.", "tags")
            put_errors(form, answer.data)
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
        refused = self.need(MayEditTags)
        if refused:
            return refused
        asked = [(tag, request.POST.get(f"order-{tag['name']}")) for tag in self.tags()]
        changed = {
            tag["name"]: order for tag, order in asked if order not in (None, str(tag["order"]))
        }
        faults = []
        with transaction.atomic():
            for name, order in changed.items():
                body = {"order": order}
                answer = self.ask(TagDetail, "PATCH", body=body, expect=(400,), name=name)
                if answer.status_code == 400:
                    faults.append(f"{name}: {' '.join(answer.data['order'])}")
            transaction.set_rollback(bool(faults))
        if faults:
            return self.show(status=400, faults=faults)
        return self.done(f"Tags with a new place: {len(changed)}.", "tags")


class _OneTag(_Tags):
    """What pages of one tag share."""

    def context(self, name: str) -> dict[str, Any]:
        """Return what is shown of a tag, among the others."""
        self.ask(TagDetail, name=name)  # says what became of a name that is no more
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
            answer = self.ask(
                TagDetail, "PATCH", body=self.body(form), expect=(400, 409), name=name
            )
            if answer.status_code == 200:
                new = answer.data["name"]
                return self.done(f"The tag {new} is changed.", "tag", name=new)
            put_errors(form, answer.data)
        return self._show(name, form, 400)

    def _show(self, name: str, form: TagForm | None = None, status: int = 200) -> HttpResponse:
        context = self.context(name)
        tag = context["tag"]
        context["log"] = [_event(event) for event in self.ask(TagLog, name=name).data]
        context["group_names"] = sorted({one["group"] for one in context["tags"] if one["group"]})
        if self.may(Role.EDITOR):
            context["form"] = form or TagForm(initial=tag)
        return self.render("tag", status, **context)


class Merge(_OneTag):
    """A merge, told before it is done."""

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        """Say what it will change, and ask for confirmation."""
        return self.need(MayEditTags) or self._show(name, request.GET.get("into", ""))

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        """Merge."""
        into = request.POST.get("into", "")
        answer = self.ask(TagMerge, "POST", body={"into": into}, expect=(400, 409), name=name)
        if answer.status_code == 200:
            return self.done(f"The tag {name} now counts as {into}.", "tag", name=name)
        return self._show(name, into, answer.status_code, answer.data)

    def _show(self, name: str, into: str, status: int = 200, told: Any = None) -> HttpResponse:
        context = self.context(name)
        target = next((tag for tag in context["others"] if tag["name"] == into), None)
        if target is None or told:
            said = told["detail"] if told and "detail" in told else None
            context["refusal"] = said or f"There is no tag {into!r} in use to merge into."
            status = max(status, 400)
        return self.render("merge", status, target=target, **context)


class Retire(_OneTag):
    """The retirement of a tag, or its return, told before it is done."""

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        """Say what it will change, and ask for confirmation."""
        return self.need(MayEditTags) or self.render("retire", **self.context(name))

    def post(self, request: HttpRequest, name: str) -> HttpResponse | HttpResponseRedirect:
        """Retire or restore, as the form says."""
        body = {"retired": request.POST.get("retired")}
        answer = self.ask(TagDetail, "PATCH", body=body, expect=(400,), name=name)
        if answer.status_code == 200:
            what = "retired" if answer.data["retired"] else "in use again"
            return self.done(f"The tag {name} is {what}.", "tag", name=name)
        refusal = " ".join(map(str, answer.data.get("retired", ["This cannot be done."])))
        return self.render("retire", 400, refusal=refusal, **self.context(name))


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
