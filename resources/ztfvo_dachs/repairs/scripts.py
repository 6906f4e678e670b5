"""Let the scripts of DaCHS' pages run under the site's rules for browsers.

One ends with an error since it exports itself to a module, and another makes code of text, which
the rules do not allow: results have no buttons then.
"""

from __future__ import annotations

from typing import Any

from twisted.web import template
from twisted.web.template import tags as T

ADDRESS = "/static/site/dachs.js"
"""What is done about it, in the browser."""

LAST = "/static/js/gavo.js"
"""Address of the script that it has to come after, and all others come after it."""


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo.web.common import CommonRenderers

    original = CommonRenderers.commonhead

    def commonhead(self: Any, request: Any, tag: Any) -> Any:
        head = original(self, request, tag)
        for place, one in enumerate(head.children):
            if getattr(one, "attributes", {}).get("src") == LAST:
                head.children.insert(place + 1, T.script(src=ADDRESS))
                break
        return head

    CommonRenderers.commonhead = template.renderer(commonhead)
