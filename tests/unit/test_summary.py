"""The sentence of a summary, and what single catalogues add to it."""

from __future__ import annotations

import pytest

from ztfvo.distance import of_parallax, of_redshift
from ztfvo.match.model import PLACE, RECORD, Catalog, Compared, Target, Wanted
from ztfvo.outside.model import Answer, Place, Source, State, Yields
from ztfvo.outside.rows import ANGLE, AS_LISTED, SEPARATION
from ztfvo.outside.sources import sources
from ztfvo.summary import judge, others
from ztfvo.summary.families import family
from ztfvo.summary.model import Fact, Group, Own, Part

TARGET = Target(1, Place(254.45755, 35.34236), "680113300005170", "demo")


def source(called: str, /, **yields) -> Source:
    return Source(
        title=called.upper(), gives=("cross-match",), hosts=(), radius=1.0, largest_radius=60.0,
        columns=(), about="", citation="", licence="", name=called, yields=Yields(**yields),
    )  # fmt: skip


def part(called: str, state: State = State.FOUND, /, **row) -> Part:
    """What a catalogue says that has columns called as what they are."""
    named = {key: key for key in row}
    own = {PLACE: 1, SEPARATION: 0.1234, ANGLE: 1.0, AS_LISTED: 0.1234, RECORD: f"https://{called}"}
    rows = (row | own,) if row else ()
    wanted = Wanted(Catalog(source(called, **named)), 1.0)
    return others.of(Compared(wanted, Answer(called, state, rows), TARGET))


def own(*facts: Fact, simulated: bool = False, peak=None) -> Own:
    return Own(TARGET, [680113300005170], simulated, facts, [], peak)


def said(*parts: Part, **known) -> str:
    return judge.last(own(**known), parts, None).sentence


def test_the_catalogue_that_is_trusted_most_gives_type_and_period_and_dissent_is_named():
    parts = (
        part("atlas_var", type="CBF", period=1.2234),
        part("gaia_variability", type="ECL"),
        part("vsx", type="RRAB", period=0.6117),
        part("simbad", type="RRLyr"),
    )
    assert said(*parts) == (
        "RR Lyrae of type RRAB (VSX), P = 0.6117 d; 2 of 4 catalogs agree on the type, not"
        " GAIA_VARIABILITY (ECL), ATLAS_VAR (CBF)."
    )


@pytest.mark.parametrize(
    ("here", "relation"),
    [
        (0.6117, "P = 0.6117 d, as this light curve has"),
        (0.30585, "P = 0.6117 d, of which this light curve shows half"),
        (1.2234, "P = 0.6117 d, of which this light curve shows twice"),
        (0.7, "P = 0.6117 d"),
    ],
)
def test_the_period_of_the_light_curve_is_compared_with_that_of_the_catalogue(here, relation):
    known = own(Fact(Group.PERIOD, "period", here, "d"))
    parts = [part("vsx", type="RRAB", period=0.6117)]
    facts = [*known.facts, *parts[0].facts]
    assert judge.sentence(known, parts, facts) == f"RR Lyrae of type RRAB (VSX), {relation}."


def test_a_period_of_another_catalogue_than_the_type_is_named():
    text = said(part("gcvs", type="EA"), part("ztf_periodic", type="EA", period=2.5))
    assert text == (
        "Eclipsing binary of type EA (GCVS), P = 2.5 d (ZTF_PERIODIC); 2 of 2 catalogs agree on the"
        " type."
    )


@pytest.mark.parametrize("kind", ["PSN", "EA:", "RRAB/BL:", "QSO?", "YSO_Candidate"])
def test_a_type_that_its_catalogue_doubts_is_a_possible_one(kind):
    assert said(part("vsx", type=kind)).startswith("Possible ")
    assert said(part("vsx", type="EA")).startswith("Eclipsing ")


def test_nothing_known_and_nobody_answering_are_two_sentences():
    empty = part("vsx", State.EMPTY)
    silent = part("vsx", State.UNAVAILABLE)
    assert said() == "No type known."
    assert said(silent) == "No type known; no answer of VSX."
    typed = Part(
        Compared(Wanted(Catalog(source("vsx", type="type")), 1.0), empty.compared.answer, TARGET),
        (),
    )
    assert said(typed) == "No type in any of 1 catalogues that answered."
    five = [part(f"a{number}", State.MALFORMED) for number in range(5)]
    assert said(*five) == "No type known; no answer of A0, A1, A2 and 2 more."


def test_tags_of_experts_and_simulated_light_curves_are_said():
    known = own(Fact(Group.KNOWLEDGE, "tags", "RRLyr, uncertain", source="kdb"), simulated=True)
    text = judge.sentence(known, [], known.facts)
    assert text == "Simulated light curve: no type known; tagged RRLyr, uncertain by experts."


def test_the_peak_is_absolute_only_where_the_distance_is_good_enough():
    quasar = Part(
        part("simbad", name="3C 273").compared,
        (),
        [of_redshift(0.158339, "SIMBAD"), of_parallax(17000.0, 12000.0, 25000.0, "Gaia")],
    )
    last = judge.last(own(peak=(12.8, "zr")), [quasar], {"zr": 0.05})
    (fact,) = last.facts
    assert fact.value == pytest.approx(12.8 - 0.05 - 39.39, abs=0.02)
    assert any("Gaia" in note for note in last.notes)
    far = Part(quasar.compared, (), [quasar.distances[1]])
    assert judge.last(own(peak=(12.8, "zr")), [far], None).facts == []


def test_a_classifier_that_is_not_sure_says_nothing():
    row = {"name": "x", "quasar": 0.4, "galaxy": 0.3}
    made = source("gaia", name="name", probabilities={"quasar": "quasar", "galaxy": "galaxy"})
    more = {PLACE: 1, SEPARATION: 0.1, ANGLE: 1.0, AS_LISTED: 0.1, RECORD: None}

    def classes(values):
        answer = Answer("gaia", State.FOUND, (row | values | more,))
        found = others.of(Compared(Wanted(Catalog(made), 1.0), answer, TARGET))
        return [(one.value, one.note) for one in found.facts if one.group == Group.CLASS]

    assert classes({}) == []
    assert classes({"galaxy": 0.97}) == [("galaxy", "probability 0.97")]
    assert classes({"quasar": None, "galaxy": 0.5}) == [("galaxy", "probability 0.50")]


def test_facts_have_source_separation_and_address():
    (name, kind) = part("vsx", name="HZ Her", type="LMXB").facts
    assert (name.group, name.value, kind.group, kind.value) == (
        Group.NAME, "HZ Her", Group.TYPE, "LMXB",
    )  # fmt: skip
    assert {(one.source, one.separation, one.link) for one in (name, kind)} == {
        ("vsx", 0.1234, "https://vsx")
    }


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("RRAB", "RR Lyrae"), ("RRLyr", "RR Lyrae"), ("RR", "RR Lyrae"), ("RRab", "RR Lyrae"),
        ("EA/SD", "eclipsing binary"), ("EW", "eclipsing binary"), ("EB*", "eclipsing binary"),
        ("EclBin", "eclipsing binary"), ("XPR+E", "X-ray binary"), ("LXB", "X-ray binary"),
        ("HMXB/XP", "X-ray binary"), ("DCEP(FU)", "Cepheid"), ("M:", "long-period variable"),
        ("Mira", "long-period variable"), ("SRB", "long-period variable"),
        ("UGSU+E", "cataclysmic variable"), ("CataclyV*", "cataclysmic variable"),
        ("LP*", "long-period variable"), ("Y*O", "young stellar object"),
        ("dS*", "delta Scuti"), ("cC*", "Cepheid"), ("No*", "cataclysmic variable"),
        ("quasar", "quasar or active galaxy"), ("QSO", "quasar or active galaxy"),
        ("BLLac", "quasar or active galaxy"), ("SN Ia", "supernova"), ("SLSN-II", "supernova"),
        ("TDE", "tidal disruption event"), ("DSCT", "delta Scuti"), ("BYDra", "rotating variable"),
        ("ClassII", "young stellar object"), ("star", None), ("*", None), ("", None), ("??", None),
    ],
)  # fmt: skip
def test_types_are_compared_by_their_families(kind, name):
    assert family(kind) == name


def test_every_trusted_catalogue_is_one_that_is_asked():
    from ztfvo.catalogs import declared
    from ztfvo.settings import get_settings

    assert set(judge.TRUST) <= set(sources()) | set(declared(get_settings().catalogs))
