"""A file that is not of the release is refused before it is read, with the reason."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.files import (
    BULK_DR5,
    BULK_DR19,
    ROOT,
    SHARED,
    api_row,
    bulk_rows,
    needs_shared,
    nested,
    write_api,
    write_bulk,
)

from ztfvo.declarations import declared
from ztfvo.errors import BadFile
from ztfvo.ingest.compare import compare

INPUTS = ROOT / "inputs" / "ztf"
NAME = "ztf_001722_zg_c07_q4"
TEXT = "# 1722107400005561 1 1 1722 27 254.4 35.3\n58300.25 20.5 0.2 0.09 0\n"


def refusal(path, release):
    """Why a file cannot be one of a release."""
    release = declared(release, INPUTS) if isinstance(release, str) else release
    with pytest.raises(BadFile) as caught:
        compare(path, release)
    assert caught.value.path == path
    return caught.value.cause


def test_files_of_the_release_pass(tmp_path):
    reader, preview = compare(
        write_bulk(tmp_path / f"{NAME}_dr19.parquet"), declared("dr19", INPUTS)
    )
    assert reader.NAME == "bulk-parquet"
    assert preview.hmjd.tolist() == [58204.12345, 58204.16346, 59000.5, 58300.25]
    assert (preview.columns["hmjd"], preview.columns["catflags"]) == ("double", "int32")
    write_bulk(tmp_path / f"{NAME}_dr5.parquet", types=BULK_DR5)
    compare(tmp_path / f"{NAME}_dr5.parquet", declared("dr5", INPUTS))
    pq.write_table(nested(bulk_rows()), tmp_path / "part0.snappy.parquet")
    compare(tmp_path / "part0.snappy.parquet", declared("dr24", INPUTS))
    compare(write_api(tmp_path / "lc_dr19.csv", api_row()), declared("irsa", INPUTS))


def test_the_nearest_name_counts(tmp_path):
    path = write_bulk(tmp_path / f"lc_dr5/dr19/field001722/{NAME}.parquet")
    compare(path, declared("dr19", INPUTS))
    path = write_bulk(tmp_path / f"lc_dr5/{NAME}_dr19.parquet")
    compare(path, declared("dr19", INPUTS))


@pytest.mark.parametrize(
    ("name", "release", "cause"),
    [
        (f"{NAME}_dr5.parquet", "dr19", "is of dr5 by its name, release dr19 is of dr19"),
        (f"{NAME}_dr19.parquet", "dr5", "is of dr19 by its name, release dr5 is of dr5"),
        (f"{NAME}_dr190.parquet", "dr19", "is of dr190 by its name, release dr19 is of dr19"),
        (f"{NAME}_dr19.parquet", "demo", "is of dr19 by its name, release demo is of demo"),
        (f"{NAME}_demo.parquet", "dr19", "is of demo by its name, release dr19 is another one"),
        (f"lc_dr18/0/{NAME}.parquet", "dr19", "is of dr18 by its folder lc_dr18, release dr19"),
        (f"dr19/lc_dr18/{NAME}.parquet", "dr19", "is of dr18 by its folder lc_dr18"),
        (f"dr5/{NAME}.parquet", "dr19", "is of dr5 by its folder dr5, release dr19 is of dr19"),
        ("ztf_dr23_lc-hats/dataset/Npix=3.parquet", "dr24", "by its folder ztf_dr23_lc-hats"),
    ],
)
def test_another_releases_name_is_refused_without_a_look_into_the_file(
    tmp_path, name, release, cause
):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"nothing")
    assert cause in refusal(path, release)


def test_another_layout_is_refused(tmp_path):
    bulk = write_bulk(tmp_path / f"{NAME}.parquet")
    partition = tmp_path / "Npix=3.parquet"
    pq.write_table(nested(bulk_rows()), partition)
    answer = write_api(tmp_path / "a.csv", api_row())
    text = tmp_path / "field.txt"
    text.write_text(TEXT)
    for path, release, found, expected in (
        (bulk, "dr24", "bulk-parquet", "hats"),
        (partition, "dr19", "hats", "bulk-parquet"),
        (answer, "dr19", "irsa-api", "bulk-parquet"),
        (text, "irsa", "text", "irsa-api"),
    ):
        cause = refusal(path, release)
        assert cause == f"is of layout {found}, release {release} has {expected}"


def test_types_and_resolution_of_another_release_are_refused(tmp_path):
    coarse = write_bulk(tmp_path / "a.parquet", types=BULK_DR5)
    assert refusal(coarse, "dr19") == "column filterid is of type uint8, release dr19 has int8"
    fine = write_bulk(tmp_path / "b.parquet")
    assert refusal(fine, "dr5") == "column filterid is of type int8, release dr5 has uint8"
    times = {"hmjd": BULK_DR5["hmjd"]}
    mixed = write_bulk(tmp_path / "c.parquet", types=BULK_DR19 | times)
    expected = "times are float32, release dr19 has five-decimals"
    assert refusal(mixed, "dr19") == expected
    rows = bulk_rows()
    rows["hmjd"][0][1] += 1e-6
    assert refusal(write_bulk(tmp_path / "d.parquet", rows), "dr19") == (
        "times are double of another resolution, release dr19 has five-decimals"
    )
    partition = tmp_path / "Npix=3.parquet"
    pq.write_table(nested(rows, as_structs=True), partition)
    release = replace(declared("dr24", INPUTS), times="five-decimals")
    assert "times are double of another resolution" in refusal(partition, release)


def test_a_declared_column_that_files_do_not_have_is_named(tmp_path):
    release = replace(declared("dr19", INPUTS), columns={"catflag": "int32"})
    cause = "has no column catflag of a type, release dr19 has int32"
    assert refusal(write_bulk(tmp_path / "a.parquet"), release) == cause


def test_only_the_first_light_curves_are_read(tmp_path):
    """The rest of a file is checked with all else, once it is read."""
    rows = {name: values[:1] * 5000 for name, values in bulk_rows().items()}
    rows["hmjd"] = [*rows["hmjd"][:-1], [58204.123456, 58204.2, 59000.5]]
    path = write_bulk(tmp_path / f"{NAME}_dr19.parquet", rows, row_group_size=1000)
    _, preview = compare(path, declared("dr19", INPUTS))
    assert len(preview.hmjd) == 3 * 64


def test_a_release_under_another_name_takes_the_edition_that_it_declares(tmp_path):
    path = write_bulk(tmp_path / f"{NAME}_dr19.parquet")
    north = replace(
        declared("dr5", INPUTS), name="north", times="five-decimals", columns={}, edition="dr19"
    )
    compare(path, north)
    assert "is of dr19 by its name" in refusal(path, replace(north, edition="dr18"))
    compare(path, replace(north, edition=None))


def test_columns_that_are_not_read_are_known(tmp_path):
    rows = bulk_rows()
    table = pa.table({name: pa.array(rows[name], kind) for name, kind in BULK_DR19.items()})
    table = table.append_column("__index_level_0__", pa.array([0, 1]))
    pq.write_table(table, tmp_path / "a.parquet")
    _, preview = compare(tmp_path / "a.parquet", declared("dr19", INPUTS))
    assert preview.dropped == ("__index_level_0__",)
    _, preview = compare(write_api(tmp_path / "a.csv", api_row()), declared("irsa", INPUTS))
    assert preview.dropped == (
        *("expid", "chi", "sharp", "limitmag", "magzp", "magzprms", "clrcounc", "airmass"),
        "programid",
    )


@needs_shared
def test_real_files_are_refused_by_the_other_release():
    for path in sorted((SHARED / "ztf-dr-bulk").glob("lc_*/*/*/*.parquet")):
        own = path.stem.rpartition("_")[2]
        compare(path, declared(own, INPUTS))
        other = "dr19" if own == "dr5" else "dr5"
        assert refusal(path, other) == f"is of {own} by its name, release {other} is of {other}"


def test_a_release_loads_its_own_files_and_refuses_the_others_by_name(release, tmp_path):
    path = release.settings.inputs / release.name / "release.toml"
    path.write_text(path.read_text() + 'edition = "dr19"\n')
    good = write_bulk(tmp_path / f"data/{NAME}_dr19.parquet")
    write_bulk(tmp_path / f"data/{NAME}_dr5.parquet", types=BULK_DR5)
    write_api(tmp_path / "data/stray.csv", api_row())
    outcomes = {outcome.key: outcome for outcome in release.ingest()}
    assert {key: outcome.action for key, outcome in outcomes.items()} == {
        good.name: "loaded",
        f"{NAME}_dr5.parquet": "refused",
        "stray.csv": "refused",
    }
    assert release.counts() == [1, 2, 2, 4, 1]
