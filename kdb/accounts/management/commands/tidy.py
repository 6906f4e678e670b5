"""``python -m kdb tidy``"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kdb.accounts.manage import tidy


class Command(BaseCommand):
    """Deletes what has expired."""

    help = "Delete sessions and tokens that have expired."

    def handle(self, **_: Any) -> None:
        """Delete them."""
        sessions, tokens = tidy()
        self.stdout.write(f"Deleted {sessions} sessions and {tokens} tokens.")
