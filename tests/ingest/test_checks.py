"""What is wrong in a file is found, and named with its row."""

from __future__ import annotations

import dataclasses
import pickle
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy_healpix import HEALPix
from astropy_healpix.healpy import ang2pix
from support.files import (
    BULK_DR5,
    BULK_DR19,
    SHARED,
    api_row,
    bulk_rows,
    manifest_of,
    needs_shared,
    nested,
    write_api,
    write_bulk,
)

from ztfvo import oid as oids
from ztfvo.errors import BadFile
from ztfvo.ingest import manifest
from ztfvo.ingest.checks import check
from ztfvo.ingest.readers import read_file
from ztfvo.store.lightcurves import LightCurves

NAME = "field001722/ztf_001722_zg_c07_q4_dr19.parquet"


def refuse(path):
    """The refusal of a file."""
    with pytest.raises(BadFile) as caught:
        check(read_file(path)[1], path)
    return caught.value


def with_values(**changes):
    """Rows of a good file with single values replaced: name=(row, value)."""
    rows = bulk_rows()
    for name, (row, value) in changes.items():
        rows[name][row] = value
    return rows


@pytest.mark.parametrize(
    ("changes", "row", "cause"),
    [
        ({"objectid": (1, 17221074000055)}, 2, "14 digits"),
        ({"objectid": (1, 172210740000556)}, 2, "quadrant 7 is not in 1 to 4"),
        ({"objectid": (1, 17221074000055610)}, 2, "17 digits"),
        ({"objectid": (1, 1722107400005560)}, 2, "OID repeated, it was first in row 1"),
        ({"objectid": (1, 1721107400005561)}, 2, "fieldid is 1722, the OID says 1721"),
        ({"objectid": (0, 1722207400005560)}, 1, "filterid is 1, the OID says 2"),
        ({"objectid": (0, 1722107300005560)}, 1, "rcid is 27, the OID says 26"),
        ({"fieldid": (1, 1723)}, 2, "fieldid is 1723, the OID says 1722"),
        ({"rcid": (1, 28)}, 2, "rcid is 28, the OID says 27"),
        ({"nepochs": (0, 2)}, 1, "hmjd has 3 values, nepochs is 2"),
        ({"mag": (1, [20.5, 20.6])}, 2, "mag has 2 values, nepochs is 1"),
        ({"catflags": (0, [0, 0])}, 1, "catflags has 2 values, nepochs is 3"),
        ({"objra": (1, float("nan"))}, 2, "ra is nan"),
        ({"objra": (1, 360.5)}, 2, "ra is 360.5, expected 0 to 360"),
        ({"objdec": (0, -90.25)}, 1, "dec is -90.25"),
        (
            {"hmjd": (0, [58204.1, 58204.05, 59000.5])},
            1,
            r"58204.05 follows 58204.1 \(epoch 2 of 3",
        ),
        ({"hmjd": (1, [float("nan")])}, 2, r"hmjd is nan.*\(epoch 1 of 1"),
        ({"hmjd": (1, [float("inf")])}, 2, "hmjd is inf"),
        ({"hmjd": (1, [2458300.75])}, 2, "hmjd is 2458300.75, expected 50000 to 70000"),
        ({"hmjd": (0, [58204.123456, 58204.2, 59000.5])}, 1, "58204.123456.* no multiple of 1/1"),
        ({"mag": (0, [13.5, float("nan"), 14.0])}, 1, r"mag is nan \(epoch 2 of 3"),
        ({"magerr": (1, [float("inf")])}, 2, "magerr is inf"),
        ({"clrcoeff": (0, [0.1, float("nan"), 0.1])}, 1, r"clrcoeff is nan \(epoch 2 of 3"),
        ({"clrcoeff": (1, [float("-inf")])}, 2, "clrcoeff is -inf"),
        ({"catflags": (1, [-1])}, 2, "catflags is -1"),
        ({"catflags": (0, [0, 65536, 0])}, 1, r"catflags is 65536, expected 0 to 65535 \(epoch 2"),
        ({"mag": (1, None)}, 2, "column mag is null"),
        ({"mag": (1, [None])}, 2, "column mag holds a null"),
        ({"objra": (0, None)}, 1, "column objra is null"),
    ],
)
def test_a_wrong_value_is_refused_with_its_row(tmp_path, changes, row, cause):
    path = write_bulk(tmp_path / NAME, with_values(**changes))
    error = refuse(path)
    assert error.row == row
    assert error.path == path
    with pytest.raises(BadFile, match=cause):
        raise error
    assert "np." not in str(error)
    assert not str(error).endswith("..")


def test_a_column_that_is_there_twice_is_refused(tmp_path):
    path = write_bulk(tmp_path / NAME)
    table = pq.read_table(path)
    pq.write_table(table.append_column("mag", table["magerr"]), path)
    with pytest.raises(BadFile, match="column mag is there 2 times"):
        raise refuse(path)


def test_the_message_names_file_row_oid_and_cause(tmp_path):
    path = write_bulk(tmp_path / NAME, with_values(rcid=(1, 28)))
    error = refuse(path)
    expected = f"{path}, row 2 (OID 1722107400005561): rcid is 28, the OID says 27."
    assert str(error) == expected
    assert str(pickle.loads(pickle.dumps(error))) == expected


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("field001723/ztf_001723_zg_c07_q4_dr19.parquet", "fieldid is 1722, the file's name says"),
        ("field001722/ztf_001722_zr_c07_q4_dr19.parquet", "filterid is 1, the file's name says 2"),
        ("field001722/ztf_001722_zg_c08_q4_dr19.parquet", "rcid is 27, the file's name says 31"),
        ("field001722/ztf_001722_zg_c07_q1_dr19.parquet", "rcid is 27, the file's name says 24"),
        ("field000202/ztf_001722_zg_c07_q4_dr19.parquet", "lies in folder field000202"),
        ("field001722/ztf_001722_zg_c17_q4_dr19.parquet", "ccdid 17 is not in 1 to 16"),
    ],
)
def test_a_file_under_a_wrong_name_is_refused(tmp_path, name, cause):
    with pytest.raises(BadFile, match=cause):
        raise refuse(write_bulk(tmp_path / name))


def test_the_folders_of_dr5_have_four_digits(tmp_path):
    path = write_bulk(tmp_path / "field1722/ztf_001722_zg_c07_q4_dr5.parquet")
    check(read_file(path)[1], path)


@pytest.mark.parametrize("missing", ["objectid", "nepochs", "catflags", "rcid"])
def test_a_missing_column_is_refused(tmp_path, missing):
    rows = bulk_rows()
    del rows[missing]
    error = refuse(write_bulk(tmp_path / NAME, rows))
    assert missing in str(error) or "unknown layout" in str(error)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("objectid", pa.string()),
        ("objra", pa.int64()),
        ("hmjd", pa.list_(pa.int64())),
        ("mag", pa.list_(pa.float64())),
        ("catflags", pa.list_(pa.float32())),
    ],
)
def test_a_column_of_another_type_is_refused(tmp_path, name, kind):
    types = BULK_DR19 | {name: kind}
    rows = bulk_rows()
    if name == "objectid":
        rows[name] = [str(value) for value in rows[name]]
    if name == "objra":
        rows[name] = [254, 254]
    if name == "hmjd":
        rows[name] = [[58204, 58205, 58206], [58300]]
    with pytest.raises(BadFile, match=rf"column {name} is of type .*, expected"):
        raise refuse(write_bulk(tmp_path / NAME, rows, types))


@pytest.mark.parametrize(
    ("values", "cause"),
    [
        (
            {"hmjd": (0, [58204.123456, 58204.2, 59000.5])},
            "hmjd 58204.123456 is no multiple of 1/100000 d (epoch 1 of 3).",
        ),
        (
            {"hmjd": (0, [58204.5, 58203.25, 59000.5])},
            "hmjd not sorted: 58203.25 follows 58204.5 (epoch 2 of 3).",
        ),
        ({"hmjd": (1, [float("inf")])}, "hmjd is inf, expected 50000 to 70000 (epoch 1 of 1)."),
        ({"mag": (1, [float("nan")])}, "mag is nan (epoch 1 of 1)."),
        (
            {"catflags": (0, [0, 70000, 1])},
            "catflags is 70000, expected 0 to 65535 (epoch 2 of 3).",
        ),
        ({"objra": (0, 361.5)}, "ra is 361.5, expected 0 to 360 degrees."),
        ({"fieldid": (0, 1723)}, "fieldid is 1723, the OID says 1722."),
    ],
)
def test_messages_have_plain_numbers_and_one_full_stop(tmp_path, values, cause, recwarn):
    path = write_bulk(tmp_path / NAME, with_values(**values))
    with pytest.raises(BadFile) as refused:
        check(read_file(path)[1], path)
    message = str(refused.value)
    assert cause in message
    assert "np." not in message
    assert ".." not in message.replace(str(path), "")
    assert [str(one.message) for one in recwarn] == []


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("ra", "inf", "inf"), ("ra", "999", "999.0"), ("ra", "nan", "nan"), ("dec", "-90.5", "-90.5")],
)
def test_positions_of_answers_are_named_as_they_are_in_the_file(
    tmp_path, name, value, shown, recwarn
):
    path = write_api(tmp_path / "a.csv", api_row(), api_row(hjd="2458297.5", **{name: value}))
    with pytest.raises(BadFile, match=rf"row 3: {name} is {shown}, expected .* degrees\.$"):
        read_file(path)
    assert [str(one.message) for one in recwarn] == []


def test_float32_times_are_multiples_of_a_256th(tmp_path):
    path = write_bulk(tmp_path / NAME, types=BULK_DR5)
    _, curves = read_file(path)
    check(curves, path)
    assert curves.hmjd.tolist() == [58204.125, 58204.1640625, 59000.5, 58300.25]
    moved = dataclasses.replace(curves, hmjd=curves.hmjd + 1 / 1024)
    with pytest.raises(BadFile, match="no multiple of 1/256 d"):
        check(moved, path)


def test_equal_times_and_the_rounded_right_ascension_pass(tmp_path):
    rows = with_values(hmjd=(0, [58204.1, 58204.1, 58204.1]), objra=(1, 359.99999999))
    path = write_bulk(tmp_path / NAME, rows)
    _, curves = read_file(path)
    check(curves, path)
    assert curves.ra[1] == 360.0


def test_a_light_curve_may_start_before_the_previous_one_ends(tmp_path):
    path = write_bulk(tmp_path / NAME, with_values(hmjd=(1, [58000.0])))
    check(read_file(path)[1], path)


def test_a_light_curve_without_epochs_is_refused(tmp_path):
    rows = bulk_rows()
    for name in rows:
        rows[name] = [*rows[name], [] if isinstance(rows[name][0], list) else rows[name][0]]
    rows["objectid"][2] = 1722107400005562
    rows["nepochs"][2] = 0
    error = refuse(write_bulk(tmp_path / NAME, rows))
    assert (error.row, error.oid) == (3, 1722107400005562)
    assert "no epochs" in error.cause


def test_a_partition_holds_its_pixel_only(tmp_path):
    rows = bulk_rows()
    pixel = int(ang2pix(32, 254.45755, 35.34236, nest=True, lonlat=True))
    good = tmp_path / f"Norder=5/Dir=0/Npix={pixel}/part0.snappy.parquet"
    bad = tmp_path / f"Norder=5/Dir=0/Npix={pixel + 1}.parquet"
    for path in (good, bad):
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(nested(rows), path)
    check(read_file(good)[1], good)
    error = refuse(bad)
    assert error.row == 1
    assert f"254.45755 +35.34236 is outside HEALPix pixel {pixel + 1} of order 5" in str(error)


@pytest.mark.parametrize(("arcsec", "kept"), [(0.9, True), (1.2, False)])
def test_positions_may_be_an_arcsecond_outside_their_pixel(tmp_path, arcsec, kept):
    """Positions of partitions are rounded, and their pixel is that of what was not."""
    pixel = int(ang2pix(32, 254.45755, 35.34236, nest=True, lonlat=True))
    ra, dec = (corner.deg[0] for corner in HEALPix(32, "nested").boundaries_lonlat([pixel], 1))
    lowest = dec.argmin()
    rows = bulk_rows()
    number = len(rows["objra"])
    rows["objra"] = [float(ra[lowest])] * number
    rows["objdec"] = [float(dec[lowest]) - arcsec / 3600] * number
    path = tmp_path / f"Norder=5/Dir=0/Npix={pixel}.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(nested(rows), path)
    if kept:
        check(read_file(path)[1], path)
    else:
        assert "is outside HEALPix pixel" in str(refuse(path))


@needs_shared
def test_checks_are_fast():
    path = max((SHARED / "ztf-dr-bulk").glob("lc_*/*/*/*.parquet"), key=lambda p: p.stat().st_size)
    _, curves = read_file(path)
    start = time.perf_counter()
    for _ in range(20):
        check(curves, path)
    rate = 20 * curves.detections / (time.perf_counter() - start)
    assert rate > 1e7, f"{rate:.3g} detections/s"


def many(curves, epochs):
    """Made light curves of one quadrant."""
    number = np.arange(curves)
    m = curves * epochs
    parts = {"fieldid": 633, "filterid": 2, "rcid": 27}
    return LightCurves(
        oid=oids.join(633, 2, 7, 4, number),
        ra=np.full(curves, 247.0),
        dec=np.full(curves, 24.0),
        **{name: np.full(curves, value, np.int16) for name, value in parts.items()},
        offsets=np.arange(curves + 1) * epochs,
        hmjd=np.tile((5_820_000_000 + np.arange(epochs) * 12345) / 100_000, curves),
        mag=np.full(m, 18.0, np.float32),
        magerr=np.full(m, 0.02, np.float32),
        clrcoeff=np.zeros(m, np.float32),
        catflags=np.zeros(m, np.int32),
    )


@pytest.mark.parametrize("detection", [0, 1, 499, 500, 99_999])
def test_one_bad_epoch_among_many_is_found(tmp_path, detection):
    curves = many(200, 500)
    check(curves, tmp_path)
    curves.mag[detection] = np.nan
    with pytest.raises(BadFile) as caught:
        check(curves, tmp_path)
    index, epoch = divmod(detection, 500)
    assert caught.value.row == index + 1
    assert f"(epoch {epoch + 1} of 500)" in str(caught.value)


def test_manifests_round_trip(tmp_path):
    write_bulk(tmp_path / NAME)
    entries = manifest_of(tmp_path)
    assert [(entry.path, entry.rows, entry.detections) for entry in entries] == [(NAME, 2, 4)]
    file = tmp_path / manifest.NAME
    manifest.write_manifest(file, entries)
    assert manifest.read_manifest(file) == entries
    assert file.read_text().splitlines()[0] == "path,bytes,sha256,rows,detections"
    assert manifest.verify(entries[0], tmp_path) == tmp_path / NAME
    assert manifest_of(tmp_path) == entries


def test_a_changed_file_is_refused_by_size_then_by_checksum(tmp_path):
    path = write_bulk(tmp_path / NAME)
    (entry,) = manifest_of(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content + b"x")
    with pytest.raises(
        BadFile, match=f"{len(content) + 1} bytes, the manifest says {len(content)}"
    ):
        manifest.verify(entry, tmp_path)
    path.write_bytes(content[:-1] + b"x")
    with pytest.raises(BadFile, match=f"SHA-256 is .* the manifest says {entry.sha256}"):
        manifest.verify(entry, tmp_path)
    path.unlink()
    with pytest.raises(BadFile, match="in the manifest but missing"):
        manifest.verify(entry, tmp_path)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("../a,1,{sum},,", "does not lie below"),
        ("/etc/a,1,{sum},,", "does not lie below"),
        ("a,x,{sum},,", "bytes is 'x'"),
        ("a,1,abc,,", "not 64 hexadecimal digits"),
        ("a,1,{sum},,\na,1,{sum},,", "a is named twice"),
    ],
)
def test_a_faulty_manifest_is_refused_with_its_line(tmp_path, line, cause):
    file = tmp_path / manifest.NAME
    body = line.format(sum="0" * 64)
    file.write_text(f"path,bytes,sha256,rows,detections\n{body}\n")
    with pytest.raises(BadFile, match=cause) as caught:
        manifest.read_manifest(file)
    assert caught.value.row == 2 + body.count("\n")


@needs_shared
@pytest.mark.parametrize(
    ("release", "folder"),
    [("dr19", "ztf-dr-bulk/lc_dr19"), ("dr5", "ztf-dr-bulk/lc_dr5"), ("irsa", "ztf-lc-api")],
)
def test_the_manifests_of_the_real_files_hold(release, folder):
    from support.files import ROOT

    for entry in manifest.read_manifest(ROOT / "inputs" / "ztf" / release / manifest.NAME):
        path = manifest.verify(entry, SHARED / folder)
        _, curves = read_file(path)
        assert (len(curves), curves.detections) == (entry.rows, entry.detections)
