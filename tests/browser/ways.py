"""The two ways in which what matters most is acted: on a phone in Indonesian, at a desk in English.

A test of both says what it clicks by the code's English words; `says` gives those of the page.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from django.utils import translation
from playwright.sync_api import Locator, Page, expect

from tests.browser.faces import axe_faults, take_picture
from tests.browser.looks import faults_of


class Way(NamedTuple):
    """A size of the page and its language."""

    size: tuple[int, int]
    language: str

    @property
    def is_phone(self) -> bool:
        return self.size[0] < 768

    def says(self, words: str, **named: object) -> str:
        """The words of the code in the page's language."""
        with translation.override(self.language):
            return translation.gettext(words) % named if named else translation.gettext(words)

    def opened(self, visitor: Any) -> Any:
        """A visitor whose pages speak the language."""
        cookie = {"name": "satu_language", "value": self.language, "url": visitor.address}
        visitor.context.add_cookies([cookie])
        return visitor

    def fill(self, page: Page, label: str, value: str) -> None:
        page.get_by_label(self.says(label)).fill(value)

    def press(self, within: Page | Locator, button: str, **named: object) -> None:
        words = self.says(button, **named)
        within.get_by_role("button", name=words, exact=True).first.click()

    def follow(self, page: Page, link: str) -> None:
        within = page.locator("main")
        within.get_by_role("link", name=self.says(link), exact=True).first.click()

    def sees(self, page: Page, words: str, **named: object) -> None:
        expect(page.get_by_text(self.says(words, **named)).first).to_be_visible()


PHONE = Way((390, 844), "id")
DESK = Way((1280, 800), "en")
BOTH = pytest.mark.parametrize("way", [PHONE, DESK], ids=["phone-id", "desk-en"])


def looked_at(page: Page, name: str) -> None:
    """A page as it stands now: no serious fault, and its picture."""
    found = [*axe_faults(page), *faults_of(page)]
    assert not found, (name, found)
    take_picture(page, name)
