"""The console's pages of cases, tariffs, audit, reference data and coverage, as staff use them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from satu.audit.proofs import ask_proof, make_asked
from satu.audit.store import seal
from satu.cards.actions import link_card
from satu.cards.queries import faces
from satu.cases.actions import NewCase, Opened, ask_resident, open_case, take_case
from satu.cases.city import keep_city
from satu.cases.kinds import Channel
from satu.city.cases import read_cases
from satu.people.areas import keep_areas
from satu.taps import drafts
from satu.taps.activation import activate_tariff
from satu.taps.models import Rehearsal
from satu.taps.rehearsal import Change, Rehearsed, Side
from tests.browser.faces import LIGHTS, check_page, keys_reach
from tests.database.people_support import ACTOR, prepare, register
from tests.live_city import LiveCity
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


def told_tariffs() -> tuple[int, int]:
    """A version in force, a draft, and a rehearsal of it: the draft's and rehearsal's numbers."""

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
    return draft.id, rehearsal.id


@pytest.fixture
def office(city: LiveCity, database: Any) -> dict[str, int]:
    prepare()
    areas = [("31.71", "Jakarta Pusat"), ("31.71.01", "Gambir"), ("31.71.01.1001", "Petojo Utara")]
    keep_areas(areas=areas, actor=ACTOR, at=NOW)
    siti = register(None, area="31.71.01.1001")
    register(None, area="31.71.01.1001")
    (face,) = faces([1])
    link_card(number=face.number, secret=face.secret, owner=siti, actor=ACTOR, at=NOW)
    case = told_cases(siti, 1)
    draft, rehearsal = told_tariffs()
    seal(city.conn, at=NOW)
    ask_proof(actor="staff:sari", at=NOW)
    make_asked(url=database.app_url, at=NOW)
    return {"case": case, "draft": draft, "rehearsal": rehearsal}


def entered(visitor: Any) -> Page:
    page: Page = visitor.go(link_path(hire("sari", *ROLES)))
    return page


def test_every_page_on_phones_and_desks_in_both_lights_and_languages(
    office: dict[str, int], visit: Visit
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
    for place, (name, path) in enumerate(pages.items()):
        language = "?lang=en" if place % 2 else "?lang=id"
        path += language if "?" not in path else language.replace("?", "&")
        light = LIGHTS[place // 2 % 2]
        check_page(visitor, f"/console/{path}", f"console-{name}", lights=(light,))


def test_a_case_is_answered_by_keys_and_a_tariff_uploaded(
    office: dict[str, int], visit: Visit
) -> None:
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
    page = visitor.go("/console/tariffs/upload")
    page.locator("input[type=file]").set_input_files(
        {"name": "t.zip", "mimeType": "application/zip", "buffer": packed("Salah", "2027", 1)}
    )
    page.get_by_role("button", name="Periksa").click()
    expect(page.locator("main")).to_contain_text("satu_tariff.txt")
