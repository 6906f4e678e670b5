"""``python -m kdb load_vocabulary``"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kdb.tags.vocabulary import load, seed


class Command(BaseCommand):
    """Loads the seed of the vocabulary."""

    help = "Add the tags that a knowledge database begins with; those that are there stay."

    def handle(self, **_: Any) -> None:
        """Load it."""
        added = load()
        self.stdout.write(f"Added {len(added)} of {len(seed())} tags; the others were there.")
