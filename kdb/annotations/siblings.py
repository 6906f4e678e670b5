"""The other OIDs of a star: from the table of sources, else by position from a TAP service."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
from django.core.cache import cache
from django.utils import timezone

from kdb.annotations import tap
from kdb.annotations.models import Neighbours, Source
from kdb.config.options import Options, get_options

BATCH = 100
"""OIDs of one query to the TAP service."""


@dataclass
class Siblings:
    """The other OIDs of each star asked for."""

    others: dict[int, set[int]] = field(default_factory=dict)
    """By OID; an OID that is missing here could not be looked up."""
    source: dict[int, str] = field(default_factory=dict)
    """``sources`` or ``positions``, by OID."""
    unavailable: str | None = None
    """Why some could not be looked up."""


def siblings_of(oids: Collection[int], most: int) -> Siblings:
    """Find the other OIDs of the same stars.

    A failure of the TAP service is stated in the answer, and never raised.

    Parameters
    ----------
    oids
        The OIDs asked for.
    most
        So many of them are asked of the TAP service at most.
    """
    found = Siblings()
    _from_sources(oids, found)
    options = get_options()
    rest = [oid for oid in oids if oid not in found.others]
    if not rest or not options.tap_url:
        return found
    known = _kept(rest, options)
    missing = [oid for oid in rest if oid not in known]
    if len(missing) > most:
        found.unavailable = (
            f"The stars of {most} OIDs are looked up in one request: ask for fewer at a time."
        )
    try:
        known |= _ask(missing[:most], options)
    except tap.Unavailable as error:
        found.unavailable = str(error)
    for oid, others in known.items():
        found.others[oid], found.source[oid] = others, "positions"
    return found


def _from_sources(oids: Collection[int], found: Siblings) -> None:
    source_of = dict(Source.objects.filter(oid__in=list(oids)).values_list("oid", "source_id"))
    members: dict[int, set[int]] = {}
    rows = Source.objects.filter(source_id__in=set(source_of.values()))
    for source_id, oid in rows.values_list("source_id", "oid"):
        members.setdefault(source_id, set()).add(oid)
    for oid, source_id in source_of.items():
        found.others[oid] = members[source_id] - {oid}
        found.source[oid] = "sources"


def _kept(oids: Iterable[int], options: Options) -> dict[int, set[int]]:
    since = timezone.now() - timedelta(hours=options.star_hours)
    rows = Neighbours.objects.filter(oid__in=list(oids), asked_at__gte=since)
    return {row.oid: set(row.others) for row in rows}


def _ask(oids: list[int], options: Options) -> dict[int, set[int]]:
    if not oids:
        return {}
    if paused := tap.pausing():
        raise tap.Unavailable(paused)
    answers: dict[int, set[int]] = {}
    try:
        with tap.client(options) as asking:
            for start in range(0, len(oids), BATCH):
                batch = oids[start : start + BATCH]
                answers |= {oid: set() for oid in batch}
                for asked, other in _query(asking, batch, options):
                    answers[asked].add(other)
    except (httpx.HTTPError, httpx.InvalidURL, tap.Unavailable) as error:
        raise tap.Unavailable(tap.pause(error, options)) from error
    _keep({oid: others - {oid} for oid, others in answers.items() if oid in others}, options)
    return {oid: others - {oid} for oid, others in answers.items()}


def _keep(answers: dict[int, set[int]], options: Options) -> None:
    """Keep what is known of light curves that exist, while there is room."""
    now = timezone.now()
    kept = cache.get_or_set("siblings-kept", Neighbours.objects.count, tap.PAUSE)
    if kept + len(answers) > options.star_rows:
        return
    rows = [Neighbours(oid=oid, others=sorted(to), asked_at=now) for oid, to in answers.items()]
    Neighbours.objects.bulk_create(
        rows, update_conflicts=True, update_fields=["others", "asked_at"], unique_fields=["oid"]
    )


def tidy() -> int:
    """Delete answers that are out of date; return their number."""
    since = timezone.now() - timedelta(hours=get_options().star_hours)
    return Neighbours.objects.filter(asked_at__lt=since).delete()[0]


def adql(oids: Iterable[int], options: Options) -> str:
    """Return the query for the neighbours of these OIDs, and for those that exist themselves."""
    return (
        f"SELECT a.oid AS asked, b.oid AS other FROM {options.tap_table} AS a "
        f"JOIN {options.tap_table} AS b ON 1 = CONTAINS(POINT(b.ra, b.dec), "
        f"CIRCLE(a.ra, a.dec, {options.star_radius / 3600:.9f})) "
        f"WHERE a.oid IN ({', '.join(str(int(oid)) for oid in oids)})"
    )


def _query(asking: httpx.Client, oids: list[int], options: Options) -> list[tuple[int, int]]:
    pairs = tap.ask(asking, adql(oids, options), "asked", "other")
    if {pair[0] for pair in pairs} - set(oids):
        raise tap.Unavailable("an answer that is not the table asked for")
    if len(pairs) >= tap.MOST_ROWS:
        raise tap.Unavailable(f"more than {tap.MOST_ROWS} neighbours")
    return pairs
