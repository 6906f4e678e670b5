"""Photometry that people send along: what is read, and what is refused by name."""

from __future__ import annotations

import json

import pytest

from ztfvo.errors import HTTPError
from ztfvo.products import own

POINT = {"mjd": 58300.5, "mag": 17.25, "magerr": 0.02, "filter": "V"}


def body(content) -> bytes:
    return json.dumps(content).encode()


def test_points_are_sorted_by_time_and_parted_by_label_and_filter():
    later, red = POINT | {"mjd": 58301, "mag": 18}, POINT | {"filter": "R", "magerr": 0}
    found = own.parse(body({"mine": [later, red, POINT], "Kraków $m$": [POINT]}))
    assert [(curve.label, curve.filter) for curve in found] == [
        ("mine", "V"),
        ("mine", "R"),
        ("Kraków $m$", "V"),
    ]
    assert found[0].hmjd.tolist() == [58300.5, 58301.0]
    assert found[0].mag.tolist() == [17.25, 18.0]
    assert found[0].magerr.tolist() == [0.02, 0.02]
    assert found[1].magerr.tolist() == [0.0]


@pytest.mark.parametrize("content", [{}, {"mine": []}])
def test_no_points_are_no_photometry(content):
    assert own.parse(body(content)) == ()


def test_what_is_at_its_limit_is_read():
    edge = POINT | {"mjd": 1e6, "mag": 50, "magerr": 100, "filter": "f" * 40}
    other = POINT | {"mjd": 0, "mag": -50, "magerr": 0}
    many = {"l" * 40: [edge] * 4000, "other": [other] * 1000}
    assert [len(curve.mag) for curve in own.parse(body(many))] == [4000, 1000]
    twenty = {str(number): [POINT] for number in range(20)}
    assert len(own.parse(body(twenty))) == 20
    assert own.parse(b"{" + b" " * (own.MAX_BYTES - 2) + b"}") == ()


def without(name):
    return {key: value for key, value in POINT.items() if key != name}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it is not JSON"),
        (b"\xff{}", "it is not JSON"),
        (b'{"a": [', "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}", "it is not JSON"),
        (body([POINT]), "it is not a JSON object"),
        (body({"mine": POINT}), 'the value of "mine" is not a list'),
        (body({"mine": [POINT, 5]}), 'point 2 of "mine" is not a JSON object'),
        (body({"mine": [without("mag")]}), 'point 1 of "mine" has no mag'),
        (body({"mine": [without("filter")]}), 'point 1 of "mine" has no filter'),
        (body({"mine": [{"mjd": 58300}]}), 'point 1 of "mine" has no mag'),
        (body({"mine": [POINT | {"mag": "17"}]}), 'mag of point 1 of "mine" is "17", not a number'),
        (body({"mine": [POINT | {"mag": True}]}), "is true, not a number"),
        (body({"mine": [POINT | {"mag": None}]}), "is null, not a number"),
        (body({"mine": [POINT | {"mag": float("nan")}]}), "is NaN, not in -50 to 50"),
        (body({"mine": [POINT | {"mag": float("inf")}]}), "is Infinity, not in -50 to 50"),
        (body({"mine": [POINT | {"mjd": 10**400}]}), "mjd of point 1"),
        (body({"mine": [POINT | {"mjd": 2458300.5}]}), "is 2458300.5, not in 0 to 1e\\+06"),
        (body({"mine": [POINT | {"mjd": 1e6 + 0.5}]}), "is 1000000.5, not in 0 to 1e\\+06"),
        (body({"mine": [POINT | {"magerr": -0.1}]}), "is -0.1, not in 0 to 100"),
        (body({"mine": [POINT | {"filter": 1}]}), "the filter of point 1 .* is 1, not a text"),
        (body({" ": [POINT]}), "must have letters"),
        (body({"a\nb": [POINT]}), "all of them printable"),
        (body({"\ud800": [POINT]}), "all of them printable"),
        (body({"mine": [POINT | {"mag": "x" * 38}]}), f'is "{"x" * 38}", not a number'),
        (body({"mine": [POINT | {"mag": "x" * 39}]}), f'is "{"x" * 39}..., not a number'),
        (body({"x" * 41: [POINT]}), "the label has 41 letters, 40 are the limit"),
        (body({"mine": [POINT] * 5001}), "more than 5000 points"),
        (
            body({str(number): [POINT] for number in range(21)}),
            "21 pairs of label and filter, 20 are the limit",
        ),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_what_cannot_be_read_is_refused_with_its_place_and_an_example(content, sentence):
    with pytest.raises(HTTPError, match=sentence) as refused:
        own.parse(content)
    assert refused.value.status == 400
    assert refused.value.message.endswith(own.EXAMPLE)
    assert len(refused.value.message) < 400


def test_the_example_can_be_read():
    (curve,) = own.parse(own.EXAMPLE.encode())
    assert (curve.label, curve.filter, curve.mag.tolist()) == ("My data", "V", [17.2])


def test_too_much_is_refused_before_it_is_read():
    with pytest.raises(HTTPError, match="1048577 bytes, 1048576 are the limit") as refused:
        own.parse(b" " * (own.MAX_BYTES + 1))
    assert refused.value.status == 413
