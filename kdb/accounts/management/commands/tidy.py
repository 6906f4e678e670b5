"""``python -m kdb tidy``"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kdb.accounts.manage import tidy


class Command(BaseCommand):
    """Deletes what has expired."""

    help = "Delete sessions, tokens and counts of failed logins that have expired."

    def handle(self, **_: Any) -> None:
        """Delete them."""
        deleted = ", ".join(f"{number} {name}" for name, number in tidy().items())
        self.stdout.write(f"Deleted {deleted}.")
