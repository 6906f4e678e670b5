"""The finder: from an epoch to its image, over HTTP."""

from __future__ import annotations

import io
import os
from urllib.parse import urlsplit

import numpy as np
import pytest
import requests
from astropy.io import fits
from astropy.io.votable import parse
from support import service
from support.files import needs_shared
from support.images import forgotten, simulated_images, write_csv
from support.irsa_tap import IrsaTap
from support.pairs import metadata, pairs, positions, write_light_curves
from support.releases import temporary_release, ztfvo
from support.service import HZ_HER, HZ_HER_OIDS
from support.stilts import stilts

from ztfvo.images.products import (
    REFERENCE,
    SCIENCE,
    Image,
    folder,
    raw_path,
    reference_path,
    science_path,
)
from ztfvo.oid import split
from ztfvo.settings import get_settings
from ztfvo.times import heliocentric_orbit, mid_exposure

OID = HZ_HER_OIDS[0]
PARTS = split(OID)
CHANNEL = (PARTS.fieldid, PARTS.rcid, PARTS.filterid)


@pytest.fixture(scope="module")
def irsa(site):
    """The stand-in of IRSA's TAP service, at the address that the site asks."""
    address = urlsplit(get_settings().irsa_url)
    if address.hostname != "127.0.0.1":
        pytest.fail("ZTFVO_IRSA_URL names no stand-in: run the tests with scripts/test.")
    with IrsaTap(address.port) as started:
        yield started


@pytest.fixture(scope="module")
def named(site, tmp_path_factory):
    """Simulated images of all exposures of the OID's channel: name by middle of the exposure."""
    with simulated_images(OID, tmp_path_factory.mktemp("images")) as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def own_images(site):
    """Images that other tests made known are put aside."""
    with forgotten():
        yield


@pytest.fixture(scope="module")
def epochs(site):
    """HMJD, mag, magerr and catflags of the OID's epochs in order of time."""
    return service.rows(
        "SELECT hmjd, mag, magerr, catflags FROM demo_store.detections WHERE oid = %s ORDER BY 1",
        OID,
    )


@pytest.fixture(scope="module")
def real(site, tmp_path_factory):
    """A release with the recorded epochs that is not simulated; the images of most are known."""
    root = tmp_path_factory.mktemp("real")
    left_out = set(unknown())
    known = [pair for pair in pairs() if pair not in left_out]
    path = write_csv(root / "real.csv", metadata(known))
    with temporary_release(f"finder{os.getpid()}", root, simulated=False) as release:
        release.ingest(write_light_curves(root / "pairs.parquet"))
        ztfvo("images", "import", path)
        yield release
    service.execute("DELETE FROM ztf_store.image_file WHERE path = %s", str(path))
    service.execute(
        "DELETE FROM ztf_store.image WHERE NOT simulated AND source <> 'lightcurve'"
        " AND filefracday = ANY(%s)",
        [pair.image.filefracday for pair in pairs()],
    )


def unknown():
    """Pairs whose images are not imported: three that IRSA has, and one that it does not."""
    return [*[pair for pair in pairs() if pair.exptime != 30][:3], pairs()[7]]


def expected(named, hmjd):
    """The image of an epoch of the OID, by its time alone."""
    ra, dec = np.radians(HZ_HER)
    direction = np.array([[np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)]])
    times = np.array([hmjd])
    (middle,) = mid_exposure(times, direction, heliocentric_orbit(times))
    nearest = min(named, key=lambda time: abs(time - middle))
    assert abs(nearest - middle) < 1 / 86400
    return Image(*CHANNEL, named[nearest])


def paths(document, group):
    """Path below the site of each link of a group, by name."""
    return {name: urlsplit(link["url"]).path for name, link in document[group].items()}


@needs_shared
def test_every_epoch_leads_to_its_own_image_and_to_all_its_products(site, ask, real):
    for pair in pairs()[1000::4000]:
        own = f"/{real.name}/epoch/{pair.oid}/{pair.hmjd}"
        document = ask(own).json()
        image = pair.image
        channel = image.fieldid, image.filterid, image.ccdid, image.qid
        assert paths(document, "science") == {
            suffix: f"/archive/{science_path(image, suffix)}" for suffix in SCIENCE
        }
        assert paths(document, "science")["sciimg.fits"] == f"/archive/{pair.path}"
        assert paths(document, "reference") == {
            suffix: f"/archive/{reference_path(*channel, suffix)}" for suffix in REFERENCE
        }
        assert paths(document, "raw") == {"raw.fits.fz": f"/archive/{raw_path(image)}"}
        assert paths(document, "folder") == {"folder": f"/archive/{folder(image)}"}
        assert paths(document, "cutout") == {
            "archive.fits": f"/archive/{pair.path}",
            "cutout.fits": f"{own}/cutout.fits",
            "cutout.png": f"{own}/cutout.png",
        }
        assert document["cutout"]["archive.fits"]["url"].startswith(f"{site}/archive/")
        assert (document["oid"], document["hmjd"]) == (pair.oid, pair.hmjd)
        assert document["filefracday"] == image.filefracday
        assert (document["source"], document["simulated"]) == ("metadata", False)
        assert (document["obsmjd_source"], document["exptime"]) == ("observed", pair.exptime)
        assert document["obsmjd"] == pytest.approx(pair.obsmjd, abs=6e-8)
        assert document["time_frames"]["hmjd"]["reference_position"] == "HELIOCENTER"
        assert document["time_frames"]["obsmjd"]["reference_position"] == "TOPOCENTER"


@needs_shared
def test_votable_says_what_json_says_and_is_valid(ask, real, tmp_path):
    address = f"/{real.name}/epoch/{pairs()[0].oid}/{pairs()[0].hmjd}"
    document = ask(address).json()
    answer = ask(address, RESPONSEFORMAT="votable")
    assert answer.headers["content-type"] == "application/x-votable+xml"
    resource = parse(io.BytesIO(answer.content)).resources[0]
    (table,) = resource.tables
    for param in table.params:
        assert param.value == document[param.name]
    rows = {(row["group"], row["name"]): row for row in table.to_table()}
    assert len(rows) == len(SCIENCE) + len(REFERENCE) + 5
    for (group, name), row in rows.items():
        link = document[group][name]
        assert row["access_url"] == link["url"]
        assert row["content_type"] == link["content_type"]
    frames = {system.ID: system.refposition for system in resource.time_systems}
    assert frames == {"heliocentric": "HELIOCENTER", "palomar": "TOPOCENTER"}
    references = {param.name: param.ref for param in table.params if param.ref}
    assert references["hmjd"] == "heliocentric"
    assert references["obsmjd"] == references["mjd_mid"] == "palomar"
    path = tmp_path / "epoch.vot"
    path.write_bytes(answer.content)
    found = stilts("votlint", f"votable={path}")
    assert (found.status, found.out.strip(), found.err.strip()) == (0, "", "")


def test_simulated_image_is_said_to_be_simulated(ask, named, epochs):
    for hmjd, *_ in epochs[:: len(epochs) // 8]:
        document = ask(f"/epoch/{OID}/{hmjd}").json()
        assert document["filefracday"] == expected(named, hmjd).filefracday
        assert (document["source"], document["simulated"]) == ("metadata", True)
        assert document["obsmjd"] == pytest.approx(document["mjd_mid"] - 15 / 86400, abs=7e-6)
        assert document["note"].startswith("The epoch was not observed")
        answer = ask(f"/epoch/{OID}/{hmjd}", RESPONSEFORMAT="votable")
        infos = {
            info.name: info.value for info in parse(io.BytesIO(answer.content)).resources[0].infos
        }
        assert infos == {"QUERY_STATUS": "OK", "simulated": "true"}


def test_words_and_identifiers_name_the_same_epochs_as_numbers(ask, named, epochs):
    good = [epoch for epoch in epochs if epoch[3] == 0 and epoch[2] > 0]
    words = {
        "first": epochs[0][0],
        "last": epochs[-1][0],
        "peak": min(good, key=lambda epoch: epoch[1])[0],
    }
    for word, hmjd in words.items():
        by_number = ask(f"/epoch/{OID}/{hmjd}").content
        assert ask(f"/epoch/{OID}/{word}").content == by_number
        assert ask("/epoch", ID=f"{OID}-{hmjd}").content == by_number
        assert ask(f"/epoch/{OID}/{hmjd + 4e-6:.6f}").content == by_number
    named_release, default = (ask(f"{root}/epoch/{OID}/first") for root in ("/demo", ""))
    assert named_release.text == default.text.replace(f"/epoch/{OID}", f"/demo/epoch/{OID}")
    assert ask("/demo/epoch", ID=f"{OID}-{epochs[0][0]}").content == named_release.content


@needs_shared
def test_product_is_a_redirect_into_the_archive_and_can_be_got(site, ask, archive, real):
    pair = pairs()[0]
    own = f"/{real.name}/epoch/{pair.oid}/{pair.hmjd}"
    document = ask(own).json()
    for group in ("science", "raw", "reference", "folder"):
        for name, link in document[group].items():
            answer = ask(f"{own}/{name}")
            assert (answer.status_code, site + answer.headers["location"]) == (302, link["url"])
    archive.add(pair.path, *positions()[pair.oid])
    whole, cut = (
        requests.get(f"{site}{own}/{name}", timeout=60) for name in ("sciimg.fits", "archive.fits")
    )
    for answer in (whole, cut):
        header = fits.getheader(io.BytesIO(answer.content))
        assert f"/{header['FILENAME']}" == pair.path[-len(header["FILENAME"]) - 1 :]
    assert len(cut.content) < len(whole.content)
    for name, kind in (("cutout.fits", "image/fits"), ("cutout.png", "image/png")):
        small, large = (ask(f"{own}/{name}", SIZE=size) for size in (20, 80))
        assert (small.status_code, large.status_code) == (200, 200)
        assert small.headers["content-type"] == large.headers["content-type"] == kind
        assert len(small.content) < len(large.content)


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/epoch", 400, "Ask for /epoch/OID/HMJD"),
        (f"/epoch/{OID}", 400, "Ask for /epoch/OID/HMJD"),
        (f"/epoch/{OID}/58265.5", 404, "has no epoch at HMJD 58265.5; the nearest is 58265.43898."),
        (f"/epoch/{OID}/58265.43900", 404, "the nearest is 58265.43898"),
        (f"/epoch/{OID}/noon", 400, "'noon' is not an HMJD: write a number like"),
        (f"/epoch/{OID}/nan", 400, "'nan' is not an HMJD"),
        (f"/epoch/{OID}/-1", 400, "'-1' is not an HMJD"),
        (f"/epoch/{OID}/1e5", 400, "'1e5' is not an HMJD"),
        (f"/epoch/{'9' * 400}/first", 400, "is not a ZTF OID"),
        (f"/epoch/68011330000517{'%D9%A0'}/first", 400, "is not a ZTF OID"),
        ("/epoch/680513300005170/first", 400, "filter 5 is not in 1 to 3"),
        ("/epoch/680113300099999/first", 404, "Release demo has no light curve 680113300099999."),
        (f"/nope/epoch/{OID}/first", 404, "There is no release 'nope'. There are: demo"),
        (f"/epoch/ztf_store/{OID}/first", 404, "There is no release 'ztf_store'"),
        (f"/epoch/{OID}/first/passwd", 404, "There is no product 'passwd'. There are: sciimg.fits"),
        (f"/epoch/{OID}/first/..%2F..%2Fetc%2Fpasswd", 400, "The address has"),
        (f"/epoch/{OID}/first/sciimg.fits/more", 404, "This is not the address of an epoch"),
        (f"/epoch/{OID}'%3BDROP TABLE x--/first", 400, "is not a ZTF OID"),
        (f"/epoch/x' OR 1=1/{OID}/first", 404, "There is no release"),
        (f"/epoch/{OID}/first?SIZE=60", 400, "SIZE goes with cutout.fits and cutout.png only"),
        (
            f"/epoch/{OID}/first?IMAGE=science",
            400,
            "IMAGE goes with cutout.fits and cutout.png only",
        ),
        (f"/epoch/{OID}/first/cutout.fits?IMAGE=x", 400, "IMAGE=x"),
        (f"/epoch/{OID}/first/cutout.png?SIZE=big", 400, "SIZE='big' is not a number"),
        (f"/epoch/{OID}/first/cutout.png?SIZE=nan", 400, "SIZE nan is not possible"),
        (f"/epoch/{OID}/first/cutout.png?SIZE=1e9", 400, "SIZE 1e+09 is not possible"),
        (f"/epoch/{OID}/first?WIDTH=60", 400, "There is no parameter WIDTH. Known are: ID"),
        (f"/epoch/{OID}/first?RESPONSEFORMAT=csv", 400, "RESPONSEFORMAT='csv' is not known here"),
        (f"/epoch?ID={OID}", 400, "is not of the form OID-HMJD"),
        (f"/epoch?ID={OID}-first&ID={OID}-last", 400, "ID is given 2 times"),
        (f"/epoch/{OID}/first?ID={OID}-first", 400, "The epoch is given twice"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_sentence(ask, named, address, status, said):
    answer = ask(address)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "text/plain; charset=utf-8",
    )
    assert said in answer.text
    assert len(answer.text) < 400


def test_refusal_is_an_error_document_where_a_votable_was_asked_for(ask):
    answer = ask("/epoch", ID="680113300005170-<1>&", RESPONSEFORMAT="votable")
    assert answer.status_code == 400
    info = parse(io.BytesIO(answer.content)).resources[0].infos[0]
    assert (info.name, info.value) == ("QUERY_STATUS", "ERROR")
    assert info.content.startswith("'<1>&' is not an HMJD")


def test_simulated_release_asks_nobody(ask, irsa, archive, site):
    irsa.recover()
    archive.recover()
    other = HZ_HER_OIDS[1]
    answer = ask(f"/epoch/{other}/first")
    assert answer.status_code == 404
    assert "Release demo is simulated" in answer.text
    assert (irsa.queries, archive.targets) == ([], [])


@needs_shared
def test_image_is_asked_for_once_and_found_by_listing_when_irsa_knows_none(
    ask, irsa, archive, real
):
    irsa.recover()
    archive.recover()
    *known, listed = unknown()
    for row in metadata(known):
        irsa.add(**row)
    for _ in range(2):
        for pair in known:
            document = ask(f"/{real.name}/epoch/{pair.oid}/{pair.hmjd}").json()
            assert paths(document, "science")["sciimg.fits"] == f"/archive/{pair.path}"
            assert (document["source"], document["exptime"]) == ("irsa", pair.exptime)
            assert document["obsmjd"] == pytest.approx(pair.obsmjd, abs=6e-8)
    assert len(irsa.queries) == 3
    assert archive.targets == []
    archive.add(listed.path, 0.0, 0.0)
    for _ in range(2):
        document = ask(f"/{real.name}/epoch/{listed.oid}/{listed.hmjd}").json()
        assert paths(document, "science")["sciimg.fits"] == f"/archive/{listed.path}"
        assert (document["source"], document["obsmjd_source"]) == ("listing", "estimated")
    assert len(irsa.queries) == 4
    night, moment = (listed.path.rsplit("/", depth)[0] + "/" for depth in (2, 1))
    assert set(archive.targets) <= {night, moment}, "others were asked for; these may be cached"
