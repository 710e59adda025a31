"""The desk's pages as staff see them: a card's life, people, four eyes, refunds, orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from satu.approvals.actions import Asked, propose
from satu.approvals.models import Proposal
from satu.cards.actions import link_card, top_up
from satu.cards.kinds import CardProduct
from satu.cards.lifecycle import freeze_card, unfreeze_card
from satu.cards.products import ensure_products
from satu.cards.queries import faces
from satu.people.actions import register_resident
from satu.people.consents import keep_register
from satu.people.kinds import Assurance
from satu.people.profile import NewResident, Profile, Registered
from satu.people.register import read_register
from satu.taps.models import Repair
from tests.browser.faces import check_in_turn, check_page, keys_reach, take_picture
from tests.browser.looks import faults_of
from tests.database.people_support import REGISTER
from tests.live_city import LiveCity
from tests.web_doors import ACTOR, hire, link_path

Visit = Callable[..., Any]
CARD = 1
LONG = Profile(
    name="Raden Ayu Siti Nurhaliza Purnamasari Kusumawardhani Contoh",
    nik="3171015708459999",
    phone="+6281200009999",
)
PHONE, DESKTOP = (390, 844), (1280, 800)
EVIDENCE = {
    "use": {"from": "H0", "to": None, "started_at": "2026-11-20T01:00:00+00:00", "fare": 14_000},
    "told": {"point": "H1", "at": "2026-11-20T01:25:00+00:00"},
    "mended": {"from": "H0", "to": "H1", "started_at": "2026-11-20T01:00:00+00:00", "fare": 3_500},
    "difference": -10_500,
    "rides": [
        {
            "from": "H0",
            "to": None,
            "started_at": "2026-11-20T01:00:00+00:00",
            "class": "missing_exit",
            "fare": 14_000,
        }
    ],
    "habits": [{"from": "H0", "to": "H1", "rides": 14}],
    "aside": [{"point": "H1", "at": "2026-11-20T01:25:00+00:00", "reason": "reader_refused"}],
}


@pytest.fixture
def resident(city: LiveCity) -> int:
    """The holder of card 1, which has a life behind it; a proposal and a request wait."""
    now = timezone.now()
    keep_register(wanted=read_register(REGISTER.read_text("utf-8")), actor=ACTOR, at=now)
    kinds = [CardProduct(1, "resident", "Kartu Warga", "Resident card")]
    ensure_products(products=kinds, actor=ACTOR, at=now)
    new = NewResident(profile=LONG, level=Assurance.IN_PERSON, area="31.71.01.1001")
    done = register_resident(new=new, actor=ACTOR, at=now)
    assert isinstance(done, Registered)
    (face,) = faces([CARD])
    link_card(number=face.number, secret=face.secret, owner=done.resident, actor=ACTOR, at=now)
    for hour in range(3):
        at = now - timedelta(hours=hour + 1)
        top_up(card=CARD, amount=50_000, reference=f"r-{hour}", actor=ACTOR, at=at)
    freeze_card(card=CARD, owner=None, actor=ACTOR, at=now)
    unfreeze_card(card=CARD, owner=None, actor=ACTOR, at=now)
    hire("budi", "desk")
    asked = Asked("card.goodwill", {"card": CARD, "amount": 25_000}, "goodwill", "K-17", "k")
    assert isinstance(propose(asked=asked, actor="staff:budi", at=now), Proposal)
    Repair.objects.create(
        card=CARD,
        use=7,
        tap=8,
        service_day=now.date(),
        network="n",
        missing=2,
        point_id=city.points["H1"],
        said_at=now,
        asked_at=now,
        asked_by=f"resident:{done.resident}",
        evidence=EVIDENCE,
        waits_for="monthly_limit_reached travel_too_fast",
    )
    return done.resident


def entered(visitor: Any, *roles: str) -> Page:
    page: Page = visitor.go(link_path(hire("ani", *(roles or ("desk",)))))
    return page


def english(visitor: Any) -> None:
    visitor.go("/design/?lang=en")


def test_a_desk_day_from_the_first_page_to_a_card_opened(resident: int, visit: Visit) -> None:
    visitor = visit()
    page = entered(visitor)
    check_page(visitor, "/console/", "console-home", lights=("light",))
    page.set_viewport_size({"width": 1280, "height": 800})
    number = faces([CARD])[0].number
    page.get_by_role("searchbox").fill(number)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(number[-4:])
    expect(page.locator(".lembar")).to_contain_text("1.150.000")
    check_page(visitor, f"/console/cards/{CARD}/", "console-card")
    assert keys_reach(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Buka tempatnya (perlu alasan)").click()
    dialog = page.locator("dialog")
    expect(dialog).to_be_visible()
    assert faults_of(page) == []
    take_picture(page, "console-card-open")
    dialog.get_by_role("textbox", name="Laporan").fill("K-17")
    dialog.get_by_role("button", name="Buka", exact=True).click()
    expect(page.locator(".lembar")).to_contain_text("Tempat terbuka selama setengah jam")
    for part in ("fares", "purses", "books", "looks"):
        path = f"/console/cards/{CARD}/{part}/"
        light = "dark" if part in ("purses", "looks") else "light"
        check_page(visitor, path, f"console-card-{part}", lights=(light,))
    for place, step in enumerate(("freeze", "lost", "stolen", "replace", "close", "grant")):
        path = f"/console/cards/{CARD}/{step if step == 'grant' else f'do/{step}'}"
        check_in_turn(visitor, path, f"console-card-{step}", place)


def test_a_person_is_found_and_told_once(resident: int, visit: Visit) -> None:
    visitor = visit()
    page = entered(visitor)
    page.get_by_role("searchbox").fill(LONG.nik)
    page.keyboard.press("Enter")
    expect(page.locator(".lembar")).to_contain_text("Ini menyebut seseorang")
    assert LONG.nik not in page.url
    assert faults_of(page) == []
    take_picture(page, "console-find")
    page.get_by_role("textbox", name="Laporan").fill("K-17")
    page.locator(".lembar").get_by_role("button", name="Cari").click()
    expect(page.locator("h1")).to_have_text(f"Warga {resident}")
    page.get_by_role("button", name="Tampilkan siapa dia").click()
    expect(page.locator(".lembar")).to_contain_text(LONG.name)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert faults_of(page) == []
        take_picture(page, f"console-profile-{size[0]}")
    check_page(
        visitor, f"/console/cards/residents/{resident}/", "console-resident", lights=("dark",)
    )
    check_page(visitor, "/console/cards/residents/new", "console-register", lights=("light",))
    visitor.go(f"/console/cards/residents/{resident}/")
    page.get_by_role("button", name="Cetak kode baru").click()
    expect(page.locator("h1")).to_have_text("Kode cetak")
    assert faults_of(page) == []
    take_picture(page, "console-code")


def test_money_refunds_and_orders_in_english(resident: int, visit: Visit) -> None:
    visitor = visit()
    english(visitor)
    page = entered(visitor, "desk", "treasurer")
    check_page(visitor, "/console/approvals/", "console-approvals", lights=("light",))
    expect(page.locator("h1")).to_have_text("Four eyes")
    proposal = Proposal.objects.get().id
    check_page(visitor, f"/console/approvals/{proposal}/", "console-approval", lights=("dark",))
    banker = visit()
    english(banker)
    banker.go(link_path(hire("made", "bank", acts_for="issuer:bank-satria")))
    decides = banker.go(f"/console/approvals/{proposal}/")
    decides.get_by_role("button", name="Approve: move the money").click()
    expect(decides.get_by_role("status")).to_contain_text("Approved: it is done.")
    assert Proposal.objects.get().result == "posted"
    goodwill = f"/console/approvals/new/goodwill?kartu={CARD}"
    check_page(visitor, goodwill, "console-propose", lights=("light",))
    check_page(visitor, "/console/refunds/", "console-refunds", lights=("dark",))
    request = Repair.objects.get().id
    visitor.go(f"/console/refunds/{request}/")
    page.get_by_role("textbox", name="Case").fill("K-17")
    page.get_by_role("button", name="Open the evidence").click()
    expect(page.locator(".lembar")).to_contain_text("Halte Harmoni")
    check_page(visitor, f"/console/refunds/{request}/", "console-refund", lights=("light",))
    check_page(visitor, "/console/orders/", "console-orders", lights=("light",))
    check_page(visitor, "/console/orders/new", "console-order-new", lights=("dark",))
