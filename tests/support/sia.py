"""Images that tests of SIA 2 look for, and what looks for them."""

from __future__ import annotations

import io

import pytest
from astropy.io.votable import parse

from ztfvo.images.products import Image, science_path

from . import service
from .images import forgotten
from .outlines import points_in

RA, DEC = service.HZ_HER
HERE = f"CIRCLE {RA} {DEC} 0.001"
CHANNEL = 680, 50
G = Image(*CHANNEL, 1, 20190314432616)
R = Image(*CHANNEL, 2, 20190315432616)
STARTS = {G: 58556.432627, R: 58557.432627}
EXPOSURES = {G: 30, R: 90}
DID = "ivo://ztfvo.local/~?ztf/{}"
NAMES = {
    "g": "ztf_20190314432616_000680_zg_c13_o_q3",
    "r": "ztf_20190315432616_000680_zr_c13_o_q3",
    "reference": "ztf_000680_zg_c13_q3",
}
PUT = (
    "INSERT INTO ztf_store.image (fieldid, rcid, filterid, filefracday, obsmjd, exptime,"
    " simulated, source) VALUES (%s, %s, %s, %s, %s, %s, false, 'metadata')"
)
ELSEWHERE = 20200101000000
"""Names of images of other places begin there, 100 s after each other; their start is 58849."""


@pytest.fixture(scope="module")
def images(site):
    """Two images of HZ Her and its reference image are known, and one each of 900 other places:
    all near the pole, all on both sides of RA 0, and some others.  Their outlines, by name."""
    chosen = service.rows(
        "SELECT fieldid, rcid, region::text FROM ztf_store.sky_quadrant WHERE (dec > 87"
        " OR ((ra < 1 OR ra > 359) AND abs(dec) < 30) OR (fieldid, rcid) = (680, 50))"
        " AND fieldid < 1000 ORDER BY 1, 2"
    )
    with forgotten() as connection:
        for image, start in STARTS.items():
            connection.execute(
                PUT, (*CHANNEL, image.filterid, image.filefracday, start, EXPOSURES[image])
            )
        connection.execute("INSERT INTO ztf_store.reference_image VALUES (680, 50, 1)")
        outlines = {}
        for number, (fieldid, rcid, region) in enumerate(chosen):
            if (fieldid, rcid) != CHANNEL:
                image = Image(fieldid, rcid, 3, ELSEWHERE + number)
                connection.execute(PUT, (fieldid, rcid, 3, image.filefracday, 58849, 30))
                name = science_path(image).rpartition("/")[2].removesuffix("_sciimg.fits")
                outlines[name] = points_in(region)
        connection.execute("ANALYZE ztf_store.image")
        yield outlines
        connection.execute("DELETE FROM ztf_store.reference_image")


@pytest.fixture(scope="module")
def search(ask):
    """A function that gives the rows which the service answers."""

    def found(**parameters):
        answer = ask("/sia2", **parameters)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("application/x-votable+xml")
        return parse(io.BytesIO(answer.content)).get_first_table().to_table()

    return found


@pytest.fixture(scope="module")
def here(search):
    """A function that gives which images at HZ Her are found."""
    words = {name: word for word, name in NAMES.items()}

    def found(**parameters):
        return {words[row["obs_id"]] for row in search(POS=HERE, **parameters)}

    return found
