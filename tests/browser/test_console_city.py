"""The console's pages of cases, tariffs, audit, reference data and coverage, as staff use them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from satu.approvals.actions import Asked, propose
from satu.approvals.models import Proposal
from satu.audit.proofs import ask_proof, make_asked
from satu.audit.store import seal
from satu.cards.actions import link_card
from satu.cards.queries import faces
from satu.cases.actions import NewCase, Opened, ask_resident, open_case, take_case
from satu.cases.city import keep_city
from satu.cases.kinds import Channel
from satu.city.cases import read_cases
from satu.insight.actions import keep_alarms
from satu.insight.alarms import Found, Kind
from satu.kernel.days import to_ms
from satu.people.areas import keep_areas
from satu.taps import drafts
from satu.taps.actions import NewDevice, register_devices
from satu.taps.activation import activate_tariff
from satu.taps.models import Activation, Rehearsal
from satu.taps.rehearsal import Change, Rehearsed, Side
from tests.browser.faces import LIGHTS, check_in_turn, check_page, keys_reach
from tests.browser.ways import DESK
from tests.database.people_support import ACTOR, prepare, register
from tests.live_city import MORNING, LiveCity
from tests.web_doors import hire, link_path

Visit = Callable[..., Any]
PACK = Path(__file__).resolve().parents[2] / "cities/jakarta"
NOW = datetime.now(tz=UTC)
STORY = "Gerbang menolak kartu saya padahal saldo cukup, lalu petugas meminta saya keluar."
ROLES = ("administrator", "auditor", "desk", "privacy")
FILES = {
    "networks.txt": "network_id\nn\n",
    "fare_products.txt": "fare_product_id,amount,currency\nbus,{fare},IDR\n",
    "fare_leg_rules.txt": "network_id,fare_product_id\nn,bus\n",
    "satu_tariff.txt": "version,valid_from,source\n{version},{day},Kepgub 733/2022\n",
}


def packed(version: str, day: str, fare: int = 3500) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text.format(version=version, day=day, fare=fare))
    return packed.getvalue()


def told_cases(siti: int, card: int) -> int:
    """Three cases: one overdue, one that waits for its resident, one just opened."""
    pack = read_cases(PACK, [])
    assert pack is not None
    keep_city(city=pack, asset="IDR", actor=ACTOR, at=NOW)
    numbers = []
    for key, kind, hours in (("a", "refund", 900), ("b", "complaint", 30), ("c", "lost_card", 1)):
        new = NewCase(kind, Channel.PAGE, key, siti, card, STORY)
        done = open_case(new=new, actor=f"resident:{siti}", at=NOW - timedelta(hours=hours))
        assert isinstance(done, Opened)
        numbers.append(done.case.id)
    then = NOW - timedelta(hours=2)
    take_case(case=numbers[1], staff="ani", actor="staff:ani", at=then)
    ask_resident(case=numbers[1], text="Di halte mana?", actor="staff:ani", at=then)
    return numbers[0]


def told_tariffs() -> dict[str, Any]:
    """A version in force, a draft, a rehearsal of it, and a proposal to bring it into force."""

    def kept(version: str, day: str, fare: int) -> Any:
        done = drafts.keep_draft(
            city="kota-contoh",
            files=packed(version, day, fare),
            name="tarif.zip",
            actor="staff:sari",
            at=NOW,
        )
        assert done.draft is not None, done.faults
        return done.draft

    first = kept("Kota 2025", "20250101", 3500)
    activate_tariff(
        city="kota-contoh",
        tariff=drafts.tariff_of(first),
        actor="staff:sari",
        at=NOW,
        reason="Kepgub 733/2022",
    )
    draft = kept("Kota 2027", "20270101", 4000)
    change = Change(Side(4_100, 4_321, 15_123_500), Side(4_100, 4_321, 17_284_000))
    small = Change(Side(120, 130, 420_000), Side(120, 130, 410_000))
    counted = Rehearsed(
        1_210,
        8_200,
        change,
        {"adult": change},
        {1: change, 2: small},
        {0: 310, 500: 800, -500: 100},
    )
    rehearsal = Rehearsal.objects.create(
        draft=draft,
        first=date(2026, 11, 16),
        last=date(2026, 11, 22),
        asked_at=NOW,
        asked_by="staff:sari",
        ended_at=NOW,
        result=msgspec.json.encode(counted).decode(),
    )
    wanted = {"draft": draft.id, "why": "Kepgub 12/2027", "replace": False}
    asked = Asked("tariff.activate", wanted, "tariff", "", "staff:budi:k")
    proposal = propose(asked=asked, actor="staff:budi", at=NOW)
    assert isinstance(proposal, Proposal), proposal
    return {
        "old": first.hash[:12],
        "new": draft.hash[:12],
        "draft": draft.id,
        "rehearsal": rehearsal.id,
        "proposal": proposal.id,
    }


@pytest.fixture
def office(city: LiveCity, database: Any) -> dict[str, Any]:
    prepare()
    hire("budi", "administrator")
    areas = [("31.71", "Jakarta Pusat"), ("31.71.01", "Gambir"), ("31.71.01.1001", "Petojo Utara")]
    keep_areas(areas=areas, actor=ACTOR, at=NOW)
    siti = register(None, area="31.71.01.1001")
    register(None, area="31.71.01.1001")
    (face,) = faces([1])
    link_card(number=face.number, secret=face.secret, owner=siti, actor=ACTOR, at=NOW)
    case = told_cases(siti, 1)
    tariffs = told_tariffs()
    reader = NewDevice("gate:H0", city.operators["bus"], city.points["H0"], bytes(32))
    readers = register_devices(devices=[reader], actor="test", at=MORNING)
    silent = {"device": readers["gate:H0"], "point": city.points["H0"], "taps": 40}
    alarm = Found(Kind.READER_SILENT, "1", to_ms(MORNING), silent)
    keep_alarms(found=[alarm], city_at=MORNING, at=NOW)
    seal(city.conn, at=NOW)
    ask_proof(actor="staff:sari", at=NOW)
    make_asked(url=database.app_url, at=NOW)
    return {"case": case, "reader": readers["gate:H0"], **tariffs}


def entered(visitor: Any) -> Page:
    page: Page = visitor.go(link_path(hire("sari", *ROLES)))
    return page


def test_every_page_on_phones_and_desks_in_both_lights_and_languages(
    office: dict[str, Any], visit: Visit
) -> None:
    visitor = visit()
    entered(visitor)
    case, draft = office["case"], office["draft"]
    pages = {
        "cases": "cases/",
        "case": f"cases/{case}/",
        "case-step": f"cases/{case}/hand-over",
        "case-answers": f"cases/{case}/answer",
        "case-answer": f"cases/{case}/answer?teks=money_returned",
        "case-new": "cases/new",
        "tariffs": "tariffs/",
        "tariff-draft": f"tariffs/drafts/{draft}/",
        "tariff-upload": "tariffs/upload",
        "rehearsal": f"tariffs/rehearsals/{office['rehearsal']}/",
        "audit": "audit/",
        "audit-chain": "audit/chain",
        "audit-staff": "audit/staff",
        "reference": "reference/",
        "reference-table": "reference/points/",
        "reference-row": "reference/organisations/dishub/",
        "coverage": "coverage/",
    }
    reader = office["reader"]
    walked = {
        "devices": "devices/",
        "device": f"devices/{reader}/",
        "device-key": f"devices/{reader}/key",
        "device-block": f"devices/{reader}/block",
        "device-retire": f"devices/{reader}/retire",
        "alarms": "alarms/",
        "tariff-compare": f"tariffs/compare?dari={office['old']}&ke={office['new']}",
        "tariff-activate": f"tariffs/drafts/{draft}/activate",
        "tariff-roll-back": "tariffs/roll-back",
        "tariff-proposal": f"tariffs/proposals/{office['proposal']}/",
        "organisation-new": "reference/organisations/new",
        "organisation-edit": "reference/organisations/dishub/edit",
    }
    for place, (name, path) in enumerate(walked.items()):
        check_in_turn(visitor, f"/console/{path}", f"console-{name}", place)
    for place, (name, path) in enumerate(pages.items()):
        language = "?lang=en" if place % 2 else "?lang=id"
        path += language if "?" not in path else language.replace("?", "&")
        light = LIGHTS[place // 2 % 2]
        check_page(visitor, f"/console/{path}", f"console-{name}", lights=(light,))


def test_a_case_is_answered_by_keys(office: dict[str, Any], visit: Visit) -> None:
    visitor = visit()
    entered(visitor)
    page = visitor.go(f"/console/cases/{office['case']}/")
    assert len(keys_reach(page)) > 10
    page.get_by_role("button", name="Buka", exact=True).click()
    expect(page.locator("main")).to_contain_text(STORY)
    page.get_by_role("button", name="Tangani").click()
    expect(page.locator("main")).to_contain_text("Sekarang Anda yang memegang")
    page.get_by_role("link", name="Catatan").click()
    page.get_by_label("Teks").fill("Sopir sudah ditelepon.")
    page.get_by_role("button", name="Tulis catatan").click()
    expect(page.locator("main")).to_contain_text("Tercatat.")


def test_a_tariff_is_rehearsed_brought_into_force_and_taken_back(
    office: dict[str, Any], visit: Visit, database: Any
) -> None:
    sari = DESK.opened(visit(*DESK.size))
    entered(sari)
    page = sari.go("/console/tariffs/upload")
    file = {"name": "t.zip", "mimeType": "application/zip", "buffer": packed("2028", "20280101")}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    DESK.press(page, "Check it")
    expect(page.locator("h1")).to_have_text("2028")
    address = page.url
    page.locator("input[name=first]").fill("2026-11-16")
    page.locator("input[name=last]").fill("2026-11-22")
    DESK.press(page, "Rehearse")
    DESK.sees(page, "It is under way")
    with ThreadPoolExecutor(1) as apart:  # the browser keeps an event loop running in this one
        ran = apart.submit(
            drafts.run_rehearsals, url=database.app_url, processes=1, clock=lambda: NOW
        )
        assert ran.result() == 1
    expect(page.get_by_role("heading", name="Revenue by operator")).to_be_visible()
    page.goto(address)
    proposed(page, "Bring it into force", "Kepgub 12/2028")
    tono = DESK.opened(visit(*DESK.size))
    tono.go(link_path(hire("tono", "treasurer")))
    approved(tono.go("/console/tariffs/"))
    assert in_force() == "staff:tono"
    page = sari.go("/console/tariffs/")
    expect(page.locator("table").first).to_contain_text("2028")
    proposed(page, "Go back", "Salah hitung")
    tini = DESK.opened(visit(*DESK.size))
    tini.go(link_path(hire("tini", "administrator")))
    approved(tini.go("/console/tariffs/"))
    assert in_force() == "staff:tini"
    page = sari.go("/console/tariffs/")
    expect(page.locator("table").first).not_to_contain_text("2028")


def proposed(page: Page, link: str, why: str) -> None:
    """Propose a change of tariff over the page."""
    DESK.follow(page, link)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(why)
    DESK.press(dialog, "Propose it")
    DESK.sees(page, "Proposed. Somebody else must approve it within 72 hours.")


def approved(page: Page) -> None:
    """What sari proposed is approved by who looks at the tariffs."""
    page.locator(".kabar", has_text="Proposed by sari").get_by_role("link").click()
    DESK.press(page, "Approve")
    DESK.sees(page, "It is in force. Readers take it within seconds.")


def in_force() -> str:
    """Who brought the tariffs that hold into force."""
    return Activation.objects.order_by("-id")[0].actor
