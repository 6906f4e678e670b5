"""Changes of the vocabulary; each is logged with what was before and after."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from kdb.accounts.models import User
from kdb.config.errors import Conflict
from kdb.tags.models import Tag, TagEvent

Action = TagEvent.Action


def create(actor: User | None, **fields: Any) -> Tag:
    """Add a tag to the vocabulary."""
    with transaction.atomic():
        tag = Tag.objects.create(**fields)
        _log(tag, Action.CREATED, actor, {}, _state(tag))
    return tag


def change(actor: User | None, tag_id: int, **fields: Any) -> Tag:
    """Change name, description, order, group or retirement; one event for each kind of change."""
    with transaction.atomic():
        tag = Tag.objects.select_for_update().get(pk=tag_id)
        before = _state(tag)
        for name, value in fields.items():
            setattr(tag, name, value)
        tag.save()
        after = _state(tag)
        for action, names in _kinds(before, after):
            old = {name: before[name] for name in names}
            _log(tag, action, actor, old, {name: after[name] for name in names})
    return tag


def merge(actor: User | None, source_id: int, target_id: int) -> Tag:
    """Let a tag count as another from now on; returns the source.

    Tags merged into the source earlier follow it.

    Raises
    ------
    Conflict
        When they are the same, or one of them cannot take part.
    """
    with transaction.atomic():
        ids = {source_id, target_id}
        # Locked in one order, so that two merges cannot wait for each other, nor form a ring.
        locked = Tag.objects.select_for_update().filter(pk__in=ids).order_by("pk")
        tags = {tag.pk: tag for tag in locked}
        source, target = tags[source_id], tags[target_id]
        if source == target:
            raise Conflict(f"{source.name!r} cannot be merged into itself.")
        if source.merged_into_id:
            raise Conflict(f"{source.name!r} was merged already.")
        if target.retired:
            raise Conflict(f"{target.name!r} is retired: merge into a tag in use.")
        followers = list(source.merged.select_for_update())
        before = _state(source)
        source.merged_into, source.retired = target, True
        source.save()
        Tag.objects.filter(pk__in=[tag.pk for tag in followers]).update(merged_into=target)
        _log(source, Action.MERGED, actor, before, _state(source))
        for tag in followers:
            into = {"merged_into": source.name}
            _log(tag, Action.MERGED, actor, into, {"merged_into": target.name})
    return source


def former_names() -> set[str]:
    """Return all names from which a tag was renamed."""
    events = TagEvent.objects.filter(action=Action.RENAMED)
    return set(events.values_list("before__name", flat=True))


def _kinds(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, list[str]]]:
    changed = [name for name in before if before[name] != after[name]]
    kinds = []
    if "name" in changed:
        kinds.append((Action.RENAMED, ["name"]))
    if "retired" in changed:
        kinds.append((Action.RETIRED if after["retired"] else Action.RESTORED, ["retired"]))
    rest = [name for name in changed if name not in ("name", "retired")]
    return kinds + ([(Action.CHANGED, rest)] if rest else [])


def _state(tag: Tag) -> dict[str, Any]:
    return {
        "name": tag.name,
        "description": tag.description,
        "order": tag.order,
        "group": tag.group,
        "retired": tag.retired,
        "merged_into": tag.merged_into.name if tag.merged_into else None,
    }


def _log(
    tag: Tag, action: str, actor: User | None, before: dict[str, Any], after: dict[str, Any]
) -> None:
    TagEvent.objects.create(tag=tag, action=action, actor=actor, before=before, after=after)
