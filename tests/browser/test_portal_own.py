"""A resident's pages in a real browser: all they may do, as they do it, and every page's looks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from satu.cards.held import cards_of
from satu.cases.actions import NewCase, Opened, answer_case, open_case
from satu.cases.kinds import Channel, Filling
from satu.payments.kinds import Cause
from satu.payments.outage import mark_out
from satu.payments.purses import open_purse
from satu.people.access import open_profile
from satu.people.kinds import Role
from satu.taps.queries import who_looked
from tests.browser.faces import check_page, keys_reach
from tests.browser.ways import BOTH, Way, looked_at
from tests.database.cards_support import BCA
from tests.residents_town import BALANCE, ResidentsTown
from tests.web_doors import ACTOR, resident_client

Visit = Callable[..., Any]


@pytest.fixture
def city(database: Any) -> Iterator[ResidentsTown]:
    yield ResidentsTown(database)


def signed_in(visitor: Any, resident: int) -> Any:
    """Give a browser the session of a resident."""
    cookie = resident_client(resident).cookies["sessionid"].value
    visitor.context.add_cookies([{"name": "sessionid", "value": cookie, "url": visitor.address}])
    return visitor


@BOTH
def test_a_resident_does_all_they_may(city: ResidentsTown, visit: Visit, way: Way) -> None:
    look, _case = full(city)
    visitor = way.opened(signed_in(visit(*way.size), city.siti))
    a_card_is_frozen_and_thawed(city, visitor, way)
    a_card_is_linked_by_its_print(city, visitor, way)
    a_card_is_topped_up(visitor, way)
    a_purse_is_opened_and_closed(city, visitor, way)
    a_childs_card_is_looked_after(city, visitor, way)
    what_is_held_is_ruled_over(city, visitor, way, look)
    a_lost_card_is_replaced(city, visitor, way)
    the_account_is_closed(visitor, way)


def a_card_is_frozen_and_thawed(city: ResidentsTown, visitor: Any, way: Way) -> None:
    page = visitor.go("/saya/")
    way.follow(page, "Freeze")
    way.press(page.get_by_role("dialog"), "Freeze")
    way.sees(page, "It opens no gate until you unfreeze it.")
    (card,) = cards_of(city.siti, city.at.date())
    assert not card.is_usable
    way.follow(page, "Unfreeze")
    way.press(page.get_by_role("dialog"), "Unfreeze")
    expect(page.get_by_role("status")).to_contain_text(
        way.says("%(card)s opens gates again.", card="").strip()
    )
    (card,) = cards_of(city.siti, city.at.date())
    assert card.is_usable


def a_card_is_linked_by_its_print(city: ResidentsTown, visitor: Any, way: Way) -> None:
    page = visitor.go("/saya/hubungkan/")
    number, secret = city.printed(city.free)
    way.fill(page, "Card number", number)
    way.fill(page, "Code on the back", "AAAA AAAA")
    way.press(page, "Link this card")
    expect(page.get_by_role("alert")).to_be_visible()
    if way.is_phone:
        looked_at(page, "portal-link-wrong")
    way.fill(page, "Card number", number)
    way.fill(page, "Code on the back", secret)
    way.press(page, "Link this card")
    way.sees(page, "The card is yours now. Its money stays on it.")
    held = [card.serial for card in cards_of(city.siti, city.at.date())]
    assert sorted(held) == [city.card, city.free] and city.balance(city.free) == BALANCE


def a_card_is_topped_up(visitor: Any, way: Way) -> None:
    """Numbers to pay to stand there; a standing order is refused where it is wrong, then set."""
    page = visitor.go("/saya/isi-saldo/")
    way.sees(page, "Pay to a number")
    low = page.get_by_label(way.says("When the balance falls below"))
    low.fill("dua puluh ribu")
    way.fill(page, "Top up by", "Rp 50.000")
    way.fill(page, "At most in a month", "10.000")
    way.press(page, "Set it")
    expect(low).to_have_attribute("aria-invalid", "true")
    expect(low).to_be_in_viewport()
    low.fill("20.000")
    way.press(page, "Set it")
    expect(page.get_by_role("alert")).to_be_visible()
    if way.is_phone:
        looked_at(page, "portal-order-wrong")
    way.fill(page, "At most in a month", "500.000")
    way.press(page, "Set it")
    way.sees(page, "The standing order is set. Stop it here any time.")
    if way.is_phone:
        looked_at(page, "portal-order")


def a_purse_is_opened_and_closed(city: ResidentsTown, visitor: Any, way: Way) -> None:
    """The card has two already (`full`): the second is closed, and one opened there again."""
    page = visitor.go(f"/saya/kartu/{city.card}/dompet/")
    money = city.balance(city.card)
    page.locator(".deret a[data-dialog]").last.click()
    way.press(page.get_by_role("dialog"), "Close the purse")
    way.sees(page, "The purse is closed; its money is in the other one.")
    way.press(page, "Open a purse")
    way.sees(page, "The purse is open. It is the last in the order of use.")
    assert city.balance(city.card) == money


def a_childs_card_is_looked_after(city: ResidentsTown, visitor: Any, way: Way) -> None:
    page = visitor.go(f"/saya/keluarga/{city.budi}/batas/")
    way.fill(page, "At most in a month", "200.000")
    way.press(page, "Keep")
    way.sees(page, "The limit is set. A ride that was taken is always paid.")
    way.follow(page, "Top up")
    way.fill(page, "Amount", "25.000")
    way.press(page, "Send")
    expect(page.get_by_role("status")).to_contain_text("Bank Mandiri •")
    assert city.balance(city.childs) == BALANCE + 25_000
    way.follow(page, "Freeze")
    way.press(page.get_by_role("dialog"), "Freeze")
    way.sees(page, "Opens no gate")
    if way.is_phone:
        looked_at(page, "portal-family-frozen")


def what_is_held_is_ruled_over(city: ResidentsTown, visitor: Any, way: Way, look: int) -> None:
    """A consent given and withdrawn, a look questioned, all of it downloaded."""
    page = visitor.go("/saya/data/tujuan/")
    way.press(page, "I agree")
    way.sees(page, "Thank you. You can withdraw it here any time.")
    way.press(page, "Withdraw")
    way.sees(page, "Withdrawn. From this moment on it is not used any more.")
    page = visitor.go("/saya/data/dilihat/")
    page.locator(f"a[href$='/{look}/']").click()
    page.get_by_role("textbox").fill("Saya tidak menelepon hari itu.")
    way.press(page, "Send the question")
    expect(page.get_by_role("status")).to_contain_text("K-")
    page = visitor.go("/saya/data/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=way.says("All that is held on me")).click()
    held = json.loads(waiting.value.path().read_bytes())
    assert "Siti Purnamasari Contoh" in json.dumps(held)


def a_lost_card_is_replaced(city: ResidentsTown, visitor: Any, way: Way) -> None:
    page = visitor.go(f"/saya/kartu/{city.card}/hilang/")
    page.get_by_label(way.says("It was stolen")).check()
    way.press(page, "Report lost")
    expect(page.get_by_role("status")).to_be_visible()
    way.press(page, "Get a new card")
    way.sees(page, "The new card has your money")
    if way.is_phone:
        looked_at(page, "portal-replaced")
    cards = {card.serial: card for card in cards_of(city.siti, city.at.date())}
    new = cards[city.card].successor
    assert new in cards and city.balance(new) == city.balance(city.card)


def the_account_is_closed(visitor: Any, way: Way) -> None:
    page = visitor.go("/saya/data/tutup/")
    page.get_by_role("checkbox").check()
    way.press(page, "Close my account")
    way.sees(page, "Your account is being closed")
    if way.is_phone:
        looked_at(page, "portal-closing")


def test_the_pages_look_right_by_day_and_by_night(city: ResidentsTown, visit: Visit) -> None:
    look, case = full(city)
    visitor = signed_in(visit(), city.siti)
    card = f"/saya/kartu/{city.card}"
    pages = {
        "top-up": "/saya/isi-saldo/",
        "purses": f"{card}/dompet/",
        "family": "/saya/keluarga/",
        "data": "/saya/data/",
        "looks": "/saya/data/dilihat/",
        "purposes": "/saya/data/tujuan/",
        "wishes": "/saya/data/pesan/",
        "case": f"/saya/data/laporan/{case}/",
    }
    for name, path in pages.items():
        check_page(visitor, path, f"portal-{name}")
    plain = {
        "link": "/saya/hubungkan/",
        "lost": f"{card}/hilang/",
        "replace": f"{card}/ganti/",
        "family-send": f"/saya/keluarga/kartu/{city.childs}/isi/",
        "family-limit": f"/saya/keluarga/{city.budi}/batas/",
        "profile": "/saya/data/diri/",
        "question": f"/saya/data/dilihat/{look}/",
        "cases": "/saya/data/laporan/",
        "case-new": "/saya/data/laporan/baru/",
        "close": "/saya/data/tutup/",
    }
    for name, path in plain.items():
        where = f"portal-{name}"
        check_page(visitor, path + "?lang=en", where, sizes=[(390, 844)], lights=["light"])
    page = visitor.go("/saya/isi-saldo/")
    assert len(keys_reach(page)) > 10
    empty = signed_in(visit(), city.dian)
    for name in ("isi-saldo", "keluarga", "data/dilihat", "data/laporan"):
        path = f"/saya/{name}/?lang=id"
        check_page(empty, path, f"portal-empty-{name[-7:]}", sizes=[(390, 844)], lights=["dark"])


def full(city: ResidentsTown) -> tuple[int, int]:
    """Give the pages something to show: the numbers of a look and of an answered case."""
    at = datetime.now(UTC) - timedelta(minutes=5)
    name = "portal-test"
    open_purse(card=city.card, bank=BCA, key=name, owner=city.siti, actor=ACTOR, at=at)
    mark_out(bank=BCA, cause=Cause.STAFF, actor=ACTOR, at=at)
    open_profile(
        actor="staff:ani",
        role=Role.DESK,
        resident_id=city.siti,
        purpose="customer_service",
        case="T-9",
        at=at,
    )
    new = NewCase("complaint", Channel.PAGE, name, city.siti, city.card, "Gerbang 2 lambat sekali.")
    opened = open_case(new=new, actor=f"resident:{city.siti}", at=at)
    assert isinstance(opened, Opened)
    answer_case(
        case=opened.case.pk,
        answer="money_returned",
        filling=Filling(amount=3_500),
        text="Terima kasih sudah memberi tahu.",
        actor="staff:ani",
        at=at,
    )
    (look,) = [one.entry for one in who_looked(city.siti, at) if one.case == "T-9"]
    return look, opened.case.pk
