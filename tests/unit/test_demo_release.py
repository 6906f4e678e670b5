"""The demo release as files: layout, reproducibility, named stars, shared exposures."""

import csv
import itertools
import sys
import tomllib
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy.timeseries import LombScargle

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "inputs/ztf/demo"
sys.path.insert(0, str(DEMO))

import generate  # noqa: E402
from skysim import manifest, release, writer  # noqa: E402
from skysim.geometry import FILTERS, channel_of_oid, contains  # noqa: E402

REAL = ROOT.parent / "shared/data/ztf-dr-bulk/lc_dr19"
REAL_FILES = sorted(REAL.glob("*/*/*.parquet"))
NAMED = list(csv.DictReader((DEMO / "stars.csv").open(newline="")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Folder of a freshly generated release."""
    out = tmp_path_factory.mktemp("demo")
    generate.generate(out)
    return out


@pytest.fixture(scope="module")
def tables(folder):
    """All files of the release by relative path."""
    paths = sorted(folder.glob("*/*/*.parquet"))
    return {path.relative_to(folder).as_posix(): pq.read_table(path) for path in paths}


def light_curve(tables, oid):
    """Row of one object as a dictionary."""
    table = tables[channel_of_oid(oid).path("demo")]
    row = np.flatnonzero(table["objectid"].to_numpy() == oid)
    assert len(row) == 1
    return table.slice(row[0], 1).to_pylist()[0]


def good(curve):
    """Good epochs of a light curve: hmjd, mag, magerr."""
    keep = np.array(curve["catflags"]) == 0
    return [np.array(curve[name])[keep] for name in ("hmjd", "mag", "magerr")]


def all_objects(tables):
    """OID, right ascension and declination (deg) of all objects."""
    names = ("objectid", "objra", "objdec")
    return [np.concatenate([t[name].to_numpy() for t in tables.values()]) for name in names]


def separation(ra, dec, ra0, dec0):
    """Small angle in arcsec."""
    east = (np.asarray(ra, float) - ra0) * np.cos(np.radians(dec0))
    return np.hypot(east, np.asarray(dec, float) - dec0) * 3600


def test_files_are_those_of_the_manifest(folder):
    known = manifest.read_manifest(DEMO / "manifest.csv")
    assert {p.relative_to(folder).as_posix() for p in folder.glob("*/*/*")} == {
        entry.path for entry in known
    }
    assert manifest.is_complete(folder, known)


def test_manifest_counts(tables):
    for entry in manifest.read_manifest(DEMO / "manifest.csv"):
        table = tables[entry.path]
        assert (entry.rows, entry.detections) == (len(table), sum(table["nepochs"].to_pylist()))


def test_size_of_the_release():
    entries = manifest.read_manifest(DEMO / "manifest.csv")
    assert sum(entry.rows for entry in entries) >= 20_000
    assert sum(entry.detections for entry in entries) >= 2_000_000
    assert {name for e in entries for name in FILTERS.values() if f"_{name}_" in e.path} == {
        "zg",
        "zr",
        "zi",
    }


def test_a_second_run_writes_the_same_bytes(folder, tmp_path):
    for channel, sources, exposures, rng in itertools.islice(
        release.channels(DEMO / "stars.csv"), 3
    ):
        path, _, _ = writer.write_channel(tmp_path, "demo", channel, sources, exposures, rng)
        assert path.read_bytes() == (folder / path.relative_to(tmp_path)).read_bytes()


def test_complete_folder_is_left_alone(folder, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["generate.py", "--out", str(folder)])
    monkeypatch.setattr(generate, "generate", lambda out: pytest.fail("generated again"))
    assert generate.main() == 0
    assert "nothing to do" in capsys.readouterr().out


def test_changed_file_is_written_again(folder, tmp_path):
    entries = manifest.read_manifest(DEMO / "manifest.csv")[:1]
    copy = tmp_path / entries[0].path
    copy.parent.mkdir(parents=True)
    content = (folder / entries[0].path).read_bytes()
    copy.write_bytes(content)
    assert manifest.is_complete(tmp_path, entries)
    copy.write_bytes(content[:-1] + b"?")
    assert not manifest.is_complete(tmp_path, entries)


@pytest.mark.skipif(not REAL_FILES, reason="the real DR19 files are not beside the project")
@pytest.mark.parametrize("real", REAL_FILES, ids=lambda path: path.stem)
def test_layout_is_that_of_the_real_file(folder, real):
    ours, theirs = (
        pq.ParquetFile(path)
        for path in (folder / "0/field000202/ztf_000202_zg_c10_q1_demo.parquet", real)
    )
    assert ours.schema_arrow.equals(theirs.schema_arrow, check_metadata=False)
    assert ours.schema_arrow.metadata == theirs.schema_arrow.metadata
    assert str(ours.schema).split("\n")[1:] == str(theirs.schema).split("\n")[1:]
    assert ours.metadata.format_version == theirs.metadata.format_version
    assert ours.metadata.num_row_groups == theirs.metadata.num_row_groups == 1
    for number in range(theirs.metadata.num_columns):
        mine, real_column = (f.metadata.row_group(0).column(number) for f in (ours, theirs))
        assert mine.compression == real_column.compression
        assert set(mine.encodings) <= set(real_column.encodings)
        assert mine.has_dictionary_page == real_column.has_dictionary_page
        assert mine.is_stats_set == real_column.is_stats_set


def test_paths_are_those_of_irsa():
    assert channel_of_oid(202112100000000).path("dr19") == (
        "0/field000202/ztf_000202_zg_c12_q1_dr19.parquet"
    )
    assert channel_of_oid(1518201200000000).path("dr19") == (
        "1/field001518/ztf_001518_zr_c01_q2_dr19.parquet"
    )


def test_rows_agree_with_their_channel(tables):
    for path, table in tables.items():
        oid = table["objectid"].to_numpy()
        channel = channel_of_oid(int(oid[0]))
        assert channel.path("demo") == path
        assert (oid // 10**8 == oid[0] // 10**8).all()
        assert (np.diff(oid) > 0).all() and np.diff(oid).max(initial=2) > 1
        assert (table["__index_level_0__"].to_numpy() == oid % 10**8).all()
        for name in ("filterid", "rcid"):
            assert set(table[name].to_pylist()) == {getattr(channel, name)}
        assert set(table["fieldid"].to_pylist()) == {channel.field}
        inside = contains(channel, table["objra"].to_numpy(), table["objdec"].to_numpy())
        assert inside.mean() > 0.95


def test_lists_are_as_long_as_nepochs_and_sorted(tables):
    for table in tables.values():
        nepochs = table["nepochs"].to_numpy()
        for name in ("hmjd", "mag", "magerr", "clrcoeff", "catflags"):
            column = table[name].combine_chunks()
            assert (column.value_lengths().to_numpy() == nepochs).all()
            assert column.null_count == column.values.null_count == 0
        hmjd = table["hmjd"].combine_chunks().values.to_numpy()
        rising = np.diff(hmjd) > 0
        rising[np.cumsum(nepochs)[:-1] - 1] = True
        assert rising.all()
        assert (hmjd == np.rint(hmjd * 1e5) / 1e5).all()
        magerr = table["magerr"].combine_chunks().values.to_numpy()
        assert np.isfinite(magerr).all() and (magerr > 0).all()


def test_curves_of_a_channel_share_exposures(tables):
    for table in tables.values():
        hmjd = table["hmjd"].combine_chunks().values.to_numpy()
        color = table["clrcoeff"].combine_chunks().values.to_numpy()
        order = np.lexsort((hmjd, color))
        same = np.diff(color[order]) == 0
        gap = np.diff(hmjd[order]) * 86400
        assert gap[same].max() < 12.0
        per_exposure = np.bincount(np.cumsum(np.concatenate([[0], ~same])))
        assert table["nepochs"].to_numpy().max() <= len(per_exposure)


def test_flags_are_realistic(tables):
    flags = np.concatenate(
        [t["catflags"].combine_chunks().values.to_numpy() for t in tables.values()]
    )
    real = {0, 1, 4, 8, 16, 256, 512, 516, 524, 32768, 32769, 32784, 33024, 65535}
    assert set(np.unique(flags).tolist()) == real
    assert 0.07 < (flags >= 32768).mean() < 0.13


def test_faint_objects_have_few_epochs(tables):
    nepochs = np.concatenate([t["nepochs"].to_numpy() for t in tables.values()])
    assert 0.15 < (nepochs <= 3).mean() < 0.6
    assert (nepochs == 1).any() and nepochs.max() > 500


@pytest.mark.parametrize("row", NAMED, ids=lambda row: row["oid"])
def test_named_star_is_there(tables, row):
    curve = light_curve(tables, int(row["oid"]))
    assert separation(curve["objra"], curve["objdec"], float(row["ra"]), float(row["dec"])) < 0.06
    _, mag, magerr = good(curve)
    assert len(mag) >= 5
    if row["class"] not in ("SN", "NOVA", "CV", "AGN", "M_dwarf_flare"):
        mean = float(row[f"mag_{FILTERS[curve['filterid']]}"])
        assert np.mean(mag) == pytest.approx(mean, abs=0.1 + np.median(magerr) / 2)


@pytest.mark.parametrize(
    "row",
    [row for row in NAMED if row["class"] in ("RRAB", "RRC", "EW", "XRB", "EA")],
    ids=lambda row: row["oid"],
)
def test_period_is_recovered(tables, row):
    hmjd, mag, magerr = good(light_curve(tables, int(row["oid"])))
    period = float(row["period"])
    trial = 1 / period * (1 + np.linspace(-1e-3, 1e-3, 801))
    terms = 10 if row["class"] == "EA" else 6
    power = LombScargle(hmjd, mag, magerr, nterms=terms).power(trial, method="chi2")
    assert 1 / trial[np.argmax(power)] == pytest.approx(period, rel=1e-4)
    assert power.max() > 0.8


def test_cone_around_hz_her(tables):
    oid, ra, dec = all_objects(tables)
    near = separation(ra, dec, 254.45755, 35.34236) <= 1.0
    assert set(oid[near].tolist()) == {
        680113300005170,
        680213300009232,
        1722107400005560,
        1722207400009164,
    }


def test_neighbours_of_snad183(tables):
    oid, ra, dec = all_objects(tables)
    center = light_curve(tables, 783109400002438)
    distance = separation(ra, dec, center["objra"], center["objdec"])
    near = np.flatnonzero((distance <= 1.0) & (oid != 783109400002438))
    expected = {
        783209400004246: 0.049,
        783309400005646: 0.132,
        784112400002898: 0.126,
        1818101400001448: 0.132,
        784212400009069: 0.137,
        1818201400002106: 0.137,
        784312400005064: 0.179,
        1819104300001242: 0.237,
        1819204300001997: 0.237,
    }
    found = dict(zip(oid[near].tolist(), distance[near].tolist(), strict=True))
    assert found == pytest.approx(expected, abs=0.002)


def test_twins_of_one_channel(tables):
    first, second = (light_curve(tables, oid) for oid in (794208200041246, 794208200022136))
    place = second["objra"], second["objdec"]
    assert 0 < separation(first["objra"], first["objdec"], *place) < 1.0


def test_outbursts_and_flare(tables):
    hmjd, mag, _ = good(light_curve(tables, 839209300022157))
    bright = hmjd[mag < 18.5]
    assert ((bright > 58395) & (bright < 58415)).any()
    assert ((bright > 59195) & (bright < 59215)).any()
    hmjd, mag, _ = good(light_curve(tables, 437213400043235))
    night = (hmjd > 58347.3) & (hmjd < 58347.4)
    assert night.sum() > 50
    assert np.median(mag) - mag[night].min() > 1.0


def test_many_stars_have_neighbours_in_other_fields(tables):
    _, ra, dec = all_objects({path: table for path, table in tables.items() if "000783_zr" in path})
    _, ra_next, dec_next = all_objects(
        {path: table for path, table in tables.items() if "000784_zr" in path}
    )
    gap = [separation(ra_next, dec_next, *place).min() for place in zip(ra, dec, strict=True)]
    assert (np.array(gap) < 1.0).sum() > 200


def test_release_says_that_it_is_simulated():
    content = tomllib.loads((DEMO / "release.toml").read_text())
    assert content["simulated"] is True
    assert "simulated" in content["title"].lower()
    assert "SIMULATED" in content["description"]
    assert content["layout"] == "bulk-parquet"
