"""Count the characters of texts in binary VOTables as VOTable 1.5 (section 6) does: in UTF-16.

DaCHS counts a character beyond U+FFFF once and writes it as two, so that readers lose their place:
what follows is garbage, or missing.
"""

from __future__ import annotations

from typing import Any

from gavo.votable import enc_binary, enc_binary2

COUNTED = "tokens.append(struct.pack('!i', len(val)))"
COUNTED_RIGHT = "tokens.append(struct.pack('!i', len(val.encode('utf-16be')) // 2))"


def install() -> None:
    """Apply the repair, once in a process."""
    for module in (enc_binary, enc_binary2):
        module._makeCharArrayEncoder = _counting(module._makeCharArrayEncoder)


def _counting(original: Any) -> Any:
    def make(field: Any) -> list[str]:
        lines = original(field)
        if field.datatype != "unicodeChar":
            return lines
        if field.hasVarLength():
            return [line.replace(COUNTED, COUNTED_RIGHT) for line in lines]
        fixed = f"val = val[:{2 * field.getLength()}]"
        at = next(i for i, line in enumerate(lines) if ".encode(" in line)
        return [*lines[: at + 1], fixed, *lines[at + 1 :]]

    return make
