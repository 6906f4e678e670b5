"""Astro-COLIBRI: transient events at all wavelengths and of all messengers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ztfvo.outside.client import Asker, NoAnswer, Refused
from ztfvo.outside.columns import number, position, text
from ztfvo.outside.model import Malformed, Place, Source, Yields

HOST = "https://astro-colibri.science"
FIRST = "2000-01-01T00:00:00"
"""Events since then are asked for."""
EVERYTHING = {"type": "TrueSpecification", "isActivated": True, "defaultState": False}
"""The filter that lets all events pass."""
MJD_UNIX = 40587.0
"""MJD at which Unix time begins."""


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    # The end of the range is a full day, as its service keeps answers by their questions.
    end = datetime.now(UTC).replace(hour=23, minute=59, second=59).strftime("%Y-%m-%dT%H:%M:%S")
    asked = {
        "uid": asker.pool.settings.astro_colibri_uid,
        "filter": EVERYTHING,
        "time_range": {"min": FIRST, "max": end},
        "properties": {
            "type": "cone",
            "position": {"ra": place.ra, "dec": place.dec},
            "radius": radius / 3600,
        },
        "return_format": "json",
    }
    reply = await asker.post(f"{HOST}/cone_search", json=asked)
    answer = _unwrapped(source, reply.json())
    events = answer.get("voevents") if isinstance(answer, dict) else None
    if not isinstance(events, list) or not all(isinstance(one, dict) for one in events):
        raise Malformed("the JSON has not the member voevents, a list of events", reply.body)
    return [one | _time(one) for one in events]


def _unwrapped(source: Source, answer: Any) -> Any:
    """Return an answer, unless it is an error that came with status 200."""
    failure = answer[0] if isinstance(answer, list) and answer else answer
    if isinstance(failure, dict) and "status_code" in failure and "voevents" not in failure:
        message = str(failure.get("message") or failure["status_code"])[:200]
        busy = str(failure["status_code"]) in ("429", "500", "503")
        raise (NoAnswer if busy else Refused)(f"{source.title} says: {message}")
    return answer


def _time(event: Mapping[str, Any]) -> dict[str, float]:
    milliseconds = event.get("timestamp")
    if not isinstance(milliseconds, int | float):
        return {}
    return {"mjd": MJD_UNIX + milliseconds / 86_400_000}


SOURCE = Source(
    title="Astro-COLIBRI",
    order=96,
    gives=("cross-match", "classification"),
    hosts=(HOST,),
    radius=3600.0,
    largest_radius=36_000.0,
    about="https://astro-colibri.com",
    record="https://astro-colibri.com/event/{trigger_id}",
    citation="https://ui.adsabs.harvard.edu/abs/2021ApJS..256....5R",
    licence="Free for registered users, who cite the paper",
    account="astro_colibri_uid",
    find=_find,
    days=1.0,
    columns=(
        text("source_name", "meta.id;meta.main", "Name of the event"),
        text("trigger_id", "meta.id", "Identifier of the event"),
        *position("ra", "dec"),
        number("err", "deg", "stat.error;pos", "Uncertainty of the place", may_lack=True),
        text("type", "src.class", "Type of the event"),
        number("mjd", "d", "time.epoch", "Time of the event (MJD, UTC)", may_lack=True),
        text("observatory", "meta.id;instr.obsty", "Observatory", may_lack=True),
        number("redshift", None, "src.redshift", "Redshift", nulls=(-1.0,), may_lack=True),
    ),
    yields=Yields(name="source_name", type="type", redshift="redshift"),
)
