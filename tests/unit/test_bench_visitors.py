"""What visitors saw is counted as they saw it, and memory judged by the rule that is shown."""

from __future__ import annotations

import os

import pytest

from bench.faults.run import known
from bench.processes import Process, Watch, processes
from bench.visitors.attacked import _judge
from bench.visitors.kinds import KINDS
from bench.visitors.traffic import Seen, by_kind, longest_outage, summary
from ztfvo.settings import get_settings


def test_refusals_are_neither_success_nor_failure():
    seen = [Seen("SSA", i, 0.1 * (i + 1), "ok") for i in range(3)]
    seen += [Seen("SSA", 4, 9, "429"), Seen("SSA", 5, 9, "503"), Seen("SSA", 6, 9, "503")]
    shown = summary(seen)
    assert (shown["count"], shown["ok"], shown["refused"], shown["failed"]) == (6, 3, 1, 2)
    assert shown["failures"] == {"503": 2}
    assert shown["p50"] == pytest.approx(0.2)
    assert by_kind(seen)["all"] == shown
    assert by_kind(seen)["KDB"]["count"] == 0


@pytest.mark.parametrize(
    ("outcomes", "seconds"),
    [
        ([(0, 1, "ok"), (1, 1, "ok")], 0),
        ([(0, 1, "ok"), (1, 2, "503"), (4, 1, "ok")], 4),
        ([(1, 2, "503"), (1.5, 1, "429"), (4, 0.5, "503"), (6, 1, "ok"), (8, 1, "503")], 6),
        ([(1, 2, "503"), (5, 4, "503")], 8),
    ],
)
def test_an_outage_lasts_from_the_first_failure_to_the_end_of_the_next_success(outcomes, seconds):
    assert longest_outage([Seen("KDB", *one) for one in outcomes]) == seconds


def watched(data):
    """A watch that saw one process with so many MB, a minute apart."""
    looks = [(60.0 * i, [Process("dachs", 7, 1.0, float(mb))]) for i, mb in enumerate(data)]
    return Watch(get_settings(), looks=looks)


@pytest.mark.parametrize(
    ("data", "flat"),
    [
        ([100, 300, 400, 400, 400, 400, 400], True),
        ([400, 400, 400, 400, 430, 459, 460], True),
        ([400, 400, 400, 400, 430, 461, 461], False),
        ([100, 200, 300, 400, 500, 600, 700], False),
    ],
)
def test_memory_is_flat_when_it_no_longer_grows(data, flat):
    part = watched(data).by_part()["dachs"]
    assert part["flat"] is flat
    assert (part["data"]["start"], part["data"]["end"]) == (data[0], data[-1])


def test_a_minute_keeps_its_largest_value():
    watch = watched([1, 5, 2])
    watch.looks[1] = (30.0, watch.looks[1][1])
    (one,) = watch.by_process()
    assert one["data"]["minutes"] == {0: 5.0, 2: 2.0}


@pytest.mark.parametrize(
    ("seconds", "failing", "held"),
    [(2.9, 0, True), (3.1, 0, False), (2.9, 8, True), (2.9, 9, False), (2.9, 800, False)],
)
def test_under_attack_few_requests_may_fail_and_few_be_three_times_slower(seconds, failing, held):
    quiet = [Seen(kind, 1, 1.0, "ok") for kind in KINDS for _ in range(100)]
    slow = [Seen(one.kind, 11, seconds, "ok") for one in quiet[failing:]]
    bad = [Seen("KDB", 11, 1.0, "503") for _ in range(failing)]
    parts = {"quiet": (0, 10), "jobs": (10, 20)}
    assert _judge(quiet + slow + bad, parts)["jobs"]["held"] is held
    assert _judge(quiet, parts)["quiet"]["held"]
    assert not _judge(slow, parts)["jobs"]["held"]


def test_this_process_is_none_of_the_installation():
    assert os.getpid() not in {one.pid for one in processes(get_settings())}


def test_the_operators_table_names_each_fault():
    text = (get_settings().root / "docs" / "operate.md").read_text()
    assert [name for name in known() if f"`{name}`" not in text] == []
