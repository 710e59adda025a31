"""A card passes from hand to hand, on two phones: who asks for it, and who tells the code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from satu.cards.held import cards_of
from satu.web.doors import codes
from tests.browser.faces import check_page, keys_reach
from tests.browser.test_portal_own import signed_in
from tests.browser.ways import looked_at
from tests.residents_town import BALANCE, ResidentsTown

LINK, CODE = "/saya/hubungkan/", "/saya/hubungkan/kode/"
PHONE = (390, 844)
PATIENCE_S = 10

Visit = Callable[..., Any]


@pytest.fixture
def city(database: Any) -> Iterator[ResidentsTown]:
    yield ResidentsTown(database)


def told_code() -> str:
    """What the holder reads on their phone; it is sent beside the request."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        shown = codes.outbox(datetime.now(UTC))
        if shown:
            return shown[0].code
        time.sleep(0.1)
    raise AssertionError("no code was sent")


def asks(page: Page, number: str, label: str, button: str) -> None:
    page.get_by_label(label).fill(number)
    page.get_by_role("button", name=button).click()


def test_a_card_is_asked_for_and_passes_by_its_holders_code(
    city: ResidentsTown, visit: Visit
) -> None:
    number, _secret = city.printed(city.tonos)
    dian = signed_in(visit(*PHONE), city.dian)
    page = dian.go(LINK)
    asks(page, number, "Nomor kartu", "Kirim kode ke pemegangnya")
    expect(page.get_by_role("heading", name="Kode dari pemegang")).to_be_visible()
    code = told_code()
    page.get_by_label("Kode").fill("000000" if code != "000000" else "111111")
    page.get_by_role("button", name="Ambil alih kartu").click()
    expect(page.get_by_text("Kode tidak cocok")).to_be_visible()
    looked_at(page, "portal-holders-code-wrong")
    assert [card.serial for card in cards_of(city.tono, city.at.date())] == [city.tonos]
    page.get_by_label("Kode").fill(code)
    page.get_by_role("button", name="Ambil alih kartu").click()
    expect(page.get_by_text("Kartu ini sekarang milik Anda").first).to_be_visible()
    expect(page.get_by_text("100.000").first).to_be_visible()
    looked_at(page, "portal-taken-over")
    assert city.balance(city.tonos) == BALANCE

    tono = signed_in(visit(*PHONE), city.tono)
    page = tono.go("/saya/data/dilihat/")
    expect(page.get_by_text("Kartu Anda, kini milik orang lain")).to_be_visible()
    looked_at(page, "portal-handed-over-look")
    page = tono.go("/saya/")
    expect(page.get_by_text("Belum ada kartu")).to_be_visible()


def test_it_is_the_same_in_english_and_without_a_card_behind_the_number(
    city: ResidentsTown, visit: Visit
) -> None:
    siti = signed_in(visit(*PHONE), city.siti)
    page = siti.go(f"{LINK}?lang=en")
    asks(page, "9360 0899 9999 9995", "Card number", "Send its holder a code")
    expect(page.get_by_role("heading", name="The holder's code")).to_be_visible()
    page.get_by_label("Code", exact=True).fill("123456")
    page.get_by_role("button", name="Take the card over").click()
    expect(page.get_by_text("That code does not fit")).to_be_visible()
    looked_at(page, "portal-holders-code-en")
    assert any("Take the card over" in one for one in keys_reach(page))
    assert codes.outbox(datetime.now(UTC)) == []


def test_the_pages_look_right_by_day_and_by_night(city: ResidentsTown, visit: Visit) -> None:
    dian = signed_in(visit(), city.dian)
    check_page(dian, LINK, "portal-link")
    page = dian.go(LINK)
    asks(page, "9360 0899 9999 9995", "Nomor kartu", "Kirim kode ke pemegangnya")
    expect(page.get_by_role("heading", name="Kode dari pemegang")).to_be_visible()
    check_page(dian, CODE, "portal-holders-code")
    check_page(dian, f"{CODE}?lang=en", "portal-holders-code-en", lights=["light"])
