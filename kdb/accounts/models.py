"""People and their tokens."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from knox.models import AbstractAuthToken


class Role(models.TextChoices):
    """What a person may do; each role may do all that those before it may."""

    READER = "reader", "reads records that are not public, too"
    EXPERT = "expert", "annotates"
    EDITOR = "editor", "edits tags"
    ADMINISTRATOR = "administrator", "manages people"

    def includes(self, other: Role) -> bool:
        """Whether this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class UserManager(BaseUserManager["User"]):
    """Makes users."""

    def create_user(self, login: str, password: str | None = None, **fields: Any) -> User:
        """Make a user; without a password nobody can log in as them."""
        user = self.model(login=login, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person; others see nothing but the public name."""

    login = models.CharField(
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9@.+_-]*\Z", "Use letters, digits, @.+_-")
        ],
    )
    public_name = models.CharField(
        max_length=100,
        unique=True,
        validators=[RegexValidator(r"\A[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*\Z", "Must be a name.")],
    )
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.READER)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("public_name",)

    objects = UserManager()

    class Meta:
        db_table = "kdb_user"
        constraints = (
            models.UniqueConstraint(Lower("login"), name="kdb_user_login_any_case"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="kdb_user_role"),
        )

    def may(self, role: Role) -> bool:
        """Whether this person may do what a role may."""
        return self.is_active and Role(self.role).includes(role)


class Token(AbstractAuthToken):
    """A personal token; only its hash is kept, and its first letters to know it again by."""

    name = models.CharField(max_length=100)

    class Meta:
        db_table = "kdb_token"
        constraints = (models.UniqueConstraint(fields=("user", "name"), name="kdb_token_name"),)
