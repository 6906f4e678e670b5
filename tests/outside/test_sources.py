"""Each service outside, asked as it is, and broken in every way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.outside import RESET
from support.outside_cases import Case, Wrong, cases, spoil

from ztfvo.outside import ask as asking
from ztfvo.outside.model import State
from ztfvo.outside.sources import sources

NAMES = sorted(cases())


@pytest.fixture(params=NAMES)
def name(request):
    """A source."""
    return request.param


@pytest.fixture
def case(name, outside) -> Case:
    """The case of the source, whose service answers."""
    found = cases()[name]
    found.answer(outside)
    return found


@pytest.fixture
def question(name, case):
    """What the source is asked."""
    return case.question(sources()[name])


def changed(outside, wrong: Wrong) -> list[Callable[[], bool]]:
    """Have all hosts that were asked answer otherwise; what says whether an answer was changed."""
    hosts = {asked.host for asked in outside.asked}
    outside.asked.clear()
    return [spoil(outside, host, wrong) for host in hosts]


def test_every_source_has_a_case():
    assert set(cases()) == set(sources())


def test_what_is_found_has_the_declared_columns_nearest_first(ask, case, question, name, outside):
    (answer,) = ask(question)
    assert (answer.state, answer.reason) == (State.FOUND, "")
    assert len(answer.rows) == case.rows
    first = answer.rows[0]
    assert {key: first[key] for key in case.expected} == {
        key: pytest.approx(value, rel=1e-8) if isinstance(value, float) else value
        for key, value in case.expected.items()
    }
    names = [column.name for column in sources()[name].columns]
    assert {key: outside.asked[0].values[key] for key in case.asked} == case.asked
    if case.place is None:
        assert list(first) == names
        return
    assert list(first) == [*names, "separation", "position_angle", "separation_as_listed"]
    separations = [row["separation"] for row in answer.rows]
    if sources()[name].position is None:
        assert set(separations) == {None}
    else:
        assert separations == sorted(separations)
        assert separations[-1] <= case.radius


def test_nothing_found_is_empty(ask, case, question, outside):
    case.empty(outside)
    (answer,) = ask(question)
    assert (answer.state, answer.rows, answer.reason) == (State.EMPTY, (), "")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("refused", "does not answer"),
        ("500", "answers 500"),
        ("429", "answers 429"),
        ("truncated", "broke off after"),
    ],
)
def test_a_broken_service_is_unavailable(ask, question, outside, fault, reason, name):
    with outside.failing("*", fault):
        (answer,) = ask(question)
    assert (answer.state, answer.rows) == (State.UNAVAILABLE, ())
    assert answer.reason.startswith(sources()[name].title)
    assert reason in answer.reason
    assert answer.asked_at <= answer.since < answer.again_at or answer.again_at > answer.asked_at


def test_a_slow_service_is_unavailable_when_its_time_is_over(ask, case, question, outside):
    hurried = case.question(replace(question.source, seconds=0.3))
    with outside.failing("*", "slow"):
        (answer,) = ask(hurried)
    assert answer.state == State.UNAVAILABLE
    assert answer.reason == f"{question.source.title} took more than 0.3 s"


def test_a_page_in_place_of_data_is_malformed_and_logged(ask, question, outside, caplog):
    with outside.failing("*", "html"):
        (answer,) = ask(question)
    assert answer.state == State.MALFORMED
    assert "<!DOCTYPE html>" in caplog.text
    assert asking.LOGGED_BYTES == 500


def test_a_renamed_column_is_malformed_and_named(ask, case, question, outside):
    ask(question)
    seen = changed(outside, case.renamed)
    (answer,) = ask(case.question(question.source, 1))
    assert any(one() for one in seen)
    assert answer.state == State.MALFORMED
    assert answer.reason.startswith("column ")
    assert "is missing" in answer.reason


def test_a_value_of_another_type_is_malformed_and_named(ask, case, question, outside):
    ask(question)
    seen = changed(outside, case.wrong)
    (answer,) = ask(case.question(question.source, 1))
    assert any(one() for one in seen)
    assert answer.state == State.MALFORMED
    assert "which is not a" in answer.reason


def test_too_many_requests_are_waited_for_as_long_as_the_service_says(ask, question, outside):
    from datetime import datetime

    with outside.failing("*", "429"):
        (answer,) = ask(question)
    again, asked = map(datetime.fromisoformat, (answer.again_at, answer.asked_at))
    assert RESET - 2 <= (again - asked).total_seconds() <= RESET + 2
