"""The picture of a service's sky coverage."""

from __future__ import annotations

import io

import numpy as np
import pytest
import requests
from PIL import Image
from support import service

DATA = (0x0B, 0x4F, 0x8A)


@pytest.mark.parametrize("path", ["/ztf/ztf/cone/coverage", "/ztf/demo/cone/coverage"])
def test_the_coverage_of_a_service_is_a_picture_of_the_sky(site, path):
    answer = requests.get(site + path, headers={"Accept": "image/png"}, timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    picture = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB")).astype(int)
    assert picture.shape == (200, 400, 3)
    shown = np.abs(picture - DATA).sum(axis=-1) < 40
    ra, dec = service.HZ_HER
    column, row = place(ra, dec)
    assert shown[row - 2 : row + 3, column - 2 : column + 3].any()
    mirrored, south = place(-ra, dec), place(ra, -60)
    for column, row in (mirrored, south, (1, 1)):
        assert not shown[row - 1 : row + 2, column - 1 : column + 2].any()


def place(ra: float, dec: float) -> tuple[int, int]:
    """Column and row of a position, by the equations of the projection of Mollweide."""
    angle = np.radians(dec)
    for _ in range(50):
        angle -= (2 * angle + np.sin(2 * angle) - np.pi * np.sin(np.radians(dec))) / (
            2 + 2 * np.cos(2 * angle)
        )
    left = ((180 - ra) % 360 - 180) / 180
    return int((1 + left * np.cos(angle)) * 200), int((1 - np.sin(angle)) * 100)
