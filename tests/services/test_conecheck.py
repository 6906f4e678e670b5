"""The checks of cone parameters, without a service."""

from __future__ import annotations

import pytest

from ztfvo.dal import BadParameter
from ztfvo_dachs import conecheck


def parameters(**values: str) -> dict[str, list[str]]:
    return {"RA": ["10"], "DEC": ["20"], "SR": ["0.1"]} | {
        name: [value] for name, value in values.items()
    }


@pytest.mark.parametrize(
    ("ra", "dec", "radius"),
    [("0", "90", "0"), ("360", "-90", "1"), ("1e1", "+.5", "1."), (" 10 ", "-0.0", "1e-4")],
)
def test_numbers_as_people_write_them_are_read(ra, dec, radius):
    cone = conecheck.read(parameters(RA=ra, DEC=dec, SR=radius))
    assert cone == (float(ra), float(dec), float(radius))


def test_names_are_read_in_any_case():
    assert conecheck.read({"ra": ["1"], "Dec": ["2"], "sR": ["0.5"]}) == (1, 2, 0.5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("RA", value) for value in ("nan", "inf", "1_0", "0x10", "12:30", "1,5", "١", "-1")),
        *(("RA", value) for value in ("", " ", "360.1", "1e999")),
        *(("DEC", value) for value in ("90.1", "-91", "north")),
        *(("SR", value) for value in ("-0.1", "1.1", "180", "1e400")),
        *(("MAXREC", value) for value in ("-1", "1.5", "many")),
        *(("VERB", value) for value in ("0", "4", "x")),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(name, value):
    with pytest.raises(BadParameter) as refused:
        conecheck.read(parameters(**{name: value}))
    assert refused.value.name == name
    assert str(refused.value).startswith(name)


def test_a_parameter_without_a_value_counts_as_not_given():
    assert conecheck.read(parameters(MAXREC="", VERB=" ")) == (10, 20, 0.1)


def test_repeated_parameters_are_refused():
    with pytest.raises(BadParameter, match=r"RA is given 2 times \(1, 2\): give it once"):
        conecheck.read({"RA": ["1"], "ra": ["2"], "DEC": ["1"], "SR": ["1"]})


@pytest.mark.parametrize("name", ["RA", "DEC", "SR"])
def test_missing_parameters_are_named(name):
    given = parameters()
    del given[name]
    with pytest.raises(BadParameter, match=f"{name} is missing"):
        conecheck.read(given)
