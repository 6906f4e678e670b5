"""``python -m kdb set_up``"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db.models import Q

from kdb.accounts.manage import create_user
from kdb.accounts.models import Role, User
from kdb.tags import vocabulary
from kdb.tags.models import Tag

LOGIN = "admin"


class Command(BaseCommand):
    """Makes an empty database a knowledge database, or brings one up to date."""

    help = (
        "Bring the tables and the static files up to date; give a service without tags its "
        "vocabulary, and one without administrator an administrator, whose generated password is "
        "shown once."
    )

    def handle(self, **_: Any) -> None:
        """Do what is not done yet."""
        call_command("migrate", verbosity=0, interactive=False)
        if settings.STATIC_ROOT:
            call_command("collectstatic", verbosity=0, interactive=False)
        if not Tag.objects.exists():
            self.stdout.write(f"Loaded a vocabulary of {len(vocabulary.load())} tags.")
        if not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
            self._make_administrator()

    def _make_administrator(self) -> None:
        names = (f"{LOGIN}{number}" for number in ("", *range(2, 1000)))
        login = next(name for name in names if not _is_taken(name))
        user, password = create_user(login, login.capitalize(), Role.ADMINISTRATOR)
        self.stdout.write(
            f"Made the administrator {user.login} of the knowledge database. "
            f"Password, shown this once: {password}"
        )


def _is_taken(login: str) -> bool:
    taken = Q(login=login) | Q(public_name=login.capitalize())
    return User.objects.filter(taken).exists()
