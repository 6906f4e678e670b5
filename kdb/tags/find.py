"""Finding tags by name."""

from __future__ import annotations

from django.db.models import Q

from kdb.tags.models import Tag, TagEvent


class UnknownTag(LookupError):
    """There is no tag of this name; the message says what it is called now, if it had it once."""


def family(name: str) -> list[int]:
    """Return the ids of all tags that now count as the one of this name.

    Raises
    ------
    UnknownTag
        When there is no such tag.
    """
    tag = Tag.objects.filter(name=name).first()
    if tag is None:
        raise UnknownTag(unknown(name))
    root = tag.merged_into_id or tag.pk
    found = Tag.objects.filter(Q(pk=root) | Q(merged_into=root))
    return list(found.values_list("pk", flat=True))


def unknown(name: str) -> str:
    """Return a sentence on a name that no tag has, and on the one that is meant, if known."""
    other = Tag.objects.filter(name__iexact=name).first()
    meant = f" The tag is {other.name!r}." if other else _renamed(name)
    return f"There is no tag {name!r}.{meant}"


def _renamed(name: str) -> str:
    event = (
        TagEvent.objects.filter(action=TagEvent.Action.RENAMED, before__name=name)
        .select_related("tag")
        .last()
    )
    return f" It is now called {event.tag.name!r}." if event else ""
