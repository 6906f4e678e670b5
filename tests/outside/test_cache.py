"""Answers of services outside are kept: bounded, shared, and never in the way."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from ztfvo.outside import cache as caching
from ztfvo.outside.cache import Cache, Figures


def test_an_answer_is_kept_for_its_time(cache):
    cache.put("a", b"body", 60)
    cache.put("b", b"gone", -1)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (b"body", None, None)


def test_what_was_not_used_for_longest_goes_first(tmp_path, monkeypatch):
    cache = Cache(tmp_path / "c", 2_500)
    for number, key in enumerate("abc"):
        monkeypatch.setattr(time, "time", lambda number=number: 1_000.0 + number)
        cache.put(key, bytes(1_000), 1e6)
    monkeypatch.setattr(time, "time", lambda: 1_010.0)
    cache.get("a")
    cache._puts = 100
    cache.put("d", bytes(1_000), 1e6)
    assert [cache.get(key) is not None for key in "abcd"] == [True, False, False, True]


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + bytes(5000)])
def test_a_damaged_file_is_made_again(tmp_path, content, caplog):
    path = tmp_path / "c"
    path.write_bytes(content)
    cache = Cache(path, 1000)
    for _ in range(2):
        cache.put("a", b"body", 60)
    assert cache.get("a") == b"body"
    assert "cannot be kept" in caplog.text


def test_without_a_file_nothing_is_kept_and_nothing_fails(tmp_path):
    cache = Cache(tmp_path / "missing" / "c", 1000)
    cache.put("a", b"body", 60)
    assert cache.get("a") is None
    assert cache.take_off("a")
    assert cache.fail("one", "down").reason == "down"
    assert cache.figures() == {}


def test_one_takes_off_until_it_lands_or_is_overdue(cache, monkeypatch):
    assert cache.take_off("a")
    assert not cache.take_off("a")
    cache.land("a")
    assert cache.take_off("a")
    later = time.time() + caching.HOLD + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert cache.take_off("a")


def test_pauses_grow_with_failures_and_end_with_an_answer(cache, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(time, "time", lambda: now)
    pauses = []
    for _ in range(6):
        silence = cache.fail("one", "down")
        pauses.append(silence.again - now)
        assert silence.since == 1000.0
        now = silence.again
        assert cache.silence("one") is None
    assert pauses == [60, 120, 240, 480, 600, 600]
    cache.succeed("one")
    assert cache.silences() == {}
    assert cache.fail("one", "down").since == now


def test_failures_at_the_same_time_count_once(cache):
    first, second = cache.fail("one", "down"), cache.fail("one", "down")
    assert second.again - first.again < 1


def test_a_source_that_names_a_time_is_left_alone_so_long(cache):
    silence = cache.fail("one", "busy", after=90)
    assert 89 < silence.again - time.time() <= 90
    assert cache.silence("one") == silence
    assert cache.silence("two") is None


@pytest.fixture
def no_time_passes(monkeypatch):
    """The clock stands still, however busy the machine is."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)


def test_turns_are_as_far_apart_as_the_rate_says(cache, no_time_passes):
    waits = [cache.turn("one", 5.0) for _ in range(4)]
    assert waits[0] == pytest.approx(0, abs=0.02)
    assert [round(b - a, 1) for a, b in pairwise(waits)] == [0.2, 0.2, 0.2]


def test_turns_that_were_not_used_may_be_taken_at_once(cache, no_time_passes):
    waits = [cache.turn("one", 5.0, burst=3) for _ in range(5)]
    assert [round(wait, 1) for wait in waits] == [0, 0, 0, 0.2, 0.4]


def test_a_turn_that_comes_too_late_is_not_reserved(cache, no_time_passes):
    waits = [cache.turn("one", 5.0, most=0.3) for _ in range(4)]
    assert [round(wait, 1) for wait in waits] == [0, 0.2, 0.4, 0.4]


def test_figures_are_those_of_the_last_day(cache, monkeypatch):
    yesterday = time.time() - caching.DAY - 10
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: yesterday)
        cache.note("one", "found", 9.0)
    for state, seconds in (("found", 0.1), ("empty", 0.3), ("unavailable", 10.0), ("malformed", 1)):
        cache.note("one", state, seconds)
    assert cache.figures() == {"one": Figures(4, 1, 1, 2, 0.65)}


@pytest.mark.parametrize("open_elsewhere", [True, False])
def test_who_only_reads_makes_no_file_beside_it(tmp_path, open_elsewhere):
    path = tmp_path / "c"
    kept = Cache(path, 1000)
    kept.note("one", "found", 0.5)
    if not open_elsewhere:
        kept._connection.close()
    before = {one.name for one in tmp_path.iterdir()}
    reader = Cache(path, 0, reads=True)
    assert reader.figures() == {"one": Figures(1, 1, 0, 0, 0.5)}
    reader.note("one", "found", 0.5)
    assert {one.name for one in tmp_path.iterdir()} == before
    assert reader.figures()["one"].asked == 1


def test_who_only_reads_a_file_that_is_missing_finds_nothing_and_makes_none(tmp_path):
    assert Cache(tmp_path / "c", 0, reads=True).figures() == {}
    assert list(tmp_path.iterdir()) == []
