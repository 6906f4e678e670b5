"""The form on objects."""

from __future__ import annotations

import re
from html import unescape

import pytest
from support import service
from support.cases.sesame import HOST, HZ_HER, NOTHING, PATH
from support.outside import Reply

FORM = "/ztf/ztf/cone/form"
SENT = {"__nevow_form__": "genForm", "hscs_pos": "254.45755 +35.34236", "hscs_sr": "1.5"}


def matched(text: str) -> int:
    return int(re.search(r"Matched:\s*(\d+)", text)[1])


def test_the_form_has_its_fields(ask):
    text = ask(FORM).text
    for label in ("Position or name", "Radius [arcsec]", "Band", "Good epochs", "Amplitude [mag]"):
        assert label in text


def test_it_finds_hz_her_and_links_each_light_curve(ask, site):
    text = ask(FORM, **SENT).text
    assert matched(text) == 4
    links = re.findall(r'href="(/view/\d+)"', text)
    assert sorted(links) == sorted(f"/view/{oid}" for oid in service.HZ_HER_OIDS)
    page = ask(links[0])
    assert page.headers["Content-Type"].startswith("text/html")
    assert links[0].rpartition("/")[2] in page.text


@pytest.mark.parametrize(
    "written",
    [
        "254.45755,35.34236",
        "(254.45755, 35.34236)",
        "254.45755d, 35.34236d",
        "16 57 49.81, +35 20 32.5",
        "16:57:49.81 35:20:32.5",
        "16h57m49.81s +35d20m32.5s",
    ],
)
def test_positions_are_read_in_several_ways(ask, written):
    assert matched(ask(FORM, **(SENT | {"hscs_pos": written})).text) == 4


def test_bands_epochs_and_amplitude_narrow_the_result(ask):
    wide = SENT | {"hscs_sr": "3000"}
    everything = matched(ask(FORM, **wide, MAXREC=5000).text)
    one_band = matched(ask(FORM, **wide, MAXREC=5000, filter="zg").text)
    two_bands = matched(ask(FORM, **wide, MAXREC=5000, filter=["zg", "zr"]).text)
    variables = matched(ask(FORM, **wide, MAXREC=5000, ngoodobs="> 50", mag_amplitude="> 0.3").text)
    assert 0 < one_band < two_bands <= everything
    assert 0 < variables < everything


def test_results_can_be_sorted(ask):
    def magnitudes(direction):
        options = {"_DBOPTIONS_ORDER": "mag_median", "_DBOPTIONS_DIR": direction}
        text = ask(FORM, **SENT, **options, _FORMAT="CSV").text.splitlines()
        column = text[0].split(",").index("mag_median")
        return [float(line.split(",")[column]) for line in text[1:]]

    assert magnitudes("ASC") == sorted(magnitudes("ASC"))
    assert magnitudes("DESC") == sorted(magnitudes("ASC"), reverse=True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hscs_pos": ""}, "Required"),
        ({"hscs_sr": "abc"}, "abc is not a number: write e.g. 1.5"),
        ({"hscs_sr": "1,5"}, "1,5 is not a number: write e.g. 1.5, with a decimal point"),
        ({"hscs_sr": "2arcsec"}, "2arcsec is not a number: write e.g. 1.5"),
        ({"hscs_sr": "200000"}, "Radius=200000 is above the limit of 3600 arcsec"),
        ({"hscs_sr": "-1"}, "Radius=-1 arcsec is negative: give 0 to 3600 arcsec"),
        ({"hscs_sr": "inf"}, "Radius=inf arcsec is not finite"),
        ({"hscs_pos": "254.4 +95"}, "declination 95 is not in -90 to 90 degrees"),
        ({"hscs_pos": "-5 10"}, "right ascension -5 is not in 0 to 360 degrees"),
        ({"hscs_pos": "23 60 00 +10 00 00"}, "23 60 00 has 60 minutes, which must be below 60"),
        ({"hscs_pos": "35.34 254.45"}, "The order is RA Dec"),
        ({"hscs_pos": "254,45755 35,34236"}, "use a decimal point, not a comma"),
        ({"hscs_pos": "680113300005170"}, "its page is /view/680113300005170."),
        ({"ngoodobs": "abc"}, "abc is no condition on a number: write e.g. 0.3, > 0.3"),
        ({"mag_amplitude": ">0,3"}, ">0,3 is no condition on a number: write e.g. 0.3, > 0.3"),
        ({"filter": "zx"}, "is not a valid value for filter"),
        ({"_FORMAT": "nonsense"}, "Unknown format"),
        ({"_DBOPTIONS_DIR": "x"}, "Matched: 4"),
        ({"_TIMEOUT": "0.001"}, "Matched: 4"),
    ],
)
def test_bad_input_comes_back_in_the_form_with_a_sentence(ask, changes, message):
    answer = ask(FORM, **(SENT | changes))
    assert answer.status_code == 200
    assert message in unescape(answer.text)
    assert "Traceback" not in answer.text
    assert "hscs_" not in re.sub(r"<[^>]*>", "", answer.text)


@pytest.mark.parametrize("written", ["254.45755", "16:77:49.81 +35:20:32.5"])
def test_figures_that_are_no_position_are_not_taken_for_a_name(ask, written):
    text = unescape(ask(FORM, **(SENT | {"hscs_pos": written})).text)
    assert f"{written} is not a position: " in text
    assert "resolver" not in text


def test_a_name_is_looked_up_as_everywhere_on_the_site(ask, others):
    others.answer(HOST, PATH, Reply(HZ_HER, "text/xml"))
    assert matched(ask(FORM, **(SENT | {"hscs_pos": "Her X-1"})).text) == 4


def test_a_name_that_nobody_knows_is_said_to_be_so(ask, others):
    others.answer(HOST, PATH, Reply(NOTHING, "text/xml"))
    text = unescape(ask(FORM, **(SENT | {"hscs_pos": "No <b>star</b>"})).text)
    assert "NAME=No <b>star</b>, read as a name" in text
    assert "is known to nobody" in text


def test_without_the_resolver_names_have_a_reason_and_positions_work(ask, others):
    with others.failing("*", "500"):
        text = unescape(ask(FORM, **(SENT | {"hscs_pos": "Her X-1"})).text)
        assert matched(ask(FORM, **SENT).text) == 4
        assert matched(ask(FORM, **(SENT | {"hscs_pos": "HZ Her"})).text) == 4
    assert "cannot be looked up now (CDS Sesame answers 500" in text


def test_the_form_of_a_release_that_is_not_loaded_says_so(ask):
    answer = ask("/ztf/dr24/cone/form", **SENT)
    assert answer.status_code == 404
    assert "The tables of ztf_dr24 are not loaded at this site" in answer.text
    assert "does not exist" not in answer.text
