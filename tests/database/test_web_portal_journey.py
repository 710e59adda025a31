"""A journey's page: why it cost that, a missing tap mended in two clicks, money asked back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from satu.cards.closing import close_card
from satu.cases import queries as cases
from satu.cases.actions import answer_case
from satu.cases.kinds import Channel, Filling, State
from satu.people.actions import register_resident
from satu.people.kinds import Assurance
from satu.people.profile import NewResident
from satu.taps.repair_queries import repairs
from satu.taps.repair_rules import RepairState
from tests.database.people_support import BUDI
from tests.database.test_web_portal_history import HISTORY, page, rows
from tests.portal_city import PortalCity, look_after, then
from tests.web_doors import ACTOR, new_resident, resident_client, staff_client

JOURNEY = re.compile(r'href="(/saya/riwayat/[\w-]{54}/)"')


@pytest.fixture
def city(database: Any) -> PortalCity:
    return PortalCity(database)


def journeys(client: Client, query: str = "jenis=rides") -> list[str]:
    """The addresses of the journeys in a history, the newest first."""
    return JOURNEY.findall(page(client, f"{HISTORY}?{query}"))


def test_a_journey_tells_where_when_why_and_the_money(city: PortalCity) -> None:
    siti = new_resident()
    city.ride(city.linked(siti))
    me = resident_client(siti)
    (path,) = journeys(me)
    html = page(me, path)
    assert "<h1>Station X → Station Y</h1>" in html and "08.07–08.31" in html
    assert "Kemarin" in html and "Rp 6.000" in html
    assert "menurut asal dan tujuan" in html and "Dibayar kepada Metro" in html
    assert "−Rp 6.000" in html and '<svg viewBox="0 0 360' in html
    assert "Satu tap hilang" not in html and "Minta pengembalian" in html
    english = page(me, f"{path}?lang=en")
    assert "by where from and where to" in english and "Paid to Metro" in english


def test_a_journey_of_several_rides_is_one_page(city: PortalCity) -> None:
    siti = new_resident()
    card = city.linked(siti)
    city.send(city.tap(card, "A", then(8), route="R1", direction="entry"))
    city.send(
        city.tap(card, "X", then(8, 20), direction="entry"),
        city.tap(card, "Z", then(8, 50), direction="exit"),
    )
    me = resident_client(siti)
    first, second = journeys(me)
    assert first != second
    for path in (first, second):
        html = page(me, path)
        assert "<h1>Stop A → Station Z</h1>" in html and "Bagian perjalanan ini" in html
        assert "Tarif terpadu integrated" in html
    listed = page(me, f"{HISTORY}?jenis=rides")
    assert "Kurang" not in listed


def test_what_was_not_paid_is_said(city: PortalCity) -> None:
    siti = new_resident()
    card = city.linked(siti, 10_000)
    city.ride(card)
    city.ride(card, 10)
    me = resident_client(siti)
    newest = page(me, journeys(me)[0])
    assert "Belum terbayar kepada Metro: saldo kurang" in newest and "−Rp 2.000" in newest


def test_a_journey_that_goes_on_has_no_fare_yet(city: PortalCity) -> None:
    siti = new_resident()
    city.send(city.tap(city.linked(siti), "X", then(8), direction="entry"))
    me = resident_client(siti)
    html = page(me, journeys(me)[0])
    assert "Station X → …" in html and "diketahui setelah Anda tap keluar" in html


def test_a_journey_has_its_address_for_its_own_resident_alone(city: PortalCity) -> None:
    siti, budi = new_resident(), new_resident("Budi Contoh", "+6281200008888")
    card = city.linked(siti)
    city.linked(budi)
    use = city.ride_without_end(card)
    me, other = resident_client(siti), resident_client(budi)
    (path,) = journeys(me)
    assert str(use) not in path
    altered = f"{path[:-2]}{'Q' if path[-2] == 'A' else 'A'}/"
    for more in ("", "tap/", "pengembalian/"):
        assert me.get(path + more).status_code == 200
        assert other.get(path + more).status_code == 404
        if more:
            assert other.post(path + more, {"place": "Y"}).status_code == 404
        assert staff_client().get(path + more).status_code == 404
        assert Client().get(path + more).status_code == 302
        for wrong in (altered, "/saya/riwayat/x/", f"/saya/riwayat/{'=' * 54}/"):
            assert me.get(wrong + more).status_code == 404
    assert repairs(card=card) == []
    city.database.owner().execute("delete from taps_card_day")
    assert me.get(path).status_code == 404, "it was unlinked"


def test_a_missing_tap_is_mended_in_two_clicks(city: PortalCity) -> None:
    siti = new_resident()
    card = city.linked(siti)
    for ago in (4, 3, 2):
        city.ride(card, ago=ago)
    city.ride_without_end(card)
    me = resident_client(siti)
    path = journeys(me)[0]
    html = page(me, path)
    assert "Satu tap hilang di perjalanan ini" in html and f'href="{path}tap/"' in html
    assert "Satu tap hilang: Station X" in page(me, "/saya/")
    asked = page(me, f"{path}tap/")
    assert "Di mana Anda turun?" in asked and "Rp 9.000" in asked and "08.00" in asked
    assert "3 kali dalam delapan minggu" in asked
    assert re.findall(r'name="place" value="(\w+)"', asked) == ["Y"]
    assert re.findall(r'<option value="(\w+)"', asked) == ["Y", "Z"]
    before = city.money(card)[0]
    told = me.post(f"{path}tap/", {"place": "Y"}, follow=True)
    assert told.redirect_chain == [(path, 302)]
    html = told.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "Rp 3.000 kembali ke kartu Anda." in html and "Disetujui" in html
    assert "Station X → Station Y" in html
    assert city.money(card)[0] == before + 3_000
    again = me.post(f"{path}tap/", {"place": "Z"}, follow=True)
    assert again.redirect_chain == [(path, 302)]
    assert city.money(card)[0] == before + 3_000 and len(repairs(card=card)) == 1
    assert "Satu tap hilang" not in page(me, "/saya/")
    assert city.is_sound()


def test_a_missing_entry_is_told_too_and_the_address_leads_on(city: PortalCity) -> None:
    siti = new_resident()
    card = city.linked(siti)
    city.send(city.tap(card, "Z", then(8, 30), direction="exit"))
    me = resident_client(siti)
    (path,) = journeys(me)
    assert "? → Station Z" in page(me, path)
    assert "Di mana Anda naik?" in page(me, f"{path}tap/")
    told = me.post(f"{path}tap/", {"place": "Y", "time": "08:05"}, follow=True)
    (repair,) = repairs(card=card)
    assert repair.state == RepairState.APPROVED
    assert repair.said_at.astimezone(UTC) == datetime.fromtimestamp(then(8, 5) / 1000, UTC)
    html = told.content.decode()
    assert "<h1>Station Y → Station Z</h1>" in html, "it begins with the tap that was told"
    assert me.get(path).status_code == 302


def test_what_cannot_be_true_waits_for_staff_as_a_case(database: Any) -> None:
    city = PortalCity(database, repairs=0)
    siti = new_resident()
    card = city.linked(siti)
    city.ride_without_end(card)
    me = resident_client(siti)
    (path,) = journeys(me)
    told = me.post(f"{path}tap/", {"place": "Y"}, follow=True).content.decode()
    (case,) = cases.of_resident(siti)
    assert case.about == f"repair:{repairs(card=card)[0].pk}"
    assert "Menunggu petugas" in told and "Batas bulanan jaringan ini tercapai." in told
    assert f"Laporan K-{case.pk}" in told and f"/saya/data/laporan/{case.pk}/" in told
    first = page(me, "/saya/")
    assert "Tap yang Anda beri tahu menunggu petugas: Station X" in first
    assert "Satu tap hilang" not in first and "Lengkapi" not in first and path in first


def test_a_refusal_says_why_where_it_was_asked(city: PortalCity) -> None:
    siti = new_resident()
    card = city.linked(siti)
    city.ride_without_end(card)
    me = resident_client(siti)
    (path,) = journeys(me)
    for wrong in ({"place": "A"}, {"place": ""}, {"place": "Y", "time": "pagi"}):
        answer = me.post(f"{path}tap/", wrong)
        assert answer.status_code == 200 and 'aria-invalid="true"' in answer.content.decode()
    dearest = me.post(f"{path}tap/", {"place": "Z"}).content.decode()
    assert "tidak ada yang dikembalikan" in dearest
    assert repairs(card=card) == []
    assert "Lengkapi" in page(me, path) and "Lengkapi" in page(me, "/saya/")
    assert not isinstance(close_card(card=card, actor="t", at=datetime.now(tz=UTC)), str)
    assert "Lengkapi" not in page(me, path) and "Lengkapi" not in page(me, "/saya/")


def test_a_refund_is_asked_for_once_and_shows_how_it_stands(city: PortalCity) -> None:
    siti = new_resident()
    card = city.linked(siti)
    city.ride(card)
    me = resident_client(siti)
    (path,) = journeys(me)
    form = page(me, f"{path}pengembalian/")
    assert "Yang diketahui tentangnya" in form and "menurut asal dan tujuan" in form
    missing = me.post(f"{path}pengembalian/", {"reason": "twice", "text": ""})
    assert missing.status_code == 200 and cases.of_resident(siti) == []
    wanted = {"reason": "twice", "text": "Pintu tidak terbuka."}
    first = me.post(f"{path}pengembalian/", wanted)
    (case,) = cases.of_resident(siti)
    assert first.status_code == 302 and first["Location"] == f"/saya/data/laporan/{case.pk}/"
    assert me.post(f"{path}pengembalian/", wanted)["Location"] == first["Location"]
    assert (case.kind, case.channel, case.card) == ("refund", Channel.PAGE, card)
    assert len(cases.of_resident(siti)) == 1
    html = page(me, path)
    assert f"Laporan K-{case.pk}" in html and "Baru" in html
    now = datetime.now(tz=UTC)
    filled = Filling(amount=6_000)
    done = answer_case(
        case=case.pk, answer="money_returned", filling=filled, text="", actor="staff:ani", at=now
    )
    assert not isinstance(done, str) and done.state == State.ANSWERED
    assert "Dijawab" in page(me, path)


def test_who_sees_anothers_trips_does_not_act_on_their_money(city: PortalCity) -> None:
    parent = new_resident()
    new = NewResident(profile=BUDI, level=Assurance.ANONYMOUS)
    child = register_resident(new=new, actor=ACTOR, at=datetime.now(tz=UTC)).resident  # type: ignore[union-attr]
    card = city.linked(child)
    city.ride_without_end(card)
    look_after(parent, child)
    me = resident_client(parent)
    (path,) = journeys(me, f"kartu={card}&jenis=rides")
    html = page(me, path)
    assert "Lengkapi perjalanan" not in html and "Minta pengembalian" not in html
    for more in ("tap/", "pengembalian/"):
        assert me.get(path + more).status_code == 404
        assert me.post(path + more, {"place": "Y"}).status_code == 404
    assert rows(html) and repairs(card=card) == []
