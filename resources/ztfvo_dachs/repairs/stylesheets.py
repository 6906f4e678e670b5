"""Name no style sheets in XSLT, which browsers give up: they warn of them in red, or show nothing.

Without, browsers show the documents of protocols as they are; pages on the same are the site's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from gavo import utils
from gavo.protocols import datalink
from gavo.utils import stanxml
from gavo.web import vodal

OPTIONAL = True

_SHEET = r"<\?xml-stylesheet[^>]*\?>"


def install() -> None:
    """Apply the repair, once in a process."""
    utils.xmlrender = stanxml.xmlrender = _rendering(stanxml.xmlrender)
    utils.xmlwrite = stanxml.xmlwrite = _writing(stanxml.xmlwrite)
    datalink.DatalinkCore.runForMeta = _answering(datalink.DatalinkCore.runForMeta)
    dal = vodal.DALRenderer
    dal._produceMetadata = _answering(dal._produceMetadata)


def _rendering(render: Callable[..., bytes]) -> Callable[..., bytes]:
    @wraps(render)
    def plain(tree: Any, prolog: str = "", prefixForEmpty: Any = None) -> bytes:
        return render(tree, re.sub(_SHEET, "", prolog), prefixForEmpty)

    return plain


def _writing(write: Callable[..., None]) -> Callable[..., None]:
    @wraps(write)
    def plain(*arguments: Any, prolog: str | None = None, **more: Any) -> None:
        write(*arguments, prolog=re.sub(_SHEET, "", prolog or ""), **more)

    return plain


def _answering(answer: Callable[..., tuple[str, bytes]]) -> Callable[..., tuple[str, bytes]]:
    @wraps(answer)
    def plain(*arguments: Any) -> tuple[str, bytes]:
        kind, document = answer(*arguments)
        return kind, re.sub(_SHEET.encode(), b"", document, count=1)

    return plain
