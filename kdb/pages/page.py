"""What all pages share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views import View
from rest_framework.exceptions import (
    AuthenticationFailed,
    NotAuthenticated,
    ParseError,
    PermissionDenied,
    Throttled,
    ValidationError,
)
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from kdb.accounts.models import Role
from kdb.accounts.permissions import MayRead, is_member
from kdb.config.errors import Conflict, answer, answer_error
from kdb.pages.forms import Form

LONGEST_QUERY = 2000
"""Characters of the query in a redirect: nginx takes headers of 4 kB."""


class Page(View):
    """A page under the API's rules; a refusal is a page too, or leads to the login."""

    here = ""
    """Which link of the navigation it is."""
    reading: type[BasePermission] = MayRead
    """What it takes to see the page."""
    writing: type[BasePermission] = MayRead
    """What it takes to send its form."""
    throttles: tuple[type[BaseThrottle], ...] = tuple(api_settings.DEFAULT_THROTTLE_CLASSES)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, whatever happens."""
        try:
            if request.method in self._allowed_methods():
                self._admit()
            return super().dispatch(request, *args, **kwargs)
        except Exception as error:
            refusal = answer_error(error, {})
            if refusal is None:
                raise
            return self._refused(refusal)

    def may(self, role: Role) -> bool:
        """Whether to offer what a role may do."""
        return is_member(self.request) and self.request.user.may(role)

    def render(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Return a page made of a template."""
        context |= {
            "here": self.here,
            "messages": messages.get_messages(self.request),
            "may_manage": self.may(Role.ADMINISTRATOR),
            "may_edit": self.may(Role.EDITOR),
            "may_annotate": self.may(Role.EXPERT),
        }
        return render(self.request, f"pages/{template}.html", context, status=status)

    def done(self, message: str, page: str, /, **path: Any) -> HttpResponseRedirect:
        """Say what was done, and lead to a page."""
        messages.success(self.request, message)
        return redirect(f"pages:{page}", **path)

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a method that the page does not have."""
        allowed = ", ".join(self._allowed_methods())
        return answer(request, 405, f"This address takes {allowed} only.", {"Allow": allowed})

    def _admit(self) -> None:
        permission = self.reading if self.request.method in SAFE_METHODS else self.writing
        if not permission().has_permission(self.request, self):
            if is_member(self.request):
                raise PermissionDenied(getattr(permission, "message", None))
            raise NotAuthenticated
        throttles = [throttle() for throttle in self.throttles]
        full = [one for one in throttles if not one.allow_request(self.request, self)]
        if full:
            raise Throttled(max(one.wait() or 0 for one in full))

    def _refused(self, refusal: Response) -> HttpResponse:
        status, detail = refusal.status_code, " ".join(sentences(refusal.data))
        if status == 401 and self.request.method in ("GET", "HEAD"):
            # Without the prefix, which the login adds again: it leads to this service only.
            back = self.request.get_full_path().removeprefix(reverse("pages:objects"))
            query = f"?{urlencode({'next': back})}"
            return redirect(reverse("pages:login") + (query if len(query) <= LONGEST_QUERY else ""))
        if status == 401:
            detail += " Your login may have ended: log in, and send the form once more."
        wait = refusal.get("Retry-After")
        return answer(self.request, status, detail, {"Retry-After": wait} if wait else None)


def sentences(data: Any) -> list[str]:
    """Return all messages of an error's body, with the names of what they are about."""
    if isinstance(data, dict):
        plain = ("detail", "non_field_errors")
        return [
            text if name in plain else f"{name}: {text}"
            for name, value in data.items()
            for text in sentences(value)
        ]
    if isinstance(data, list | tuple):
        return [text for value in data for text in sentences(value)]
    return [str(data)]


@contextmanager
def errors_at(form: Form) -> Iterator[None]:
    """Put the messages of a refusal at the fields they are about, others above the form."""
    try:
        yield
    except (AuthenticationFailed, Conflict, ParseError, ValidationError) as error:
        form.status, data = error.status_code, error.detail
    else:
        return
    form.is_valid()
    for name, value in data.items() if isinstance(data, dict) else [("detail", data)]:
        known = name in form.fields and not form.fields[name].widget.is_hidden
        for text in sentences(value):
            if known:
                form.add_error(name, text)
            else:
                plain = name in ("detail", "non_field_errors")
                form.add_error(None, text if plain else f"{name}: {text}")
