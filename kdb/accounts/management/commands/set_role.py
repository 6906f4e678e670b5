"""``python -m kdb set_role LOGIN ROLE``"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kdb.accounts.manage import change_user
from kdb.accounts.models import Role, User
from kdb.config.errors import Conflict


class Command(BaseCommand):
    """Changes a role."""

    help = "Change what a user may do."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add user and role."""
        parser.add_argument("login")
        parser.add_argument("role", choices=Role.values)

    def handle(self, *, login: str, role: str, **_: Any) -> None:
        """Change the role."""
        user = User.objects.filter(login=login).first()
        if user is None:
            raise CommandError(f"There is no user {login!r}.")
        try:
            change_user(user.pk, role=role)
        except Conflict as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{login} is now {role}: {Role(role).label}.")
