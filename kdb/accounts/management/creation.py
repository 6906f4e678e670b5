"""What the commands that make users share."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kdb.accounts.manage import create_user
from kdb.accounts.models import Role


class CreationCommand(BaseCommand):
    """Makes a user and shows their password; `role` is the role unless asked for."""

    role: Role | None = None

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the names."""
        parser.add_argument("login", help="name to log in with, such as an e-mail address")
        parser.add_argument("public_name", help="name that everyone sees beside the records")
        parser.add_argument("--email", default="")

    def handle(self, *, login: str, public_name: str, email: str, **options: Any) -> None:
        """Make the user."""
        role = self.role or Role(options["role"])
        try:
            user, password = create_user(login, public_name, role, email)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"Made {user.login} ({role}). Password, shown this once: {password}")
