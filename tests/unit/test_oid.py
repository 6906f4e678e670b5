"""OIDs and their parts, on the objects whose numbers are known from elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from ztfvo import oid as oids

KNOWN = [
    # oid, field, filter, ccd, quadrant, source, rcid
    (633207400004730, 633, "zr", 7, 4, 4730, 27),
    (633216300024691, 633, "zr", 16, 3, 24691, 62),
    (758205100001118, 758, "zr", 5, 1, 1118, 16),
    (783109400002438, 783, "zg", 9, 4, 2438, 35),
    (634208100026872, 634, "zr", 8, 1, 26872, 28),
    (821207100004043, 821, "zr", 7, 1, 4043, 24),
    (718211400012193, 718, "zr", 11, 4, 12193, 43),
    (680113300005170, 680, "zg", 13, 3, 5170, 50),
    (680213300009232, 680, "zr", 13, 3, 9232, 50),
    (1722107400005560, 1722, "zg", 7, 4, 5560, 27),
    (1722207400009164, 1722, "zr", 7, 4, 9164, 27),
    (839209300022157, 839, "zr", 9, 3, 22157, 34),
    (686204100122720, 686, "zr", 4, 1, 122720, 12),
    (281213300185594, 281, "zr", 13, 3, 185594, 50),
    (794208200041246, 794, "zr", 8, 2, 41246, 29),
    (794208200022136, 794, "zr", 8, 2, 22136, 29),
    (202110100000000, 202, "zg", 10, 1, 0, 36),
]


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: str(row[0]))
def test_known_oid_comes_apart_and_together(row):
    oid, field, name, ccd, quadrant, source, rcid = row
    parts = oids.split(oid)
    assert parts == (field, oids.FILTER_IDS[name], ccd, quadrant, source, rcid)
    assert oids.FILTER_NAMES[parts.filterid] == name
    assert oids.join(*parts[:5]) == oid
    assert oids.rcid_of(ccd, quadrant) == rcid
    assert oids.ccd_and_quadrant(rcid) == (ccd, quadrant)
    numbers = (*parts, oids.join(*parts[:5]), oids.rcid_of(ccd, quadrant))
    assert all(type(number) is int for number in (*numbers, *oids.ccd_and_quadrant(rcid)))


def test_filters_have_their_numbers():
    assert oids.FILTER_NAMES == {1: "zg", 2: "zr", 3: "zi"}
    assert oids.FILTER_IDS == {"zg": 1, "zr": 2, "zi": 3}


def test_arrays_give_what_single_numbers_give():
    column = np.array([row[0] for row in KNOWN])
    parts = oids.split(column)
    assert np.array_equal(np.array(parts).T, [oids.split(int(oid)) for oid in column])
    assert np.array_equal(oids.join(*parts[:5]), column)
    assert np.array_equal(oids.is_valid(column), np.ones(len(column), bool))


def test_every_channel_round_trips():
    rcid = np.arange(64)
    ccd, quadrant = oids.ccd_and_quadrant(rcid)
    assert np.array_equal(oids.rcid_of(ccd, quadrant), rcid)
    assert (ccd.min(), ccd.max(), quadrant.min(), quadrant.max()) == (1, 16, 1, 4)


@pytest.mark.parametrize(
    ("oid", "parts"),
    [
        (100101100000000, (100, 1, 1, 1, 0, 0)),
        (9999316499999999, (9999, 3, 16, 4, 99999999, 63)),
    ],
)
def test_extremes_have_fifteen_and_sixteen_digits(oid, parts):
    assert oids.join(*parts[:5]) == oid
    assert oids.split(oid) == parts
    assert oids.parse(str(oid)) == oid
    assert oids.is_valid(oid) is True


def test_no_array_is_no_trouble():
    assert [len(part) for part in oids.split(np.empty(0, np.int64))] == [0] * 6


@pytest.mark.parametrize(
    ("oid", "reason"),
    [
        (63320740000473, "it has 14"),
        (16332107400004730, "it has 17"),
        (99107400004730, "it has 14"),
        (10000107400004730, "it has 17"),
        (0, "it has 1 digits"),
        (-1, "it has a minus sign"),
        (9999416400000000, "filter 4"),
        (100000000000000, "filter 0"),
        (10000000000000000, "it has 17"),
        (100416400000000, "filter 4"),
        (-633207400004730, "it has a minus sign"),
        (633407400004730, "filter 4"),
        (633007400004730, "filter 0"),
        (633217400004730, "CCD 17"),
        (633200400004730, "CCD 0"),
        (633207500004730, "quadrant 5"),
        (633207000004730, "quadrant 0"),
        (633316500004730, "quadrant 5"),
        (633101000004730, "quadrant 0"),
    ],
)
def test_what_is_no_oid_is_refused_by_value(oid, reason):
    with pytest.raises(oids.InvalidOID, match=f"{oid}.*{reason}"):
        oids.split(oid)
    with pytest.raises(oids.InvalidOID, match=str(oid)):
        oids.split(np.array([633207400004730, oid]))
    assert not oids.is_valid(oid)
    assert oids.is_valid(np.array([633207400004730, oid])).tolist() == [True, False]


def test_the_first_of_several_that_are_no_oids_is_named():
    with pytest.raises(oids.InvalidOID, match=r"^633407400004730 is not a ZTF OID: filter 4"):
        oids.split(np.array([633207400004730, 633407400004730, 5, 633207400004730]))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((99, 1, 1, 1, 0), "fieldid 99 is not in 100 to 9999"),
        ((10000, 1, 1, 1, 0), "fieldid 10000"),
        ((633, 0, 1, 1, 0), "filterid 0"),
        ((633, 4, 1, 1, 0), "filterid 4"),
        ((633, 1, 0, 1, 0), "ccdid 0"),
        ((633, 1, [7, 17, 8, 0], 1, 0), "ccdid 17"),
        ((633, 1, 1, 0, 0), "qid 0"),
        ((633, 1, 1, 5, 0), "qid 5"),
        ((633, 1, 1, 1, -1), "source -1"),
        ((633, 1, 1, 1, 10**8), "source 100000000"),
    ],
)
def test_parts_out_of_range_are_refused_by_name(parts, message):
    with pytest.raises(oids.InvalidOID, match=message):
        oids.join(*parts)


@pytest.mark.parametrize(
    ("channel", "message"),
    [
        ((0, 1), "ccdid 0 is not in 1 to 16"),
        ((17, 1), "ccdid 17 is not in 1 to 16"),
        ((1, 0), "qid 0 is not in 1 to 4"),
        ((1, 5), "qid 5 is not in 1 to 4"),
        ((-1,), "rcid -1 is not in 0 to 63"),
        ((64,), "rcid 64 is not in 0 to 63"),
    ],
)
def test_channels_that_the_camera_has_not_are_refused(channel, message):
    function = oids.rcid_of if len(channel) == 2 else oids.ccd_and_quadrant
    with pytest.raises(oids.InvalidOID, match=message):
        function(*channel)


def test_unsigned_numbers_are_taken_as_far_as_signed_ones_go():
    assert oids.split(np.uint64(633207400004730)) == oids.split(633207400004730)
    assert len(oids.split(np.empty(0, np.uint64)).source) == 0
    assert oids.is_valid(np.uint64(2**63 - 1)) is False
    for number in (2**63, 2**64 - 1):
        with pytest.raises(oids.InvalidOID, match=f"{number} .* larger than 64 bits hold"):
            oids.is_valid(np.array([1, number], np.uint64))


@pytest.mark.parametrize("value", [633207400004730.0, "633207400004730", None, [[1], [1, 2]]])
def test_only_whole_numbers_are_taken(value):
    with pytest.raises(oids.InvalidOID):
        oids.split(value)


def test_text_is_parsed_strictly():
    assert oids.parse(" 633207400004730\n") == 633207400004730
    for text in (
        "SNAD101",
        "633207400004730.0",
        "63320740000473.0",
        "633207400004_730",
        "６３３２０７４００００４７３０",
        "",
        "-633207400004730",
        "0633207400004730",
        "1e15",
    ):
        with pytest.raises(oids.InvalidOID):
            oids.parse(text)
