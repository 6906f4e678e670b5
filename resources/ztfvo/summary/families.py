"""Families of objects, so that types can be compared which catalogues write each in its own way."""

from __future__ import annotations

import re

FAMILIES = (
    ("RR Lyrae", r"RR(LYR\w*|AB|C|D|E)?|RR_LYRAE|RR LYRAE"),
    ("Cepheid", r"D?CEP\w*|C[CE]|CW\w*|WV|RV\w*|T2CEP|ACEP|CEPHEID"),
    ("delta Scuti", r"DSCT\w*|DS|SXPHE\w*|HADS"),
    ("eclipsing binary", r"E|E[ABWCD]\w*|ECL\w*|[CD]B[FH]|AR|ECLIPSING"),
    ("long-period variable", r"M|MI|MIRA\w*|LPV\w*|SR\w*|L|LB|LC|LP|OSARG\w*"),
    ("rotating variable", r"BY\w*|RO|ROT\w*|RS\w*|ACV\w*|EL|ELL\w*"),
    ("cataclysmic variable", r"CV\w*|UG\w*|NL\w*|N[ABCLR]?|AM|DQ|NO|NOVA\w*|DN|CATACLY\w*"),
    ("X-ray binary", r"X|X[BFIJPRN]\w*|[HL](M)?XB\w*"),
    ("young stellar object", r"YSO\w*|TT\w*|[CW]TTS\w*|UXOR|FUOR|EXOR|I[NST]\w*|CLASSI+|OR|Y\*O"),
    ("quasar or active galaxy", r"Q\w*SO\w*|QUASAR|AGN\w*|BLL\w*|BLAZAR|SY\w*|SEYFERT\w*|BROAD\w*"),
    ("supernova", r"P?SN\w*|SLSN\w*|CCSN\w*"),
    ("tidal disruption event", r"TDE\w*"),
    ("galaxy", r"G|GALAXY|GIN|GIC|GIG|LSB|EMG"),
)  # fmt: skip
"""Names with regular expressions of the words that stand for them, in capitals."""

_COMPILED = [(name, re.compile(pattern, re.ASCII)) for name, pattern in FAMILIES]
_WORD = re.compile(r"[\s/+|,;:()?*-]+")


_DOUBTFUL = re.compile(r"PSN|.*[:?]|.*CANDIDATE|.*\bPOSSIBLE", re.ASCII | re.IGNORECASE)


def is_doubtful(kind: str) -> bool:
    """Return whether a catalogue marks its type as uncertain."""
    return bool(_DOUBTFUL.match(kind))


def family(kind: str) -> str | None:
    """Return the family that a catalogue's type is of, by its first word that is of any.

    Marks of doubt, and what stands behind a slash or a plus sign, do not count before it.
    """
    plain = kind.strip().upper()
    for word in (plain, *_WORD.split(plain)):
        for name, pattern in _COMPILED:
            if pattern.fullmatch(word):
                return name
    return None
