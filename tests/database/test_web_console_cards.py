"""The desk's pages of cards and people: found, looked at with a reason, acted on with a reason."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from satu.audit.models import AuditEntry
from satu.cards.actions import link_card, top_up
from satu.cards.bearers import Cause
from satu.cards.closing import pay_closed
from satu.cards.collecting import settlement_day
from satu.cards.losses import bear_loss
from satu.cards.models import Card, Closing
from satu.cards.queries import faces
from satu.kernel.days import from_ms
from satu.partners.models import Bank, Partner
from satu.people.actions import register_resident
from satu.people.consents import keep_register
from satu.people.kinds import Assurance
from satu.people.looks import BANK_KEEPS, OF_MONEY
from satu.people.models import Resident
from satu.people.profile import NewResident, Profile, Registered
from satu.people.register import read_register
from satu.taps.queries import who_looked
from tests.database.fares_support import NOW, cards, loaded_city
from tests.database.people_support import REGISTER
from tests.small_city import SmallCity, at
from tests.web_doors import ACTOR, hire, link_path, staff_client

SITI = Profile(name="Siti Purnamasari Contoh", nik="3171015708459999", phone="+6281200009999")
PRINTED = re.compile(r">([2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4})<")
WHY = {"purpose": "customer_service", "case": "K-17"}


@pytest.fixture
def city(database: Any) -> SmallCity:
    made = loaded_city(database)
    register = read_register(REGISTER.read_text("utf-8"))
    keep_register(wanted=register, actor=ACTOR, at=NOW)
    return made


@pytest.fixture
def card(city: SmallCity) -> int:
    """A card with a ride of the small city's Monday and a top-up, whose holder is Siti."""
    (made,) = cards(1, balance=50_000)
    city.send(
        city.tap(made, "X", at(8, 7), direction="entry"),
        city.tap(made, "Y", at(8, 31), direction="exit"),
    )
    paid = top_up(card=made, amount=40_000, reference="r-1", actor="t", at=from_ms(at(11)))
    assert not isinstance(paid, str), paid
    siti = resident()
    (face,) = faces([made])
    link_card(number=face.number, secret=face.secret, owner=siti, actor=ACTOR, at=NOW)
    return made


def resident(profile: Profile = SITI, level: Assurance = Assurance.PHONE) -> int:
    done = register_resident(new=NewResident(profile=profile, level=level), actor=ACTOR, at=NOW)
    assert isinstance(done, Registered), done
    return done.resident


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def looks(action: str) -> list[tuple[str, dict[str, Any]]]:
    found = AuditEntry.objects.filter(action=action).order_by("id")
    return [(entry.actor, entry.detail) for entry in found]


def number_of(card: int) -> str:
    return str(Card.objects.get(id=card).number)


PERIOD = "?dari=2026-11-20&sampai=2026-12-01"


def test_a_card_is_found_by_its_number_and_its_money_is_told_at_once(card: int) -> None:
    client = staff_client()
    number = number_of(card)
    answer = client.post("/console/cards/", {"q": f"{number[:4]} {number[4:]}"})
    assert (answer.status_code, answer.url) == (302, f"/console/cards/{card}/")
    told = page(client, f"/console/cards/{card}/{PERIOD}")
    for words in ("84.000", "Isi saldo", "Perjalanan", "Metro", "tempat ditutup", "Aktif"):
        assert words in told, words
    assert "Station X" not in told and SITI.name not in told and number not in told
    usual = {"purpose": "card_service", "case": ""}
    assert looks("card.looked_at") == [("staff:ani", usual)]
    page(client, f"/console/cards/{card}/books/{PERIOD}")
    assert looks("card.looked_at") == [("staff:ani", usual)], "once in half an hour"
    assert client.get("/console/cards/999999/").status_code == 404


def test_places_are_told_for_a_purpose_and_a_case_alone(city: SmallCity, card: int) -> None:
    client = staff_client()
    closed = page(client, f"/console/cards/{card}/fares/")
    assert "Tempatnya ditutup" in closed and "Station X" not in closed
    path = f"/console/cards/{card}/open"
    for wrong in ({"case": "K-17"}, {**WHY, "case": "0812 0000 9999"}, {**WHY, "purpose": "x"}):
        assert client.post(path, wrong).status_code == 200, wrong
    assert "Station X" not in page(client, f"/console/cards/{card}/{PERIOD}")
    assert client.post(path, WHY).status_code == 302
    told = page(client, f"/console/cards/{card}/{PERIOD}")
    assert "Station X → Station Y" in told
    ((who, detail),) = looks("card.history_looked_at")
    assert (who, detail["purpose"], detail["case"]) == ("staff:ani", *WHY.values())
    fares = page(client, f"/console/cards/{card}/fares/?hari=2026-11-23")
    assert "Station X → Station Y" in fares and "6.000" in fares
    ((_, detail),) = looks("card.day_looked_at")
    assert detail["case"] == "K-17"
    city.send(city.tap(card, "A", at(12), route="R1"))
    fares = page(client, f"/console/cards/{card}/fares/?hari=2026-11-23")
    assert "Bus · A to C · Belum berakhir" in fares, "a line is called by its name"
    # What one opened, the next has not.
    other = staff_client("budi", "auditor")
    assert "Station X" not in page(other, f"/console/cards/{card}/{PERIOD}")
    assert other.get(path).status_code == 404
    assert client.get(f"/console/cards/{card}/{PERIOD}&hal=x").status_code == 404


def test_a_contractor_opens_nothing(card: int) -> None:
    client = Client()
    until = localdate() + timedelta(days=9)
    client.get(link_path(hire("tamu", "desk", is_contractor=True, until=until)))
    answer = client.post(f"/console/cards/{card}/open", WHY)
    assert answer.status_code == 200 and "kontrak" in answer.content.decode()
    assert "Station X" not in page(client, f"/console/cards/{card}/{PERIOD}")


def test_books_and_trail_are_told_and_given_as_files(card: int) -> None:
    client = staff_client()
    told = page(client, f"/console/cards/{card}/books/{PERIOD}")
    assert "Tarif" in told and "Isi saldo" in told
    answer = client.get(f"/console/cards/{card}/books/{PERIOD}&format=csv")
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    amounts = sorted(int(line.split(",")[4]) for line in lines[1:])
    assert amounts == [-6_000, 40_000, 50_000]
    answer = client.get(f"/console/cards/{card}/{PERIOD}&format=csv")
    history = answer.getvalue().decode("utf-8-sig")
    narrowed = client.get(f"/console/cards/{card}/{PERIOD}&format=csv&hanya=money")
    assert "Perjalanan" not in narrowed.getvalue().decode("utf-8-sig")
    assert "Perjalanan" in history and "Station" not in history
    trail = page(client, f"/console/cards/{card}/looks/")
    assert ">ani<" in trail and "Ditautkan ke pemegang" in trail
    purses = page(client, f"/console/cards/{card}/purses/")
    assert "Dipakai" in purses and "84.000" in purses
    bear_loss(card=card, cause=Cause.CHIP_CLONED, amount=1, key="L", actor=ACTOR, at=NOW)
    assert "chip disalin" in page(client, f"/console/cards/{card}/looks/")


def step(client: Client, card: int, what: str, reason: str, case: str = "") -> Any:
    return client.post(f"/console/cards/{card}/do/{what}", {"reason": reason, "case": case})


def test_what_is_done_to_a_card_has_a_reason(card: int) -> None:
    client = staff_client()
    assert step(client, card, "freeze", "").status_code == 200
    assert step(client, card, "freeze", "holder_asked", "0812345678901").status_code == 200
    assert Card.objects.get(id=card).state == 0 and looks("card.asked_at_desk") == []
    assert step(client, card, "freeze", "holder_asked", "K-17").status_code == 302
    assert "Dibekukan" in page(client, f"/console/cards/{card}/")
    detail = {"step": "freeze", "reason": "holder_asked", "case": "K-17"}
    assert looks("card.asked_at_desk") == [("staff:ani", detail)]
    assert step(client, card, "unfreeze", "found").status_code == 302
    again = step(client, card, "unfreeze", "found")
    assert again.status_code == 302 and Card.objects.get(id=card).state == 0
    assert step(client, card, "lost", "holder_asked").status_code == 302
    answer = step(client, card, "replace", "lost")
    successor = card + 1
    assert answer.url == f"/console/cards/{successor}/"
    told = page(client, f"/console/cards/{successor}/")
    assert "84.000" in told and number_of(successor) in told
    assert "kartu sebelumnya" in told
    old = page(client, f"/console/cards/{card}/")
    assert "Diganti" in old and "kartu penggantinya" in old and "/do/" not in old
    refused = step(client, card, "freeze", "holder_asked")
    assert "Kartu sudah ditutup" in refused.content.decode()
    assert step(client, successor, "close", "holder_asked").status_code == 302
    assert "menunggu dikembalikan" in page(client, f"/console/cards/{successor}/")
    assert client.get(f"/console/cards/{card}/do/explode").status_code == 404
    tutup = page(client, "/console/refunds/?bagian=tutup")
    assert f"/console/cards/{successor}/" in tutup


def test_a_closed_card_is_on_the_first_page_until_its_money_is_known_to_be_paid(card: int) -> None:
    def told() -> tuple[str, str]:
        closed = page(client, "/console/refunds/?bagian=tutup")
        return page(client, "/console/").split("Kartu tutup yang belum")[1][:300], closed

    client, today = staff_client(), settlement_day(timezone.now())
    assert step(client, card, "close", "holder_asked").status_code == 302
    home, closed = told()
    assert "lewat harinya" not in home and "harinya sudah dekat" not in home
    assert "Perjalanan masih dapat masuk" in closed and ">Bank<" in closed
    closing = Closing.objects.filter(card=card)
    closing.update(pay_from=today, due_on=today - timedelta(days=1))
    assert "1 lewat harinya" in told()[0]
    assert pay_closed(actor=ACTOR, at=timezone.now()) == 1
    assert "lewat harinya" not in told()[0], "its bank pays at the counter"
    assert "Semua kartu tutup sudah dikembalikan" in told()[1]
    connect_bank(closing.get().card.issuer_id)
    home, closed = told()
    assert "1 lewat harinya" in home and "Bank belum diminta mentransfer" in closed
    closing.update(due_on=today + timedelta(days=4))
    assert "harinya sudah dekat" in told()[0] and "lewat harinya" not in told()[0]


def connect_bank(issuer: int) -> None:
    """Have a bank that transfers what closed cards get back, as if it had been connected."""
    profile: Any = {"profile": {}}
    names = dict.fromkeys(("code", "client_key", "partner_id"), "satria")
    partner = Partner.objects.create(
        issuer_id=issuer, public_key="", added_at=NOW, **names, **profile
    )
    Bank.objects.create(partner=partner, base_url="http://localhost:1", sealed=b"", **profile)


def test_a_right_is_granted_with_its_proof(card: int) -> None:
    client = staff_client()
    path, today = f"/console/cards/{card}/grant", localdate().isoformat()
    given = {"category": "child", "first": today, "last": today, "reason": "card_seen", "case": ""}
    wrong = client.post(path, {**given, "category": "nobody"})
    assert wrong.status_code == 200
    choices = page(client, path)
    category = choices.split('<option value="')[1].split('"')[0]
    assert client.post(path, {**given, "category": category}).status_code == 302
    assert looks("card.entitled") and looks("card.asked_at_desk")[0][1]["step"] == "grant"
    assert looks("card.rights_looked_at") == []
    client.post(f"/console/cards/{card}/open", WHY)
    page(client, f"/console/cards/{card}/purses/")
    assert looks("card.rights_looked_at")[0][1]["case"] == "K-17"


def test_a_person_is_found_for_a_purpose_and_a_case(card: int) -> None:
    client = staff_client()
    asked = client.post("/console/cards/", {"q": SITI.nik}).content.decode()
    assert "Ini menyebut seseorang" in asked and looks("person.found") == []
    answer = client.post("/console/cards/", {"q": SITI.nik, **WHY})
    siti = Card.objects.get(id=card).owner
    assert (answer.status_code, answer.url) == (302, f"/console/cards/residents/{siti}/")
    told = page(client, answer.url)
    assert f"/console/cards/{card}/" in told and SITI.name not in told and SITI.nik not in told
    ((who, detail),) = looks("person.found")
    assert (who, detail["by"], detail["case"]) == ("staff:ani", "nik", "K-17")
    shown = client.post(f"/console/cards/residents/{siti}/profile").content.decode()
    assert SITI.name in shown and SITI.nik in shown
    assert len(looks("person.opened")) == 1 and SITI.name not in page(client, answer.url)
    nobody = client.post("/console/cards/", {"q": "0812 9999 0000", **WHY}).content.decode()
    assert "Tidak ada yang dikenal" in nobody
    by_phone = client.post("/console/cards/", {"q": "0812-0000-9999", **WHY})
    assert by_phone.url == f"/console/cards/residents/{siti}/"
    assert "Tidak ada yang cocok" in client.post("/console/cards/", {"q": "abc"}).content.decode()


def test_a_resident_is_opened_from_a_card_for_a_reason(card: int) -> None:
    client, siti = staff_client(), Card.objects.get(id=card).owner
    path = f"/console/cards/residents/{siti}/"
    assert f'href="{path}"' in page(client, f"/console/cards/{card}/")
    for part in ("profile", "link", "code"):
        answer = client.post(path + part)
        assert (answer.status_code, answer.url) == (302, path)
    assert "Buka warga" in page(client, path) and looks("person.opened") == []
    assert client.post(path, WHY).status_code == 302
    assert "Terbuka setengah jam" in page(client, path)
    assert client.post("/console/cards/residents/999/", WHY).status_code == 200
    benefits = staff_client("dewi", "benefits")
    refused = benefits.post(path, WHY)
    assert refused.status_code == 200 and "Terbuka" not in refused.content.decode()
    assert benefits.post(path, {"purpose": "benefits", "case": "B-1"}).status_code == 302


def test_who_has_no_phone_is_registered_and_gets_a_code_and_a_card(city: SmallCity) -> None:
    client, (card,) = staff_client(), cards(1)
    given = {"name": "Budi Teladan Contoh", "nik": "3171011505159998", "seen": "on"}
    assert client.post("/console/cards/residents/new", {**given, "nik": "123"}).status_code == 200
    assert client.post("/console/cards/residents/new", {**given, "seen": ""}).status_code == 200
    assert Resident.objects.count() == 0
    answer = client.post("/console/cards/residents/new", given)
    told = answer.content.decode()
    budi = Resident.objects.get()
    assert (budi.level, answer.headers["Cache-Control"]) == (
        Assurance.IN_PERSON,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    (code,) = PRINTED.findall(told)
    again = client.post("/console/cards/residents/new", given).content.decode()
    assert "sudah terdaftar" in again and Resident.objects.count() == 1
    answer = client.post("/console/cards/", {"q": code, **WHY})
    assert answer.url == f"/console/cards/residents/{budi.pk}/"
    (face,) = faces([card])
    path = f"{answer.url}link"
    wrong = client.post(path, {"number": face.number, "secret": "00000000"})
    assert wrong.status_code == 200 and Card.objects.get(id=card).owner is None
    linked = client.post(path, {"number": face.number, "secret": face.secret})
    assert linked.url == f"/console/cards/{card}/"
    assert Card.objects.get(id=card).owner == budi.pk
    fresh = client.post(f"/console/cards/residents/{budi.pk}/code").content.decode()
    assert code not in fresh and len(PRINTED.findall(fresh)) == 1


def test_a_bank_sees_its_own_cards_state_and_purse(card: int) -> None:
    bank = staff_client("made", "bank", acts_for="issuer:bank")
    told = page(bank, f"/console/cards/{card}/")
    assert "84.000" in told and "Metro" not in told and "Isi saldo" not in told
    for part in ("fares/", "books/", "looks/", "purses/", "open"):
        assert bank.get(f"/console/cards/{card}/{part}").status_code == 404, part
    (looked,) = who_looked(Card.objects.get(id=card).owner, NOW)
    assert looked.who.id == "Petugas (Bank Satria)"
    assert looked.why == OF_MONEY[BANK_KEEPS], "nobody said that they look for a case"
    assert step(bank, card, "freeze", "holder_asked").status_code == 302
    stranger = Client()
    stranger.get(link_path(hire("ketut", "bank", acts_for="issuer:other")))
    assert stranger.get(f"/console/cards/{card}/").status_code == 404
    assert step(stranger, card, "unfreeze", "found").status_code == 404
    answer = stranger.post("/console/cards/", {"q": number_of(card)})
    assert "Tidak ada yang cocok" in answer.content.decode()


def test_each_role_has_its_first_page(card: int) -> None:
    roles = ("desk", "benefits", "privacy", "technician", "treasurer", "auditor", "administrator")
    for role in roles:
        assert "Yang menunggu" in page(staff_client(role, role), "/console/")
    bank = staff_client("made", "bank", acts_for="issuer:bank")
    assert "Usulan yang menunggu keputusan Anda" in page(bank, "/console/")
    idle = Client()
    idle.get(link_path(hire("idle")))
    assert "Anda belum punya peran" in page(idle, "/console/")


def test_an_auditor_reads_and_changes_nothing(card: int) -> None:
    client = staff_client("agus", "auditor")
    for part in ("", "fares/", "purses/", "books/", "looks/"):
        told = page(client, f"/console/cards/{card}/{part}")
        assert "/do/" not in told and "/open" not in told and "/residents/" not in told
    assert step(client, card, "freeze", "holder_asked").status_code == 404
    assert looks("card.looked_at")[0][1] == {"purpose": "oversight", "case": ""}
