"""``python -m kdb tidy``"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kdb.accounts.manage import tidy
from kdb.annotations import siblings


class Command(BaseCommand):
    """Deletes what has expired."""

    help = "Delete sessions, tokens, counts of failed logins and stars' OIDs that have expired."

    def handle(self, **_: Any) -> None:
        """Delete them."""
        numbers = tidy() | {"stars' OIDs": siblings.tidy()}
        deleted = ", ".join(f"{number} {name}" for name, number in numbers.items())
        self.stdout.write(f"Deleted {deleted}.")
