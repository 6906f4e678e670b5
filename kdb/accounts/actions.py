"""What the API and the pages do alike: login, one's own password and tokens, users.

What is given as `data` the serializers check: they raise ValidationError.  A change that does not
fit what is there now raises `Conflict`, a name that nobody has Http404.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import authenticate, login, update_session_auth_hash
from django.db import IntegrityError
from django.http import Http404, HttpRequest
from rest_framework.exceptions import AuthenticationFailed

from kdb.accounts import manage
from kdb.accounts.models import Token, User
from kdb.accounts.serializers import (
    EditUserSerializer,
    LoginSerializer,
    NewTokenSerializer,
    NewUserSerializer,
    PasswordSerializer,
)
from kdb.config.errors import Conflict
from kdb.config.serializing import checked


def log_in(request: HttpRequest, data: Any) -> User:
    """Log in; AuthenticationFailed when name or password is wrong."""
    given = checked(LoginSerializer(data=data))
    user = authenticate(request, username=given["login"], password=given["password"])
    if user is None:
        raise AuthenticationFailed("Login name or password is wrong.")
    login(request, user)
    return user


def change_password(request: HttpRequest, data: Any) -> None:
    """Change one's own password; one's other sessions end."""
    user = request.user
    user.set_password(checked(PasswordSerializer(data=data, context={"user": user}))["new"])
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)


def make_token(user: User, data: Any) -> Token:
    """Make a token; its attribute `token` is the secret, which is kept nowhere."""
    given = checked(NewTokenSerializer(data=data, context={"user": user}))
    made, secret = Token.objects.create(
        user=user, expiry=timedelta(days=given["days"]), prefix="kdb_", name=given["name"]
    )
    made.token = secret
    return made


def revoke_token(user: User, name: str) -> None:
    """Revoke one of one's own tokens."""
    if not Token.objects.filter(user=user, name=name).delete()[0]:
        raise Http404


def find_user(name: str) -> User:
    """Find a user by login name."""
    user = User.objects.filter(login=name).first()
    if user is None:
        raise Http404
    return user


def add_user(data: Any) -> tuple[User, str]:
    """Add a user; return them and their generated password, which is kept nowhere."""
    given = checked(NewUserSerializer(data=data))
    try:
        return manage.create_user(**given)
    except IntegrityError as error:
        raise Conflict("Another user got this name just now.") from error


def change_user(name: str, data: Any) -> User:
    """Change what is given of a user."""
    user = find_user(name)
    return manage.change_user(user.pk, **checked(EditUserSerializer(user, data=data, partial=True)))
