"""``python -m kdb create_user LOGIN PUBLIC_NAME --role expert``"""

from __future__ import annotations

from django.core.management.base import CommandParser

from kdb.accounts.management.creation import CreationCommand
from kdb.accounts.models import Role


class Command(CreationCommand):
    """Makes a user."""

    help = "Make a user with a generated password, which is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the role."""
        super().add_arguments(parser)
        parser.add_argument("--role", choices=Role.values, default=Role.READER)
