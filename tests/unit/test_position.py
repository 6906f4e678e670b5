"""How positions are read that people write."""

from __future__ import annotations

import pytest

from ztfvo import position

HZ_HER = (254.45755, 35.34236)


@pytest.mark.parametrize(
    "text",
    [
        "254.45755 35.34236",
        "254.45755 +35.34236",
        "254.45755+35.34236",
        "254.45755,35.34236",
        "254.45755;35.34236",
        "254.45755/35.34236",
        "(254.45755, 35.34236)",
        "254.45755d 35.34236d",
        "254.45755d, +35.34236d",
        "254.45755° 35.34236°",
        "2.5445755e2 3.534236e1",
        "16 57 49.81 +35 20 32.5",
        "16 57 49.81 35 20 32.5",
        "16:57:49.81 +35:20:32.5",
        "16:57:49.81, 35:20:32.5",
        "16h57m49.81s +35d20m32.5s",
        "16h57m49.81s+35d20m32.5s",
        "16h57m49.81s, +35d20m32.5s",
        "16h 57m 49.81s +35d 20m 32.5s",
        "16 h 57 m 49.81 s 35 d 20 m 32.5 s",
        "16h57m49.81s 35°20′32.5″",
        "16h57m49.81s 35.34236d",
    ],
)
def test_positions_are_read_as_people_write_them(text):
    assert not position.is_name(text)
    assert position.read(text) == pytest.approx(HZ_HER, abs=2e-5)


@pytest.mark.parametrize(
    "text", ["24 00 00 -10 00 00", "24h -10d", "360 -10", "0 -10", "00:00:00 -10:00:00"]
)
def test_a_whole_turn_is_right_ascension_0(text):
    assert position.read(text) == (0.0, -10.0)


@pytest.mark.parametrize("text", ["23 59 59.99 +59 59 59.9", "60 60", "60d 60d"])
def test_figures_of_59_and_degrees_of_60_are_read(text):
    ra, dec = position.read(text)
    assert (ra, dec) == pytest.approx(
        (60, 60) if text[0] == "6" else (359.99996, 59.99997), abs=1e-5
    )


@pytest.mark.parametrize(
    ("text", "declination"),
    [
        ("0.5 -0.25", -0.25),
        ("0.5 \N{MINUS SIGN}0.25", -0.25),
        ("0.5 - 0.25", -0.25),
        ("0 2 0 -0 15 0", -0.25),
        ("0h2m0s -0d15m0s", -0.25),
    ],
)
def test_a_minus_counts_also_before_0(text, declination):
    assert position.read(text) == pytest.approx((0.5, declination))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("254.45755", "two angles are needed"),
        ("680113300005170", "two angles are needed"),
        ("1 2 3", "two angles are needed"),
        ("254,45755 35,34236", "use a decimal point, not a comma"),
        ("254,45755; +35,34236", "use a decimal point, not a comma"),
        ("16:77:49.81 +35:20:32.5", "16:77:49.81 has 77 minutes, which must be below 60"),
        ("16:57:49.81 +35:72:32.5", "+35:72:32.5 has 72 minutes, which must be below 60"),
        ("16:57:79 +35:20:32.5", "16:57:79 has 79 seconds, which must be below 60"),
        ("25:57:49 +35:20:32.5", "25:57:49 has 25 hours, which must be below 24"),
        ("23 60 00 +10 00 00", "23 60 00 has 60 minutes, which must be below 60"),
        ("00 00 60 +10 00 00", "00 00 60 has 60 seconds, which must be below 60"),
        ("10 00 00 -00 60 00", "-00 60 00 has 60 minutes, which must be below 60"),
        ("10h00m00s +10d00m60.0s", "+10d00m60.0s has 60 seconds, which must be below 60"),
        ("10h00m00s 10°60′00″", "10°60′00″ has 60 minutes, which must be below 60"),
        ("10:00:60, 10:00:00", "10:00:60 has 60 seconds, which must be below 60"),
        ("24:00:01 +35:20:32.5", "right ascension 360.004 is not in 0 to 360 degrees"),
        ("-5 10", "right ascension -5 is not in 0 to 360 degrees"),
        ("-0:00:01 10:00:00", "right ascension -0.00416667 is not in 0 to 360 degrees"),
        ("400 20", "right ascension 400 is not in 0 to 360 degrees"),
        ("16:57:49.81 +95:20:32", "declination 95.3422 is not in -90 to 90 degrees"),
        ("200 -90.5", "declination -90.5 is not in -90 to 90 degrees"),
        ("35.34 254.45", "The order is RA Dec"),
        ("1 2 3 4 5 6 7 8", "1 2 3 4 is no angle"),
        ("3.39 -12 39", "write both angles in the same way"),
        ("1..5 2", "1..5 is no angle"),
        ("1,", "two angles are needed"),
        ("+-", "is no angle"),
    ],
)
def test_what_is_no_position_is_refused_with_the_reason_and_examples(text, reason):
    assert not position.is_name(text)
    with pytest.raises(position.BadPosition) as refused:
        position.read(text)
    sentence = str(refused.value)
    assert sentence.startswith(f"{text} is not a position: ")
    assert reason in sentence
    assert sentence.endswith(f"Write e.g. {position.EXAMPLES}.")


@pytest.mark.parametrize(
    "text",
    [
        *("HZ Her", "M 31", "m 31", "3C 273", "47 Tuc", "HD 12345", "1E 1740.7-2942"),
        *("WD 1856+534", "2MASS J16574981+3520325", "", "()"),
    ],
)
def test_names_are_distinguished_from_positions(text):
    assert position.is_name(text)
