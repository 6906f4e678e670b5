"""Addresses of images: the finder and the display cutout."""

from __future__ import annotations

from ztfvo.web import Answer, Question, refusal


def answer(question: Question) -> Answer:
    """Answer a request below ``/epoch``."""
    return refusal(404, "Nothing here.", votable=False)
