"""Names of images: imported, learned from light curves, asked for, and read from listings."""

from __future__ import annotations

import itertools
import os
import socket
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from support.files import api_row, bulk_rows, needs_shared, write_api, write_bulk
from support.image_archive import Holdings, Mirror
from support.images import forgotten, refinish, remembered, write_csv
from support.irsa_tap import IrsaTap, error
from support.pairs import metadata, middles, pairs, write_light_curves
from support.releases import temporary_release

from ztfvo.errors import HTTPError
from ztfvo.images import finder, irsa, listing
from ztfvo.images.finder import find
from ztfvo.images.load import import_file
from ztfvo.images.memory import Images, remember
from ztfvo.images.products import name_mjd, night_folder, science_path
from ztfvo.store.names import schema_of
from ztfvo.times import whole_seconds


@pytest.fixture(scope="module")
def paired_release(database, tmp_path_factory):
    """A release that is not simulated, with the epochs of all pairs and no names of images.

    The table `unnamed` of its connection has its exposures as they are then.
    """
    root = tmp_path_factory.mktemp("paired")
    with temporary_release(f"pairs{os.getpid()}", root, simulated=False) as made, forgotten():
        made.ingest(write_light_curves(root / "pairs.parquet"))
        made.connection.execute(f"CREATE TEMP TABLE unnamed AS TABLE {exposures(made)}")
        yield made


@pytest.fixture
def paired(paired_release, memory):
    """The release of the pairs, when nothing is known of images."""
    table = exposures(paired_release)
    for statement in (
        f"DELETE FROM {table} WHERE exposure_id IN"
        f" (SELECT exposure_id FROM (TABLE {table} EXCEPT TABLE unnamed) AS changed)",
        f"INSERT INTO {table} (TABLE unnamed EXCEPT TABLE {table})",
    ):
        paired_release.connection.execute(statement)
    for pause in (irsa.pause, listing.pause):
        pause.end()
    finder._unknown.clear()
    return paired_release


@pytest.fixture
def outside(monkeypatch, paired):
    """Stand-ins of IRSA and of the archive that know nothing yet, and the finder asking them."""
    archive = Mirror(Holdings(), free_port(), "/archive/")
    archive.start()
    with IrsaTap() as tap:
        settings = paired.settings.model_copy(
            update={"irsa_url": tap.url, "listen": "127.0.0.1", "port": archive.port}
        )
        monkeypatch.setattr(finder, "get_settings", lambda: settings)
        yield tap, archive
    archive.stop()


def exposures(release):
    """The table of a release's exposures."""
    return f"{schema_of(release.name)}.exposure"


def free_port():
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def names_of_pairs(release):
    """filefracday of each pair's exposure: the nearest of its channel, by its HMJD."""
    by_channel = defaultdict(list)
    for *channel, middle, name in release.rows(
        "SELECT fieldid, rcid, filterid, mjd_mid, filefracday FROM exposure ORDER BY mjd_mid"
    ):
        by_channel[tuple(channel)].append((middle, name))
    tables = {channel: list(zip(*rows, strict=True)) for channel, rows in by_channel.items()}
    names = []
    for pair, middle in zip(pairs(), middles(), strict=True):
        times, found = tables[pair.image.fieldid, pair.image.rcid, pair.image.filterid]
        names.append(found[int(np.argmin(np.abs(np.array(times) - middle)))])
    return names


def some(number):
    """Pairs spread over all of them, those with other exposure times and late names among them."""
    odd = [
        pair
        for pair in pairs()
        if pair.exptime != 30 or pair.obsmjd - name_mjd(pair.image.filefracday) > 60 / 86400
    ]
    return [*pairs()[:: len(pairs()) // number], *odd[:: max(1, len(odd) // 10)]]


@needs_shared
def test_imported_metadata_name_the_image_of_every_recorded_pair(paired, memory, tmp_path):
    assert set(names_of_pairs(paired)) == {None}
    with pytest.raises(HTTPError, match="not known yet"):
        find(paired.name, pairs()[0].oid, pairs()[0].hmjd, ask=False)
    path = write_csv(tmp_path / "all.csv", metadata(list(pairs())))
    assert import_file(memory, path, simulated=False) == 23_935
    assert names_of_pairs(paired) == [pair.image.filefracday for pair in pairs()]
    for pair in some(200):
        found = find(paired.name, pair.oid, f"{pair.hmjd:.5f}", ask=False)
        assert science_path(found.image) == pair.path
        assert (found.source, found.moment.hmjd, found.exptime) == (
            "metadata",
            pair.hmjd,
            pair.exptime,
        )
        assert found.obsmjd == pytest.approx(pair.obsmjd, abs=6e-8)
        middle = pair.obsmjd + pair.exptime / 2 / 86400
        assert found.mjd_mid == pytest.approx(middle, abs=0.6 / 86400)
    counts = paired.rows(
        "SELECT obsmjd_source, exptime_source, count(*) FROM exposure GROUP BY 1, 2"
    )
    assert counts == [("observed", "observed", 23_935)]


@needs_shared
def test_names_stay_when_exposures_are_made_again(paired, memory, tmp_path):
    import_file(memory, write_csv(tmp_path / "all.csv", metadata(list(pairs()))), simulated=False)
    before = paired.content()
    refinish(paired)
    assert paired.content() == before
    assert names_of_pairs(paired) == [pair.image.filefracday for pair in pairs()]


@needs_shared
def test_irsa_names_the_image_of_every_recorded_pair():
    tap = IrsaTap()
    for row in metadata(list(pairs())):
        tap.add(**row)
    wrong = []
    for pair, middle in zip(pairs(), middles(), strict=True):
        channel = pair.image.fieldid, pair.image.rcid, pair.image.filterid
        body = tap.answer(irsa.question(*channel, float(middle)))
        match = irsa.choose(body, *channel, float(middle))
        if match is None or (match.image, match.exptime) != (pair.image, pair.exptime):
            wrong.append(pair)
    assert wrong == []


@needs_shared
def test_listings_name_the_image_of_every_recorded_pair():
    nights = defaultdict(set)
    for pair in pairs():
        nights[night_folder(pair.obsmjd)].add(pair.path.split("/")[3])
    pages = {
        night: "".join(f'<a href="{name}/">{name}/</a>\n' for name in names)
        for night, names in nights.items()
    }
    wrong = []
    for pair, middle in zip(pairs(), middles(), strict=True):
        night = night_folder(float(middle))
        if listing.choose(night, pages[night], float(middle)) != pair.image.filefracday:
            wrong.append(pair)
    assert wrong == []
    assert len(nights) > 1000


@needs_shared
def test_irsa_is_asked_once_for_an_exposure_and_its_answer_kept(paired, outside, memory):
    tap, archive = outside
    chosen = some(30)
    for row in metadata(chosen):
        tap.add(**row)
    for pair in chosen:
        found = find(paired.name, pair.oid, pair.hmjd)
        assert science_path(found.image) == pair.path
        assert (found.source, found.exptime) == ("irsa", pair.exptime)
    assert len(tap.queries) == len(set(chosen))
    again = [find(paired.name, pair.oid, pair.hmjd, ask=False) for pair in chosen]
    assert [science_path(found.image) for found in again] == [pair.path for pair in chosen]
    assert {found.source for found in again} == {"irsa"}
    assert archive.requests == []
    named = paired.rows(
        "SELECT count(*), count(*) FILTER (WHERE obsmjd_source = 'observed') FROM exposure"
        " WHERE filefracday IS NOT NULL"
    )
    assert named == [(len(set(chosen)), len(set(chosen)))]


@needs_shared
@pytest.mark.parametrize("how", ["empty", "error with status 200", "status 500", "no table"])
def test_listing_answers_where_irsa_does_not(how, paired, outside, memory):
    tap, archive = outside
    tap.body = {
        "empty": None,
        "error with status 200": error("Column programid not found"),
        "status 500": "sorry",
        "no table": "<html>maintenance</html>",
    }[how]
    tap.status = 500 if how == "status 500" else 200
    chosen = some(12)
    archive.holdings.files = dict.fromkeys((pair.path for pair in chosen), b"")
    for pair in chosen:
        found = find(paired.name, pair.oid, pair.hmjd)
        assert science_path(found.image) == pair.path
        assert (found.source, found.obsmjd_source) == ("listing", "estimated")
    assert len(tap.queries) == (len(set(chosen)) if how == "empty" else 1)
    kept = {row[3]: row for row in remembered(memory)}
    for pair in set(chosen):
        lead = pair.obsmjd + pair.exptime / 2 / 86400 - name_mjd(pair.image.filefracday)
        assert (pair.image.filefracday in kept) == (lead < listing.NEAR / 86400)
    assert {row[7] for row in kept.values()} == {"listing"}


@needs_shared
def test_what_metadata_say_takes_the_place_of_a_listing(paired, outside, memory):
    _, archive = outside
    pair = next(pair for pair in pairs() if pair.exptime == 30)
    archive.holdings.files = {pair.path: b""}
    assert find(paired.name, pair.oid, pair.hmjd).source == "listing"
    estimated = find(paired.name, pair.oid, pair.hmjd, ask=False)
    assert (estimated.obsmjd_source, estimated.exptime_source) == ("estimated", "assumed")
    with memory.transaction():
        images = Images(
            *(np.array([value]) for value in (pair.image.fieldid, pair.image.rcid)),
            filterid=np.array([pair.image.filterid]),
            filefracday=np.array([pair.image.filefracday]),
            obsmjd=np.array([pair.obsmjd]),
            exptime=np.array([pair.exptime]),
        )
        remember(memory, [images], "metadata", simulated=False)
    found = find(paired.name, pair.oid, pair.hmjd, ask=False)
    assert (found.source, found.obsmjd_source) == ("metadata", "observed")
    assert found.obsmjd == pytest.approx(pair.obsmjd, abs=1e-9)


@needs_shared
def test_image_whose_folder_is_missing_is_not_taken_from_an_exposure_before(
    paired, outside, memory
):
    """Even where that is of the same channel, on the same night, and near."""
    _, archive = outside
    by_channel = defaultdict(list)
    for pair in sorted(pairs(), key=lambda pair: pair.obsmjd):
        by_channel[pair.image.fieldid, pair.image.rcid, pair.image.filterid].append(pair)
    gap, earlier, later = min(
        (two[1].obsmjd - two[0].obsmjd, *two)
        for group in by_channel.values()
        for two in itertools.pairwise(group)
    )
    assert gap < 60 / 86400
    archive.holdings.files = {earlier.path: b""}
    with pytest.raises(HTTPError, match="lists no image") as refused:
        find(paired.name, later.oid, later.hmjd)
    assert refused.value.status == 404
    assert science_path(find(paired.name, earlier.oid, earlier.hmjd).image) == earlier.path
    asked = len(archive.requests)
    with pytest.raises(HTTPError, match="lists no image"):
        find(paired.name, later.oid, later.hmjd)
    assert len(archive.requests) == asked


@needs_shared
def test_folder_without_the_channel_and_night_without_earlier_names_give_no_image(paired, outside):
    _, archive = outside
    first, second = pairs()[0], pairs()[1]
    other = first.path.replace(f"_{first.image.fieldid:06d}_", "_000999_")
    late = second.path.replace(second.path.split("/")[3], "999999")
    archive.holdings.files = {other: b"", late: b""}
    for pair in (first, second):
        with pytest.raises(HTTPError, match="lists no image") as refused:
            find(paired.name, pair.oid, pair.hmjd)
        assert refused.value.status == 404


@needs_shared
def test_silent_archive_is_503_and_is_left_alone_for_a_while(paired, outside, monkeypatch):
    tap, archive = outside
    tap.status, archive.status = 500, 502
    pair = pairs()[0]
    for _ in range(3):
        with pytest.raises(HTTPError, match="cannot be asked now") as refused:
            find(paired.name, pair.oid, pair.hmjd)
        assert refused.value.status == 503
    assert (len(tap.queries), len(archive.requests)) == (1, 1)
    tap.status = 200
    tap.add(**metadata([pair])[0])
    irsa.pause.end()
    assert find(paired.name, pair.oid, pair.hmjd).source == "irsa"


@needs_shared
def test_many_requests_for_one_exposure_ask_irsa_once(paired, outside):
    tap, _ = outside
    tap.delay = 0.3
    pair = pairs()[0]
    tap.add(**metadata([pair])[0])
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: find(paired.name, pair.oid, pair.hmjd), range(6)))
    assert {science_path(each.image) for each in found} == {pair.path}
    assert len(tap.queries) == 1


@needs_shared
def test_slow_irsa_is_not_waited_for(paired, outside, monkeypatch):
    tap, archive = outside
    tap.delay = 5
    monkeypatch.setattr(irsa, "SECONDS", 0.2)
    pair = pairs()[0]
    archive.holdings.files = {pair.path: b""}
    assert find(paired.name, pair.oid, pair.hmjd).source == "listing"
    assert "took more than 0.2 s" in irsa.pause.reason


@pytest.mark.parametrize(
    "body",
    [
        "",
        "filefracday,obsjd,exptime\n20190314432616,nan,30\n",
        "filefracday,obsjd,exptime\n20190314432616\n",
        "filefracday,obsjd,exptime\nx,2458556.932616,30\n",
        "filefracday,obsjd,exptime\n20191414432616,2458556.932616,30\n",
        error("no <b>such</b> table & more"),
    ],
)
def test_malformed_answer_of_irsa_is_no_answer(body):
    with pytest.raises(irsa.NoAnswer, match="IRSA answers"):
        irsa.choose(body, 633, 27, 2, 58556.432616 + 15 / 86400)


def test_irsa_row_of_another_exposure_is_not_taken():
    body = "filefracday,obsjd,exptime\n20190314432616,2458556.9326160,30\n"
    middle = 58556.432616 + 15 / 86400
    assert irsa.choose(body, 633, 27, 2, middle).image.filefracday == 20190314432616
    assert irsa.choose(body, 633, 27, 2, middle + 2.5 / 86400) is None
    assert irsa.choose("filefracday,obsjd,exptime\n", 633, 27, 2, middle) is None


@pytest.mark.parametrize(
    ("name", "seconds", "chosen"),
    [
        ("start rounded up", [0.043], 0),
        ("next command after read-out", [-10, 38], 0),
        ("long exposure", [-118 - 135], 0),
        ("much too early", [-400], None),
        ("only later", [40, 80], None),
        ("nothing", [], None),
    ],
)
def test_latest_name_before_the_middle_is_chosen(name, seconds, chosen):
    start = 58556.432616
    names = [round((start + s / 86400) % 1 * 1e6) for s in seconds]
    page = "".join(f"<a href='/x/2019/0314/{number:06d}/'>d</a>" for number in names)
    found = listing.choose("sci/2019/0314/", page, start + 15 / 86400)
    assert found == (None if chosen is None else 20190314 * 10**6 + names[chosen])


def test_names_of_light_curves_are_remembered_for_other_releases(
    memory, api_release, tmp_path, release
):
    image = {"mjd": "58204.122", "hjd": "2458204.6234567", "filefracday": 20180327121990}
    api_release.ingest(write_api(tmp_path / "a.csv", api_row(**image)))
    assert remembered(memory) == [(604, 8, 1, 20180327121990, 58204.122, 30.0, True, "lightcurve")]
    rows = bulk_rows()
    rows |= {"objectid": [604103100006917, 604103100006918], "fieldid": [604] * 2, "rcid": [8] * 2}
    rows |= {"objra": [30.3633, 30.36], "objdec": [23.8314, 23.83]}
    rows["hmjd"] = [[58204.12345, 58204.16346, 59000.5], [58300.25]]
    release.ingest(write_bulk(tmp_path / "b.parquet", rows))
    (middle, *unnamed), *_ = release.rows(
        "SELECT mjd_mid, filefracday, obsmjd_source FROM exposure ORDER BY mjd_mid"
    )
    assert unnamed == [None, "estimated"]
    start = float(whole_seconds(middle - 15 / 86400)) - 1 / 86400
    memory.execute("UPDATE ztf_store.image SET obsmjd = %s", (start,))
    refinish(release)
    found = release.rows(
        "SELECT filefracday, obsmjd, obsmjd_source, exptime_source FROM exposure ORDER BY mjd_mid"
    )
    assert found[0] == (20180327121990, start, "observed", "observed")
    assert {row[0] for row in found[1:]} == {None}
