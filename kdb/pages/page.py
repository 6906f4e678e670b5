"""What all pages share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views import View
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.response import Response

from kdb.accounts.models import Role
from kdb.accounts.permissions import is_member
from kdb.config.errors import answer, unreachable
from kdb.pages.inside import Refused, ask, sentences

LONGEST_QUERY = 2000
"""Characters of the query in a redirect: nginx takes headers of 4 kB."""


class Page(View):
    """A page; what the API refuses becomes an error page, or leads to the login."""

    here = ""
    """Which link of the navigation it is."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, whatever happens."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Refused as refusal:
            return self._refused(refusal)
        except OperationalError as error:
            return unreachable(request, error)

    def ask(self, view: Any, *args: Any, **kwargs: Any) -> Response:
        """Have a view of the API answer."""
        return ask(self.request, view, *args, **kwargs)

    def need(self, permission: type[BasePermission]) -> HttpResponse | None:
        """Return the refusal of a visitor without a permission of the API."""
        if permission().has_permission(self.request, self):
            return None
        status = 403 if is_member(self.request) else 401
        default = APIException.default_detail if status == 401 else "You may not see this page."
        return self._refused(Refused(status, str(getattr(permission, "message", None) or default)))

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

    def _refused(self, refusal: Refused) -> HttpResponse:
        if refusal.status == 401 and self.request.method in ("GET", "HEAD"):
            # Without the prefix, which the login adds again: it leads to this service only.
            back = self.request.get_full_path().removeprefix(reverse("pages:objects"))
            query = f"?{urlencode({'next': back})}"
            return redirect(reverse("pages:login") + (query if len(query) <= LONGEST_QUERY else ""))
        detail = refusal.detail
        if refusal.status == 401:
            detail += " Your login may have ended: log in, and send the form once more."
        return answer(self.request, refusal.status, detail, refusal.headers)


def put_errors(form: forms.Form, data: Any) -> None:
    """Put the API's messages at the fields they are about, others above the form."""
    form.is_valid()
    for name, value in data.items() if isinstance(data, dict) else [("detail", data)]:
        known = name in form.fields and not form.fields[name].widget.is_hidden
        for text in sentences(value):
            if known:
                form.add_error(name, text)
            else:
                plain = name in ("detail", "non_field_errors")
                form.add_error(None, text if plain else f"{name}: {text}")
