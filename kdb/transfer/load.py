"""Loading what was read: all of a file or nothing, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction

from kdb.annotations.models import Annotation, AnnotationTag, Current
from kdb.annotations.select import author_of
from kdb.transfer.records import BadFile, Content, Record
from kdb.transfer.vocabulary import resolve_tags

BATCH = 1000
LOCK = 5_140_177
"""Number of the database's advisory lock that imports hold."""

LAST = datetime.max.replace(tzinfo=UTC)


@dataclass
class Outcome:
    """What became of the records of a file."""

    added: int = 0
    known: int = 0
    """Those that were there already."""
    older: int = 0
    """Those left out because their OID has a newer record."""
    tags: int = 0
    """Tags added."""


@dataclass
class _Past:
    """What is recorded on an OID already."""

    head: int | None = None
    time: datetime | None = None
    """When the newest was made."""
    seen: set[tuple[Any, ...]] = field(default_factory=set)


def load(
    content: Content,
    *,
    create_tags: bool = False,
    skip_older: bool = False,
    dry_run: bool = False,
    advance: Callable[[int], None] = lambda count: None,
) -> Outcome:
    """Load a file in one transaction.

    A record is there already when the history of its OID has one with the same tags, text, author
    and time; one without time is compared without.

    Parameters
    ----------
    content
        What the file says.
    create_tags
        Add tags that the vocabulary lacks.
    skip_older
        Leave out records that are older than the newest of their OID.
    dry_run
        Only report what would happen.
    advance
        Called with the number of records that were dealt with.

    Raises
    ------
    BadFile
        When a record cannot be loaded, and so none was.
    """
    try:
        with transaction.atomic():
            outcome = _load(content, create_tags, skip_older, advance)
            if dry_run:
                transaction.set_rollback(True)
            return outcome
    except (IntegrityError, DataError) as error:
        # As when someone annotated one of the OIDs in between.
        raise BadFile(f"the database refused a record ({error}): run the command again") from error


def _load(
    content: Content, create_tags: bool, skip_older: bool, advance: Callable[[int], None]
) -> Outcome:
    _prepare()
    outcome = Outcome()
    pasts = _pasts({record.oid for record in content.records})
    new = _choose(content, pasts, skip_older, outcome)
    advance(len(content.records) - len(new))
    tags, outcome.tags = resolve_tags(content, new, create_tags)
    keep = _may_keep_keys(new)
    keys = iter([record.key for record in new] if keep else _next_keys(len(new)))
    now = _now()
    for part in _batches(new):
        rows = [_row(record, next(keys), pasts[record.oid], now) for record in part]
        Annotation.objects.bulk_create(rows)
        AnnotationTag.objects.bulk_create(
            AnnotationTag(annotation=row, tag_id=tags[name], given_name=given)
            for row, record in zip(rows, part, strict=True)
            for name, given in zip(record.tags, record.given, strict=True)
        )
        advance(len(part))
    if keep:
        _continue_keys()
    if new:
        _analyze()
    outcome.added = len(new)
    return outcome


def _prepare() -> None:
    with connection.cursor() as cursor:
        # A large file may take longer than a request.
        cursor.execute("SET LOCAL statement_timeout = 0")
        # Triggers find rows by their keys. Planned while the tables are small, they would go on to
        # read them whole for each record.
        cursor.execute("DISCARD PLANS")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise BadFile("another import is running: wait for its end")


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def _pasts(oids: set[int]) -> dict[int, _Past]:
    pasts = {oid: _Past() for oid in oids}
    for part in _batches(sorted(oids)):
        rows = Annotation.objects.filter(oid__in=part).select_related("author")
        for row in rows.prefetch_related("given").order_by("pk"):
            past = pasts[row.oid]
            tags = tuple(tag.given_name for tag in row.given.all())
            past.seen |= _marks(tags, row.text, author_of(row), row.deleted, row.created_at)
        heads = Current.objects.filter(oid__in=part).values_list(
            "oid", "newest_id", "newest__created_at"
        )
        for oid, head, time in heads:
            pasts[oid].head, pasts[oid].time = head, time
    return pasts


def _marks(
    tags: Sequence[str], text: str, author: str, deleted: bool, time: datetime | None
) -> set[tuple[Any, ...]]:
    """What a record is known by: with its time, and for files that lack times without."""
    known = (frozenset(tags), text, author, deleted)
    return {known, (*known, time)} if time else {known}


def _choose(
    content: Content, pasts: dict[int, _Past], skip_older: bool, outcome: Outcome
) -> list[Record]:
    """Return the records to load, in the order of the history."""
    records = list(content.records)
    if not content.ordered:
        records.sort(key=lambda record: record.time or LAST)
    new, faults = [], []
    for record in records:
        past = pasts[record.oid]
        marks = _marks(record.given, record.text, record.author, record.deleted, record.time)
        sharpest = max(marks, key=len)
        if sharpest in past.seen:
            outcome.known += 1
        elif record.time and past.time and record.time < past.time:
            outcome.older += 1
            faults.append(
                f"{record.place}: is older than the newest record of {record.oid}, of "
                f"{past.time:%Y-%m-%dT%H:%M:%SZ}; --skip-older leaves such ones out"
            )
        else:
            new.append(record)
            past.seen |= marks
    if faults and not skip_older:
        raise BadFile(*faults)
    return new


def _row(record: Record, key: int | None, past: _Past, now: datetime) -> Annotation:
    row = Annotation(
        pk=key,
        oid=record.oid,
        release=record.release,
        text=record.text,
        tag_count=len(record.tags),
        author_name=record.author,
        public=record.public,
        deleted=record.deleted,
        previous_id=past.head,
        created_at=record.time or now,
    )
    past.head = key
    return row


def _may_keep_keys(new: list[Record]) -> bool:
    """Whether the annotations can have the numbers they had: in a database that has none."""
    keys = {record.key for record in new}
    fit = all(key is not None and 0 < key < 2**63 for key in keys)
    return fit and len(keys) == len(new) and not Annotation.objects.exists()


def _next_keys(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('annotation', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return [key for (key,) in cursor.fetchall()]


def _continue_keys() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('annotation', 'id'), max(id)) FROM annotation"
        )


def _analyze() -> None:
    """Let the planner know at once: with statistics of only some tables, queries get slow."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotation, annotation_tag, annotation_current")


def _batches(rows: Sequence[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while part := list(islice(rest, BATCH)):
        yield part
