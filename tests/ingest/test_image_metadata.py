"""Import of image metadata: formats, refusals, idempotence, and which exposures get the names."""

from __future__ import annotations

import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.table import Table
from support.files import BULK_DR5, SHARED, bulk_rows, needs_shared, write_bulk
from support.images import refinish, remembered, write_csv
from support.releases import ztfvo

from ztfvo.errors import BadFile, HTTPError
from ztfvo.images.finder import find
from ztfvo.images.load import import_file
from ztfvo.images.metadata import read
from ztfvo.oid import FILTER_NAMES

ROW = {
    "obsjd": 2458556.932616,
    "exptime": 30.0,
    "filefracday": 20190314432616,
    "field": 633,
    "ccdid": 7,
    "qid": 4,
    "fid": 2,
}
"""The image of the paper's figure, but for the exact start, which is a whole second."""

LATER = ROW | {"obsjd": 2458557.8973727, "filefracday": 20190315397361, "fid": 1, "exptime": 300}
KEPT = [
    (633, 27, 1, 20190315397361, 58557.3973727, 300.0, False, "metadata"),
    (633, 27, 2, 20190314432616, 58556.4326157, 30.0, False, "metadata"),
]


def as_csv(folder):
    return write_csv(folder / "a.csv", [ROW, LATER])


def as_gzip(folder):
    return write_csv(folder / "a.csv.gz", [ROW, LATER])


def as_hexadecimal(folder):
    rows = [row | {"ccdid": "0x7", "qid": "0x4"} for row in (ROW, LATER)]
    return write_csv(folder / "a.csv", rows)


def as_rcid_and_filter_name(folder):
    rows = [
        {name: value for name, value in row.items() if name not in ("ccdid", "qid", "fid")}
        | {"rcid": 27, "filtercode": FILTER_NAMES[row["fid"]]}
        for row in (ROW, LATER)
    ]
    return write_csv(folder / "a.csv", rows)


def as_csv_with_more(folder):
    rows = [{"ra": "x", **row, "OBSDATE": '"2019-03-14, late"'} for row in (ROW, LATER, ROW)]
    return write_csv(folder / "a.csv", rows)


def as_votable(folder):
    Table([ROW | {"note": "a"}, LATER | {"note": "b"}]).write(folder / "a.xml", format="votable")
    return folder / "a.xml"


def as_parquet(folder):
    pq.write_table(pa.Table.from_pylist([ROW, LATER]), folder / "a.parquet")
    return folder / "a.parquet"


FORMATS = (
    *(as_csv, as_gzip, as_hexadecimal, as_rcid_and_filter_name),
    *(as_csv_with_more, as_votable, as_parquet),
)


@pytest.mark.parametrize("write", FORMATS, ids=lambda write: write.__name__)
def test_every_format_gives_the_same_names(write, memory, tmp_path):
    import_file(memory, write(tmp_path), simulated=False)
    assert remembered(memory) == KEPT


def test_import_of_the_same_content_changes_nothing(memory, tmp_path):
    path = as_csv(tmp_path)
    assert import_file(memory, path, simulated=False) == 2
    assert import_file(memory, path, simulated=False) is None
    assert import_file(memory, as_parquet(tmp_path), simulated=False) == 2
    assert remembered(memory) == KEPT
    assert import_file(memory, path, simulated=True) == 2
    assert len(remembered(memory)) == 4


def test_table_without_rows_is_imported_as_empty(memory, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text(",".join(ROW) + "\n")
    assert import_file(memory, path, simulated=False) == 0
    pq.write_table(pa.Table.from_pylist([ROW]).slice(0, 0), tmp_path / "empty.parquet")
    assert import_file(memory, tmp_path / "empty.parquet", simulated=False) == 0
    assert remembered(memory) == []


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"field": 0}, "field is not in 1 to 9999 ('0')"),
        ({"ccdid": 17}, "ccdid is not in 1 to 16 ('17')"),
        ({"qid": "0x5"}, "qid is not in 1 to 4 ('0x5')"),
        ({"fid": "zr"}, "fid is no number ('zr')"),
        ({"fid": ""}, "fid is no number ('')"),
        ({"exptime": 0}, "exptime is not in 0 to 3600 s ('0')"),
        ({"exptime": "nan"}, "exptime is no number ('nan')"),
        ({"exptime": -30}, "exptime is no number ('-30')"),
        ({"filefracday": 190314432616}, "filefracday is not in 20170101000000 to"),
        ({"filefracday": 20191314432616}, "filefracday does not begin with a date"),
        ({"obsjd": 58556.432616}, "obsjd is not the Julian date of the start"),
        ({"obsjd": 2458557.932616}, "obsjd is not the Julian date of the start"),
        ({"field": "1; DROP TABLE ztf_store.image"}, "field is no number ('1; DROP TABLE"),
        ({"field": "9" * 30}, "field is no number"),
    ],
    ids=str,
)
def test_bad_value_is_refused_with_line_and_cause_and_nothing_kept(change, cause, memory, tmp_path):
    path = write_csv(tmp_path / "bad.csv", [LATER, ROW | change])
    with pytest.raises(BadFile) as refused:
        import_file(memory, path, simulated=False)
    assert str(refused.value).startswith(f"{path}, row 3: {cause}")
    assert remembered(memory) == []


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("none.csv", None, "there is no such file"),
        ("empty.csv", b"", "has no column ccdid, exptime, fid, field, filefracday, obsjd, qid"),
        ("short.csv", b"obsjd,filefracday,field,qid,fid,exptime\n", "has no column ccdid."),
        ("twice.csv", b"obsjd,OBSJD,filefracday,field,qid,ccdid,fid,exptime\n", "column twice"),
        (
            "ragged.csv",
            b"obsjd,filefracday,field,ccdid,qid,fid,exptime\n1,2,3\n",
            "cannot be read as CSV",
        ),
        ("cut.csv.gz", b"\x1f\x8b\x08\x00\x00", "cannot be read as CSV"),
        ("cut.parquet", b"PAR1\x00\x00", "cannot be read as Parquet"),
        ("page.xml", b"<html>Not Found</html>", "VOTable"),
        (
            "error.xml",
            b'<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">'
            b'<RESOURCE type="results"><INFO name="QUERY_STATUS" value="ERROR">no such table</INFO>'
            b"</RESOURCE></VOTABLE>",
            "is the error message of a service: no such table.",
        ),
    ],
)
def test_file_that_is_no_table_of_metadata_is_refused(name, content, cause, memory, tmp_path):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadFile) as refused:
        import_file(memory, path, simulated=False)
    assert str(refused.value).startswith(f"{path}")
    assert cause in str(refused.value)


def test_parquet_of_single_precision_dates_or_nulls_is_refused(memory, tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.Table.from_pylist([ROW, LATER])
    place = table.schema.get_field_index("obsjd")
    single = table.set_column(place, "obsjd", table["obsjd"].cast(pa.float32()))
    pq.write_table(single, path)
    with pytest.raises(BadFile, match="obsjd is float, which cannot hold seconds"):
        import_file(memory, path, simulated=False)
    pq.write_table(pa.Table.from_pylist([ROW, LATER | {"qid": None}]), path)
    with pytest.raises(BadFile, match="row 2: qid is missing"):
        import_file(memory, path, simulated=False)


@needs_shared
def test_real_table_without_exposure_times_is_refused_by_that_column_alone(tmp_path):
    source = SHARED / "ztf-images" / "excerpts" / "ztf_image_metadata_haumea_head25.csv"
    with pytest.raises(BadFile, match=r"has no column exptime\. Ask for obsjd"):
        list(read(source))
    header, *lines = source.read_text().splitlines()
    path = tmp_path / "whole.csv"
    path.write_text("\n".join([f"{header},exptime", *(f"{line},30" for line in lines)]) + "\n")
    (images,) = read(path)
    assert len(images) == len(lines) == 25
    assert images.filefracday[0] == 20250309445602
    assert images.obsmjd[0] == pytest.approx(60743.4456019, abs=1e-9)
    assert (images.fieldid[0], images.rcid[0], images.filterid[0]) == (530, 63, 1)


def test_command_loads_good_files_refuses_bad_ones_and_goes_on(memory, tmp_path):
    good = as_csv(tmp_path)
    bad = write_csv(tmp_path / "bad.csv", [ROW | {"qid": 5}])
    more = write_csv(tmp_path / "more.csv", [ROW | {"qid": 1}])
    done = ztfvo("images", "import", good, bad, more, check=False)
    assert done.returncode == 1
    assert f"refused {bad}, row 2: qid is not in 1 to 4 ('5')." in done.stderr
    assert "2 loaded, 0 unchanged, 1 refused; 3 images" in done.stderr
    shutil.copy(more, bad)
    done = ztfvo("images", "import", good, bad, more)
    assert "0 loaded, 3 unchanged, 0 refused; 0 images" in done.stderr
    assert [row[:4] for row in remembered(memory)] == [
        (633, 24, 2, 20190314432616),
        *(row[:4] for row in KEPT),
    ]


def image_of(release, middle, seconds, **changes):
    """Metadata of an image whose middle is so many seconds after a time, of the channel of ROW."""
    start = round(middle * 86400 - 15 + seconds) / 86400
    day, fraction = divmod(start, 1)
    (date,) = release.rows(
        "SELECT to_char(to_date('18581117', 'YYYYMMDD') + %s, 'YYYYMMDD')", int(day)
    )[0]
    return {
        "obsjd": round(start + 2400000.5, 7),
        "exptime": 30,
        "filefracday": int(date) * 10**6 + int(fraction * 1e6),
        "field": 1722,
        "ccdid": 7,
        "qid": 4,
        "fid": 1,
    } | changes


def exposures(release):
    """Middle, name and sources of the exposures in order."""
    return release.rows(
        "SELECT mjd_mid, filefracday, obsmjd_source, exptime_source FROM exposure ORDER BY 1"
    )


def test_nearest_image_of_the_channel_within_two_seconds_gives_its_name(memory, release, tmp_path):
    release.ingest(write_bulk(tmp_path / "a.parquet"))
    times = [row[0] for row in exposures(release)]
    nearest = image_of(release, times[0], 0)
    rows = [
        nearest,
        image_of(release, times[0], 1.4),
        image_of(release, times[0], -1.4),
        image_of(release, times[1], 4),
        image_of(release, times[2], 0, fid=2),
        image_of(release, times[3], 0, qid=3),
    ]
    import_file(memory, write_csv(tmp_path / "a.csv", rows), simulated=True)
    assert [row[1:] for row in exposures(release)] == [
        (nearest["filefracday"], "observed", "observed"),
        *[(None, "estimated", "assumed")] * 3,
    ]


def test_simulated_images_and_others_stay_apart(memory, release, tmp_path):
    release.ingest(write_bulk(tmp_path / "a.parquet"))
    row = image_of(release, exposures(release)[0][0], 0)
    path = write_csv(tmp_path / "a.csv", [row])
    import_file(memory, path, simulated=False)
    refinish(release)
    assert [row[1] for row in exposures(release)] == [None] * 4
    import_file(memory, path, simulated=True)
    assert [row[1] for row in exposures(release)] == [row["filefracday"], None, None, None]


def test_exposures_with_coarse_times_get_no_names(memory, coarse_release, tmp_path):
    release = coarse_release
    rows = bulk_rows()
    rows["hmjd"] = [[58204.125, 58204.25, 59000.5], [58300.25]]
    release.ingest(write_bulk(tmp_path / "a.parquet", rows, BULK_DR5))
    images = [image_of(release, row[0], 0) for row in exposures(release)]
    import_file(memory, write_csv(tmp_path / "a.csv", images), simulated=True)
    assert [row[1:3] for row in exposures(release)] == [(None, "coarse")] * 4


@pytest.mark.parametrize("hmjd", ["58204.125", "first", "last", "peak"])
def test_coarse_times_do_not_identify_an_image_however_the_epoch_is_named(
    hmjd, memory, coarse_release, tmp_path
):
    release, rows = coarse_release, bulk_rows()
    rows["hmjd"] = [[58204.125, 58204.25, 59000.5], [58300.25]]
    release.ingest(write_bulk(tmp_path / "a.parquet", rows, BULK_DR5))
    images = [image_of(release, row[0], 0) for row in exposures(release)]
    import_file(memory, write_csv(tmp_path / "a.csv", images), simulated=True)
    with pytest.raises(HTTPError, match="too coarse to identify the image: they have") as refused:
        find(release.name, rows["objectid"][0], hmjd)
    assert refused.value.status == 404
    assert "steps of 1/256 day. Ask for the light curve in another release" in str(refused.value)
