"""The control room beside its live figures: filters, a place's day, alarms, a past hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from satu.audit.models import AuditEntry
from satu.insight.actions import keep_alarms
from satu.insight.alarms import Found, Kind
from satu.insight.quarters import keep_quarters
from satu.kernel.days import to_ms
from satu.kernel.refusal import Meaning, Outcome
from satu.taps.actions import NewDevice, register_devices
from tests.browser.faces import axe_faults
from tests.browser.looks import faults_of
from tests.live_city import MONDAY, MORNING, LiveCity, after
from tests.web_doors import hire, link_path

Visit = Callable[..., Any]
PATIENCE_MS = 15_000
AT = datetime(2026, 11, 24, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def busy(city: LiveCity) -> LiveCity:
    """A morning with three Mondays before it, all counted, and a reader at its first stop."""
    for week in range(4):
        for place in range(-6, 0):
            at = MORNING + place * QUARTER - timedelta(weeks=week)
            city.tap("H0", 12 if week == 0 else 10, at=at)
    city.tap("H0", 4, at=after(-1_200), meaning=Meaning.EXIT)
    city.tap("H0", 3, at=after(-1_200), outcome=Outcome.CARD_BLOCKED)
    city.tap("H1", 1)
    for seconds in (0, 10, 20):
        keep_quarters(city.conn, at=AT + timedelta(seconds=seconds))
    reader = NewDevice("gate:H0", city.operators["bus"], city.points["H0"], bytes(32))
    register_devices(devices=[reader], actor="test", at=MORNING)
    return city


def entered(visitor: Any, role: str = "technician") -> Page:
    page: Page = visitor.go(link_path(hire("ani", role)))
    page = visitor.go("/console/live/")
    expect(part(page, "all")).to_have_text("80", timeout=PATIENCE_MS)
    return page


def part(page: Page, name: str) -> Any:
    return page.locator(f"[data-part={name}]")


def test_today_is_told_against_a_normal_day(busy: LiveCity, visit: Visit):
    page = entered(visit())
    told = part(page, "compared")
    expect(told).to_contain_text("20,0\u00a0% lebih banyak", timeout=PATIENCE_MS)
    expect(told).to_contain_text("dibanding 60 pada Senin biasa (median dari 3)")
    told.locator("summary").click()
    expect(told.locator("tbody tr")).to_have_text(["04.004840", "05.002420"])


def test_without_history_it_says_so(city: LiveCity, visit: Visit):
    city.tap("H0", 80, at=after(-1_200))
    page = entered(visit())
    told = part(page, "compared")
    expect(told).to_contain_text("Belum ada Senin biasa untuk dibandingkan", timeout=PATIENCE_MS)
    expect(told.locator("path.biasa")).to_have_count(0)


def test_a_click_on_a_stop_tells_its_day(busy: LiveCity, visit: Visit):
    page = entered(visit())
    canvas = page.locator("canvas")
    box = canvas.bounding_box()
    assert box is not None
    expect(part(page, "compared").locator("svg")).to_be_visible(timeout=PATIENCE_MS)
    page.mouse.click(*top_of_the_line(page, box))
    told = part(page, "detail")
    expect(told.locator("h2")).to_have_text("Halte Kota", timeout=PATIENCE_MS)
    expect(told.locator("dd")).to_have_text(["72", "4", "3 3,8\u00a0%"])
    expect(told).to_contain_text("Kartu diblokir")
    expect(told.locator(".pembaca li")).to_contain_text(["gate:H0"])
    assert page.url.endswith(f"#tempat={busy.points['H0']}")
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()


def top_of_the_line(page: Page, box: Any) -> tuple[float, float]:
    """Where the northernmost stop is drawn: the map's own margin below the choices."""
    atas = page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('canvas'))"
        ".getPropertyValue('--peta-atas'))"
    )
    return box["x"] + box["width"] / 2, box["y"] + atas


def test_a_stop_and_a_line_are_found_with_the_keyboard(busy: LiveCity, visit: Visit):
    page = entered(visit())
    field = part(page, "find")
    field.focus()
    page.keyboard.type("kota")
    expect(part(page, "found").locator("a")).to_have_text(
        ["1 Kota - Blok M", "Halte Kota H0"], timeout=PATIENCE_MS
    )
    page.keyboard.press("Enter")
    expect(part(page, "detail").locator("h2")).to_have_text("1 · Kota - Blok M")
    expect(part(page, "detail")).to_contain_text("Penumpang jalur ini menempel kartu di gerbang")
    expect(part(page, "filter")).to_have_value("jalur=1")
    part(page, "filter").select_option("operator=1")
    expect(part(page, "detail").locator("h2")).to_have_text("Bus Kota")
    expect(part(page, "detail")).to_contain_text("20,0\u00a0% lebih banyak")
    field.fill("tak ada begini")
    expect(part(page, "found")).to_have_text("Tidak ada yang bernama begitu.")


def raised(city: LiveCity) -> None:
    detail = {"bank": "satria", "failures": 7}
    found = [Found(Kind.BANK_OUT, "satria", to_ms(after(-900)), detail)]
    for number in range(901, 906):
        told = {"device": number, "point": city.points["H1"], "taps": 40}
        found.append(Found(Kind.READER_SILENT, str(number), to_ms(after(-600)), told))
    keep_alarms(found=found, city_at=MORNING, at=AT)


def test_an_alarm_is_taken_in_hand(busy: LiveCity, visit: Visit):
    page = entered(visit())
    expect(part(page, "calls")).to_have_text("✓ Tidak ada yang perlu ditangani sekarang.")
    raised(busy)
    told = part(page, "calls")
    expect(told.locator("h3")).to_have_text(
        ["✕ Bank tidak menjawab", "◷ 5 pembaca mendadak diam"], timeout=PATIENCE_MS
    )
    expect(told).to_contain_text("sejak 23 Nov 2026, 05.25")
    expect(told).to_contain_text("perjalanan tetap jalan")
    told.locator("summary").first.click()
    told.get_by_placeholder("Catatan").fill("Bank dihubungi")
    told.get_by_role("button", name="Tangani").click()
    expect(part(page, "calls")).to_contain_text("✓ Ditangani: ani", timeout=PATIENCE_MS)
    expect(part(page, "calls")).to_contain_text("Bank dihubungi")
    assert AuditEntry.objects.filter(action="alarm.acknowledged").count() == 1


def test_who_may_not_take_an_alarm_sees_it_all_the_same(busy: LiveCity, visit: Visit):
    raised(busy)
    page = entered(visit(), "auditor")
    expect(part(page, "calls")).to_contain_text("Bank tidak menjawab", timeout=PATIENCE_MS)
    expect(part(page, "calls").locator("form")).to_have_count(0)


def test_a_past_hour_is_played(busy: LiveCity, visit: Visit):
    page = entered(visit(reduced_motion="reduce"))
    part(page, "replay-open").click()
    expect(part(page, "replay-hour")).to_have_value("0")
    expect(part(page, "replay-day")).to_have_value(MONDAY.isoformat())
    expect(part(page, "replay-time")).to_have_text("04.00", timeout=PATIENCE_MS)
    empty = picture_of(page)
    part(page, "replay-minute").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(part(page, "replay-time")).to_have_text("04.10")
    assert picture_of(page) != empty
    part(page, "replay-hour").select_option("20")
    expect(part(page, "replay-said")).to_have_text("Tidak ada tap pada jam ini.")
    page.keyboard.press("Escape")
    expect(part(page, "replay")).to_be_hidden()


def picture_of(page: Page) -> str:
    drawn: str = page.evaluate("document.querySelector('canvas').toDataURL()")
    return drawn


def test_every_part_can_be_read_in_any_size_and_light(busy: LiveCity, visit: Visit):
    raised(busy)
    faults = {}
    for width, height in ((390, 844), (1280, 800), (1920, 1080)):
        page = entered(visit(width, height))
        expect(part(page, "compared").locator("svg")).to_be_visible(timeout=PATIENCE_MS)
        for theme in ("dark", "light"):
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            page.evaluate(f"location.hash = 'tempat={busy.points['H0']}'")
            expect(part(page, "detail").locator("h2")).to_be_visible()
            faults[width, theme, "place"] = faults_in(page)
            page.evaluate("location.hash = ''")
            part(page, "replay-open").click()
            expect(part(page, "replay-time")).not_to_have_text("–")
            faults[width, theme, "replay"] = faults_in(page)
            part(page, "replay-close").click()
    assert {where: found for where, found in faults.items() if found} == {}


def faults_in(page: Page) -> list[Any]:
    """What nobody can read; on a desk what axe finds too."""
    is_desk = page.viewport_size == {"width": 1280, "height": 800}
    return [*faults_of(page), *(axe_faults(page) if is_desk else ())]
