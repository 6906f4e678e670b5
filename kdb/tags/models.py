"""Tags, and what became of them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower, Now

from kdb.config.history import AppendOnlyModel

TAG_NAME = RegexValidator(r"\A[A-Za-z0-9_-]{1,64}\Z", "Use 1 to 64 letters, digits, _ and -.")


class Tag(models.Model):
    """A word of the vocabulary.

    Rows are never deleted.  A merged tag stays as what was given then, and counts as its target
    now; a retired tag is no longer given.
    """

    name = models.CharField(max_length=64, unique=True, validators=[TAG_NAME])
    description = models.TextField(blank=True, max_length=4000)
    order = models.IntegerField(default=1000)
    group = models.CharField(max_length=64, blank=True)
    retired = models.BooleanField(default=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )

    class Meta:
        db_table = "tag"
        ordering = ("order", "name")
        constraints = (
            models.UniqueConstraint(Lower("name"), name="tag_name_any_case"),
            models.CheckConstraint(
                condition=models.Q(name__regex=r"^[A-Za-z0-9_-]{1,64}$"), name="tag_name_letters"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | models.Q(retired=True),
                name="tag_merged_is_retired",
            ),
        )


class TagEvent(AppendOnlyModel):
    """A change of a tag: what was before, what after, by whom.

    Who did it is a user, a name for events that were imported, or nobody for the seed.
    """

    class Action(models.TextChoices):
        """What was done."""

        CREATED = "created"
        CHANGED = "changed"
        RENAMED = "renamed"
        RETIRED = "retired"
        RESTORED = "restored"
        MERGED = "merged"

    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="events")
    action = models.CharField(max_length=16, choices=Action.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=100, blank=True, db_default="")
    at = models.DateTimeField(db_default=Now(), db_index=True)
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        db_table = "tag_event"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(actor__isnull=True) | models.Q(actor_name=""),
                name="tag_event_one_actor",
            ),
        )
