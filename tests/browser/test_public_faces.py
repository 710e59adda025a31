"""The public's pages as people see and use them: fares, a card to tap, riders, doors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from satu.city.load import load_city
from satu.city.pack import read_pack
from satu.cli.replay import CITIES
from tests.browser.faces import check_page, keys_reach, take_picture

Visit = Callable[..., Any]
PHONE, DESK = (390, 844), (1280, 800)
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
LINES = (("bus", "10", 4_321), ("metro", "red", 23_456), ("metro", "blue", 8_765))
POINTS = (("hills", 9_876), ("lake", 4_321), ("castle", 876), ("bus-market", 2_345))
COUNT_LINE = """
insert into insight_line_quarter
select %s, r.operator, r.id, %s, %s, 0, %s, 0, 0 from taps_route r where r.code = %s
"""
COUNT_POINT = """
insert into insight_quarter
select p.id, %s, 0, 0, %s, %s, 0, 0 from taps_point p where p.code = %s
"""


@pytest.fixture
def city(database: Any) -> Any:
    """The made-up city with riders of the days before."""
    load_city(pack=read_pack(CITIES / "contoh"), actor="test", at=NOW)
    conn = database.connect()
    today = datetime.now(tz=UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    for back in range(1, 15):
        for hour in range(9):
            begins = today - timedelta(days=back) + timedelta(hours=hour)
            for _, route, n in LINES:
                part = n * (hour % 4 + 1) // 20
                conn.execute(COUNT_LINE, [begins.date(), begins, part, part, route])
            for point, n in POINTS:
                conn.execute(COUNT_POINT, [begins, n // 9, n // 9, point])
    return database


def ask(page: Page, start: str, end: str) -> None:
    page.get_by_label("Dari", exact=True).fill(start)
    page.get_by_label("Ke", exact=True).fill(end)
    page.get_by_role("button", name="Hitung").click()


def test_pages_in_every_size_light_and_language(city: Any, visit: Visit) -> None:
    visitor = visit()
    asked = "?dari=Hills+%C2%B7+Metro+Contoh&ke=Castle&tanggal=2026-03-23&jam=08:00"
    check_page(visitor, "/", "public-home")
    check_page(visitor, f"/tarif/{asked}", "public-fares")
    check_page(visitor, "/penumpang/?lang=en", "public-riders")
    for path, name in (
        ("/?lang=en", "home-en"),
        (f"/tarif/{asked}&lang=en", "fares-en"),
        ("/tarif/?lang=id", "fares-empty"),
        ("/tarif/?dari=Hills&ke=Atlantis", "fares-choices"),
        ("/penumpang/?tabel=tempat", "riders-places"),
        ("/pengembang/", "developers"),
        ("/pengembang/bank/", "contract-bank"),
        ("/pengembang/pembaca/?lang=en", "contract-readers"),
        ("/pengembang/tarif/?lang=id", "contract-fares"),
        ("/kota/", "city"),
    ):
        check_page(visitor, path, f"public-{name}", sizes=[PHONE], lights=["light"])
    assert len(keys_reach(visitor.go("/"))) > 12


def test_fares_and_a_card_are_tried(city: Any, visit: Visit) -> None:
    a_fare_is_asked_for_by_name(visit)
    a_card_is_played(visit)


def a_fare_is_asked_for_by_name(visit: Visit) -> None:
    page = visit(*PHONE).go("/tarif/")
    page.get_by_label("Dari", exact=True).press_sequentially("lak", delay=20)
    expect(page.locator("#tempat-dari option")).to_have_count(1)
    ask(page, "Hills", "Harbour")
    page.get_by_role("link", name="Hills · Metro Contoh").click()
    page.get_by_label("Siapa yang naik").select_option("reduced")
    page.get_by_role("button", name="Hitung").click()
    expect(page.locator(".tarif-besar")).to_have_text("EUR\u00a01,45")
    plain = visit(*PHONE, java_script_enabled=False).go("/tarif/")
    ask(plain, "Lake", "Harbour")
    expect(plain.locator(".tarif-besar")).to_contain_text("EUR")
    expect(plain.get_by_role("heading", name="Mengapa tarifnya")).to_be_visible()
    plain.goto(plain.url.partition("/tarif")[0] + "/tap/")
    play(plain, "School", "09:00", "untuk masuk dan keluar")
    expect(plain.locator(".gerbang .nilai")).to_have_text("EUR\u00a01,80")
    expect(plain.get_by_role("button", name="Suara")).to_be_hidden()


def a_card_is_played(visit: Visit) -> None:
    visitor = visit(*DESK)
    check_page(visitor, "/tap/", "tap-ready")
    page = visitor.go("/tap/")
    play(page, "Hills · Metro Contoh", "08:00", "di pintu masuk")
    expect(page.locator(".gerbang")).to_have_attribute("data-keadaan", "accepted")
    expect(page.locator(".gerbang .ujaran")).to_have_text("Bayar saat keluar")
    play(page, "Harbour", "08:30", "di pintu keluar")
    expect(page.locator(".gerbang .nilai")).to_have_text("EUR\u00a03,40")
    expect(page.locator(".saldo")).to_have_text("EUR\u00a016,60")
    expect(page.get_by_role("button", name="Tap", exact=True)).to_be_focused()
    page.get_by_role("button", name="Suara").click()
    expect(page.get_by_role("button", name="Suara")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Akhiri hari").click()
    expect(page.locator(".sejarah li")).to_have_count(3)
    check_page(visitor, "/tap/", "tap-played")
    assert len(keys_reach(visitor.go("/tap/"))) > 15
    refused(page)
    take_picture(page, "tap-refused")


def refused(page: Page) -> None:
    page.get_by_text("Kartu lain").click()
    page.get_by_label("Saldo awal").fill("0")
    page.get_by_role("button", name="Pakai kartu ini").click()
    expect(page.locator(".saldo")).to_have_text("EUR\u00a00,00")
    expect(page.locator(".gerbang")).to_have_attribute("data-keadaan", "siap")
    play(page, "Lake", "12:00", "di pintu masuk")
    expect(page.locator(".gerbang .nilai")).to_have_text("Saldo kurang")


def play(page: Page, place: str, clock: str, way: str) -> None:
    seen = page.locator("#layar").get_attribute("data-nomor")
    page.get_by_label("Tempat pembaca kartu").fill(place)
    page.get_by_label("Hari", exact=True).fill("2026-03-23")
    page.get_by_label("Waktu", exact=True).fill(clock)
    page.get_by_label("Pembaca ini").select_option(label=way)
    page.get_by_role("button", name="Tap", exact=True).click()
    expect(page.locator("#layar")).not_to_have_attribute("data-nomor", seen or "none")
    expect(page.locator("#layar[data-nomor]")).to_be_visible()
