"""A resident's pages in a real browser: a lost card in four clicks, and every page as it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from satu.cards.held import cards_of
from satu.cases.actions import NewCase, Opened, answer_case, open_case
from satu.cases.kinds import Channel, Filling
from satu.payments.kinds import Cause
from satu.payments.outage import mark_out
from satu.payments.purses import open_purse
from satu.people.access import open_profile
from satu.people.kinds import Role
from satu.taps.queries import who_looked
from tests.browser.faces import axe_faults, check_page, keys_reach, take_picture
from tests.browser.looks import faults_of
from tests.database.cards_support import BCA
from tests.residents_town import ResidentsTown
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


def test_a_lost_card_is_reported_and_replaced_by_clicks(city: ResidentsTown, visit: Visit) -> None:
    visitor = signed_in(visit(390, 844), city.siti)
    page = visitor.go(f"/saya/kartu/{city.card}/hilang/")
    page.get_by_label("Dicuri").check()
    page.get_by_role("button", name="Laporkan hilang").click()
    expect(page.get_by_text("tidak membuka gerbang lagi").first).to_be_visible()
    page.get_by_role("button", name="Minta kartu baru").click()
    expect(page.get_by_text("Kartu baru memuat uang Anda")).to_be_visible()
    looked_at(page, "portal-replaced")
    old, new = cards_of(city.siti, city.at.date())
    assert old.successor == new.serial and city.balance(new.serial) == city.balance(old.serial)

    page = visitor.go("/saya/keluarga/")
    page.get_by_role("link", name="Bekukan").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Bekukan").click()
    expect(page.get_by_text("dibekukan: tidak membuka gerbang")).to_be_visible()
    looked_at(page, "portal-family-frozen")


def test_what_is_wrong_stands_where_it_is(city: ResidentsTown, visit: Visit) -> None:
    visitor = signed_in(visit(390, 844), city.siti)
    page = visitor.go("/saya/hubungkan/")
    page.get_by_label("Nomor kartu").fill("9360 0899 9999 9995")
    page.get_by_label("Kode di belakang kartu").fill("AAAA AAAA")
    page.get_by_role("button", name="Hubungkan kartu ini").click()
    expect(page.get_by_role("alert")).to_contain_text("Nomor atau kode salah")
    looked_at(page, "portal-link-wrong")
    page = visitor.go("/saya/isi-saldo/")
    page.get_by_label("Jika saldo di bawah").fill("dua puluh ribu")
    page.get_by_label("Isi sebesar").fill("Rp 50.000")
    page.get_by_label("Paling banyak sebulan").fill("10.000")
    page.get_by_role("button", name="Pasang").click()
    low = page.get_by_label("Jika saldo di bawah")
    expect(low).to_have_attribute("aria-invalid", "true")
    expect(low).to_be_in_viewport()
    low.fill("20.000")
    page.get_by_role("button", name="Pasang").click()
    expect(page.get_by_role("alert")).to_contain_text("Batas tidak benar")
    looked_at(page, "portal-order-wrong")
    page.get_by_label("Paling banyak sebulan").fill("500.000")
    page.get_by_role("button", name="Pasang").click()
    expect(page.get_by_text("Isi otomatis terpasang")).to_be_visible()
    looked_at(page, "portal-order")
    page = visitor.go("/saya/data/tutup/")
    page.get_by_label("Saya sudah membaca ini").check()
    page.get_by_role("button", name="Tutup akun saya").click()
    expect(page.get_by_text("Akun Anda sedang ditutup")).to_be_visible()
    looked_at(page, "portal-closing")


def looked_at(page: Page, name: str) -> None:
    """A page as it stands now: no serious fault, and its picture."""
    found = [*axe_faults(page), *faults_of(page)]
    assert not found, (name, found)
    take_picture(page, name)


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
