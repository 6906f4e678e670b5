"""Images of epochs on the object page, from a stand-in of the archive."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import numpy as np
import pytest
from astropy.io import fits
from playwright.sync_api import Page, expect
from support import service
from support.images import forgotten, simulated_images
from support.object_page import query_of

from ztfvo.images.products import Image, reference_path, science_path
from ztfvo.oid import split

OID = service.HZ_HER_OIDS[0]
PARTS = split(OID)
CHANNEL = PARTS.fieldid, PARTS.rcid, PARTS.filterid
AWAY = ("status of 404", "status of 503")
"""No service outside answers, and of most epochs the archive has no image."""
PIXELS = """() => {
  const canvas = document.querySelector("#epoch canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [...data].filter((_, at) => at % 4 === 0);
}"""


@pytest.fixture(scope="module")
def epochs(site, archive, tmp_path_factory):
    """The first three epochs by time, whose images the archive has: science, difference, and the
    reference."""
    archive.recover()
    with forgotten(), simulated_images(OID, tmp_path_factory.mktemp("images")) as named:
        rows = service.rows(
            "SELECT hmjd FROM demo_store.detections WHERE oid = %s ORDER BY 1 LIMIT 3", OID
        )
        times = [row[0] for row in rows]
        for hmjd in times:
            middle = min(named, key=lambda time: abs(time - hmjd))
            image = Image(*CHANNEL, named[middle])
            for suffix in ("sciimg.fits", "scimrefdiffimg.fits.fz"):
                archive.add(science_path(image, suffix), *service.HZ_HER)
        channel = PARTS.fieldid, PARTS.filterid, PARTS.ccdid, PARTS.qid
        archive.add(reference_path(*channel, "refimg.fits"), *service.HZ_HER)
        yield times


@pytest.fixture
def view(visit, others, epochs):
    """A function that opens the page with the image of an epoch."""

    def go(number: int = 0, **options) -> Page:
        query = f"?SHOW={OID}-{epochs[number]:.5f}"
        page = visit(f"/view/{OID}{query}", expected=AWAY, **options)
        expect(page.locator("#epoch .said")).to_contain_text(f"HMJD {epochs[number]:.5f}, ")
        return page

    return go


def test_the_image_that_the_address_names_is_shown_with_the_object_in_its_middle(view):
    page = view()
    tones = np.reshape(page.evaluate(PIXELS), (300, 300))
    middle, corner = tones[140:160, 140:160], tones[10:30, 10:30]
    assert middle.max() == 255  # the star, and the marker beside it
    assert corner.mean() < 0.6 * middle.mean()


def test_each_kind_of_image_is_another_and_is_what_the_service_cuts_out(view, ask, epochs):
    page = view()
    seen = {"Science": page.evaluate(PIXELS)}
    for kind in ("Difference", "Reference"):
        page.get_by_role("button", name=kind).click()
        expect(page.locator("#epoch .said")).to_contain_text(f"{kind} image")
        seen[kind] = page.evaluate(PIXELS)
        answer = ask(f"/epoch/{OID}/{epochs[0]:.5f}/cutout.fits", IMAGE=kind.lower())
        with fits.open(io.BytesIO(answer.content)) as hdus:
            assert np.isfinite(hdus[0].data).any()
    assert seen["Science"] != seen["Difference"] != seen["Reference"]


def test_the_stretch_changes_the_picture_and_the_zoom_enlarges_it(view):
    page = view()
    before = page.evaluate(PIXELS)
    page.get_by_label("Stretch").select_option("log")
    stretched = page.evaluate(PIXELS)
    page.get_by_role("button", name="Larger").click()
    zoomed = page.evaluate(PIXELS)
    assert sum(stretched) > sum(before)  # a logarithm lifts what is faint
    assert zoomed != stretched


def test_later_and_earlier_step_through_the_images(view, epochs):
    page = view()
    page.get_by_role("button", name="Later").click()
    expect(page.locator("#epoch .said")).to_contain_text(f"HMJD {epochs[1]:.5f}")
    assert query_of(page)["SHOW"] == [f"{OID}-{epochs[1]:.5f}"]
    page.get_by_role("button", name="Earlier").click()
    expect(page.locator("#epoch .said")).to_contain_text(f"HMJD {epochs[0]:.5f}")


def test_two_epochs_are_shown_in_turn(view, epochs):
    page = view()
    page.get_by_role("button", name="Blink").click()
    expect(page.locator("#epoch .said")).to_contain_text("Choose two epochs")
    page.get_by_role("button", name="Later").click()
    expect(page.locator("#epoch .said")).to_contain_text(f"HMJD {epochs[1]:.5f}")
    page.get_by_role("button", name="Blink").click()
    for number in (0, 1, 0):
        expect(page.locator("#epoch .said")).to_contain_text(f"HMJD {epochs[number]:.5f}")
    page.get_by_role("button", name="Blink").click()


def test_the_film_shows_what_images_there_are_and_counts_the_others(view):
    page = view()
    page.get_by_role("button", name="Film").click()
    expect(page.locator("#epoch .said")).to_contain_text("without an image")
    film = page.get_by_role("button", name="Film")
    expect(film).to_have_attribute("aria-pressed", "true")
    film.click()
    expect(film).to_have_attribute("aria-pressed", "false")


def test_links_lead_to_the_files_of_the_epoch(view, ask):
    page = view()
    links = page.locator("#epoch .links a")
    expect(links).to_have_count(5)
    named = {link.inner_text(): urlsplit(link.get_attribute("href")).path for link in links.all()}
    assert ask(named["Cutout (FITS)"]).headers["Content-Type"] == "image/fits"
    assert named["Exposure"].startswith("/archive/sci/")
    page.get_by_role("link", name="Open in JS9").click()
    expect(page.locator("#image-said")).to_have_text("")
    expect(page.locator(".JS9 canvas").first).to_be_visible()


@pytest.mark.parametrize(
    "file", ["", "https://example.org/x.fits", "//x/epoch/1/2/c.fits", "/lc/1"]
)
def test_only_images_of_this_site_are_opened(ask, file):
    answer = ask("/image", FILE=file)
    assert answer.status_code == 400
    assert "is not an image of this site" in answer.text
