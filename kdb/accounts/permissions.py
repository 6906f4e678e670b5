"""Who may do what, and how often."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from kdb.accounts.models import Role
from kdb.config.options import get_options


def is_member(request: Any) -> bool:
    """Whether someone is logged in, and so sees records that are not public."""
    return bool(request.user and request.user.is_authenticated)


class _AtLeast(BasePermission):
    """Asks for a role."""

    role: Role

    def has_permission(self, request: Request, view: Any) -> bool:
        return is_member(request) and request.user.may(self.role)


class MayAnnotate(_AtLeast):
    """Experts and those above."""

    role = Role.EXPERT
    message = "Only experts may annotate: ask an administrator for that role."


class MayEditTags(_AtLeast):
    """Tag editors and administrators."""

    role = Role.EDITOR
    message = "Only tag editors may change tags: ask an administrator for that role."


class MayAdminister(_AtLeast):
    """Administrators."""

    role = Role.ADMINISTRATOR
    message = "Only administrators may see and change users."


class IsMember(_AtLeast):
    """Everyone who is logged in."""

    role = Role.READER


class MayAsk(BasePermission):
    """Everyone, unless reading is closed; for questions that are put by POST, too."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Allow all where reading is open, else those logged in."""
        return get_options().open_reading or is_member(request)


class MayRead(MayAsk):
    """Everyone, unless reading is closed; writing asks for more."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Allow safe methods; what no one can do here passes, to be answered as such."""
        if request.method in SAFE_METHODS:
            return super().has_permission(request, view)
        return not hasattr(view, request.method.lower())


class HasSession(BasePermission):
    """Who logged in by password: a token that was lost must not make further tokens."""

    message = "This needs a login by password; a token does not suffice."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Allow sessions only."""
        how = request.successful_authenticator
        return is_member(request) and (how is None or isinstance(how, SessionAuthentication))


class LoginThrottle(SimpleRateThrottle):
    """Counts the logins tried from one address, whoever is logged in there."""

    scope = "login"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """Return what is counted together; None for what is no try."""
        if request.method != "POST":
            return None
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class ReadOrWrite:
    """A view that all may read, and those with the permission `writing` may write to."""

    writing: type[BasePermission]

    def get_permissions(self) -> list[Any]:
        """Return what the request's method needs."""
        return [MayRead() if self.request.method in SAFE_METHODS else self.writing()]
