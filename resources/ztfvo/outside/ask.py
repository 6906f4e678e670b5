"""Questions to sources, and what came of them: found, empty, unavailable or malformed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import anyio
import orjson
from anyio import to_thread

from ztfvo.outside.cache import DAY, Cache, Silence
from ztfvo.outside.client import Asker, Crowded, Failure, NoAnswer, NotFound, Pool
from ztfvo.outside.model import Answer, Cut, LightCurve, Malformed, Place, Row, Source, State
from ztfvo.outside.packing import pack, unpack
from ztfvo.outside.rows import around, read_rows

_log = logging.getLogger(__name__)

LOGGED_BYTES = 500
"""Of a malformed answer, that are logged."""
KEPT_MALFORMED = KEPT_REFUSED = 300.0
"""Seconds that a malformed or refused answer is kept."""
AT_A_TIME = 8
"""Questions to one source, of one process."""
MOST_WAITING = 200
"""Questions to one source at work or waiting, of one process: further ones are not begun."""
POLL = 0.05
"""Seconds between two looks whether another process has the answer."""
ROUNDING = 7
"""Decimals of degrees in a question: 0.4 mas."""


@dataclass(frozen=True)
class Question:
    """What one source is asked."""

    source: Source
    kind: str
    """rows, light curve or name."""
    subject: tuple[Any, ...]
    """Of JSON's types; what makes two questions the same."""
    ask: Callable[[Asker], Awaitable[tuple[Sequence[Row], LightCurve | None]]]
    here: Callable[[], Awaitable[Answer]] | None = None
    """How this site answers by itself, of what it hosts: then nobody is asked, nothing kept."""

    @property
    def key(self) -> str:
        """Under which its answer is kept; another one where the source is declared otherwise."""
        declared = [
            [column.name, column.key, column.dtype]
            for column in (*self.source.columns, *self.source.native)
        ]
        said = orjson.dumps([self.kind, self.subject, declared])
        return f"{self.source.name}:{hashlib.sha256(said).hexdigest()[:40]}"


def rows_around(source: Source, place: Place, radius: float) -> Question:
    """Ask for what a source has around a place.

    Parameters
    ----------
    radius
        arcsec; rows are within it where their motion is taken into account, or where it is not.
    """
    place = _rounded(place)

    async def ask(asker: Asker) -> tuple[Sequence[Row], None]:
        raw = await source.find(asker, source, place, radius)
        found = around(source, read_rows(source, raw), place, radius)
        return Cut(found) if isinstance(raw, Cut) else found, None

    return Question(source, "rows", (place.ra, place.dec, place.epoch, radius), ask)


def curve_around(source: Source, place: Place, radius: float) -> Question:
    """Ask for the light curve of the nearest object that has one."""
    place = _rounded(place)

    async def ask(asker: Asker) -> tuple[Sequence[Row], LightCurve | None]:
        raw = await source.find(asker, source, place, radius)
        rows = around(source, read_rows(source, raw), place, radius)
        for row in rows:
            curve = await source.fetch(asker, source, row)
            if curve is not None and len(curve):
                return [row], curve
        return [], None

    return Question(source, "light curve", (place.ra, place.dec, place.epoch, radius), ask)


def curve_of(source: Source, identifier: str) -> Question:
    """Ask for the light curve of an object by the source's own identifier."""

    async def ask(asker: Asker) -> tuple[Sequence[Row], LightCurve | None]:
        for row in (await _named(asker, source, identifier))[:1]:
            curve = await source.fetch(asker, source, row)
            if curve is not None and len(curve):
                return [row], curve
        return [], None

    return Question(source, "light curve", (identifier,), ask)


def rows_named(source: Source, name: str) -> Question:
    """Ask which objects have a name."""

    async def ask(asker: Asker) -> tuple[Sequence[Row], None]:
        return await _named(asker, source, name), None

    return Question(source, "name", (name,), ask)


async def _named(asker: Asker, source: Source, name: str) -> list[Row]:
    """Rows of a name; those of others, which a service gives that does not heed it, are refused."""
    rows = read_rows(source, await source.look(asker, source, name))
    wanted = name.rpartition(" ")[2]
    for row in rows if source.keys else ():
        found = [str(row[key]) for key in source.keys if row[key] is not None]
        if wanted not in found:
            raise Malformed(f"it was asked for {wanted}, and answers {' '.join(found) or 'none'}")
    return rows


def _rounded(place: Place) -> Place:
    return replace(place, ra=round(place.ra % 360, ROUNDING), dec=round(place.dec, ROUNDING))


class Desk:
    """Asks sources for all requests of one process; the same question is asked once at a time.

    What was begun goes on though nobody waits for it any more: the next who asks has the answer.

    Parameters
    ----------
    pool
        Its connections.
    cache
        What was answered before.
    """

    def __init__(self, pool: Pool, cache: Cache) -> None:
        self._pool, self.cache = pool, cache
        self._running: dict[str, asyncio.Task[Answer]] = {}
        self._turns: dict[str, anyio.Semaphore] = {}
        self._waiting: Counter[str] = Counter()

    async def close(self) -> None:
        """Give up what is being asked."""
        for task in self._running.values():
            task.cancel()
        await self._pool.close()

    async def answer(self, question: Question) -> Answer:
        """Return what came of a question."""
        if question.here:
            return await question.here()
        if reason := self.missing(question.source):
            return Answer(question.source.name, State.UNAVAILABLE, reason=reason)
        kept = await self._kept(question)
        return kept or await asyncio.shield(self._task(question))

    def missing(self, source: Source) -> str:
        """Return why this site cannot ask a source, if it cannot."""
        if not source.account or getattr(self._pool.settings, source.account):
            return ""
        return (
            f"{source.title} answers registered users only, and this site has no account: its"
            f" operators may set ZTFVO_{source.account.upper()}"
        )

    async def answers(
        self, questions: Iterable[Question], seconds: float | None = None
    ) -> AsyncIterator[tuple[Question, Answer]]:
        """Ask all at the same time, and give each answer as it comes.

        Parameters
        ----------
        seconds
            After which what has not answered is unavailable.
        """
        asked = {asyncio.ensure_future(self.answer(one)): one for one in questions}
        end = None if seconds is None else time.monotonic() + seconds
        left = set(asked)
        try:
            while left:
                wait = None if end is None else max(0.0, end - time.monotonic())
                done, left = await asyncio.wait(
                    left, timeout=wait, return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    break
                for task in done:
                    yield asked[task], task.result()
            for task in left:
                yield asked[task], _late(asked[task].source, seconds)
        finally:
            for task in left:
                task.cancel()

    def _task(self, question: Question) -> asyncio.Task[Answer]:
        task = self._running.get(question.key)
        if task is None:
            task = self._running[question.key] = asyncio.create_task(self._counted(question))
            task.add_done_callback(lambda _: self._running.pop(question.key, None))
        return task

    async def _counted(self, question: Question) -> Answer:
        """Ask, unless too many wait for the source already."""
        source = question.source
        if self._waiting[source.name] >= MOST_WAITING:
            return _crowded(source)
        self._waiting[source.name] += 1
        try:
            return await self._once(question)
        finally:
            self._waiting[source.name] -= 1

    async def _kept(self, question: Question) -> Answer | None:
        body = await to_thread.run_sync(self.cache.get, question.key)
        if body is not None:
            return await to_thread.run_sync(unpack, question.source, body)
        silence = await to_thread.run_sync(self.cache.silence, question.source.name)
        return _silent(question.source, silence) if silence else None

    async def _once(self, question: Question) -> Answer:
        """Ask, unless another process does; then wait for its answer."""
        while not await to_thread.run_sync(self.cache.take_off, question.key):
            await anyio.sleep(POLL)
            kept = await self._kept(question)
            if kept:
                return kept
        try:
            kept = await self._kept(question)  # who asked it may just have ended
            if kept:
                return kept
            name = question.source.name
            async with self._turns.setdefault(name, anyio.Semaphore(AT_A_TIME)):
                return await self._ask(question)
        finally:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(self.cache.land, question.key)

    async def _ask(self, question: Question) -> Answer:
        source, begun = question.source, time.time()
        bodies: list[bytes] = []
        sent: list[str] = []
        try:
            with anyio.fail_after(source.seconds) as limit:
                asker = Asker(source, self._pool, self.cache, limit, bodies, sent)
                rows, curve = await question.ask(asker)
        except Crowded:
            return _crowded(source)
        except TimeoutError:
            error = NoAnswer(f"{source.title} took more than {source.seconds:g} s")
            answer = await self._unavailable(source, error)
        except NotFound as error:
            answer = Answer(source.name, State.UNAVAILABLE, reason=str(error))
        except NoAnswer as error:
            answer = await self._unavailable(source, error)
        except Failure as error:
            answer = Answer(source.name, State.UNAVAILABLE, reason=str(error))
        except Malformed as error:
            body = error.body or b"".join(bodies)
            _log.warning("%s: %s; the answer begins %r", source.name, error, body[:LOGGED_BYTES])
            answer = Answer(source.name, State.MALFORMED, reason=str(error))
        except Exception:
            _log.exception("%s: the answer cannot be read", source.name)
            reason = f"the answer of {source.title} cannot be read, which was logged"
            answer = Answer(source.name, State.MALFORMED, reason=reason)
        else:
            answer = found(source.name, rows, curve)
            await to_thread.run_sync(self.cache.succeed, source.name)
        answer = replace(answer, asked_at=iso(begun), seconds=round(time.time() - begun, 3))
        return await to_thread.run_sync(self._keep, question, answer, bool(sent))

    async def _unavailable(self, source: Source, error: NoAnswer) -> Answer:
        reason = str(error)
        return _silent(
            source, await to_thread.run_sync(self.cache.fail, source.name, reason, error.after)
        )

    def _keep(self, question: Question, answer: Answer, was_sent: bool) -> Answer:
        """Keep an answer, and return it with the time from which on it is asked again."""
        if was_sent:
            self.cache.note(question.source.name, answer.state, answer.seconds)
        if answer.state in (State.FOUND, State.EMPTY):
            self.cache.put(question.key, pack(answer), question.source.days * DAY)
        elif not answer.again_at:
            kept = KEPT_MALFORMED if answer.state == State.MALFORMED else KEPT_REFUSED
            answer = replace(answer, again_at=iso(time.time() + kept))
            self.cache.put(question.key, pack(answer), kept)
        return answer


def found(name: str, rows: Sequence[Row], curve: LightCurve | None = None) -> Answer:
    """Return what a source, or this site, has: found or empty."""
    state = State.FOUND if rows or curve is not None else State.EMPTY
    is_cut = isinstance(rows, Cut)
    reason = f"the nearest {len(rows)} are given, there are more: ask for less around the place"
    return Answer(name, state, tuple(rows), curve, reason if is_cut else "", not is_cut)


def _crowded(source: Source) -> Answer:
    """The site itself has too much to ask: nobody is at fault, and nothing is kept."""
    reason = f"too many questions wait for {source.title}: ask again in a minute"
    return Answer(source.name, State.UNAVAILABLE, reason=reason, asked_at=iso(time.time()))


def _late(source: Source, seconds: float | None) -> Answer:
    return Answer(
        source.name,
        State.UNAVAILABLE,
        reason=f"{source.title} has not answered within {seconds:g} s: it is still being asked, and"
        " what it says is kept for those who ask again",
        asked_at=iso(time.time()),
    )


def _silent(source: Source, silence: Silence) -> Answer:
    return Answer(
        source.name,
        State.UNAVAILABLE,
        reason=silence.reason,
        asked_at=iso(silence.since),
        since=iso(silence.since),
        again_at=iso(silence.again),
    )


def iso(moment: float) -> str:
    """Return a Unix time as ISO 8601, UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
