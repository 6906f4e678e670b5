"""The tags that imported records have."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from kdb.tags import edit
from kdb.tags.find import UnknownTag, family
from kdb.tags.models import Tag, TagEvent
from kdb.transfer.records import BadFile, Content, Record


def resolve_tags(
    content: Content, records: list[Record], create: bool
) -> tuple[dict[str, int], int]:
    """Find the tags of records, and add those missing where that is asked for.

    Tags that an export describes come with their descriptions and events; those that are there
    already stay as they are.

    Returns
    -------
    tuple
        Ids of all tags by name, and how many were added.

    Raises
    ------
    BadFile
        When a tag is missing and not to be added, or its name cannot be one.
    """
    known = set(Tag.objects.values_list("name", flat=True))
    described = {tag["name"]: tag for tag in content.tags}
    places = dict.fromkeys(described, "the vocabulary")
    for record in records:
        for name in record.tags:
            if name not in described:
                places.setdefault(name, record.place)
    missing = {name: place for name, place in places.items() if name not in known}
    if faults := [f"{place}: {fault}" for name, place in missing.items()
                  if (fault := _fault(name, known, create))]:  # fmt: skip
        raise BadFile(*faults)
    for name in missing:
        if name not in described:
            edit.create(None, name=name)
    _copy([described[name] for name in missing if name in described], content.events)
    return dict(Tag.objects.values_list("name", "pk")), len(missing)


def _fault(name: str, known: set[str], create: bool) -> str | None:
    if not create:
        try:
            family(name)
        except UnknownTag as error:
            return f"{error} --create-tags adds those missing."
    if same := [other for other in known if other.lower() == name.lower()]:
        return f"the tag {name!r} differs from {same[0]!r} in capitals only"
    try:
        Tag(name=name).clean_fields()
    except ValidationError as error:
        return f"{name!r} cannot be a tag: {' '.join(error.messages)}"
    known.add(name)
    return None


def _copy(tags: list[dict[str, Any]], events: list[dict[str, Any]]) -> None:
    """Add tags of an export with their events."""
    plain = [Tag(**{**tag, "merged_into": None}) for tag in tags]
    for tag in plain:
        _clean(tag)
    made = {tag.name: tag for tag in Tag.objects.bulk_create(plain)}
    every = {tag.name: tag for tag in Tag.objects.all()}
    for row in tags:
        if row["merged_into"]:
            if row["merged_into"] not in every:
                raise BadFile(f"the vocabulary: there is no tag {row['merged_into']!r}")
            made[row["name"]].merged_into = every[row["merged_into"]]
            made[row["name"]].save()
    TagEvent.objects.bulk_create(
        TagEvent(
            tag=made[event["tag"]],
            action=event["action"],
            actor_name=event["actor"] or "",
            at=event["at"],
            before=event["before"],
            after=event["after"],
        )
        for event in events
        if event["tag"] in made
    )


def _clean(tag: Tag) -> None:
    try:
        tag.clean_fields()
    except ValidationError as error:
        raise BadFile(f"the vocabulary: tag {tag.name!r}: {' '.join(error.messages)}") from error
