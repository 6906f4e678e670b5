"""The site's head and foot for those who cannot fill the web application's templates.

nginx has pages of its own, the templates of DaCHS are in a language of their own, and the knowledge
database imports nothing of this package: set-up fills the application's base page once for them.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import lxml.html
from lxml import etree

from ztfvo.settings import Settings
from ztfvo.site.identity import DACHS
from ztfvo.site.knowledge import parts_folder
from ztfvo.site.render import fill, write
from ztfvo.web.pages import FOLDER, STATIC, page

FRAME = "fixed/frame.html"
"""The base page with nothing in it."""

KDB_PAGES = "kdb"
"""Folder of nginx' pages that stand for those of the knowledge database."""

PARTS = ("links", "head", "foot")
"""What all pages share: of their ``head`` element, before, and after what a page shows."""


def write_pages(settings: Settings) -> bool:
    """Write the pages that nginx sends; return whether anything changed."""
    templates, others = FOLDER / "templates" / "fixed", settings.root / "etc" / "pages"
    texts = {path.relative_to(others): path.read_text("utf-8") for path in _files(others)}
    for path in _files(templates):
        name = path.relative_to(templates)
        if path.name != Path(FRAME).name:
            tree = _tree(settings, f"fixed/{name.as_posix()}", elsewhere=name.parts[0] == KDB_PAGES)
            texts[name] = lxml.html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
    return _write_all(settings, settings.run / "pages", texts)


def write_dachs_web(settings: Settings) -> bool:
    """Write DaCHS' templates and static files; return whether anything changed."""
    source = settings.root / "etc" / "dachs"
    known = {f"{name.upper()}": _as_xml(part) for name, part in _cut(settings).items()}
    known |= {
        "SITE_NAME": escape(settings.site_name),
        "STATIC": STATIC,
        "FACTS": (source / "facts.xml").read_text("utf-8"),
    }
    texts = {
        path.relative_to(source): fill(path.read_text("utf-8"), known)
        for path in _files(source)
        if path.parent != source
    }
    return _write_all(settings, settings.var / "dachs" / "web", texts, 0o640, DACHS)


def write_kdb_parts(settings: Settings) -> bool:
    """Write head and foot as templates of the knowledge database; return whether they changed."""
    texts = {
        # Names of the site may have what Django would fill in.
        Path("pages") / f"{name}.html": f"{{% verbatim site %}}{part}{{% endverbatim site %}}\n"
        for name, part in _cut(settings, elsewhere=True).items()
    }
    return _write_all(settings, parts_folder(settings), texts)


def _cut(settings: Settings, elsewhere: bool = False) -> dict[str, str]:
    """Return what all pages share, in HTML."""
    tree = _tree(settings, FRAME, elsewhere)
    main = tree.find("body/main")
    shared = {
        "links": tree.xpath("head/link | head/meta[@name='viewport']"),
        "head": list(main.itersiblings(preceding=True))[::-1],
        "foot": list(main.itersiblings()),
    }
    return {
        name: "\n".join(
            lxml.html.tostring(one, encoding="unicode", with_tail=False) for one in elements
        )
        for name, elements in shared.items()
    }


def _tree(settings: Settings, template: str, elsewhere: bool) -> lxml.html.HtmlElement:
    """Return a page; one that is for the knowledge database may be for another host.

    There its links lead to the site; style and icon are at both.
    """
    tree = lxml.html.document_fromstring(page(template, settings).decode())
    if elsewhere and settings.kdb_url:
        tree.body.rewrite_links(
            lambda link: settings.url + link if link.startswith("/") else link,
            resolve_base_href=False,
        )
    return tree


def _as_xml(part: str) -> str:
    elements = lxml.html.fragments_fromstring(part, no_leading_text=True)
    return "\n".join(etree.tostring(one, encoding="unicode", with_tail=False) for one in elements)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _write_all(
    settings: Settings,
    folder: Path,
    texts: dict[Path, str],
    mode: int = 0o644,
    group: str | None = None,
) -> bool:
    """Write files by their names below a folder, whose folders are there."""
    changed = [
        write(settings, folder / name, text, mode, group=group) for name, text in texts.items()
    ]
    return any(changed)
