"""Services outside as they are: off by default, ``pytest -m live`` or ``ztfvo outside check``."""

from __future__ import annotations

import pytest

from ztfvo.outside.check import check, is_well
from ztfvo.outside.sources import sources
from ztfvo.settings import load_settings

pytestmark = pytest.mark.live


@pytest.mark.parametrize("name", sources())
def test_a_service_answers_as_it_is_declared(name):
    answers = []
    settings = load_settings(outside_gateway=None)
    check(settings, [sources()[name]], lambda source, answer: answers.append((source, answer)))
    ((source, answer),) = answers
    if name == "astro_colibri" and not settings.astro_colibri_uid:
        pytest.skip("no account of Astro-COLIBRI: ZTFVO_ASTRO_COLIBRI_UID")
    assert is_well(source, answer), answer.reason
