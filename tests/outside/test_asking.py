"""How services outside are asked: once, all together, within limits, and never where they lead."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from support.outside import Reply
from support.outside_cases import cases

from ztfvo.outside import ask as asking
from ztfvo.outside.ask import Desk, rows_around, rows_named
from ztfvo.outside.cache import Cache
from ztfvo.outside.client import Pool
from ztfvo.outside.model import Answer, Column, Place, Source, State
from ztfvo.settings import load_settings

PLACE = Place(10.0, 20.0)


async def _find(asker, source, place, radius):
    reply = await asker.get(f"https://{source.name}.example.org/cone", {"ra": place.ra})
    return reply.json()


def made(name: str = "one", **changes) -> Source:
    """A source that answers one row as JSON."""
    known = {
        "name": name,
        "title": f"Source {name}",
        "gives": ("cross-match",),
        "hosts": (f"https://{name}.example.org",),
        "radius": 2.0,
        "largest_radius": 60.0,
        "columns": (
            Column("id", "int64", None, "meta.id;meta.main", "Number"),
            Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension"),
            Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination"),
        ),
        "about": "https://example.org",
        "citation": "none",
        "licence": "none",
        "find": _find,
    }
    return Source(**known | changes)


ROW = b'[{"id": 9007199254740993, "ra": 10.0, "dec": 20.0001}]'


def answering(outside, *names: str) -> None:
    for name in names:
        outside.answer(f"{name}.example.org", "/cone", ROW)


def run(outside, cache, work):
    """Run asynchronous work with a desk."""

    async def begin():
        desk = Desk(Pool(load_settings(outside_gateway=outside.url)), cache)
        try:
            return await work(desk)
        finally:
            await desk.close()

    return asyncio.run(begin())


def test_a_whole_number_beyond_doubles_comes_through(ask, outside):
    answering(outside, "one")
    (answer,) = ask(rows_around(made(), PLACE, 2.0))
    assert answer.rows[0]["id"] == 9007199254740993


def test_the_same_question_is_asked_once_at_a_time(ask, outside):
    answering(outside, "one")
    outside.delay = 0.2
    answers = ask(*[rows_around(made(), PLACE, 2.0)] * 20)
    assert {answer.state for answer in answers} == {State.FOUND}
    assert len(outside.asked) == 1


def test_two_processes_ask_the_same_once(outside, tmp_path):
    answering(outside, "one")
    outside.delay = 0.3
    question = rows_around(made(), PLACE, 2.0)

    async def both():
        settings = load_settings(outside_gateway=outside.url)
        desks = [Desk(Pool(settings), Cache(tmp_path / "c", 10**6)) for _ in range(2)]
        answers = await asyncio.gather(*(desk.answer(question) for desk in desks))
        for desk in desks:
            await desk.close()
        return answers

    first, second = asyncio.run(both())
    assert first == second
    assert len(outside.asked) == 1


def test_what_another_process_kept_since_it_was_looked_for_is_not_asked_again(outside, tmp_path):
    class Late(Cache):
        """One that has the answer from the second look on."""

        looks = 0

        def get(self, key):
            self.looks += 1
            return super().get(key) if self.looks > 1 else None

    answering(outside, "one")
    question = rows_around(made(), PLACE, 2.0)
    first, second = (
        run(outside, kind(tmp_path / "c", 10**6), lambda desk: desk.answer(question))
        for kind in (Cache, Late)
    )
    assert first == second
    assert len(outside.asked) == 1


def test_what_is_kept_is_not_asked_again_also_after_a_restart(outside, tmp_path):
    answering(outside, "one")
    question = rows_around(made(), PLACE, 2.0)
    answers = [
        run(outside, Cache(tmp_path / "c", 10**6), lambda desk: desk.answer(question))
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(outside.asked) == 1


def test_questions_beyond_those_that_may_wait_are_not_begun(ask, outside, monkeypatch):
    monkeypatch.setattr(asking, "MOST_WAITING", 3)
    answering(outside, "one")
    outside.delay = 0.2
    answers = ask(*(rows_around(made(), Place(10.0, dec), 90.0) for dec in range(5)))
    states = [answer.state for answer in answers]
    assert states.count(State.UNAVAILABLE) == 2
    assert len(outside.asked) == 3
    refused = next(one for one in answers if one.state == State.UNAVAILABLE)
    assert refused.reason == "too many questions wait for Source one: ask again in a minute"
    assert refused.since == ""  # the source is well


def test_what_this_site_answers_itself_is_neither_asked_nor_kept(ask, outside, cache):
    async def here():
        return Answer("one", State.FOUND, ({"id": 1},))

    question = replace(rows_around(made(), PLACE, 2.0), here=here)
    (answer,) = ask(question)
    assert answer.rows == ({"id": 1},)
    assert outside.asked == []
    assert cache.get(question.key) is None


def test_another_declaration_of_the_source_is_another_question(ask, outside):
    answering(outside, "one")
    fewer = made(columns=made().columns[:3])
    as_text = made(columns=(replace(fewer.columns[0], dtype="str"), *fewer.columns[1:]))
    first, second = ask(*(rows_around(one, PLACE, 2.0) for one in (fewer, as_text)))
    assert (first.rows[0]["id"], second.rows[0]["id"]) == (9007199254740993, "9007199254740993")


def test_all_sources_are_asked_at_once_and_none_waits_for_another(outside, cache):
    names = [f"s{number}" for number in range(25)]
    answering(outside, *names)
    outside.delay = 1.0
    questions = [rows_around(made(name), PLACE, 2.0) for name in names]

    async def work(desk):
        return [answer async for _, answer in desk.answers(questions)]

    begun = time.monotonic()
    answers = run(outside, cache, work)
    took = time.monotonic() - begun
    assert {answer.source for answer in answers} == set(names)
    assert {answer.state for answer in answers} == {State.FOUND}
    assert took < 3 * outside.delay


def test_a_limit_ends_the_waiting_but_not_the_question(outside, cache):
    answering(outside, "quick", "slow")
    outside.answer("slow.example.org", "/cone", lambda _: (outside.wait(0.5), Reply(ROW))[1])
    questions = [rows_around(made(name), PLACE, 2.0) for name in ("quick", "slow")]

    async def work(desk):
        first = {q.source.name: a async for q, a in desk.answers(questions, 0.2)}
        await asyncio.sleep(0.6)
        second = {q.source.name: a async for q, a in desk.answers(questions, 0.2)}
        return first, second

    first, second = run(outside, cache, work)
    assert (first["quick"].state, first["slow"].state) == (State.FOUND, State.UNAVAILABLE)
    assert "has not answered within 0.2 s" in first["slow"].reason
    assert second["slow"].state == State.FOUND
    assert len(outside.asked) == 2


def test_a_failed_source_is_left_alone_for_a_minute_and_its_answers_stay(ask, outside):
    answering(outside, "one")
    known, other = (rows_around(made(), Place(10.0, dec), 2.0) for dec in (20.0, 30.0))
    ask(known)
    with outside.failing("*", "500"):
        (failed,) = ask(other)
    asked = len(outside.asked)
    kept, again = ask(known, other)
    assert (kept.state, again.state) == (State.FOUND, State.UNAVAILABLE)
    assert again.reason == failed.reason == "Source one answers 500 Internal Server Error"
    assert len(outside.asked) == asked


def test_a_connection_that_fails_is_tried_once_more(ask, outside):
    answering(outside, "one")
    with outside.failing("*", "refused"):
        ask(rows_around(made(), PLACE, 2.0))
    assert len(outside.asked) == 2


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example.org/cone",
        "http://one.example.org/cone",
        "https://one.example.org:444/cone",
        "//elsewhere.example.org/cone",
        "file:///etc/passwd",
    ],
)
def test_no_redirect_leads_to_another_host(ask, outside, target):
    answering(outside, "one", "elsewhere")
    outside.answer("one.example.org", "/cone", Reply(b"", status=302, headers={"Location": target}))
    (answer,) = ask(rows_around(made(), PLACE, 2.0))
    assert answer.state == State.UNAVAILABLE
    assert [asked.host for asked in outside.asked] == ["one.example.org"]
    assert "which it does not name" in answer.reason


def test_a_redirect_on_its_own_host_is_followed(ask, outside):
    answering(outside, "one")
    outside.answer("one.example.org", "/new", ROW)
    moved = Reply(b"", status=301, headers={"Location": "/new/cone"})
    outside.answer("one.example.org", "/cone", moved)
    (answer,) = ask(rows_around(made(), PLACE, 2.0))
    assert answer.state == State.FOUND


def test_redirects_without_end_are_refused(ask, outside):
    outside.answer("one.example.org", "/", Reply(b"", status=302, headers={"Location": "/cone"}))
    (answer,) = ask(rows_around(made(), PLACE, 2.0))
    assert answer.reason == "Source one: more than 5 redirects"


def test_private_addresses_are_not_reached(cache):
    source = made(hosts=("http://localhost:8",), find=_local)

    async def work():
        desk = Desk(Pool(load_settings(outside_gateway=None)), cache)
        try:
            return await desk.answer(rows_around(source, PLACE, 2.0))
        finally:
            await desk.close()

    answer = asyncio.run(work())
    assert answer.state == State.UNAVAILABLE
    assert "which is not public" in answer.reason


async def _local(asker, source, place, radius):
    return (await asker.get("http://localhost:8/")).json()


def test_an_answer_that_is_too_long_is_not_read_to_its_end(ask, outside):
    outside.answer("one.example.org", "/cone", b"[" + b" " * 100_000 + b"]")
    (answer,) = ask(rows_around(made(most_bytes=50_000), PLACE, 2.0))
    assert (answer.state, answer.reason) == (
        State.UNAVAILABLE,
        "Source one sent more than 50,000 bytes",
    )


def test_a_rate_limit_holds_over_processes(outside, tmp_path):
    answering(outside, "one")
    source = made(per_second=10.0)
    questions = [rows_around(source, Place(10.0, dec), 2.0) for dec in range(6)]

    async def both():
        settings = load_settings(outside_gateway=outside.url)
        desks = [Desk(Pool(settings), Cache(tmp_path / "c", 10**6)) for _ in range(2)]
        begun = time.monotonic()
        await asyncio.gather(
            *(desk.answer(one) for desk, one in zip(desks * 3, questions, strict=True))
        )
        took = time.monotonic() - begun
        for desk in desks:
            await desk.close()
        return took

    assert asyncio.run(both()) >= 0.5
    assert len(outside.asked) == 6


def test_time_spent_waiting_for_a_turn_is_not_the_sources(ask, outside):
    answering(outside, "one")
    outside.delay = 0.2
    source = made(per_second=4.0, seconds=0.4)
    answers = ask(*(rows_around(source, Place(10.0, dec), 2.0) for dec in (1.0, 2.0)))
    assert [answer.state for answer in answers] == [State.EMPTY, State.EMPTY]


def test_a_crowd_here_silences_no_source(ask, outside, cache):
    answering(outside, "one")
    source = made(per_second=1.0, seconds=0.4)
    answers = ask(*(rows_around(source, Place(10.0, dec), 2.0) for dec in (1.0, 2.0)))
    by_state = {answer.state: answer for answer in answers}
    crowded = by_state[State.UNAVAILABLE]
    assert crowded.reason == "too many questions wait for Source one: ask again in a minute"
    assert State.EMPTY in by_state and len(outside.asked) == 1
    assert cache.silence("one") is None and not crowded.again_at


async def _look(asker, source, name):
    return (await asker.get(f"https://{source.name}.example.org/cone", {"id": name})).json()


def test_the_object_of_another_name_is_no_answer(ask, outside):
    answering(outside, "one")
    source = made(look=_look, keys=("id",))
    mine, other = ask(rows_named(source, "No 9007199254740993"), rows_named(source, "12"))
    assert (mine.state, len(mine.rows)) == (State.FOUND, 1)
    assert (other.state, other.reason) == (
        State.MALFORMED,
        "it was asked for 12, and answers 9007199254740993",
    )


def test_questions_of_which_nothing_is_sent_are_not_counted(ask, outside, cache):
    async def look(asker, source, name):
        return []

    answering(outside, "one")
    source = made(look=look)
    ask(rows_named(source, "nobody"))
    assert cache.figures() == {}
    ask(rows_around(source, PLACE, 2.0))
    assert cache.figures()["one"].asked == 1


def test_simbad_is_asked_at_most_five_times_a_second():
    from ztfvo.outside.sources import sources

    assert sources()["simbad"].per_second <= 5 and sources()["simbad"].burst == 1


def test_a_fault_in_a_source_is_logged_and_none_of_the_others(ask, outside, caplog):
    async def broken(asker, source, place, radius):
        raise ZeroDivisionError

    answering(outside, "one")
    fine, bad = ask(
        rows_around(made(), PLACE, 2.0), rows_around(made("bad", find=broken), PLACE, 2.0)
    )
    assert (fine.state, bad.state) == (State.FOUND, State.MALFORMED)
    assert "ZeroDivisionError" in caplog.text


def test_requests_name_the_site(ask, outside):
    cases()["twomass"].empty(outside)
    answering(outside, "one")
    ask(rows_around(made(), PLACE, 2.0))
    assert outside.asked[0].headers["User-Agent"].startswith("ztfvo/")
