"""Words that the domains have in both languages, in the page's own."""

from __future__ import annotations

from django.utils.translation import get_language

from satu.wire.messages import Words


def language() -> str:
    """`id` or `en`: the page's language."""
    return "en" if get_language() == "en" else "id"


def say(words: Words) -> str:
    """The sentence in the page's language."""
    return words.en if language() == "en" else words.id
