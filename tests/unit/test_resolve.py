"""What people write is read by the right rule, before anybody is asked."""

from __future__ import annotations

import anyio
import pytest
from support.catalogs import PROJECT

from ztfvo.catalogs import declared
from ztfvo.dal import BadParameter
from ztfvo.db import DatabaseDown
from ztfvo.resolve import hosted, read
from ztfvo.resolve.model import Certainty, Found

HZ_HER = (254.45755, 35.34236)


@pytest.mark.parametrize(
    "text",
    [
        *("680113300005170", " 680113300005170 ", "ZTF 680113300005170"),
        *("OID 680113300005170", "oid:680113300005170", "oid = 680113300005170"),
    ],
)
def test_an_oid_is_one(text):
    assert read(text) == ("oid", 680113300005170)


def test_an_oid_of_sixteen_digits_is_one():
    assert read("1722107400005560") == ("oid", 1722107400005560)


@pytest.mark.parametrize("text", ["68011330000517", "68011330000517000", "680413300005170"])
def test_digits_that_are_no_oid_are_refused_as_such(text):
    with pytest.raises(BadParameter, match="OID"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "254.45755 +35.34236",
        "254.45755,35.34236",
        "16:57:49.81 +35:20:32.5",
        "16 57 49.81 +35 20 32.5",
        "16h57m49.81s +35d20m32.5s",
        "16h57m49.81s+35°20′32.5″",
        "16h57m49.812s +35.34236d",
    ],
)
def test_a_position_is_one(text):
    rule, place = read(text)
    assert rule == "coordinates"
    assert place == pytest.approx(HZ_HER, abs=2e-5)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("0 90", (0, 90)),
        ("360 -90", (0, -90)),
        ("359.99999 0.00001", (359.99999, 0.00001)),
    ],
)
def test_poles_and_right_ascension_0_are_positions(text, place):
    assert read(text) == ("coordinates", pytest.approx(place))


@pytest.mark.parametrize(
    "text",
    [
        *("400 20", "-5 10", "16:57:49.81 +95:20:32", "25:00:00 +20:00:00", "1 2 3"),
        *("23 60 00 +20 00 00", "00 00 60 +20 00 00"),
    ],
)
def test_what_is_no_position_is_refused_with_examples(text):
    with pytest.raises(BadParameter, match=r"is not a position: .*Write e\.g\."):
        read(text)


@pytest.mark.parametrize(
    ("text", "ra", "dec"),
    [
        ("J165749.8+352032", 254.4575, 35.342222),
        ("165749.8+352032", 254.4575, 35.342222),
        ("ZTF J165749.81+352032.5", 254.457542, 35.342361),
        ("2MASS J16574982+3520324", 254.457583, 35.342333),
        ("SDSS J012246.28\N{MINUS SIGN}011533.0", 20.692833, -1.259167),
    ],
)
def test_a_name_made_of_a_position_has_it(text, ra, dec):
    rule, (_, *place) = read(text)
    assert rule == "iau"
    assert place == pytest.approx((ra, dec), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("J165749.8+952032", "declination 95.3422 is not in -90 to 90 degrees"),
        ("J236000.0+000000", "23:60:00.0 has 60 minutes"),
        ("165749+352060", r"\+35:20:60\. has 60 seconds"),
        ("J255749.8+352032", "25 hours"),
    ],
)
def test_a_name_made_of_an_impossible_position_is_refused(name, reason):
    with pytest.raises(BadParameter, match=f"made of a position that cannot be: .*{reason}"):
        read(name)


@pytest.mark.parametrize("text", ["HZ Her", "V* HZ Her", "M 31", "3C 273", "α Cen", "NGC7331"])
def test_other_names_are_left_to_those_who_know_names(text):
    assert read(text) == ("name", text)


@pytest.mark.parametrize(
    ("text", "rule", "made"),
    [
        ("SNAD101", "snad", "SNAD101"),
        ("snad 0101", "snad", "SNAD101"),
        ("SNAD-7", "snad", "SNAD007"),
        ("AT2018lwh", "transient", ("AT", "2018lwh")),
        ("at 2018LWH", "transient", ("AT", "2018lwh")),
        ("2018lwh", "transient", ("", "2018lwh")),
        ("SN 1987a", "transient", ("SN", "1987A")),
        ("ZTF18abqkqdm", "alert", "ZTF18abqkqdm"),
        ("ztf18ABQKQDM", "alert", "ZTF18abqkqdm"),
        ("Gaia DR3 1338822021487330304", "gaia", "1338822021487330304"),
        ("gaia edr3 1338822021487330304", "gaia", "1338822021487330304"),
        ("1338822021487330304", "gaia", "1338822021487330304"),
    ],
)
def test_names_of_surveys_are_read_by_their_rules(text, rule, made):
    assert read(text) == (rule, made)


@pytest.mark.parametrize("text", ["SN 987A", "AT2018", "ZTF18abqkqdmx", "ZTF18abq", "SNe Ia"])
def test_what_only_looks_like_one_is_a_name(text):
    assert read(text) == ("name", text)


def test_a_source_of_gaia_beyond_its_numbers_is_refused():
    with pytest.raises(BadParameter, match="no source of Gaia"):
        read("Gaia DR3 9999999999999999999")


def test_blanks_count_once():
    assert read("  HZ\tHer ") == ("name", "HZ Her")


@pytest.mark.parametrize("text", ["", "   ", "?", "\x00HZ", "a" * 201, "HZ\u202eHer"])
def test_what_nobody_can_read_is_refused_with_all_ways(text):
    with pytest.raises(BadParameter, match=r"neither a name nor a position.*6801133.*HZ Her"):
        read(text)


def place(by: str, ra: float, dec: float) -> Found:
    return Found("x", ra, dec, Certainty.NAMED, by)


@pytest.mark.parametrize(
    ("places", "joined", "note"),
    [
        ([("GCVS", 10, 20), ("VSX", 10.001, 20)], [("GCVS, VSX", 10)], ""),
        ([("GCVS", 0.0005, 0), ("VSX", 359.9995, 0)], [("GCVS, VSX", 0.0005)], ""),
        ([("GCVS", 10, 89.9999), ("VSX", 190, 89.9999)], [("GCVS, VSX", 10)], ""),
        ([("VSX", 10, 20), ("VSX", 10, 20.0001)], [("VSX", 10)], ""),
        (
            [("GCVS", 10, 20), ("VSX", 10, 20.01), ("OGLE-III", 10, 25)],
            [("GCVS", 10), ("VSX", 10), ("OGLE-III", 10)],
            "There is another of this name 36″ away in VSX, 5.0° away in OGLE-III",
        ),
        ([], [], ""),
    ],
)
def test_objects_of_one_name_are_joined_where_catalogs_agree_and_told_apart_else(
    places, joined, note
):
    found = hosted._joined([place(*one) for one in places])
    assert [(one.by, one.ra) for one in found] == joined
    assert [one.note for one in found[:1]] == [note][: len(found)]


@pytest.mark.parametrize(
    ("catalog", "text", "way"),
    [
        ("gcvs", "HZ  Her", "hzher"),
        ("gcvs", "V* hz her", "hzher"),
        ("gcvs", "V404 Cyg", "v0404cyg"),
        ("vsx", "V* V404 Cyg", "v0404cyg"),
        ("vsx", "VSX V404 Cyg", "v0404cyg"),
        ("spicy", "SPICY 15181", "15181"),
        ("ogle3", "OGLE-LMC-CEP-0001", "ogle-lmc-cep-0001"),
    ],
)
def test_names_are_looked_up_as_catalogs_write_them(catalog, text, way):
    assert way in hosted._ways(declared(PROJECT)[catalog], text)


@pytest.mark.parametrize(
    "text",
    [
        *("680113300005170,680213300009232", "680113300005170 680213300009232"),
        *("oid:680113300005170; oid:680213300009232", "680113300005170, 680213300009232"),
        "680113300005170 680213300009232 680113300005170",
    ],
)
def test_several_oids_are_read_each_once(text):
    assert read(text) == ("oids", (680113300005170, 680213300009232))


def test_several_oids_of_which_one_is_none_are_refused_for_it():
    with pytest.raises(BadParameter, match="680413300005170 is not a ZTF OID: filter 4"):
        read("680113300005170,680413300005170")


@pytest.mark.parametrize(
    "text",
    [
        *("J2000 16:57:49.81 +35:20:32.5", "16:57:49.81 +35:20:32.5 (J2000)"),
        *("FK5 J2000.0 16 57 49.81 +35 20 32.5", "ICRS 254.45755,35.34236"),
        *("ra=254.45755 dec=35.34236", "RA: 16h57m49.81s, Dec: +35d20m32.5s"),
        *("RAJ2000=254.45755 DEJ2000=35.34236", "254.45755 deg 35.34236 deg"),
        *("galactic 58.14901 37.52303", "58.14901 +37.52303 gal", "Gal 58.14901+37.52303"),
        *("l=58.14901 b=37.52303", "l: 58.14901, b: 37.52303", "G58.14901+37.52303"),
    ],
)
def test_words_of_frames_and_angles_are_understood(text):
    rule, place = read(text)
    assert rule == "framed"
    assert (place.ra, place.dec) == pytest.approx(HZ_HER, abs=3e-5)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("galactic 0 0", (266.40499, -28.93617)),
        ("galactic 0 90", (192.85948, 27.12825)),
        ("galactic 122.93192 27.12825", (0, 90)),
        ("gal 360 -90", (12.85948, -27.12825)),
        ("ICRS 0 -90", (0, -90)),
        ("ra=360 dec=0", (0, 0)),
        ("l 96.33728 b -60.18856", (0, 0)),
    ],
)
def test_poles_and_origins_of_frames_are_where_they_are(text, place):
    (ra, dec), (_, found) = place, read(text)
    assert found.dec == pytest.approx(dec, abs=1e-5)
    if abs(dec) < 90:
        assert (found.ra - ra + 180) % 360 - 180 == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("B1950 16:56:01 +35:25:00", "give right ascension and declination in ICRS"),
        ("16 56 01 +35 25 00 (B1950.0)", "give right ascension and declination in ICRS"),
        ("FK4 254.45 35.34", "give right ascension and declination in ICRS"),
        ("ecliptic 254.45 35.34", "give right ascension and declination in ICRS"),
        ("gal 10 +20 J2000", "give right ascension and declination in ICRS"),
        *((one, "both angles have to be finite") for one in ("nan nan", "inf 0", "10,-Infinity")),
        ("az=10.5 alt=20.5", "words beside the angles that are not known"),
        ("16:57:49.8 N 35:20:32", "words beside the angles that are not known"),
        ("galactic 400 10", "galactic longitude is from 0 to 360"),
        ("G361.0+10.0", "galactic longitude is from 0 to 360"),
        ("l=10 b=91", "latitude -90 to 90"),
        ("galactic 10:20:30 20:30:40", "two numbers in degrees"),
        ("ra=254.45", "two angles are needed"),
    ],
)
def test_what_looks_like_coordinates_and_is_none_is_refused_with_the_remedy(text, reason):
    with pytest.raises(BadParameter) as refused:
        read(text)
    sentence = refused.value.message
    assert sentence.partition(": ")[0] == f"{text} is not a position that is read here"
    assert reason in sentence
    assert "Write e.g. J2000 16:57:49.81 +35:20:32.5" in sentence


@pytest.mark.parametrize(
    "text",
    [
        *("FK5 123", "Galactic Center", "GAL CEN", "G 208-44", "GJ 1214", "RA Cas", "DE Boo"),
        *("1E 1740.7-2942", "4FGL J1653.8+3945.5", "nan", "B1950", "ICRS", "l b"),
    ],
)
def test_names_that_have_words_of_frames_stay_names(text):
    assert read(text) == ("name", text)


def test_without_the_database_other_names_are_still_asked_for_outside(monkeypatch):
    def down(text):
        raise DatabaseDown("The database does not answer: try again in a minute.")

    monkeypatch.setattr(hosted, "_by_name", down)
    found = anyio.run(hosted.by_name, "HZ Her")
    assert found.found == ()
    assert found.silent == {
        "Hosted catalogs": "The database does not answer: try again in a minute"
    }
