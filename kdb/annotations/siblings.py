"""The other OIDs of a star, from a TAP service: those of its source, else those around it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
from django.core.cache import cache
from django.utils import timezone

from kdb.annotations import tap
from kdb.annotations.models import Neighbours
from kdb.config.options import Options, get_options

BATCH = 100
"""OIDs of one query to the TAP service."""

Others = tuple[set[int], bool]
"""The other OIDs of a star, and whether they are those of its source."""


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
    options = get_options()
    if not oids or not options.tap_url:
        return found
    known = _kept(oids, options)
    missing = [oid for oid in oids if oid not in known]
    if len(missing) > most:
        found.unavailable = (
            f"The stars of {most} OIDs are looked up in one request: ask for fewer at a time."
        )
    try:
        known |= _ask(missing[:most], options)
    except tap.Unavailable as error:
        found.unavailable = str(error)
    for oid, (others, by_source) in known.items():
        found.others[oid], found.source[oid] = others, "sources" if by_source else "positions"
    return found


def _kept(oids: Iterable[int], options: Options) -> dict[int, Others]:
    since = timezone.now() - timedelta(hours=options.star_hours)
    rows = Neighbours.objects.filter(oid__in=list(oids), asked_at__gte=since)
    return {row.oid: (set(row.others), row.by_source) for row in rows}


def _ask(oids: list[int], options: Options) -> dict[int, Others]:
    if not oids:
        return {}
    if paused := tap.pausing():
        raise tap.Unavailable(paused)
    answers: dict[int, set[int]] = {oid: set() for oid in oids}
    of_sources: set[int] = set()
    try:
        with tap.client(options) as asking:
            for start in range(0, len(oids), BATCH):
                batch = oids[start : start + BATCH]
                for asked, other, by_source in _query(asking, batch, options):
                    answers[asked].add(other)
                    of_sources |= {asked} if by_source else set()
    except (httpx.HTTPError, httpx.InvalidURL, tap.Unavailable) as error:
        raise tap.Unavailable(tap.pause(error, options)) from error
    found = {oid: (others - {oid}, oid in of_sources) for oid, others in answers.items()}
    _keep({oid: found[oid] for oid, others in answers.items() if oid in others}, options)
    return found


def _keep(answers: dict[int, Others], options: Options) -> None:
    """Keep what is known of light curves that exist, while there is room."""
    now = timezone.now()
    kept = cache.get_or_set("siblings-kept", Neighbours.objects.count, tap.PAUSE)
    if kept + len(answers) > options.star_rows:
        return
    rows = [
        Neighbours(oid=oid, others=sorted(others), by_source=by_source, asked_at=now)
        for oid, (others, by_source) in answers.items()
    ]
    Neighbours.objects.bulk_create(
        rows,
        update_conflicts=True,
        update_fields=["others", "by_source", "asked_at"],
        unique_fields=["oid"],
    )


def tidy() -> int:
    """Delete answers that are out of date; return their number."""
    since = timezone.now() - timedelta(hours=get_options().star_hours)
    return Neighbours.objects.filter(asked_at__lt=since).delete()[0]


def adql(oids: Iterable[int], options: Options) -> str:
    """Return the query for the OIDs of the same stars as these, and for those that exist
    themselves: by source, and by position where there is none."""
    pairs = (
        "SELECT a.oid AS asked, b.oid AS other, {by_source} AS by_source"
        f" FROM {options.tap_table} AS a JOIN {options.tap_table} AS b ON {{alike}}"
        f" WHERE a.oid IN ({', '.join(str(int(oid)) for oid in oids)})"
    )
    circle = f"CIRCLE(a.ra, a.dec, {options.star_radius / 3600:.9f})"
    near = f"1 = CONTAINS(POINT(b.ra, b.dec), {circle})"
    return (
        pairs.format(by_source=1, alike="a.source_id = b.source_id")
        + " UNION ALL "
        + pairs.format(by_source=0, alike=near)
        + " AND a.source_id IS NULL"
    )


def _query(asking: httpx.Client, oids: list[int], options: Options) -> list[tuple[int, int, int]]:
    pairs = tap.ask(asking, adql(oids, options), "asked", "other", "by_source")
    if {pair[0] for pair in pairs} - set(oids):
        raise tap.Unavailable("an answer that is not the table asked for")
    if len(pairs) >= tap.MOST_ROWS:
        raise tap.Unavailable(f"more than {tap.MOST_ROWS} neighbours")
    return pairs
