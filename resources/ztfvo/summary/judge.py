"""What a person would say first of an object, and what follows from all that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ztfvo.distance import Absolute, Distance, absolute, words
from ztfvo.outside.model import State
from ztfvo.summary.families import family, is_doubtful
from ztfvo.summary.model import HERE, Fact, Group, Last, Own, Part

TRUST = (
    *("tns", "snad", "gcvs", "ogle3", "vsx", "simbad", "sdss_dr16q", "otter", "osc"),
    *("ztf_periodic", "gaia_variability", "gaia_quasars", "gaia_galaxies", "spicy", "atlas_var"),
    *("ztf_suspected", "astro_colibri"),
)
"""Catalogues, those that are believed first before: spectra of transients, catalogues that people
look after, then classifiers of surveys."""

SAME_PERIOD = 0.01
"""Part of a period by which another one may differ and still be the same."""

_RATIOS = ((2.0, "twice"), (0.5, "half"))


def last(own: Own, parts: Sequence[Part], extinction: dict[str, float] | None) -> Last:
    """Return what follows from all parts.

    Parameters
    ----------
    extinction
        mag by band, at the distance that decides; None where it is not known.
    """
    distances = [one for part in parts for one in part.distances]
    facts, notes = [], []
    if own.peak:
        mag, band = own.peak
        found = absolute(mag, (extinction or {}).get(band), distances)
        notes += found.notes
        if found.mag is not None:
            facts.append(_absolute(found, band, found.distance))
    return Last(facts, sentence(own, parts, [*own.facts, *_all(parts)]), notes)


def _all(parts: Iterable[Part]) -> list[Fact]:
    return [one for part in parts for one in part.facts]


def _absolute(found: Absolute, band: str, distance: Distance) -> Fact:
    corrected = "" if found.extinction is None else f", A = {found.extinction:.2f} mag"
    note = f"by the {distance.method} of {distance.source}, {words(distance.pc)}{corrected} (AB)"
    return Fact(Group.ABSOLUTE, f"peak {band}", round(found.mag, 2), "mag", note=note)


def trusted(facts: Iterable[Fact], group: Group) -> list[Fact]:
    """Return the facts of a group, those that are believed first before."""
    rank = {name: number for number, name in enumerate(TRUST)}
    mine = [one for one in facts if one.group == group and one.source != HERE]
    return sorted(mine, key=lambda one: rank.get(one.source, len(TRUST)))


def sentence(own: Own, parts: Sequence[Part], facts: Sequence[Fact]) -> str:
    """Return one sentence: type, period, who agrees and who does not, and what is not known."""
    types = trusted(facts, Group.TYPE)
    known = [one for one in types if family(str(one.value))] or types
    first = known[0] if known else None
    head = _kind(first) if first else _unknown(parts)
    period = _period(facts, first.source if first else "")
    clauses = [", ".join(filter(None, (head, period)))]
    clauses += _agreement(first, types) if first else []
    clauses += _tags(own)
    clauses += _silent(parts)
    text = "; ".join(clauses)
    return f"Simulated light curve: {text}." if own.simulated else f"{text[0].upper()}{text[1:]}."


def _tags(own: Own) -> list[str]:
    texts = [
        str(one.value) for one in own.facts if one.group == Group.KNOWLEDGE and one.name == "tags"
    ]
    named = dict.fromkeys(tag for text in texts for tag in text.split(", "))
    return [f"tagged {', '.join(named)} by experts"] if named else []


def _silent(parts: Sequence[Part]) -> list[str]:
    sources = [
        part.compared.wanted.catalog.source
        for part in parts
        if part.compared.answer.state in (State.UNAVAILABLE, State.MALFORMED)
    ]
    names = [one.label or one.title for one in sources]
    more = f" and {len(names) - 3} more" if names[3:] else ""
    return [f"no answer of {', '.join(names[:3])}{more}"] if names else []


def _kind(first: Fact) -> str:
    kind, who = str(first.value), first.label or first.title
    name = family(kind)
    if name is None:
        return f"type {kind} ({who})"
    doubt = "possible " if is_doubtful(kind) else ""
    return f"{doubt}{name} of type {kind} ({who})"


def _unknown(parts: Sequence[Part]) -> str:
    asked = sum(
        part.compared.answer.state in (State.FOUND, State.EMPTY)
        and bool(part.compared.wanted.catalog.source.yields.type)
        for part in parts
    )
    return f"no type in any of {asked} catalogues that answered" if asked else "no type known"


def _period(facts: Sequence[Fact], source: str) -> str:
    """Say the period: of the catalogue that has the type, the next one, or the light curve."""
    periods = trusted(facts, Group.PERIOD)
    periods.sort(key=lambda one: one.source != source)
    here = next((one for one in facts if one.group == Group.PERIOD and one.source == HERE), None)
    if not periods:
        if here is None:
            return ""
        return f"P = {_digits(here.value)} d by the highest peak of this light curve"
    first = periods[0]
    said = f"P = {_digits(first.value)} d"
    if first.source != source:
        said += f" ({first.label or first.title})"
    relation = _relation(float(here.value), float(first.value)) if here else ""
    return said + relation


def _relation(mine: float, theirs: float) -> str:
    if abs(mine / theirs - 1) <= SAME_PERIOD:
        return ", as this light curve has"
    for ratio, word in _RATIOS:
        if abs(mine / theirs / ratio - 1) <= SAME_PERIOD:
            return f", of which this light curve shows {word}"
    return ""


def _digits(value: str | float) -> str:
    return f"{float(value):.7g}"


def _agreement(first: Fact, types: Sequence[Fact]) -> list[str]:
    """Say how many catalogues have the same family, and name those that have another."""
    if len(types) < 2:
        return []
    mine = family(str(first.value)) or str(first.value)
    others = [one for one in types if (family(str(one.value)) or str(one.value)) != mine]
    agree = len(types) - len(others)
    said = f"{agree} of {len(types)} catalogs agree on the type"
    if others:
        said += ", not " + ", ".join(f"{one.label or one.title} ({one.value})" for one in others)
    return [said]
