"""The vocabulary that a knowledge database begins with.

Its tags are those of the SNAD team's knowledge database in its public state of 2024-05-13; the
descriptions are this project's.
"""

from __future__ import annotations

import csv
from pathlib import Path

from django.db import transaction

from kdb.tags import edit
from kdb.tags.models import Tag

SEED = Path(__file__).with_name("vocabulary.csv")
STEP = 10
"""Between the order of one tag and the next, so that others find room."""


def seed() -> list[dict[str, str]]:
    """Return the tags of the file, in their order."""
    with SEED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load() -> list[Tag]:
    """Add the tags of the file that are missing; return those added.

    A tag that is there, or was once and is now called otherwise, stays as its editors left it.
    """
    with transaction.atomic():
        known = {name.lower() for name in Tag.objects.values_list("name", flat=True)}
        known |= {name.lower() for name in edit.former_names()}
        return [
            edit.create(None, order=STEP * place, **fields)
            for place, fields in enumerate(seed(), 1)
            if fields["name"].lower() not in known
        ]
