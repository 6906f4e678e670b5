"""``python -m kdb reset_password LOGIN``"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kdb.accounts.manage import reset_password
from kdb.accounts.models import User


class Command(BaseCommand):
    """Gives a user a new password."""

    help = (
        "Give a user a new generated password, which is shown once; their sessions and tokens end."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the user."""
        parser.add_argument("login")

    def handle(self, *, login: str, **_: Any) -> None:
        """Reset the password."""
        user = User.objects.filter(login=login).first()
        if user is None:
            raise CommandError(f"There is no user {login!r}.")
        self.stdout.write(f"Password of {login}, shown this once: {reset_password(user)}")
