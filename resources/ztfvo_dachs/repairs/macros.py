"""Look for macros where there can be one.

DaCHS tries its grammar of macros at every character of every text of a descriptor, which is most of
the time that a process needs to read its descriptors.  All that the grammar knows begins with a
backslash.
"""

from __future__ import annotations

from typing import Any

from gavo.base import macros
from gavo.imp import pyparsing
from gavo.utils import parsetricks

OPTIONAL = True


def install() -> None:
    """Apply the repair, once in a process."""
    macros.MacroExpander.expand = expand


def expand(self: Any, text: str) -> str:
    """Return a text with its macros expanded."""
    if "\\" not in text:
        return text
    grammar, found, end = self._macroGrammar, [], 0
    with parsetricks._PYPARSE_LOCK:
        if not grammar.streamlined:
            grammar.streamline()
        pyparsing.ParserElement.resetCache()
        while (start := text.find("\\", end)) >= 0:
            found.append(text[end:start])
            try:
                end, tokens = grammar._parse(text, start)
            except pyparsing.ParseException:
                found.append("\\")
                end = start + 1
            else:
                found += map(str, tokens)
    return "".join([*found, text[end:]])
