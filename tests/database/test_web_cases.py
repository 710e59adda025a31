"""Staff work on cases: their teams' alone, sealed words for a purpose, answers looked at first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.cards.actions import link_card
from satu.cards.desk import look_at_card
from satu.cards.queries import faces
from satu.cases import models, queries
from satu.cases.actions import NewCase, Opened, open_case
from satu.cases.city import keep_city
from satu.cases.kinds import Channel, State
from satu.city.cases import read_cases
from satu.people.access import open_profile
from satu.people.kinds import Role
from tests.database.cards_support import BCA, issue, open_banks
from tests.database.people_support import ACTOR, prepare, register
from tests.database.test_cases import PACK
from tests.support import Database
from tests.web_doors import hire, staff_client

STORY = "Sopir menutup pintu, kartu saya terjepit."
NOW = datetime.now(tz=UTC)


@pytest.fixture
def siti(database: Database) -> int:
    prepare()
    open_banks()
    city = read_cases(PACK, [])
    assert city is not None
    keep_city(city=city, asset="IDR", actor=ACTOR, at=NOW)
    return register()


def opened(
    kind: str, key: str, resident: int | None = None, card: int | None = None, days_ago: int = 0
) -> models.Case:
    new = NewCase(kind, Channel.PAGE, key, resident, card, STORY)
    done = open_case(new=new, actor=ACTOR, at=NOW - timedelta(days=days_ago))
    assert isinstance(done, Opened), done
    return done.case


def told(client: Client, path: str, **asked: str) -> str:
    answer = client.get(f"/console/cases/{path}", asked)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def now(case: models.Case) -> models.Case:
    case.refresh_from_db()
    return case


def test_a_team_sees_its_own_queue_overdue_first(siti: int) -> None:
    new = opened("question", "a", siti)
    late = opened("complaint", "b", siti, days_ago=30)
    privacy = opened("data_question", "c", siti)
    client = staff_client("ani", "desk")
    page = told(client, "")
    assert page.index(f">K-{late.id}<") < page.index(f">K-{new.id}<")
    by_code = told(client, "", urut="case")
    assert by_code.index(f">K-{new.id}<") < by_code.index(f">K-{late.id}<")
    last = told(client, "", urut="-due")
    assert last.index(f">K-{new.id}<") < last.index(f">K-{late.id}<")
    assert f"K-{privacy.id}<" not in page and "Lewat " in page
    only = told(client, "", lewat="ya", jenis="complaint")
    assert f"K-{late.id}<" in only and f"K-{new.id}<" not in only
    assert "Tidak ada yang menunggu" in told(client, "", milik="saya")
    assert client.get("/console/cases/", {"q": f"k-{new.id}"}).url == f"/console/cases/{new.id}/"
    assert "tidak ada di antrean" in told(client, "", q=f"K-{privacy.id}")
    for step in ("", "note", "answer"):
        assert client.get(f"/console/cases/{privacy.id}/{step}").status_code == 404
    assert client.post(f"/console/cases/{privacy.id}/take").status_code == 404
    assert f"K-{privacy.id}<" in told(staff_client("putri", "privacy"), "")
    lines = client.get("/console/cases/?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Laporan,Sisa waktu,Keadaan") and len(lines) == 3


def test_a_bank_sees_the_cases_of_its_own_cards(siti: int) -> None:
    cards = [issue(count=1)[0], issue(count=1, issuer=BCA)[0]]
    cases = [opened("complaint", f"card:{card}", None, card) for card in cards]
    models.Case.objects.update(team="bank")
    bank = staff_client("bayu", "bank", acts_for="issuer:mandiri")
    page = told(bank, "")
    assert f"K-{cases[0].id}<" in page and f"K-{cases[1].id}<" not in page
    assert bank.get(f"/console/cases/{cases[1].id}/").status_code == 404
    assert "tetap tersegel" in told(bank, f"{cases[0].id}/")
    bank.post(f"/console/cases/{cases[0].id}/read", {"purpose": "customer_service"})
    assert STORY not in told(bank, f"{cases[0].id}/")


def test_sealed_words_are_read_for_a_purpose_and_the_look_is_kept(siti: int) -> None:
    case = opened("complaint", "a", siti)
    client = staff_client("ani", "desk")
    path = f"{case.id}/"
    assert STORY not in told(client, path) and "Tulisannya disegel" in told(client, path)
    answer = client.post(f"/console/cases/{case.id}/read", {"purpose": "customer_service"})
    assert STORY in answer.content.decode() and "no-store" in answer.headers["Cache-Control"]
    looks = [one for one in entries_on(Subject("person", siti)) if one.action == "person.opened"]
    assert [(one.actor, one.detail["case"]) for one in looks] == [("staff:ani", f"K-{case.id}")]
    assert client.post(f"/console/cases/{case.id}/read", {"purpose": "benefits"}).status_code == 302
    assert client.get(f"/console/cases/{case.id}/read").status_code == 405
    hire("lepas", "desk", is_contractor=True, until=(NOW + timedelta(days=9)).date())
    assert STORY not in told(client, path)


def test_a_case_goes_from_hand_to_hand(siti: int) -> None:
    case = opened("complaint", "a", siti)
    client, root = staff_client("ani", "desk"), f"/console/cases/{case.id}"
    client.post(f"{root}/take")
    assert (now(case).owner, now(case).state) == ("ani", State.TAKEN)
    empty = client.post(f"{root}/note", {"text": " "})
    assert empty.status_code == 200 and models.Entry.objects.count() == 2
    client.post(f"{root}/note", {"text": "Sopir sudah ditelepon."})
    client.post(f"{root}/ask", {"text": "Di halte mana?"})
    assert now(case).state == State.WAITING
    client.post(f"{root}/reply", {"text": "Halte Kota."})
    assert now(case).state == State.TAKEN
    steps = [one.what.value for one in queries.story(case.id, language="id", inner=True)]
    assert steps == ["opened", "taken", "noted", "asked", "replied"]
    assert client.post(f"{root}/explode").status_code == 404
    away = client.post(f"{root}/hand-over", {"team": "privacy"})
    assert away.url == "/console/cases/" and now(case).team == "privacy"
    assert client.get(f"{root}/").status_code == 404


def test_an_answer_is_looked_at_then_sent(siti: int) -> None:
    (card,) = issue(count=1)
    (face,) = faces([card])
    link_card(number=face.number, secret=face.secret, owner=siti, actor=ACTOR, at=NOW)
    case = opened("refund", "a", siti, card)
    client, root = staff_client("ani", "desk"), f"/console/cases/{case.id}"
    choices = told(client, f"{case.id}/answer")
    assert "?teks=money_returned" in choices and "?teks=card_ready" not in choices
    path = f"{root}/answer?teks=money_returned"
    form = client.get(path).content.decode()
    assert '<span aria-hidden="true">Rp</span><input type="text" name="amount"' in form
    assert 'name="days"' not in form
    wrong = client.post(path, {"amount": "banyak"})
    assert "seperti 15000" in wrong.content.decode()
    seen = client.post(path, {"amount": "Rp 15.000", "text": "", "preview": "1"}).content.decode()
    assert f"Rp 15.000 dikembalikan ke kartu •{face.number[-4:]}" in seen
    assert "Rp 15,000 went back" in seen and now(case).state == State.NEW
    client.post(path, {"amount": "15000", "text": "Maaf."})
    assert (now(case).state, now(case).outcome) == (State.ANSWERED, "granted")
    again = client.post(path, {"amount": "15000"})
    assert "tidak dalam keadaan" in again.content.decode()
    client.post(f"{root}/reopen", {"text": "Belum sampai."})
    assert now(case).state == State.NEW
    client.post(path, {"amount": "15000"})
    client.post(f"{root}/close")
    assert now(case).state == State.CLOSED and "Selesai" in told(client, f"{case.id}/")


def test_a_case_that_came_by_phone_is_opened_once(siti: int) -> None:
    (card,) = issue(count=1)
    (face,) = faces([card])
    link_card(number=face.number, secret=face.secret, owner=siti, actor=ACTOR, at=NOW)
    client = staff_client("ani", "desk")
    page = told(client, "new")
    key = page.split('name="key" value="')[1].split('"')[0]
    given = {"kind": "lost_card", "channel": "phone", "text": STORY, "key": key}
    wrong = client.post("/console/cases/new", given | {"number": "9360081234567890"})
    assert "Kartu itu tidak ada" in wrong.content.decode() and not models.Case.objects.exists()
    page_came = client.post("/console/cases/new", given | {"channel": "page"})
    assert page_came.status_code == 200 and not models.Case.objects.exists()
    for _ in range(2):
        answer = client.post("/console/cases/new", given | {"number": face.number})
        assert answer.status_code == 302
    case = models.Case.objects.get()
    assert (case.resident, case.card, case.channel) == (siti, card, "phone")
    assert (
        staff_client("bayu", "bank", acts_for="issuer:1").get("/console/cases/new").status_code
        == 404
    )


def test_a_residents_page_tells_cases_and_looks_in_words_for_staff(siti: int) -> None:
    (card,) = issue(count=1)
    (face,) = faces([card])
    linked: dict[str, Any] = {"owner": siti, "actor": ACTOR, "at": NOW}
    assert link_card(number=face.number, secret=face.secret, **linked) == card
    newest, oldest = opened("complaint", "a", siti), opened("question", "b", siti, days_ago=3)
    own: dict[str, Any] = {"actor": f"resident:{siti}", "role": Role.RESIDENT, "at": NOW}
    opened_own = open_profile(resident_id=siti, purpose="own_data", case="", **own)
    assert not isinstance(opened_own, str), opened_own
    client = staff_client("ani", "desk")
    path = f"/console/cards/residents/{siti}/"
    client.post(path, {"purpose": "customer_service", "case": "K-1"})
    look_at_card(card=card, purpose="customer_service", case="K-2", actor="staff:ani", at=NOW)
    html = client.get(path).content.decode()
    for words in (
        "Keluhan",
        "Pertanyaan",
        "Warga ini",
        "Datanya sendiri",
        f"kartu · •{face.number[-4:]}",
        "K-2",
    ):
        assert words in html, words
    for wrong in ("complaint", "question<", "Anda sendiri", face.number):
        assert wrong not in html, wrong
    assert html.index(f"K-{newest.id}<") < html.index(f"K-{oldest.id}<")
