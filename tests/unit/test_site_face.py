"""What set-up writes for those who cannot fill the web application's templates."""

from __future__ import annotations

import os
import pwd
import xml.etree.ElementTree as ET

import lxml.html
import pytest
from django.template import Context, Engine
from support.files import ROOT

from ztfvo.settings import load_settings
from ztfvo.site import config, face
from ztfvo.web.pages import page

HOSTILE = "A & B <i>\"'{{ x }} {% y %} @HEAD@"


@pytest.fixture
def settings(tmp_path):
    """Settings of an installation that belongs to the caller, with a name that has all signs."""
    made = load_settings(
        var=tmp_path / "var",
        port=18999,
        site_name=HOSTILE,
        system_user=pwd.getpwuid(os.getuid()).pw_name,
    )
    config.make_folders(made)
    return made


def shown(html):
    """Head and foot of a page, as texts."""
    body = lxml.html.document_fromstring(html).body
    return [" ".join(part.text_content().split()) for part in body.xpath("./header | ./footer")]


def test_pages_of_nginx_are_those_of_the_application(settings):
    assert face.write_pages(settings)
    assert not face.write_pages(settings)
    expected = shown(page("error.html", settings, title="", message="", status=1))
    found = sorted((settings.run / "pages").rglob("*.html"))
    assert len(found) == 7
    for path in found:
        text = path.read_text()
        assert shown(text) == expected
        tree = lxml.html.document_fromstring(text)
        assert tree.find(".//title").text == f"{tree.find('.//h1').text} · {HOSTILE}"


def test_pages_of_protocols_are_copied_as_they_are(settings):
    face.write_pages(settings)
    for path in (ROOT / "etc" / "pages").rglob("*.*"):
        copied = settings.run / "pages" / path.relative_to(ROOT / "etc" / "pages")
        assert copied.read_bytes() == path.read_bytes()


def test_every_template_of_dachs_is_well_formed_and_whole(settings):
    face.write_dachs_web(settings)
    expected = shown(page("error.html", settings, title="", message="", status=1))
    written = settings.var / "dachs" / "web"
    found = [*(written / "templates").glob("*.html"), *(written / "nv_static").glob("*.shtml")]
    assert len(found) == 14
    for path in found:
        tree = ET.parse(path)
        assert "@" not in path.read_text().replace("@HEAD@", ""), path.name
        html = "{http://www.w3.org/1999/xhtml}"
        parts = [*tree.iter(f"{html}header"), *tree.iter(f"{html}footer")]
        texts = [" ".join("".join(part.itertext()).split()) for part in parts]
        alone = {"sidebar.html": expected[:1], "footer.html": expected[1:]}
        assert texts == alone.get(path.name, expected), path.name


def test_the_knowledge_database_shows_the_same(settings):
    face.write_kdb_parts(settings)
    engine = Engine(dirs=[settings.var / "kdb" / "face"])
    parts = [engine.get_template(f"pages/{name}.html") for name in face.PARTS]
    links, head, foot = (part.render(Context()) for part in parts)
    expected = shown(page("error.html", settings, title="", message="", status=1))
    assert shown(f"<body>{head}<main></main>{foot}</body>") == expected
    tree = lxml.html.document_fromstring(f"<head>{links}</head><body></body>")
    assert tree.xpath("//link/@href") == ["/static/site/icon.svg", "/static/site/site.css"]


def test_links_from_another_host_lead_to_the_site(settings):
    own = settings.model_copy(
        update={"public_url": "https://ztf.example.org", "kdb_url": "https://records.example.org"}
    )
    face.write_kdb_parts(own)
    text = (own.var / "kdb" / "face" / "pages" / "head.html").read_text()
    assert 'action="https://ztf.example.org/search"' in text
    assert 'href="https://records.example.org/kdb/"' in text
    assert 'href="#content"' in text
    assert 'href="/' not in text
