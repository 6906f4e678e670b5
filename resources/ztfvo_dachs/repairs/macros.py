"""Look for macros where there can be one, and expand plain ones without DaCHS' grammar.

DaCHS tries its grammar of macros at every character of every text of a descriptor, which is most of
the time that a process needs to read its descriptors.  All that the grammar knows begins with a
backslash, and most macros have no arguments.  Many things that could expand macros never do: a
grammar is made for the first that needs one.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from gavo.base import macros
from gavo.imp import pyparsing
from gavo.utils import parsetricks

OPTIONAL = True

PLAIN = re.compile(r"\\([A-Za-z_][A-Za-z_0-9]++)(?![ \t]*\{)")
"""A macro that no argument can follow."""


def install() -> None:
    """Apply the repair, once in a process."""
    grammar = cached_property(lambda self: self._getMacroGrammar())
    grammar.__set_name__(macros.MacroExpander, "_macroGrammar")
    macros.MacroExpander._macroGrammar = grammar
    macros.MacroExpander.__init__ = _init
    macros.MacroExpander.expand = expand


def _init(self: Any, package: Any) -> None:
    """Take the package, and make no grammar yet."""
    self.package = package


def expand(self: Any, text: str) -> str:
    """Return a text with its macros expanded."""
    found, end = [], 0
    while (start := text.find("\\", end)) >= 0:
        found.append(text[end:start])
        expanded = plain = PLAIN.match(text, start)
        if plain:
            expanded, end = self.package.execMacro(plain[1], []), plain.end()
        if isinstance(expanded, str):
            found.append(expanded)
        else:
            end, tokens = _parse(self, text, start)
            found += tokens
    return "".join([*found, text[end:]])


def _parse(self: Any, text: str, start: int) -> tuple[int, list[str]]:
    """Return what the grammar makes of a backslash and what belongs to it, and where that ends."""
    grammar = self._macroGrammar
    with parsetricks._PYPARSE_LOCK:
        if not grammar.streamlined:
            grammar.streamline()
        pyparsing.ParserElement.resetCache()
        try:
            end, tokens = grammar._parse(text, start)
        except pyparsing.ParseException:
            return start + 1, ["\\"]
    return end, list(map(str, tokens))
