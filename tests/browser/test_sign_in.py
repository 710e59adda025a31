"""Signing in in a real browser: a code, a passkey made and used, an authenticator app, staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import Page, expect

from satu.web.doors import codes
from tests.browser.faces import LEAST_KEYS, check_page, keys_reach
from tests.browser.ways import DESK, PHONE, Way, looked_at
from tests.live_city import LiveCity
from tests.web_doors import hire, link_path, new_resident

Visit = Callable[..., Any]
NUMBER = "0812 0000 9999"


def at_home(visitor: Any) -> Any:
    """Passkeys belong to a name, not to a number: the same machine, called localhost."""
    visitor.address = visitor.address.replace("127.0.0.1", "localhost")
    return visitor


def with_a_key(visitor: Any) -> Any:
    """Give a browser a security key that says yes at once."""
    wire = visitor.context.new_cdp_session(visitor.page)
    wire.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return visitor


def shown_code() -> str:
    found = codes.outbox(datetime.now(tz=UTC))
    assert found
    return found[0].code


def sign_in(visitor: Any, way: Way = PHONE, phone: str = NUMBER) -> Page:
    page: Page = way.opened(visitor).go("/masuk/")
    way.fill(page, "Phone number or e-mail", phone)
    way.press(page, "Send a code")
    page.get_by_label(way.says("Code"), exact=True).fill(shown_code())
    way.press(page, "Sign in")
    page.wait_for_url(lambda url: "/masuk/kode" not in url)
    return page


def sign_out(page: Page, way: Way = PHONE) -> None:
    page.goto(page.url.split("/masuk")[0] + "/masuk/keamanan/")
    way.press(page, "Sign out on all devices")
    expect(page.get_by_role("heading", name=way.says("Sign in"), exact=True)).to_be_visible()


def test_a_resident_signs_up_makes_a_passkey_and_comes_in_by_it(
    city: LiveCity, visit: Visit
) -> None:
    visitor = with_a_key(at_home(visit(390, 844)))
    page = sign_in(visitor)
    page.get_by_label("Nama Anda").fill("Siti Purnamasari Contoh")
    page.get_by_role("button", name="Daftar sebagai warga").click()
    page.wait_for_url(lambda url: "/masuk/baru" not in url)

    page = visitor.go("/masuk/keamanan/")
    page.get_by_role("link", name="Tambah kunci sandi").click()
    page.get_by_label("Nama kunci ini").fill("Ponsel saya")
    page.get_by_role("button", name="Tambah kunci sandi").click()
    expect(page.get_by_role("heading", name="Kode cadangan")).to_be_visible()
    page = visitor.go("/masuk/keamanan/")
    expect(page.get_by_text("Ponsel saya")).to_be_visible()

    sign_out(page)
    page.get_by_role("button", name="Masuk dengan kunci sandi").click()
    page.wait_for_url(lambda url: "/masuk/" not in url)
    page = visitor.go("/masuk/keamanan/")
    expect(page.get_by_text("Ponsel saya")).to_be_visible()

    # The code alone is not enough any more: the passkey is asked for after it.
    sign_out(page)
    sign_in(visitor)
    expect(page.get_by_role("heading", name="Faktor kedua")).to_be_visible()
    page.get_by_role("button", name="Pakai kunci sandi").click()
    page.wait_for_url(lambda url: "/masuk/" not in url)


def test_an_authenticator_app_is_asked_for_after_the_code(city: LiveCity, visit: Visit) -> None:
    new_resident()
    visitor = at_home(visit(*DESK.size))
    page = sign_in(visitor, DESK)
    page = visitor.go("/masuk/keamanan/aplikasi/")
    page.get_by_role("textbox").fill("000000")
    DESK.press(page, "Turn on")
    expect(page.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    secret = page.locator("code").inner_text()
    page.get_by_role("textbox").fill(figures_of(secret))
    DESK.press(page, "Turn on")
    expect(page.get_by_role("heading", name="Backup codes")).to_be_visible()
    looked_at(page, "door-recovery-codes")
    assert len(keys_reach(page)) > LEAST_KEYS
    backup = page.locator("code").first.inner_text()

    sign_out(page, DESK)
    sign_in(visitor, DESK)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    page.get_by_role("textbox").fill(backup)
    DESK.press(page, "Continue")
    page.wait_for_url(lambda url: "/masuk/" not in url)


def figures_of(secret: str) -> str:
    """What an authenticator app shows for a secret now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_staff_come_by_a_link_make_a_passkey_and_return_by_it(city: LiveCity, visit: Visit) -> None:
    visitor = DESK.opened(with_a_key(at_home(visit(*DESK.size))))
    page = visitor.go(link_path(hire("ani", "technician")))
    assert "/masuk" not in page.url
    page = visitor.go("/masuk/keamanan/kunci-sandi/baru/")
    DESK.press(page, "Add a passkey")
    expect(page.get_by_role("heading", name="Backup codes")).to_be_visible()
    sign_out(page, DESK)
    page = visitor.go("/masuk/petugas/")
    DESK.press(page, "Sign in with a passkey")
    page.wait_for_url(lambda url: "/masuk/" not in url)
    assert visitor.go("/console/live/").title()


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_pages_look_right_by_day_and_by_night(
    city: LiveCity, visit: Visit, language: str
) -> None:
    for name in ("Siti Purnamasari Contoh", "Budi Teladan Contoh"):
        new_resident(name)
    visitor = at_home(visit())
    for path in ("/masuk/", "/masuk/petugas/", "/masuk/pesan/"):
        check_page(visitor, f"{path}?lang={language}", f"door{path.replace('/', '-')}{language}")
    way = PHONE if language == "id" else DESK
    visitor.page.set_viewport_size(dict(zip(("width", "height"), way.size, strict=True)))
    page = sign_in(visitor, way)
    expect(page.get_by_role("heading", level=1)).to_have_text(way.says("Who are you?"))
    looked_at(page, f"door-choice-{language}")
    assert len(keys_reach(page)) > LEAST_KEYS
    page.get_by_role("main").get_by_role("button").first.click()
    for path in (
        "/masuk/keamanan/",
        "/masuk/keamanan/aplikasi/",
        "/masuk/keamanan/kunci-sandi/",
        "/masuk/keamanan/kunci-sandi/baru/",
        "/masuk/alamat/",
    ):
        check_page(visitor, f"{path}?lang={language}", f"door{path.replace('/', '-')}{language}")
