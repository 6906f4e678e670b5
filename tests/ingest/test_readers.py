"""Every layout is read to the values that stand in its files."""

from __future__ import annotations

import csv
import struct
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.files import (
    API_HEADER,
    BULK_DR5,
    BULK_DR19,
    SHARED,
    TEXT,
    api_row,
    bulk_rows,
    needs_shared,
    nested,
    write_api,
    write_bulk,
    write_hats,
)

from ztfvo import oid as oids
from ztfvo.errors import BadFile
from ztfvo.ingest.checks import check
from ztfvo.ingest.merge import merge
from ztfvo.ingest.readers import read_file, readers

BULK = sorted((SHARED / "ztf-dr-bulk").glob("lc_*/*/*/*.parquet"))
ANSWERS = sorted((SHARED / "ztf-lc-api").glob("*/*.csv"))
LONG = pa.large_string()


def float32(text):
    """The float32 nearest to a decimal, by way of the standard library alone."""
    return struct.unpack("f", struct.pack("f", float(text)))[0]


def flat(lists):
    """All values of lists, one after the other."""
    return list(chain.from_iterable(lists))


def test_all_readers_keep_the_contract():
    found = readers()
    assert set(found) == {"bulk-parquet", "hats", "irsa-api", "text"}
    assert {name for name, module in found.items() if module.MERGES} == {"irsa-api"}
    for module in found.values():
        assert module.DESCRIPTION and callable(module.matches) and callable(module.read)


@pytest.mark.parametrize(("types", "ticks"), [(BULK_DR19, 100_000), (BULK_DR5, 256)])
def test_bulk_values_are_those_of_the_file(tmp_path, types, ticks):
    rows = bulk_rows()
    if ticks == 256:
        rows["hmjd"] = [[58204.12109375, 58204.125, 59000.5], [58300.25]]
    path = write_bulk(tmp_path / "field001722" / "ztf_001722_zg_c07_q4_dr19.parquet", rows, types)
    reader, curves = read_file(path)
    check(curves, path)
    assert reader.NAME == "bulk-parquet"
    assert curves.ticks_per_day == ticks
    assert curves.oid.tolist() == rows["objectid"]
    assert curves.ra.tolist() == [float32("254.45755"), float32("254.4")]
    assert curves.dec.tolist() == [float32("35.34236"), float32("35.3")]
    assert curves.offsets.tolist() == [0, 3, 4]
    assert curves.hmjd.tolist() == flat(rows["hmjd"])
    for name in ("mag", "magerr", "clrcoeff"):
        assert getattr(curves, name).tolist() == [float32(value) for value in flat(rows[name])]
    assert curves.catflags.tolist() == [0, 32768, 65535, 0]
    assert (curves.fieldid.tolist(), curves.rcid.tolist()) == ([1722, 1722], [27, 27])
    assert [curves.row(i) for i in range(2)] == [1, 2]
    assert [curves.curve_of(k) for k in range(4)] == [0, 0, 0, 1]


def test_long_lists_and_texts_are_read_like_short_ones(tmp_path):
    rows = bulk_rows()
    long = {
        name: pa.large_list(kind.value_type) if pa.types.is_list(kind) else kind
        for name, kind in BULK_DR19.items()
    }
    path = write_bulk(tmp_path / "a.parquet", rows | {"band": ["g", "r"]}, long | {"band": LONG})
    assert pq.read_schema(path).field("hmjd").type == pa.large_list(pa.float64())
    assert pq.read_schema(path).field("band").type == LONG
    _, expected = read_file(write_bulk(tmp_path / "b.parquet", rows))
    _, curves = read_file(path)
    for name in vars(expected):
        assert np.array_equal(getattr(curves, name), getattr(expected, name)), name
    assert readers()["bulk-parquet"].preview(path).columns["catflags"] == "int32"
    assert readers()["bulk-parquet"].preview(path).dropped == ("band",)


@pytest.mark.parametrize("as_structs", [False, True])
def test_long_lists_in_nested_columns_are_read_like_short_ones(tmp_path, as_structs):
    table = nested(bulk_rows(), as_structs)
    kind = table.schema.field("lightcurve").type
    if as_structs:
        long = pa.large_list(kind.value_type)
    else:
        long = pa.struct([(member.name, pa.large_list(member.type.value_type)) for member in kind])
    place = table.schema.get_field_index("lightcurve")
    table = table.set_column(place, "lightcurve", table["lightcurve"].cast(long))
    pq.write_table(table, tmp_path / "a.parquet")
    assert pq.read_schema(tmp_path / "a.parquet").field("lightcurve").type == long
    _, curves = read_file(tmp_path / "a.parquet")
    _, expected = read_file(write_bulk(tmp_path / "b.parquet"))
    for name in vars(expected):
        assert np.array_equal(getattr(curves, name), getattr(expected, name)), name


def test_row_groups_are_joined(tmp_path):
    path = write_bulk(tmp_path / "a.parquet", row_group_size=1)
    assert pq.ParquetFile(path).num_row_groups == 2
    _, curves = read_file(path)
    assert curves.offsets.tolist() == [0, 3, 4]
    assert curves.hmjd.tolist() == [58204.12345, 58204.16346, 59000.5, 58300.25]


def test_a_bulk_file_without_rows_is_no_light_curves(tmp_path):
    path = write_bulk(tmp_path / "a.parquet", {name: [] for name in BULK_DR19})
    _, curves = read_file(path)
    check(curves, path)
    assert (len(curves), curves.detections, curves.offsets.tolist()) == (0, 0, [0])


@needs_shared
@pytest.mark.parametrize("path", BULK, ids=lambda path: path.name)
def test_real_bulk_files_are_read_bit_for_bit(path):
    _, curves = read_file(path)
    check(curves, path)
    table = pq.read_table(path, partitioning=None).to_pydict()
    assert curves.oid.tolist() == table["objectid"]
    assert curves.ra.tolist() == table["objra"]
    assert curves.dec.tolist() == table["objdec"]
    assert np.diff(curves.offsets).tolist() == table["nepochs"]
    for name in ("fieldid", "rcid", "filterid"):
        assert getattr(curves, name).tolist() == table[name]
    for name in ("hmjd", "mag", "magerr", "clrcoeff", "catflags"):
        assert getattr(curves, name).tolist() == flat(table[name]), name
    assert curves.ticks_per_day == (256 if "dr5" in path.name else 100_000)


@needs_shared
def test_real_bulk_files_have_the_known_counts():
    found = {}
    for path in BULK:
        _, curves = read_file(path)
        found[path.name[4:22]] = (len(curves), curves.detections)
    assert found == {
        "000202_zg_c12_q1_d": (4126, 69646),
        "001518_zg_c01_q2_d": (6122, 33269),
        "001518_zr_c01_q2_d": (9513, 49836),
        "000250_zg_c01_q1_d": (5449, 106588),
    }


@pytest.mark.parametrize("as_structs", [False, True])
def test_both_forms_of_nested_columns_are_read_alike(tmp_path, as_structs):
    rows = bulk_rows()
    path = tmp_path / "Npix=3.parquet"
    pq.write_table(nested(rows, as_structs), path)
    reader, curves = read_file(path)
    check(curves, path)
    assert reader.NAME == "hats"
    _, bulk = read_file(write_bulk(tmp_path / "bulk.parquet", rows))
    for name in vars(bulk):
        assert np.array_equal(getattr(curves, name), getattr(bulk, name)), name


def test_a_partition_that_counts_other_epochs_than_it_has_is_refused(tmp_path):
    rows = bulk_rows()
    counts = [len(epochs) for epochs in rows["hmjd"]]
    path = tmp_path / "Npix=3.parquet"
    table = nested(rows)
    pq.write_table(table.append_column("nepochs", pa.array(counts, pa.int32())), path)
    assert read_file(path)[1].nepochs.tolist() == counts
    counts[-1] += 1
    pq.write_table(table.append_column("nepochs", pa.array(counts, pa.int32())), path)
    with pytest.raises(BadFile, match=f"nepochs is {counts[-1]}") as refused:
        read_file(path)
    assert refused.value.row == len(counts)


@needs_shared
def test_partitions_hold_what_the_bulk_files_held(tmp_path):
    sources = [path for path in BULK if "dr19" in path.name]
    partitions = write_hats(sources, tmp_path)
    assert len(partitions) > 1
    curves = []
    for path in partitions:
        reader, part = read_file(path)
        check(part, path)
        assert reader.NAME == "hats"
        curves.append(part)
    both = [merge(curves), merge([read_file(path)[1] for path in sources])]
    assert len(both[0]) == 4126 + 6122 + 9513
    for name in ("oid", "ra", "dec", "offsets", "hmjd", "mag", "clrcoeff", "catflags", "rcid"):
        assert np.array_equal(*(getattr(each, name) for each in both)), name


def test_text_is_read_and_sorted(tmp_path):
    path = tmp_path / "field000539.txt"
    path.write_text(TEXT)
    reader, curves = read_file(path)
    check(curves, path)
    assert reader.NAME == "text"
    assert curves.oid.tolist() == [539205200000000, 1722107400005561]
    assert curves.ra.tolist() == [261.73398, 254.4]
    assert curves.dec.tolist() == [9.74578, -0.3]
    assert curves.hmjd.tolist() == [58288.3379, 58308.34047, 58300.25]
    assert curves.mag.tolist() == [float32("18.548"), float32("18.421"), 20.5]
    assert curves.clrcoeff.tolist() == [float32("-0.078"), float32("0.085"), float32("0.09")]
    assert curves.catflags.tolist() == [0, 32768, 0]
    assert curves.origin.tolist() == [1, 4]


@pytest.mark.parametrize(
    ("old", "new", "row", "cause"),
    [
        ("18.548 0.040", "18.548", 3, "4 columns, expected 5"),
        ("18.421", "bright", 2, "mag is 'bright'"),
        ("261.73398", "17h26m", 1, "ra is '17h26m'"),
        ("  2 2  539", "  3 2  539", 1, "2 epochs follow, nepochs is 3"),
    ],
)
def test_a_bad_line_of_text_is_named(tmp_path, old, new, row, cause):
    path = tmp_path / "field000539.txt"
    path.write_text(TEXT.replace(old, new))
    if row == 1 and "ra" in cause:
        assert readers()["text"].matches(path)
    with pytest.raises(BadFile) as caught:
        read_file(path)
    assert caught.value.row == row
    assert cause in str(caught.value)


@needs_shared
def test_the_real_text_sample_is_parsed():
    path = SHARED / "ztf-dr-bulk" / "text" / "field000000_lightcurve_file_example.txt"
    _, curves = read_file(path)
    lines = path.read_text().splitlines()
    assert len(curves) == sum(line.startswith("#") for line in lines) == 15
    expected = []
    for line in lines:
        if line.startswith("#"):
            expected.append([])
        elif line.strip():
            expected[-1].append(tuple(line.split()))
    assert curves.detections == sum(map(len, expected)) == 597
    for index, epochs in enumerate(expected):
        part = slice(curves.offsets[index], curves.offsets[index + 1])
        ordered = sorted(epochs, key=lambda epoch: float(epoch[0]))
        assert curves.hmjd[part].tolist() == [float(epoch[0]) for epoch in ordered]
        assert sorted(curves.mag[part].tolist()) == sorted(float32(epoch[1]) for epoch in epochs)
    with pytest.raises(BadFile, match="fieldid is 536, the OID says 539"):
        check(curves, path)


@needs_shared
@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_real_answers_are_read_to_the_last_digit(path):
    reader, curves = read_file(path)
    check(curves, path)
    assert reader.NAME == "irsa-api"
    with path.open(newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (int(row["oid"]), float(row["hjd"])))
    assert np.repeat(curves.oid, curves.nepochs).tolist() == [int(row["oid"]) for row in rows]
    times = [round(float(row["hjd"]) - 2400000.5, 5) for row in rows]
    assert curves.hmjd.tolist() == times
    for name in ("mag", "magerr", "clrcoeff"):
        assert getattr(curves, name).tolist() == [float32(row[name]) for row in rows], name
    assert curves.catflags.tolist() == [int(row["catflags"]) for row in rows]
    exposures = curves.exposures
    assert exposures.obsmjd.tolist() == [float(row["mjd"]) for row in rows]
    assert exposures.exptime.tolist() == [float32(row["exptime"]) for row in rows]
    assert exposures.filefracday.tolist() == [int(row["filefracday"]) for row in rows]
    channels = oids.split(curves.oid)
    assert curves.rcid.tolist() == channels.rcid.tolist()


def test_an_answer_without_rows_is_no_light_curves(tmp_path):
    _, curves = read_file(write_api(tmp_path / "empty.csv"))
    check(curves, tmp_path / "empty.csv")
    assert (len(curves), curves.detections, len(curves.exposures.obsmjd)) == (0, 0, 0)


def test_an_answer_is_sorted_and_its_numbers_decoded(tmp_path):
    path = write_api(
        tmp_path / "a.csv",
        api_row(oid=604216400003189, filtercode="zr", ccdid="16", qid="4", ra="359.9999"),
        api_row(hjd="2458300.9617949859", ccdid="3", qid="1"),
        api_row(
            oid=604216400003189,
            filtercode="zr",
            ccdid="0x10",
            qid="0X4",
            ra="0.0003",
            hjd="2458296.5",
        ),
        api_row(),
    )
    _, curves = read_file(path)
    check(curves, path)
    assert curves.oid.tolist() == [604103100006917, 604216400003189]
    assert curves.rcid.tolist() == [8, 63]
    assert curves.filterid.tolist() == [1, 2]
    assert curves.hmjd.tolist() == [58296.48025, 58300.46179, 58296.0, 58296.48025]
    assert curves.origin.tolist() == [3, 2]
    assert curves.ra[1] == pytest.approx(0.0001, abs=1e-9)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"mag": "bright"}, "mag|bright"),
        ({"hjd": ""}, "row 3: column hjd is empty"),
        ({"filtercode": "g"}, "column filtercode holds 'g'"),
        ({"ccdid": "0xz"}, "column ccdid holds '0xz'"),
        ({"field": 605}, "fieldid is 60[45], other rows of this OID differ"),
    ],
)
def test_a_bad_row_of_an_answer_is_refused(tmp_path, changes, cause):
    path = write_api(tmp_path / "a.csv", api_row(), api_row(**changes))
    with pytest.raises(BadFile, match=cause):
        read_file(path)


def test_an_answer_that_lacks_a_column_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(API_HEADER.replace("clrcoeff", "other") + "\n")
    with pytest.raises(BadFile, match="clrcoeff"):
        read_file(path)


@needs_shared
def test_overlapping_answers_unite(tmp_path):
    parts = [read_file(path)[1] for path in ANSWERS]
    whole = merge(parts, ANSWERS)
    check(whole, tmp_path)
    assert (len(whole), whole.detections) == (56, 23935)
    again = merge([*parts[::-1], *parts], [*ANSWERS[::-1], *ANSWERS])
    for name in vars(whole):
        if name not in ("exposures", "origin"):
            assert np.array_equal(getattr(whole, name), getattr(again, name)), name
    assert np.array_equal(whole.exposures.filefracday, again.exposures.filefracday)


def test_epochs_of_one_oid_unite(tmp_path):
    later = api_row(hjd="2458300.9617949859", ra="30.4")
    paths = [
        write_api(tmp_path / "a.csv", api_row()),
        write_api(tmp_path / "b.csv", api_row(), later),
        write_api(tmp_path / "c.csv"),
    ]
    whole = merge([read_file(path)[1] for path in paths], paths)
    assert whole.oid.tolist() == [604103100006917]
    assert whole.hmjd.tolist() == [58296.48025, 58300.46179]
    assert whole.offsets.tolist() == [0, 2]
    assert whole.ra[0] == pytest.approx((30.3633011 + 30.4) / 2, abs=1e-12)


def test_conflicting_epochs_are_refused_with_both_files(tmp_path):
    paths = [
        write_api(tmp_path / "a.csv", api_row()),
        write_api(tmp_path / "b.csv", api_row(mag="17.5")),
    ]
    with pytest.raises(BadFile) as caught:
        merge([read_file(path)[1] for path in paths], paths)
    text = str(caught.value)
    assert "b.csv (OID 604103100006917): mag is 17.5 at hmjd 58296.48025" in text
    assert "a.csv" in text
