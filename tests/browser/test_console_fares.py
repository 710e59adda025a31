"""A card that rode, at the desk: its places once they are opened, and why a day cost so much."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from satu.people.consents import keep_register
from satu.people.register import read_register
from tests.browser.faces import check_page
from tests.database.fares_support import NOW, cards, loaded_city
from tests.database.people_support import REGISTER
from tests.small_city import MONDAY, SmallCity, at
from tests.web_doors import ACTOR, hire, link_path

Visit = Callable[..., Any]
DAYS = "?dari=2026-11-20&sampai=2026-12-01"


@pytest.fixture
def city(database: Any) -> SmallCity:
    """The small city with a card that rode twice, once without a tap out."""
    made = loaded_city(database)
    keep_register(wanted=read_register(REGISTER.read_text("utf-8")), actor=ACTOR, at=NOW)
    (card,) = cards(1, balance=9_000)
    with ThreadPoolExecutor(1) as apart:  # the browser keeps an event loop running in this one
        apart.submit(ride, made, card).result()
    return made


def ride(city: SmallCity, card: int) -> None:
    city.send(
        city.tap(card, "X", at(8, 7), direction="entry"),
        city.tap(card, "Y", at(8, 31), direction="exit"),
        city.tap(card, "X", at(17), direction="entry"),
    )
    city.close(MONDAY + timedelta(days=1), at(4, day=1))


def test_a_day_is_explained_once_it_is_opened(city: SmallCity, visit: Visit) -> None:
    visitor = visit()
    page = visitor.go(link_path(hire("ani", "desk")))
    visitor.go(f"/console/cards/1/{DAYS}")
    expect(page.locator(".lembar")).to_contain_text("tempat ditutup")
    visitor.go("/console/cards/1/open")
    page.get_by_role("textbox", name="Laporan").fill("K-17")
    page.locator(".lembar").get_by_role("button", name="Buka").click()
    expect(page.locator(".lembar")).to_contain_text("Tempat terbuka")
    check_page(visitor, f"/console/cards/1/{DAYS}", "console-card-places", lights=("light",))
    expect(page.locator("tbody")).to_contain_text("Station X → Station Y")
    check_page(visitor, "/console/cards/1/fares/", "console-card-day", lights=("light",))
    expect(page.locator(".lembar")).to_contain_text("Station X → Station Y")
