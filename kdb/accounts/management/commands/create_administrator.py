"""``python -m kdb create_administrator LOGIN PUBLIC_NAME``"""

from __future__ import annotations

from kdb.accounts.management.creation import CreationCommand
from kdb.accounts.models import Role


class Command(CreationCommand):
    """Makes an administrator."""

    help = "Make an administrator with a generated password, which is shown once."
    role = Role.ADMINISTRATOR
