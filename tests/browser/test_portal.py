"""A resident's first page, history and journeys in a real browser: seen, weighed, mended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from satu.cards.actions import ensure_issuers
from satu.cards.interbank import set_prefund
from satu.cards.kinds import Issuer
from satu.cases import queries as cases
from satu.payments.purses import Opened, open_purse
from satu.taps.repair_queries import repairs
from tests.browser.faces import check_page, keys_reach, weight_of_first_load
from tests.browser.ways import BOTH, DESK, Way
from tests.database.repairs_support import NOW
from tests.portal_city import PortalCity, then
from tests.small_city import OTHER_BANK
from tests.web_doors import hire, link_path, new_resident, resident_client

Visit = Callable[..., Any]
NAME = "Raden Ajeng Siti Nurhaliza Kusumawardhani Prawirodirjo"
LIMIT_BYTES = 150_000


@pytest.fixture
def city(database: Any, request: pytest.FixtureRequest) -> PortalCity:
    """Two missing taps a month are mended by rule, or as many as a test asks for."""
    return PortalCity(database, repairs=getattr(request, "param", 2))


@pytest.fixture
def card(city: PortalCity) -> int:
    """A card of the resident with a week behind it, a ride without an end, and two purses."""
    resident = new_resident(NAME)
    card, _ = city.linked(resident), city.linked(resident, 9_000)
    for ago in (5, 4, 3):
        city.ride(card, ago=ago)
    city.send(city.tap(card, "A", then(17, ago=3), route="R1", direction="entry"))
    city.ride_without_end(card, 9)
    other = Issuer(OTHER_BANK, "melati", "Bank Melati Nusantara", "100002", True)
    ensure_issuers(issuers=[other], actor="test", at=NOW)
    set_prefund(bank=OTHER_BANK, amount=10**9, actor="test", at=NOW)
    opened = open_purse(
        card=card, bank=OTHER_BANK, key="second", owner=resident, actor="test", at=NOW
    )
    assert isinstance(opened, Opened), opened
    city.resident = resident  # type: ignore[attr-defined]
    return card


def signed_in(city: PortalCity, visitor: Any) -> Any:
    """A visitor with the resident's session."""
    client = resident_client(city.resident)  # type: ignore[attr-defined]
    session = client.cookies["sessionid"].value
    cookie = {"name": "sessionid", "value": session, "url": visitor.address}
    visitor.context.add_cookies([cookie])
    return visitor


def test_the_pages_look_right_in_both_languages(city: PortalCity, card: int, visit: Visit) -> None:
    visitor = signed_in(city, visit(390, 844))
    for language in ("id", "en"):
        go: dict[str, Any] = {}
        if language == "en":
            go = {"lights": ("light",), "sizes": ((390, 844),)}
        page = check_page(visitor, f"/saya/?lang={language}", f"portal-home-{language}", **go)
        expect(page.locator("html")).to_have_attribute("lang", language)
        page = check_page(visitor, "/saya/riwayat/", f"portal-history-{language}", **go)
        path = page.locator("a.judul-baris").first.get_attribute("href")
        check_page(visitor, path, f"portal-journey-{language}", **go)
        check_page(visitor, f"{path}tap/", f"portal-repair-{language}", **go)
        check_page(visitor, f"{path}pengembalian/", f"portal-refund-{language}", **go)
    check_page(visitor, "/saya/riwayat/?jenis=money&dari=2020-01-01&sampai=2020-01-02",
               "portal-history-empty", lights=("light",))  # fmt: skip
    tablet = {"sizes": ((768, 1024), (900, 700)), "lights": ("light",)}
    check_page(visitor, "/saya/", "portal-home-tablet", **tablet)
    visitor.page.set_viewport_size({"width": 1280, "height": 800})
    visitor.go("/saya/riwayat/")
    assert len(keys_reach(visitor.page)) > 15


def test_the_first_load_is_light(city: PortalCity, card: int, visit: Visit) -> None:
    path = "/saya/"
    signed_in(city, visit(390, 844)).go(path)
    weight = weight_of_first_load(signed_in(city, visit(390, 844)), path)
    assert 60_000 < weight < LIMIT_BYTES


@BOTH
def test_a_missing_tap_is_mended_and_money_asked_back(
    city: PortalCity, card: int, visit: Visit, way: Way
) -> None:
    """On the phone without a script."""
    scripts = not way.is_phone
    visitor = way.opened(signed_in(city, visit(*way.size, java_script_enabled=scripts)))
    page = visitor.go("/saya/")
    way.follow(page, "Complete it")
    expect(page.get_by_role("heading", level=1)).to_have_text("Station X → ?")
    way.follow(page, "Complete the journey")
    page.get_by_role("button", name="Station Y").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Station X → Station Y")
    back = "Rp\u00a03.000" if way.is_phone else "Rp\u00a03,000"
    way.sees(page, "%(money)s is back on your card.", money=back)
    page = visitor.go("/saya/riwayat/")
    page.locator("a.judul-baris").last.click()
    way.follow(page, "Something is not right? Ask for a refund")
    page.get_by_label(way.says("I was charged twice")).check()
    way.fill(page, "What happened?", "Pintu tidak terbuka.")
    way.press(page, "Ask for a refund")
    way.sees(page, "We have it. The answer comes here and as a message.")
    (case,) = cases.of_resident(city.resident)  # type: ignore[attr-defined]
    assert case.kind == "refund" and page.url.endswith(f"/laporan/{case.pk}/")
    with page.expect_download() as waiting:
        page.goto(visitor.address + "/saya/riwayat/")
        way.press(page, "Download as PDF")
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("city", [0], indirect=True, ids=["no-rule"])
def test_staff_believe_what_no_rule_decides(city: PortalCity, card: int, visit: Visit) -> None:
    me = DESK.opened(signed_in(city, visit(*DESK.size)))
    before = city.money(card)[0]
    page = me.go("/saya/")
    DESK.follow(page, "Complete it")
    DESK.follow(page, "Complete the journey")
    page.get_by_role("button", name="Station Y").click()
    DESK.sees(page, "Staff look at it now. The answer comes here and as a message.")
    desk = DESK.opened(visit(*DESK.size))
    desk.go(link_path(hire("ani", "desk")))
    told = desk.go(f"/console/refunds/{repairs(card=card)[0].pk}/")
    DESK.fill(told, "Case", "K-17")
    DESK.press(told, "Open the evidence")
    expect(told.get_by_text("Station Y").first).to_be_visible()
    DESK.press(told, "Believe and give back")
    expect(told.get_by_role("status")).to_be_visible()
    assert city.money(card)[0] == before + 3_000
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Station X → Station Y")
