"""The public page in a real browser: late, coarse, without banks, readable without a script."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from satu.kernel.refusal import Outcome
from tests.browser.looks import faults_of
from tests.live_city import BANKS, LiveCity, after

Visit = Callable[..., Any]
PATIENCE_MS = 15_000
RIDERS = ["Bus Kota1.300", "Ragunanseparuh kunjungan berlangsung 30 menit atau lebih10"]


def a_morning(city: LiveCity) -> None:
    city.tap("H0", 1_234, at=after(-3_600))
    city.tap("H1", 57, at=after(-3_600))
    city.tap("B0", 9, at=after(-3_600))
    city.visit(14, at=after(-4_000), minutes=36)
    city.tap("H1", 20, at=after(-3_600), outcome=Outcome.BALANCE_INSUFFICIENT)
    city.tap("H2", 500, at=after(-300))
    city.tap("H3", 5)
    city.pay(1, "bus", 3_500)


def figures(page: Any) -> Any:
    """The page's figures, once the process has read the day."""
    page.wait_for_function(
        "fetch('/live/places').then((a) => a.json()).then((d) => d.places.length)",
        timeout=PATIENCE_MS,
    )
    page.reload()
    return page.locator("[data-fresh=figures]")


def test_the_picture_is_late_and_coarse(city: LiveCity, visit: Visit, web: str):
    a_morning(city)
    visitor = visit()
    shown = figures(visitor.go("/kota/"))
    expect(shown).to_contain_text("Hari ini sampai pukul 05.25 WIB")
    expect(shown.locator(".palangan tbody tr")).to_have_text(RIDERS)
    expect(shown.locator("table").nth(1).locator("tbody tr")).to_have_text(
        ["Halte Kota1.000", "Halte Harmoni50", "Ragunan Pintu Utara25"]
    )
    answer = visitor.context.request.get(f"{web}/live/places")
    steps = [step for _, step in json.loads(answer.text())["places"]]
    assert steps == [1_000, 50, 25]
    first = visitor.go("/")
    expect(first.locator(".sambut")).to_contain_text("1.310 orang bepergian hari ini")
    first.get_by_role("link", name="Lihat kota sekarang").click()
    expect(first).to_have_url(f"{web}/kota/")


def test_no_bank_no_money_and_no_small_place_is_in_anything_public(
    city: LiveCity, visit: Visit, web: str
):
    a_morning(city)
    visitor = visit()
    figures(visitor.go("/kota/"))
    told = visitor.page.content() + visitor.context.request.get(f"{web}/live/places").text()
    for word in (*BANKS.values(), "Rp", "Mawar", "Blok M", "float", "purse"):
        assert word not in told, word


def test_it_can_be_read_without_a_script(city: LiveCity, visit: Visit):
    a_morning(city)
    figures(visit().go("/kota/"))
    page = visit(java_script_enabled=False).go("/kota/")
    expect(page.locator("h1")).to_have_text("Satu kartu untuk seluruh Kota Contoh")
    expect(page.locator(".palangan tbody tr")).to_have_text(RIDERS)


def test_an_empty_day_says_so(city: LiveCity, visit: Visit):
    page = visit().go("/kota/?lang=en")
    expect(page.locator("[data-fresh=figures]")).to_contain_text("No rides are shown yet.")
    assert faults_of(page) == []


def test_the_language_is_remembered(city: LiveCity, visit: Visit):
    visitor = visit(locale="en-GB")
    page = visitor.go("/kota/")
    expect(page.locator("html")).to_have_attribute("lang", "id")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("One card for all of Kota Contoh")
    expect(visitor.go("/kota/").locator("html")).to_have_attribute("lang", "en")


def test_everything_can_be_read_in_any_size_and_light(city: LiveCity, visit: Visit):
    a_morning(city)
    faults = {}
    for width, height in ((390, 844), (1280, 800), (1920, 1080)):
        for scheme in ("dark", "light"):
            visitor = visit(width, height, color_scheme=scheme)
            figures(visitor.go("/kota/"))
            faults[width, scheme] = faults_of(visitor.page)
            visitor.page.close()
    assert {where: found for where, found in faults.items() if found} == {}


def test_health_and_the_policy_are_on_every_answer(city: LiveCity, visit: Visit, web: str):
    request = visit().context.request
    assert request.get(f"{web}/healthz").json() == {"ok": True}
    for path in ("/", "/kota/", "/healthz", "/nowhere", "/live/places", "/live/map"):
        assert "default-src 'none'" in request.get(web + path).headers["content-security-policy"]
