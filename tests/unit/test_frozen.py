"""What one step hands on to the next cannot be changed on the way."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from ztfvo.products.model import Curve, OwnPhotometry, Product, Request
from ztfvo.products.points import Points
from ztfvo.store.codec import Encoded, Planes, Sets


@pytest.mark.parametrize(
    "kind",
    [Planes, Sets, Encoded, Request, OwnPhotometry, Curve, Product, Points],
    ids=lambda kind: kind.__name__,
)
def test_fields_cannot_be_set(kind):
    made = object.__new__(kind)
    for field in fields(kind):
        with pytest.raises(FrozenInstanceError):
            setattr(made, field.name, None)
