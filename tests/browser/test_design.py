"""The components in a real browser: both lights, both languages, small and large, by keys."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.faces import check_page, keys_reach, weight_of_first_load
from tests.live_city import LiveCity

Visit = Callable[..., Any]
LIMIT_BYTES = 150_000


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_component_in_every_size_and_light(city: LiveCity, visit: Visit, language: str):
    page = check_page(visit(), f"/design/?lang={language}", f"design-{language}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("h1")).to_have_text({"id": "Komponen", "en": "Components"}[language])
    assert page.locator("meta[name=robots]").get_attribute("content") == "noindex"


@pytest.mark.parametrize("frame", ["portal", "console"])
def test_the_frames(city: LiveCity, visit: Visit, frame: str):
    check_page(visit(), f"/design/{frame}/", f"frame-{frame}")


def test_the_first_load_is_light(city: LiveCity, visit: Visit):
    assert 60_000 < weight_of_first_load(visit(390, 844), "/design/portal/") < LIMIT_BYTES


def test_keys_reach_every_control_and_one_sees_where_one_is(city: LiveCity, visit: Visit):
    page = visit().go("/design/")
    controls = page.locator(
        "a[href], button:not(:disabled), input:not([type=hidden]), select, textarea, summary,"
        " [tabindex='0']"
    )
    radios = page.locator("input[type=radio]").count()
    assert len(keys_reach(page)) == controls.count() - (radios - 1)


def test_a_question_is_asked_over_the_page_and_taken_back(city: LiveCity, visit: Visit):
    page = visit().go("/design/console/?lang=en")
    link = page.get_by_role("link", name="Report lost")
    link.click()
    dialog = page.get_by_role("dialog", name="Report this card lost?")
    expect(dialog).to_be_visible()
    assert page.url.endswith("/design/console/?lang=en")
    dialog.get_by_role("link", name="Back").click()
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()
    link.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_without_a_script_the_question_is_a_page(city: LiveCity, visit: Visit):
    page = visit(java_script_enabled=False).go("/design/console/?lang=en")
    page.get_by_role("link", name="Report lost").click()
    expect(page.locator("h1")).to_have_text("Report this card lost?")
    expect(page.get_by_role("button", name="Yes, report it lost")).to_be_visible()


def test_a_table_is_sorted_in_place_and_by_its_address(city: LiveCity, visit: Visit):
    visitor = visit()
    page = visitor.go("/design/?lang=en")
    table = page.locator("#tabel table")
    rides = table.locator("tbody tr td:nth-child(5)")
    page.get_by_role("columnheader", name="Rides").get_by_role("link").click()
    expect(rides).to_have_text(["0", "46", "1,203"])
    expect(page).to_have_url(re.compile("urut=rides"))
    page.get_by_role("columnheader", name="Rides").get_by_role("link").click()
    expect(rides).to_have_text(["1,203", "46", "0"])
    expect(page.get_by_role("columnheader", name="Rides")).to_have_attribute(
        "aria-sort", "descending"
    )
    page.reload()
    expect(rides).to_have_text(["1,203", "46", "0"])
    page.go_back()
    expect(rides).to_have_text(["0", "46", "1,203"])


def test_a_table_is_downloaded_as_it_is_shown(city: LiveCity, visit: Visit, web: str):
    page = visit().go("/design/?lang=en&urut=-rides")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert rows[0] == ["Card", "Holder", "State", "Last ride", "Rides", "Balance"]
    assert [row[4:] for row in rows[1:]] == [["1203", "0"], ["46", "41500"], ["0", "-1500"]]
    assert rows[2][3] == "2026-11-23T05:41:00+07:00"


def test_slash_leads_to_the_search(city: LiveCity, visit: Visit):
    page = visit().go("/design/console/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_the_consoles_menu_folds_on_a_phone(city: LiveCity, visit: Visit):
    page = visit(390, 844).go("/design/console/?lang=en")
    cases = page.get_by_role("link", name="Cases")
    expect(cases).to_be_hidden()
    page.get_by_text("Menu", exact=True).click()
    expect(cases).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(cases).to_be_visible()
    expect(page.get_by_text("Menu", exact=True)).to_be_hidden()


def test_a_page_that_is_not_there_says_what_to_do(city: LiveCity, visit: Visit):
    visitor = visit()
    for path, first in (("/tidak-ada/", "Tidak ada apa-apa"), ("/none/?lang=en", "There is")):
        page = visitor.go(path)
        expect(page.locator("h1")).to_contain_text(first)
        expect(page.locator("main")).to_contain_text("Check the address")
        expect(page.locator("main")).to_contain_text("Periksa alamatnya")
    visitor.faults = [fault for fault in visitor.faults if "404" not in fault]
