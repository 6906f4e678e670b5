"""Descriptors, configuration and metadata are read again while visitors are served."""

from __future__ import annotations

import pytest
import requests
from lxml import etree
from support import service
from support.releases import script
from support.visitors import CONE, LIGHT_CURVE, PATHS, TAP, visiting

from ztfvo.settings import get_settings
from ztfvo.site.config import values, write_dachs_config

READING = 4.0
"""Seconds, less than a process needs to read its descriptors while others are at work."""


def operators(name: str) -> set[str]:
    """What each DaCHS process says of its operator."""
    first = get_settings().dachs_port
    found = set()
    for port in range(first, first + get_settings().dachs_processes):
        shown = requests.get(f"http://127.0.0.1:{port}/oai.xml?verb=Identify", timeout=30)
        document = etree.fromstring(shown.content)
        found |= {element.text for element in document.iter(f"{{*}}{name}")}
    return found


def email() -> str:
    """What the metadata have."""
    return str(values(get_settings())["CONTACT_EMAIL"])


@pytest.fixture
def other_operator(site):
    """Metadata with another address of the operator."""
    settings = get_settings()
    path = settings.var / "dachs" / "etc" / "defaultmeta.txt"
    text = path.read_text()
    former = f"contact.email: {email()}"
    assert former in text
    path.write_text(text.replace(former, "contact.email: other@example.org"))
    yield "other@example.org"
    write_dachs_config(settings)
    script("serve", "reload")


def test_what_the_site_says_of_itself_is_read_again(site, other_operator):
    assert operators("adminEmail") == {email()}
    script("serve", "reload")
    assert operators("adminEmail") == {other_operator}


def test_nobody_waits_until_descriptors_are_read(site):
    with visiting(site, (CONE, LIGHT_CURVE, TAP), READING) as answers:
        script("serve", "reload")
    assert set(answers) == {(path, 200) for path in PATHS if path in (CONE, LIGHT_CURVE, TAP)}


def test_garbage_is_collected_once_a_minute():
    done = service.in_dachs("""
import time
from ztfvo_dachs.repairs import garbage

garbage.install_in_server()
from gavo.web import root

begun = time.monotonic()
now = [root.gc.collect() for _ in range(1000)]
garbage._last -= 2 * garbage.EVERY
print(any(now), root.gc.collect(), root.gc.collect(), garbage.EVERY)
""")
    assert done.stdout.split() == ["False", "True", "False", "60.0"], done.stderr
