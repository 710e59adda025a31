"""The page's language, and words that are kept in both languages said in it."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import get_language


class Bilingual(Protocol):
    """What has its words in both languages."""

    @property
    def id(self) -> str: ...

    @property
    def en(self) -> str: ...


def language() -> str:
    """The page's language: `id` or `en`."""
    return "en" if get_language() == "en" else "id"


def say(words: Bilingual) -> str:
    """Words in the page's language."""
    return words.en if language() == "en" else words.id
