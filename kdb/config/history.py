"""Tables to which rows are only ever added."""

from __future__ import annotations

from typing import Any

from django.db import models


class AppendOnly(RuntimeError):
    """Someone tried to change what was recorded."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that can be read and added."""

    def update(self, **_: Any) -> int:
        """Refuse."""
        raise AppendOnly("Records are not changed: add a newer one.")

    def delete(self) -> Any:
        """Refuse."""
        raise AppendOnly("Records are not deleted: add one that says so.")


class AppendOnlyModel(models.Model):
    """A row that is written once; a trigger of the database holds it to that, too."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row."""
        if not self._state.adding:
            raise AppendOnly("Records are not changed: add a newer one.")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> Any:
        """Refuse."""
        raise AppendOnly("Records are not deleted: add one that says so.")
