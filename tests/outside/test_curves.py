"""Each source of light curves: what comes of its photometry, and of all that can go wrong."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from support.outside_cases import Case, cases, spoil

from ztfvo.outside.ask import Question, curve_around, curve_of
from ztfvo.outside.model import LightCurve, State
from ztfvo.outside.sources import sources

NAMES = sorted(name for name, case in cases().items() if case.curve)
COMMON = [one.name for one in fields(LightCurve) if one.name not in ("object", "ra", "dec")]
MS, MICROMAG = 1e-3 / 86400, 1e-6


@pytest.fixture(params=NAMES)
def name(request):
    """A source of light curves."""
    return request.param


@pytest.fixture
def case(name, outside) -> Case:
    """The case of the source, whose service answers."""
    found = cases()[name]
    found.answer(outside)
    return found


@pytest.fixture
def question(name, case) -> Question:
    """What the source is asked."""
    return curve_around(sources()[name], case.place, case.radius)


def value(curve: LightCurve, key: str, place: int = 0):
    """One value of a light curve."""
    column = getattr(curve, key) if key in COMMON else curve.native[key]
    return column[place].item()


def test_every_source_of_light_curves_has_a_case_of_one():
    assert set(NAMES) == {name for name, one in sources().items() if "light curve" in one.gives}


def test_a_light_curve_is_as_declared(ask, case, question, name):
    (answer,) = ask(question)
    assert (answer.state, answer.reason) == (State.FOUND, "")
    source, curve = sources()[name], answer.curve
    assert len(curve) == case.curve.points
    assert int(curve.good.sum()) == case.curve.good
    for key, expected in case.curve.first.items():
        near = MS if key == "hmjd" else MICROMAG
        if isinstance(expected, float):
            assert value(curve, key) == pytest.approx(expected, rel=1e-9, abs=near), key
        else:
            assert value(curve, key) == expected, key
    assert (np.diff(curve.hmjd) >= 0).all()
    assert set(curve.filter.tolist()) <= set(source.filters)
    assert list(curve.native) == [column.name for column in source.native]
    assert set(source.frames) <= set(curve.native)
    sizes = {len(getattr(curve, one)) for one in COMMON if one not in ("native", "notes")}
    assert sizes == {len(values) for values in curve.native.values()} == {len(curve)}
    assert not np.isfinite(curve.flux[curve.limit]).any()


def test_it_comes_back_from_the_cache_bit_for_bit(ask, question, outside):
    (first,) = ask(question)
    asked = len(outside.asked)
    (kept,) = ask(question)
    assert len(outside.asked) == asked
    for one in COMMON:
        if one == "native":
            for name, values in first.curve.native.items():
                np.testing.assert_array_equal(values, kept.curve.native[name])
                assert kept.curve.native[name].dtype.kind == values.dtype.kind
        elif one != "notes":
            np.testing.assert_array_equal(getattr(first.curve, one), getattr(kept.curve, one))
    assert kept.curve.notes == first.curve.notes


def test_it_is_found_by_the_sources_own_identifier(ask, case, name, question):
    if not case.curve.look:
        assert sources()[name].look is None
        return
    by_name, by_place = ask(curve_of(sources()[name], case.curve.look), question)
    assert by_name.state == State.FOUND
    assert by_name.curve.object == by_place.curve.object
    np.testing.assert_array_equal(by_name.curve.hmjd, by_place.curve.hmjd)


@pytest.mark.parametrize("identifier", ["1' OR 1=1 --", "../../etc/passwd", "x" * 300, "%00", "٣"])
def test_what_is_no_identifier_is_not_sent(ask, case, name, identifier, outside):
    if not case.curve.look:
        assert sources()[name].look is None
        return
    (answer,) = ask(curve_of(sources()[name], identifier))
    assert answer.state == State.EMPTY
    assert outside.asked == []


def test_an_object_without_photometry_is_empty(ask, case, question, outside):
    case.curve.none(outside)
    (answer,) = ask(question)
    assert (answer.state, answer.curve, answer.reason) == (State.EMPTY, None, "")


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        ("refused", State.UNAVAILABLE, "does not answer"),
        ("500", State.UNAVAILABLE, "answers 500"),
        ("429", State.UNAVAILABLE, "answers 429"),
        ("truncated", State.UNAVAILABLE, "broke off after"),
        ("html", State.MALFORMED, ""),
    ],
)
def test_where_its_photometry_fails_it_says_so(ask, case, question, outside, fault, state, reason):
    with outside.failing(case.curve.path, fault):
        (answer,) = ask(question)
    assert (answer.state, answer.curve) == (state, None)
    assert reason in answer.reason
    assert len(outside.asked) > 1


def test_slow_photometry_is_given_up_when_the_time_of_all_is_over(ask, case, question, outside):
    hurried = curve_around(replace(question.source, seconds=0.5), case.place, case.radius)
    with outside.failing(case.curve.path, "slow"):
        (answer,) = ask(hurried)
    assert answer.reason == f"{question.source.title} took more than 0.5 s"


@pytest.mark.parametrize(("what", "reason"), [("renamed", "is missing"), ("wrong", "which is not")])
def test_photometry_that_is_not_as_declared_is_malformed_and_logged(
    ask, case, question, outside, what, reason, caplog
):
    changed = spoil(outside, case.curve.path, getattr(case.curve, what))
    (answer,) = ask(question)
    assert changed()
    assert answer.state == State.MALFORMED
    assert answer.reason.startswith("column ")
    assert reason in answer.reason
    assert "the answer begins b" in caplog.text
    assert "the answer begins b''" not in caplog.text
