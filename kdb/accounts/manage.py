"""Making and changing users."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from kdb.accounts.models import Role, Token, User
from kdb.config.errors import Conflict
from kdb.config.options import get_options

PASSWORD_BYTES = 18
"""Random bytes of a generated password: 24 letters and digits."""


def create_user(login: str, public_name: str, role: Role, email: str = "") -> tuple[User, str]:
    """Make a user; return them and their generated password, which is kept nowhere.

    Raises
    ------
    django.core.exceptions.ValidationError
        When login or public name is malformed or taken.
    """
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    fields = {"public_name": public_name, "role": role, "email": email}
    return User.objects.create_user(login, password, **fields), password


def change_user(user_id: int, **fields: Any) -> User:
    """Change role, public name, e-mail or activity of a user.

    Raises
    ------
    Conflict
        When nobody would be left to manage people.
    """
    with transaction.atomic():
        # One at a time: two administrators must not demote each other.
        others = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True)
        administrators = {user.pk for user in others.order_by("pk")}
        user = User.objects.select_for_update().get(pk=user_id)
        for name, value in fields.items():
            setattr(user, name, value)
        if not user.may(Role.ADMINISTRATOR) and administrators == {user.pk}:
            raise Conflict(f"{user.login} is the last administrator: make another first.")
        user.save()
    return user


def reset_password(user: User) -> str:
    """Give a user a generated password and end their sessions and tokens; return it."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        Token.objects.filter(user=user).delete()
    return password


def tidy() -> dict[str, int]:
    """Delete what has expired; return the numbers of rows of each kind."""
    now = timezone.now()
    waited = now - timedelta(minutes=get_options().login_minutes)
    gone = {
        "sessions": Session.objects.filter(expire_date__lt=now),
        "tokens": Token.objects.filter(expiry__lt=now),
        "failed logins": AccessAttempt.objects.filter(attempt_time__lt=waited),
    }
    return {name: rows.delete()[0] for name, rows in gone.items()}
