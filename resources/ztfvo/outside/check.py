"""Ask services outside, for an operator, whether they answer as they are declared."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ztfvo.outside.ask import Desk, Question, curve_around, rows_around
from ztfvo.outside.cache import Cache
from ztfvo.outside.client import Pool
from ztfvo.outside.model import Answer, Place, Source, State
from ztfvo.settings import Settings

ANYWHERE = (187.2779154, 2.0523883)
"""Where a source is asked of which no example is known: 3C 273."""
CACHE_BYTES = 100_000_000


def check(
    settings: Settings, sources: Sequence[Source], say: Callable[[Source, Answer], None]
) -> bool:
    """Ask sources at the same time, past all that is kept, and return whether all are well.

    Parameters
    ----------
    say
        Is called with each answer as it comes.
    """

    async def run() -> bool:
        with tempfile.TemporaryDirectory(prefix="ztfvo-outside-") as folder:
            desk = Desk(Pool(settings), Cache(Path(folder) / "answers.sqlite", CACHE_BYTES))
            good = True
            try:
                async for question, answer in desk.answers(map(_question, sources)):
                    say(question.source, answer)
                    good &= is_well(question.source, answer)
            finally:
                await desk.close()
        return good

    return asyncio.run(run())


def _question(source: Source) -> Question:
    """Ask for rows, or for a light curve where a source gives nothing else."""
    place = Place(*(source.example or ANYWHERE))
    ask = curve_around if source.gives == ("light curve",) else rows_around
    # An operator has more patience than a page.
    return ask(replace(source, seconds=3 * source.seconds), place, source.radius)


def is_well(source: Source, answer: Answer) -> bool:
    """Return whether an answer is as it should be: where there is something, it is found."""
    expected = (State.FOUND,) if source.example else (State.FOUND, State.EMPTY)
    return answer.state in expected
