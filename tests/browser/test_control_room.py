"""The control room in a real browser: exact figures, one-time access, two languages, any size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from satu.kernel.refusal import Meaning, Outcome
from tests.browser.looks import faults_of
from tests.live_city import LiveCity, after
from tests.web_doors import hire, link_path

Visit = Callable[..., Any]
PATIENCE_MS = 15_000


def entered(visitor: Any) -> Page:
    visitor.go(link_path(hire("ani", "technician")))
    page: Page = visitor.go("/console/live/")
    expect(page.locator("[data-part=books]")).to_have_attribute("data-keadaan", "baik")
    return page


def part(page: Page, name: str) -> Any:
    return page.locator(f"[data-part={name}]")


def a_morning(city: LiveCity) -> None:
    city.tap("H0", 1_234, at=after(-500))
    city.tap("H1", 20, at=after(-400), meaning=Meaning.EXIT)
    city.tap("H1", 3, outcome=Outcome.BALANCE_INSUFFICIENT)
    city.visit(11, at=after(-4_000), minutes=47)
    city.visit(6)
    city.pay(1, "bus", 3_500)
    city.pay(2, "zoo", 4_000)


def test_the_page_shows_every_tap_that_came_in(city: LiveCity, visit: Visit):
    a_morning(city)
    page = entered(visit())
    expect(part(page, "all")).to_have_text("1.285", timeout=PATIENCE_MS)
    expect(part(page, "accepted")).to_have_text("99,8\u00a0%")
    expect(part(page, "short")).to_have_text("0,2\u00a0%")
    expect(part(page, "operators").locator("tr")).to_have_text(
        ["Bus KotaRp\u00a03.5001.234", "RagunanRp\u00a04.00017"]
    )
    expect(part(page, "banks").locator("tr")).to_have_text(
        [
            "Bank SatriaRp\u00a0996.500Rp\u00a03.500Rp\u00a01,0\u00a0jt",
            "Bank MelatiRp\u00a0996.000Rp\u00a04.000Rp\u00a01,0\u00a0jt",
        ]
    )
    expect(part(page, "refusals").locator("tr")).to_have_text(["Saldo kurang3"])
    expect(part(page, "venues").locator("tr")).to_have_text(["Ragunan1747 mnt6"])
    expect(part(page, "time")).to_have_text("05.40")
    city.tap("H2", 37, at=after(60))
    expect(part(page, "all")).to_have_text("1.322", timeout=PATIENCE_MS)
    expect(part(page, "time")).to_have_text("05.41")


def test_books_that_do_not_close_are_told_at_once(city: LiveCity, visit: Visit, database: Any):
    a_morning(city)
    page = entered(visit())
    expect(part(page, "books")).to_have_text("✓ Buku seimbang")
    with database.owner() as owner:
        owner.execute("update ledger_account set balance = balance - 5 where kind = 2 and book = 1")
    expect(part(page, "books")).to_have_text("✕ Buku tidak seimbang", timeout=PATIENCE_MS)
    expect(part(page, "books-open")).to_have_text("Bank Satria \u2212Rp\u00a05")


def test_a_link_opens_the_console_once(city: LiveCity, visit: Visit, web: str):
    link = link_path(hire("ani", "technician"))
    first, second = visit(), visit()
    assert first.go(link).url == f"{web}/console/"
    assert second.go(link).url == f"{web}/"
    request = second.context.request
    for path in ("/console/live/", "/console/live/data", "/console/live/map"):
        assert request.get(web + path).status == 404
        assert first.context.request.get(web + path).status == 200


def test_entering_changes_the_sessions_name(city: LiveCity, visit: Visit, web: str):
    visitor = visit()
    names = []
    for _ in range(2):
        entered(visitor)
        cookies = {cookie["name"]: cookie for cookie in visitor.context.cookies()}
        names.append(cookies["sessionid"]["value"])
        assert cookies["sessionid"]["httpOnly"]
        visitor.go("/")  # away from a page that goes on asking in the old session's name
    assert names[0] != names[1]


def test_nothing_inline_may_run(city: LiveCity, visit: Visit, web: str):
    page = entered(visit())
    answer = page.context.request.get(f"{web}/console/live/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    html = answer.text()
    assert "<style" not in html and "style=" not in html and "onclick" not in html
    assert html.count("<script") == html.count("<script src=") + html.count('<script type="module"')


def test_english_and_back(city: LiveCity, visit: Visit):
    a_morning(city)
    page = entered(visit())
    expect(page.locator("h1")).to_have_text("Kota Contoh, sekarang")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Kota Contoh, now")
    expect(part(page, "books")).to_have_text("✓ Books close")
    expect(part(page, "all")).to_have_text("1,285", timeout=PATIENCE_MS)
    expect(part(page, "time")).to_have_text("05:40")
    expect(page.locator(".zona")).to_have_text("WIB")
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("link", name="What waits")).to_have_attribute("href", "/console/")
    expect(page.get_by_role("banner")).to_contain_text("ani")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.get_by_text("Menu", exact=True).click()
    expect(part(page, "refusals").locator("tr")).to_have_text(["Balance too low3"])
    page.get_by_role("link", name="Bahasa Indonesia").click()
    expect(page.locator("h1")).to_have_text("Kota Contoh, sekarang")


def test_everything_can_be_read_in_any_size_and_light(city: LiveCity, visit: Visit):
    a_morning(city)
    faults = {}
    for width, height in ((390, 844), (768, 1024), (1280, 800), (1920, 1080)):
        visitor = visit(width, height)
        page = entered(visitor)
        expect(part(page, "all")).to_have_text("1.285", timeout=PATIENCE_MS)
        page.locator(".ramai summary").click()
        faults[width, "dark"] = faults_of(page)
        page.get_by_role("button", name="Terang atau gelap").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "light")
        faults[width, "light"] = faults_of(page)
        visitor.page.close()
    assert {where: found for where, found in faults.items() if found} == {}


def test_the_keyboard_reaches_everything(city: LiveCity, visit: Visit):
    a_morning(city)
    page = entered(visit())
    expect(part(page, "all")).to_have_text("1.285", timeout=PATIENCE_MS)
    reached = []
    for _ in range(10):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert reached[0] == "Langsung ke isi"
    assert reached[1:5] == ["satu", "Menu", "Keluar", "ENEnglish"]
    assert reached[8] == "Putar ulang satu jam" and reached[9] == "Tempat teramai"
    page.keyboard.press("Enter")
    expect(part(page, "busiest").locator("tr").first).to_have_text("Halte KotaBus Kota1.2340")


def picture_of(page: Page) -> str:
    drawn: str = page.evaluate("document.querySelector('canvas').toDataURL()")
    return drawn


def test_a_tap_lights_up_and_stands_still_when_motion_is_reduced(city: LiveCity, visit: Visit):
    a_morning(city)
    page = entered(visit(reduced_motion="reduce"))
    expect(part(page, "all")).to_have_text("1.285", timeout=PATIENCE_MS)
    before = picture_of(page)
    city.tap("H3", 12, at=after(5))
    city.tap("B2", 2, at=after(5), outcome=Outcome.CARD_BLOCKED)
    expect(part(page, "all")).to_have_text("1.299", timeout=PATIENCE_MS)
    lit = picture_of(page)
    assert lit != before
    page.wait_for_timeout(400)
    assert picture_of(page) == lit


def test_the_page_says_so_when_no_data_comes(city: LiveCity, visit: Visit):
    a_morning(city)
    visitor = visit()
    page = entered(visitor)
    expect(part(page, "all")).to_have_text("1.285", timeout=PATIENCE_MS)
    page.route("**/live/data*", lambda route: route.fulfill(status=503))
    expect(part(page, "waiting")).to_be_visible(timeout=PATIENCE_MS)
    expect(part(page, "all")).to_have_text("1.285")
    page.unroute("**/live/data*")
    expect(part(page, "waiting")).to_be_hidden(timeout=PATIENCE_MS)
    visitor.faults = [fault for fault in visitor.faults if "503" not in fault]
