"""Signing in by a code: who is let in as whom, what is told to whom, and what is kept."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client, override_settings

from satu.messages.actions import enqueue
from satu.messages.delivering import deliver_due
from satu.messages.kinds import Channel, Kind, State
from satu.messages.ports import ShownPort, ports
from satu.messages.queries import outbox
from satu.people.kinds import Assurance
from satu.people.queries import find_by_phone, standing
from satu.web.doors import codes
from satu.web.doors.contacts import Contact, Way, read_contact
from satu.web.doors.entering import keep_staff_email
from satu.web.doors.rights import viewer_of
from satu.web.doors.sessions import user_of_staff
from tests.database.people_support import everything_stored
from tests.database.people_support import prepare as prepare_people
from tests.support import Database
from tests.web_doors import hire, new_resident, resident_client, staff_client

PHONE, TYPED = "+6281200009999", "0812-0000-9999"
OTHER = "+6281200008888"
EMAIL = "siti.contoh@example.id"
NAME = "Siti Purnamasari Contoh"


def shown_code() -> str:
    """The newest code, as the demo's outbox shows it."""
    newest = codes.outbox(datetime.now(tz=UTC))
    assert newest
    return newest[0].code


def ask(client: Client, contact: str = TYPED, path: str = "/masuk/") -> None:
    answer = client.post(path, {"contact": contact})
    assert (answer.status_code, answer.url) == (302, "/masuk/kode/")


def who(client: Client) -> str:
    """Who a client is signed in as, by the trail's name; empty: nobody."""
    viewer = viewer_of(client.get("/").wsgi_request)
    return viewer.actor if viewer else ""


def sign_in(client: Client, contact: str = TYPED) -> str:
    ask(client, contact)
    answer = client.post("/masuk/kode/", {"code": shown_code()})
    assert answer.status_code == 302, answer.content
    return str(answer.url)


def test_a_resident_comes_in_by_a_code_to_their_phone(database: Database) -> None:
    siti, client = new_resident(), Client()
    sign_in(client)
    assert who(client) == f"resident:{siti}"
    entry = database.connect().execute(
        "select actor, subject_kind, subject_id from audit_entry where action = 'session.begun'"
    )
    assert entry.fetchall() == [(f"resident:{siti}", "person", str(siti))]


def test_somebody_new_becomes_a_resident_with_a_confirmed_phone(database: Database) -> None:
    client = Client()
    assert sign_in(client) == "/masuk/baru/"
    assert find_by_phone(PHONE) == [] and who(client) == ""
    refused = client.post("/masuk/baru/", {"name": " "})
    assert refused.status_code == 200 and find_by_phone(PHONE) == []
    client.post("/masuk/baru/", {"name": NAME})
    (resident,) = find_by_phone(PHONE)
    assert who(client) == f"resident:{resident}"
    assert standing(resident).level is Assurance.PHONE
    stored = everything_stored(database.owner())
    for clear in (NAME, PHONE, TYPED, PHONE[1:], "81200009999"):
        assert clear.encode() not in stored


def test_nobody_becomes_a_resident_without_the_code(database: Database) -> None:
    client = Client()
    for path in ("/masuk/baru/", "/masuk/siapa/"):
        assert client.post(path, {"name": NAME, "resident": 1}).url == "/masuk/"
    ask(client)
    for path in ("/masuk/baru/", "/masuk/siapa/"):
        assert client.post(path, {"name": NAME, "resident": 1}).url == "/masuk/"
    assert find_by_phone(PHONE) == []


def test_who_shares_a_phone_chooses_among_those_alone(database: Database) -> None:
    siti, budi = new_resident(), new_resident("Budi Teladan Contoh")
    stranger = new_resident("Tono Teladan Contoh", OTHER)
    client = Client()
    assert sign_in(client) == "/masuk/siapa/"
    page = client.get("/masuk/siapa/").content.decode()
    assert str(siti) in page and str(budi) in page and "Contoh" not in page
    assert client.post("/masuk/siapa/", {"resident": stranger}).status_code == 404
    assert who(client) == ""
    client.post("/masuk/siapa/", {"resident": budi})
    assert who(client) == f"resident:{budi}"


def test_an_email_is_confirmed_kept_sealed_and_then_lets_in(database: Database) -> None:
    prepare_people()
    siti = new_resident()
    client = resident_client(siti)
    assert client.post("/masuk/alamat/", {"contact": EMAIL}).url == "/masuk/alamat/kode/"
    assert client.post("/masuk/alamat/kode/", {"code": "x"}).status_code == 200
    assert client.post("/masuk/alamat/kode/", {"code": shown_code()}).url == "/masuk/keamanan/"
    other = Client()
    sign_in(other, EMAIL.upper())
    assert who(other) == f"resident:{siti}"
    assert EMAIL.encode() not in everything_stored(database.owner())


def test_the_answer_is_the_same_whether_somebody_is_known_or_not(database: Database) -> None:
    prepare_people()
    new_resident()
    hire("ani", "desk")
    keep_staff_email(user_of_staff("ani"), EMAIL)
    for path, known, unknown in (
        ("/masuk/", TYPED, "0812 0000 7777"),
        ("/masuk/", EMAIL, "tono@example.id"),
        ("/masuk/petugas/", "ani", "tono"),
    ):
        pages = []
        for contact in (known, unknown):
            client = Client()
            ask(client, contact, path)
            said = client.get("/masuk/kode/").content.decode()
            masked = (read_contact(contact) or Contact(Way.STAFF, contact)).masked
            pages.append(said.replace(masked, "").split('csrfmiddlewaretoken" value="')[0])
        assert pages[0] == pages[1]
    # Of those who are unknown, only the phone was written to.
    assert len(codes.outbox(datetime.now(tz=UTC)) or []) == 3


@pytest.mark.parametrize("typed", ["", "siti", "021 555 1234", "+1 202 555 0100", "a@b", "0812"])
def test_what_is_no_contact_is_told_in_place(database: Database, typed: str) -> None:
    answer = Client().post("/masuk/", {"contact": typed})
    assert answer.status_code == 200 and "aria-invalid" in answer.content.decode()
    assert codes.outbox(datetime.now(tz=UTC)) == []


def test_a_code_opens_once_in_the_browser_that_asked(database: Database) -> None:
    new_resident()
    client, thief = Client(), Client()
    ask(client)
    code = shown_code()
    ask(thief, "0812 0000 7777")
    assert thief.post("/masuk/kode/", {"code": code}).status_code == 200 and who(thief) == ""
    assert client.post("/masuk/kode/", {"code": code}).status_code == 302
    client.post("/masuk/keluar/")
    assert who(client) == ""
    assert client.post("/masuk/kode/", {"code": code}).status_code == 302
    assert who(client) == ""


def test_after_five_wrong_ones_the_right_one_opens_nothing(database: Database) -> None:
    new_resident()
    client = Client()
    ask(client)
    right = shown_code()
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(codes.MAX_TRIES):
        answer = client.post("/masuk/kode/", {"code": wrong})
        assert answer.status_code == 200 and "tidak cocok atau" in answer.content.decode()
    assert client.post("/masuk/kode/", {"code": right}).status_code == 200
    assert who(client) == ""


def test_a_code_is_good_for_ten_minutes(database: Database) -> None:
    contact, at = Contact(Way.PHONE, PHONE), datetime(2026, 11, 22, 5, tzinfo=UTC)
    asked = {"contact": contact, "to": contact, "machine": "192.0.2.1", "language": "id"}
    for late, outcome in (
        (timedelta(minutes=9, seconds=59), contact),
        (timedelta(minutes=10), codes.Refusal.CODE_WRONG),
    ):
        number = codes.ask_code(**asked, at=at)
        assert isinstance(number, int)
        (code,) = [one.code for one in codes.outbox(at) or []]
        assert codes.use_code(number=number, typed=f" {code[:3]} {code[3:]} ", at=at + late) == (
            outcome
        )
        at += timedelta(hours=2)


def test_codes_are_limited_for_a_contact_and_for_a_machine(database: Database) -> None:
    for _ in range(codes.MAX_A_CONTACT_AN_HOUR):
        ask(Client())
    refused = Client().post("/masuk/", {"contact": TYPED})
    assert (refused.status_code, refused["Retry-After"]) == (429, "600")
    ask(Client(), "0812 0000 7777")
    at = datetime.now(tz=UTC)
    for number in range(codes.MAX_A_MACHINE_AN_HOUR - codes.MAX_A_CONTACT_AN_HOUR - 1):
        contact = Contact(Way.PHONE, f"+62812000{number:05}")
        made = codes.ask_code(contact=contact, to=None, machine="127.0.0.1", language="id", at=at)
        assert isinstance(made, int)
    assert Client().post("/masuk/", {"contact": "0812 0000 6666"}).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    ask(elsewhere, "0812 0000 6666")
    assert b"127.0.0.1" not in everything_stored(database.owner())


def test_staff_come_in_by_a_code_to_their_work_address(database: Database) -> None:
    hire("ani", "desk")
    keep_staff_email(user_of_staff("ani"), EMAIL)
    client = Client()
    ask(client, "Ani ", "/masuk/petugas/")
    client.post("/masuk/kode/", {"code": shown_code()})
    assert who(client) == "staff:ani"
    assert EMAIL.encode() not in everything_stored(database.owner())
    late = Client()
    ask(late, "ani", "/masuk/petugas/")
    hire("ani", "desk", until=date(2020, 1, 1))
    assert late.post("/masuk/kode/", {"code": shown_code()}).url == "/masuk/petugas/"
    assert who(late) == "" == who(client)


def test_entering_gives_the_session_a_new_name_and_all_can_be_ended(database: Database) -> None:
    siti = new_resident()
    client, phone = Client(), resident_client(siti)
    ask(client)
    before = client.session.session_key
    client.post("/masuk/kode/", {"code": shown_code()})
    assert client.session.session_key != before and who(phone) == who(client)
    client.post("/masuk/keluar-semua/")
    assert who(phone) == "" == who(client)


def test_a_late_answer_to_the_old_session_does_not_end_the_new_one(database: Database) -> None:
    """A page may still ask in the old name while its browser enters anew."""
    client = resident_client(new_resident())
    late = Client()
    late.cookies["sessionid"] = client.cookies["sessionid"].value
    client.post("/masuk/keluar/")
    assert client.cookies["sessionid"].value == ""
    answer = late.get("/saya/")
    assert (answer.status_code, "sessionid" in answer.cookies) == (302, False)
    assert who(late) == ""


def test_the_page_that_was_wanted_comes_after_the_sign_in(database: Database) -> None:
    new_resident()
    client = Client()
    assert client.get("/masuk/keamanan/").url == "/masuk/?next=%2Fmasuk%2Fkeamanan%2F"
    client.get("/masuk/?next=/masuk/keamanan/")
    assert sign_in(client) == "/masuk/keamanan/"
    away = Client()
    away.get("/masuk/?next=https://example.com/")
    away.get("/masuk/?next=//example.com/")
    assert "example.com" not in sign_in(away)


def test_parts_of_a_page_lead_the_whole_page_to_the_sign_in(database: Database) -> None:
    answer = Client().get(
        "/masuk/keamanan/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/saya/?a=1"},
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/masuk/?next=%2Fsaya%2F%3Fa%3D1"


def test_in_production_the_outbox_is_not_there(database: Database) -> None:
    assert Client().get("/masuk/pesan/").status_code == 200
    with override_settings(PRODUCTION=True):
        assert Client().get("/masuk/pesan/").status_code == 404


def test_a_demos_outbox_shows_the_messages_as_they_were_sent(database: Database) -> None:
    prepare_people()
    siti, at = new_resident(), datetime(2026, 11, 23, 1, 15, tzinfo=UTC)
    _tell(siti, "a", at)
    deliver_due(ports=ports(), at=at)
    _tell(siti + 1, "b", at)
    deliver_due(ports=ports(), at=at)
    _tell(siti, "c", at + timedelta(minutes=1))
    page = " ".join(re.sub(r"<[^>]+>", " ", _outbox("id")).split())
    told = (
        "Saldo kartu menipis Saldo kartu •0012 tinggal Rp 6.500. Isi sebelum perjalanan berikutnya."
    )
    assert f"{told} kepada warga {siti} · 23 Nov, 08.16 · low_balance ◷ Menunggu" in page
    assert "· low_balance • Tidak dikirim: Warga tidak ada; periksa nomornya." in page
    assert f"{told} kepada •••• 999 · 23 Nov, 08.15 · low_balance ✓ Terkirim" in page
    assert PHONE[-4:] not in page, "no more of an address than its owner needs"
    assert "Sent" in _outbox("en") and "Not sent: " in _outbox("en")


@override_settings(PRODUCTION=True)
def test_in_production_a_message_does_not_say_where_it_went(database: Database) -> None:
    prepare_people()
    siti, at = new_resident(), datetime.now(tz=UTC)
    _tell(siti, "a", at)
    assert deliver_due(ports={Channel.SMS: ShownPort()}, at=at) == 1
    (sent,) = outbox()
    assert (sent.state, sent.channel, sent.sent_to) == (State.SENT, "sms", "")


def _tell(resident: int, name: str, at: datetime) -> None:
    told = {"card": "0012", "balance": 6_500}
    enqueue(resident=resident, kind=Kind.LOW_BALANCE, parameters=told, name=name, at=at)


def _outbox(language: str) -> str:
    return Client().get("/masuk/pesan/", {"lang": language}).content.decode()


def test_where_it_is_asked_staff_set_up_a_second_factor_before_anything(
    database: Database,
) -> None:
    with override_settings(STAFF_NEED_FACTOR=True):
        ani = staff_client("ani", "technician")
        assert ani.get("/console/live/data").url == "/masuk/keamanan/"
        assert ani.get("/masuk/keamanan/").status_code == 200
    assert ani.get("/console/live/data").status_code == 200


def test_forms_from_elsewhere_are_refused(database: Database) -> None:
    client = Client(enforce_csrf_checks=True)
    for path in ("/masuk/", "/masuk/petugas/", "/masuk/keluar/", "/masuk/kunci-sandi/"):
        assert client.post(path, {"contact": TYPED}).status_code == 403
