"""Journeys of strangers: from a query to a light curve and an image by links alone.

Nothing of the site is known to them but the address of TAP; every other comes from an answer.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import numpy as np
import pytest
import requests
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table
from astropy.wcs import WCS
from support import service
from support.files import needs_shared
from support.releases import ztfvo
from support.stilts import NoStilts, ensure, java, stilts

from ztfvo.images.products import Image, science_path

HZ_HER = 680113300005170
REAL = 604103100006917
MJD_UNIX = 40587

LIGHT_CURVE = {"demo": HZ_HER, "irsa": REAL}
"""A light curve to start from, by release; the query finds it by its position."""


@pytest.fixture(scope="module")
def unpacked():
    """STILTS is there, or the reason why not."""
    try:
        ensure()
        java()
    except NoStilts as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def named_images(site, archive, tmp_path_factory):
    """Simulated image names of all exposures of HZ Her's channel; the archive has some of them.

    Names are as the survey makes them: the date and millionths of the day of the exposure's start.
    """
    ((fieldid, rcid, filterid, ra, dec),) = service.rows(
        "SELECT fieldid, rcid, filterid, ra, dec FROM demo_store.objects WHERE oid = %s", HZ_HER
    )
    exposures = service.rows(
        "SELECT obsmjd, EXISTS (SELECT FROM (SELECT hmjd FROM demo_store.detections WHERE oid = %s"
        "   AND catflags = 0 ORDER BY mag LIMIT 3) d WHERE abs(hmjd - mjd_mid) < 0.01)"
        " FROM demo_store.exposures WHERE (fieldid, rcid, filterid) = (%s, %s, %s)",
        *(HZ_HER, fieldid, rcid, filterid),
    )
    path = tmp_path_factory.mktemp("names") / "names.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["obsjd", "exptime", "filefracday", "field", "ccdid", "qid", "fid"])
        for obsmjd, is_wanted in exposures:
            name = _name_of(obsmjd)
            channel = [fieldid, rcid // 4 + 1, rcid % 4 + 1, filterid]
            table.writerow([f"{obsmjd + 2400000.5:.6f}", 30, name, *channel])
            if is_wanted:
                archive.add(science_path(Image(fieldid, rcid, filterid, name)), ra, dec)
    service.execute(
        "CREATE TABLE IF NOT EXISTS demo_store.exposure_before AS TABLE demo_store.exposure"
    )
    ztfvo("images", "import", "--simulated", path)
    yield
    service.execute(
        "UPDATE demo_store.exposure e SET (obsmjd, obsmjd_source, exptime, exptime_source,"
        " filefracday) = (b.obsmjd, b.obsmjd_source, b.exptime, b.exptime_source, b.filefracday)"
        " FROM demo_store.exposure_before b WHERE b.exposure_id = e.exposure_id"
        " AND e.filefracday IS DISTINCT FROM b.filefracday"
    )
    service.execute("DROP TABLE demo_store.exposure_before")
    service.execute("DELETE FROM ztf_store.image WHERE simulated")
    service.execute("DELETE FROM ztf_store.image_file WHERE simulated")


def _name_of(obsmjd: float) -> int:
    """Date and millionths of the day of a start (MJD, UTC)."""
    millionths = int(obsmjd % 1 * 1e6)
    day = datetime(1970, 1, 1) + timedelta(days=int(obsmjd) - MJD_UNIX)
    return int(f"{day:%Y%m%d}{millionths:06d}")


def query(release: str) -> str:
    """ADQL that finds a light curve of a release by its place on the sky."""
    oid = LIGHT_CURVE[release]
    ((ra, dec),) = service.rows(f"SELECT ra, dec FROM {release}_store.objects WHERE oid = {oid}")
    return (
        f"SELECT TOP 1 * FROM ztf_{release}.objects"
        f" WHERE DISTANCE(ra, dec, {ra}, {dec}) < 2/3600. AND oid = {oid}"
    )


def detections(release: str) -> str:
    """ADQL for the good epochs of a light curve, brightest first."""
    return (
        f"SELECT TOP 3 detection_id, hmjd, mag FROM ztf_{release}.detections"
        f" WHERE oid = {LIGHT_CURVE[release]} AND catflags = 0 ORDER BY mag"
    )


def one(links, semantics: str, words: str = ""):
    """The only link of this meaning whose description has these words."""
    (found,) = [
        link for link in links if link["semantics"] == semantics and words in link["description"]
    ]
    return found


@pytest.fixture(scope="module", params=["demo", pytest.param("irsa", marks=needs_shared)])
def loaded(site, request):
    """Name of a release that is on line."""
    if request.param != "demo":
        request.getfixturevalue("real")
    return request.param


def test_pyvo_goes_from_a_query_to_the_light_curve(loaded, tap):
    (star,) = tap.search(query(loaded))
    this = one(star.getdatalink(), "#this")
    assert this["content_qualifier"] == "#timeseries"
    curve = Table.read(io.BytesIO(this.getdataset().read()), format="votable")
    wanted = tap.search(
        f"SELECT * FROM ztf_{loaded}.detections WHERE oid = {star['oid']} ORDER BY hmjd"
    ).to_table()
    assert len(curve) == len(wanted) == star["nobs"] > 100
    for name in ("hmjd", "mag", "magerr", "clrcoeff", "catflags"):
        assert np.array_equal(np.asarray(curve[name]), np.asarray(wanted[name])), name


def test_pyvo_folds_the_light_curve_by_the_service_in_its_links(loaded, tap):
    (star,) = tap.search(query(loaded))
    processing = star.getdatalink().get_first_proc()
    assert {"PERIOD", "QUANTITY"} <= {one.name for one in processing.input_params}
    answer = processing.process(PERIOD=1.700167, QUANTITY="mag")
    folded = parse(io.BytesIO(answer.read())).get_first_table().array
    assert len(folded) == star["nobs"]
    phase = folded["hmjd"] / 1.700167 % 1
    assert np.abs(phase - folded["phase"]).max() < 1e-9


def test_pyvo_goes_from_a_query_to_images_of_epochs(site, named_images, tap):
    found = tap.search(detections("demo"))
    linked = {links.original_row["detection_id"]: links for links in found.iter_datalinks()}
    assert set(linked) == {row["detection_id"] for row in found}
    for row in found:
        links = linked[row["detection_id"]]
        epoch = parse(io.BytesIO(one(links, "#this").getdataset().read())).get_first_table().array
        assert (epoch["hmjd"], epoch["mag"]) == (row["hmjd"], row["mag"])
        science = one(links, "#progenitor", "Science image").getdataset().read()
        check_whole_image(science, *place("demo"))


def check_whole_image(content: bytes, ra: float, dec: float) -> None:
    """A FITS image in the archive's own projection, with a position in its middle."""
    with fits.open(io.BytesIO(content)) as hdus:
        header, pixels = hdus[0].header, hdus[0].data
    assert header["CTYPE1"] == "RA---TPV"
    middle = [(length - 1) / 2 for length in reversed(pixels.shape)]
    assert WCS(header).all_world2pix(ra, dec, 0) == pytest.approx(middle, abs=1)


def check_cutout(content: bytes, ra: float, dec: float) -> None:
    """A small FITS image in a plain projection, with a bright source at a position."""
    with fits.open(io.BytesIO(content)) as hdus:
        header, pixels = hdus[0].header, hdus[0].data
    assert header["CTYPE1"] == "RA---TAN"
    x, y = np.round(np.ravel(WCS(header).all_world2pix(ra, dec, 0))).astype(int)
    assert pixels[y, x] > np.nanmedian(pixels) + 20 * np.nanmedian(np.abs(np.diff(pixels)))


def place(release: str) -> tuple[float, float]:
    """Position of a release's light curve, ICRS, deg."""
    query = f"SELECT ra, dec FROM {release}_store.objects WHERE oid = %s"
    return service.rows(query, LIGHT_CURVE[release])[0]


def test_links_of_many_detections_are_those_of_each(site, named_images, tap):
    found = tap.search(
        f"SELECT detection_id FROM ztf_demo.detections WHERE oid = {HZ_HER} ORDER BY hmjd"
    )
    counts = {links.original_row["detection_id"]: len(links) for links in found.iter_datalinks()}
    assert len(counts) == len(found) > 300
    assert set(counts.values()) == {19}


@pytest.fixture(scope="module")
def real_images(real, archive):
    """The archive has the images of the real light curve's brightest epochs: path by HMJD."""
    names = service.rows(
        "SELECT e.filefracday, d.hmjd FROM irsa_store.detections d JOIN irsa_store.exposures e"
        " ON e.clrcoeff = d.clrcoeff AND abs(e.mjd_mid - d.hmjd) < 0.006"
        " WHERE d.oid = %s AND d.catflags = 0 AND (e.fieldid, e.rcid, e.filterid) = (604, 8, 1)"
        " ORDER BY d.mag LIMIT 3",
        REAL,
    )
    paths = {hmjd: science_path(Image(604, 8, 1, day)) for day, hmjd in names}
    for path in paths.values():
        archive.add(path, *place("irsa"))
    return paths


@needs_shared
def test_epochs_of_a_real_light_curve_lead_to_their_true_images(real_images, tap):
    for row in tap.search(detections("irsa")):
        links = row.getdatalink()
        science = one(links, "#progenitor", "Science image")
        assert science["access_url"].endswith(f"/archive/{real_images[row['hmjd']]}")
        check_whole_image(science.getdataset().read(), *place("irsa"))
        check_cutout(one(links, "#cutout", "plain TAN").getdataset().read(), *place("irsa"))
        assert one(links, "#preview").getdataset().read().startswith(b"\x89PNG")


def descriptors(path) -> dict[str, tuple[str, str]]:
    """Address and column of each links service that a result of TAP describes, by name."""
    described = {}
    for resource in parse(path).resources:
        if resource.utype == "adhoc:service":
            address = {param.name: param.value for param in resource.params}["accessURL"]
            (identifier,) = [entry for entry in resource.groups[0].entries if entry.name == "ID"]
            described[resource.name] = address, identifier.ref
    return described


def csv_rows(*words: str) -> list[dict[str, str]]:
    """Rows of a table that STILTS gives."""
    outcome = stilts(*words, "ofmt=csv")
    assert outcome.status == 0, outcome.err
    return list(csv.DictReader(io.StringIO(outcome.out)))


def ask_tap(site: str, adql: str, path):
    """Keep the answer of TAP to a query as it comes."""
    answer = requests.get(f"{site}/tap/sync", params={"LANG": "ADQL", "QUERY": adql}, timeout=60)
    path.write_bytes(answer.content)
    return path


def test_stilts_goes_from_a_query_to_the_light_curve(loaded, unpacked, site, tmp_path):
    result = ask_tap(site, query(loaded), tmp_path / "result.vot")
    address, column = descriptors(result)["links"]
    (star,) = csv_rows("tpipe", f"in={result}", "ifmt=votable")
    (this,) = csv_rows(
        "tpipe",
        f"in={address}?ID={star[column]}",
        "ifmt=votable",
        "cmd=select 'semantics==\"#this\"'",
    )
    (counted,) = csv_rows(
        "tpipe", f"in={this['access_url']}", "ifmt=votable", "omode=out", "cmd=stats NGood"
    )[:1]
    assert int(counted["NGood"]) == int(star["nobs"]) > 100


def test_stilts_goes_from_a_query_to_an_image(unpacked, site, named_images, tmp_path):
    check_whole_image(*image_by_stilts(site, "demo", tmp_path, "#progenitor", "Science image"))


@needs_shared
def test_stilts_goes_from_a_query_to_a_real_cutout(unpacked, site, real_images, tmp_path):
    check_cutout(*image_by_stilts(site, "irsa", tmp_path, "#cutout", "plain TAN"))


def image_by_stilts(site: str, release: str, folder, semantics: str, words: str):
    """An image of the brightest epoch, and the position that shall be in it."""
    result = ask_tap(site, detections(release), folder / "result.vot")
    address, column = descriptors(result)["images"]
    first = csv_rows("tpipe", f"in={result}", "ifmt=votable")[0]
    wanted = f'semantics=="{semantics}" && contains(description, "{words}")'
    (image,) = csv_rows(
        "tpipe", f"in={address}?ID={first[column]}", "ifmt=votable", f"cmd=select '{wanted}'"
    )
    return requests.get(image["access_url"], timeout=60).content, *place(release)
