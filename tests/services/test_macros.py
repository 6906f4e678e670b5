"""Texts of descriptors get their macros expanded as by DaCHS, in less time."""

from __future__ import annotations

from support import service

SAME = r"""
import random
from gavo import base, utils
from gavo.base import macros

parts = [
    "\\", "\\\\", "\\+", "\\\n", " ", "\t", "a", "{", "}", "\\{", "\n", "\u00fc", "\\rdId",
    "\\schema", "\\quote{a b}", "\\quote{\\rdId}", "\\quote {x}", "\\quote{a\\}b}",
    "\\nothing", "\\quote{x}{y}",
]
expander = base.caches.getRD("//tap").getExpander()
as_dachs_does = lambda self, text: utils.pyparseTransform(self._macroGrammar, text)
random.seed(7)
for _ in range(3000):
    text = "".join(random.choices(parts, k=random.randrange(1, 8)))
    found = []
    for expand in (macros.MacroExpander.expand, as_dachs_does):
        try:
            found.append(expand(expander, text))
        except Exception as error:
            found.append(f"{type(error).__name__}: {error}")
    assert found[0] == found[1], (text, found)
    changed = found[0] != text
    count = globals().get("count", 0) + changed
print("same", count > 1000)
"""

ONLY_THERE = r"""
from gavo import base
from gavo.base import macros

expander = macros.MacroExpander(base.caches.getRD("//tap"))
print(expander.expand("x" * 50 + "\\rdId and y") == "x" * 50 + "__system__/tap and y")
print("_macroGrammar" in vars(expander))
grammar = expander._macroGrammar
asked = []
original = grammar._parse
grammar._parse = lambda text, at, *args: (asked.append(at), original(text, at, *args))[1]
print(expander.expand("x\\rdId xxx\\quote{y}") == 'x__system__/tap xxx"y"', asked)
"""


def test_macros_are_expanded_as_dachs_does():
    done = service.in_dachs(SAME)
    assert done.stdout.split() == ["same", "True"], done.stderr


def test_the_grammar_is_made_and_asked_only_for_macros_with_arguments():
    done = service.in_dachs(ONLY_THERE)
    assert done.stdout.split() == ["True", "False", "True", "[10]"], done.stderr
