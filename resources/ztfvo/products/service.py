"""The light-curve service: from a request to a document."""

from __future__ import annotations

from ztfvo.web import Answer, Question, refusal


def answer(question: Question) -> Answer:
    """Answer a request below ``/lc``."""
    return refusal(404, "Nothing here.", votable=False)
