"""A resident's first page and history: what is shown, filtered, paged, and put into files."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape
from django.utils.timezone import get_default_timezone

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.cards.actions import block_card, top_up
from satu.cards.closing import close_card
from satu.cards.kinds import Why
from satu.cards.lifecycle import freeze_card
from satu.cards.queries import card as card_of
from satu.cards.rights_actions import set_entitlements
from satu.fares.legs import Entitlement
from satu.messages.actions import keep_wishes
from satu.people.actions import register_resident
from satu.people.kinds import Assurance
from satu.people.profile import NewResident
from satu.people.queries import who_looked
from tests.database.people_support import BUDI
from tests.pdfs import fonts_embedded, pages_of
from tests.portal_city import PortalCity, look_after, then, today, when
from tests.web_doors import ACTOR, new_resident, resident_client, staff_client

HOME, HISTORY, STATEMENT = "/saya/", "/saya/riwayat/", "/saya/riwayat/laporan.pdf"
NAME = "Siti Purnamasari Contoh"
ROW = re.compile(r'<(?:a class="judul-baris"[^>]*|span class="judul-baris")>([^<]*)<')
AMOUNT = re.compile(r'class="uang"[^>]*>(?:<span class="uang"[^>]*>)?([^<]+)<')


@pytest.fixture
def city(database: Any) -> PortalCity:
    return PortalCity(database)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def rows(html: str) -> list[str]:
    """The titles of a page's rows."""
    return ROW.findall(html)


def month_of(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m}"


def test_home_shows_the_card_its_money_and_what_was_last(city: PortalCity) -> None:
    siti = new_resident(NAME)
    card = city.linked(siti)
    city.ride(card)
    html = page(resident_client(siti), HOME)
    number = card_of(card).number  # type: ignore[union-attr]
    assert NAME in html and "Rp 44.000" in html and number not in html
    assert f"{number[:4]} {number[4:6]}•• •••• {number[-4:]}" in html
    assert rows(html) == ["Station X → Station Y", "Isi saldo"]
    assert "−Rp 6.000" in html and "+Rp 50.000" in html
    assert "Saldo utama" in html and "Ubah urutan" not in html
    looks = who_looked(siti)
    assert [(one.actor, one.purpose) for one in looks] == [(f"resident:{siti}", "own_data")]


def test_home_before_there_is_a_card_says_what_to_do(city: PortalCity) -> None:
    html = page(resident_client(new_resident()), HOME)
    assert "Belum ada kartu" in html and "Hubungkan kartu" in html
    assert 'href="/saya/hubungkan/"' in page(resident_client(new_resident()), HISTORY)


def test_home_says_what_needs_care(city: PortalCity) -> None:
    siti = new_resident()
    me = resident_client(siti)
    owing, frozen, blocked = (city.linked(siti, balance) for balance in (10_000, 70_000, 80_000))
    city.ride(owing)
    city.ride(owing, 10)
    now = datetime.now(tz=UTC)
    assert not isinstance(freeze_card(card=frozen, owner=siti, actor="t", at=now), str)
    assert not isinstance(block_card(card=blocked, reason=Why.LOST, actor="t", at=now), str)
    html = page(me, HOME)
    assert "belum terbayar Rp 2.000" in html
    assert "sedang dibekukan" in html and "tidak membuka gerbang" in html
    assert html.count("muka-kartu") == 3 and "Dilaporkan hilang" in html
    city.send(city.tap(owing, "X", then(11), direction="entry"))
    assert "Anda masuk: Station X, kemarin 11.00" in page(me, HOME)
    assert offered(me, owing) == ["Isi saldo", "Bekukan", "Hilang", "Rusak", "dompet"]
    assert offered(me, frozen) == ["Cairkan", "Hilang", "Rusak"]
    assert offered(me, blocked) == ["Kartu baru"]
    assert not isinstance(close_card(card=owing, actor="t", at=now), str)
    assert offered(me, owing) == []
    closed = page(me, f"{HOME}?kartu={owing}")
    assert "sudah ditutup" in closed and "belum terbayar" not in closed


def offered(me: Client, card: int) -> list[str]:
    """What the first page offers for a card."""
    html = page(me, f"{HOME}?kartu={card}")
    inside = html.partition('<div class="cepat">')[2].partition("</div>")[0]
    purses = ["dompet"] if f"/saya/kartu/{card}/dompet/" in html else []
    return [*re.findall(r"</svg>([^<]+)</a>", inside), *purses]


def test_home_warns_of_little_money_as_the_resident_wants(city: PortalCity) -> None:
    siti = new_resident()
    me = resident_client(siti)
    city.linked(siti, 9_000)
    assert "tinggal" not in page(me, HOME)
    wanted: dict[str, Any] = {"language": "id", "off": [], "channel": None}
    keep_wishes(resident=siti, low_balance=10_000, actor="t", at=datetime.now(tz=UTC), **wanted)
    assert "tinggal Rp 9.000" in page(me, HOME)


def test_home_shows_what_a_card_gives_a_right_to(city: PortalCity) -> None:
    siti = new_resident()
    card = city.linked(siti)
    me = resident_client(siti)
    assert "Dompet manfaat" not in page(me, HOME)
    until = today() + timedelta(days=40)
    groups = [
        Entitlement("pelajar_kjp", today(), until),
        Entitlement("lansia", today() - timedelta(days=9), today() - timedelta(days=1)),
    ]
    done = set_entitlements(
        card=card,
        entitlements=groups,
        categories=["pelajar_kjp", "lansia"],
        actor="t",
        at=datetime.now(tz=UTC),
    )
    assert not isinstance(done, str), done
    html = page(me, HOME)
    assert rows(html).count("pelajar kjp") == 1 and "lansia" not in html
    assert f"s.d. {until.day} " in html


def test_a_page_is_for_residents_and_shows_their_own_cards_alone(city: PortalCity) -> None:
    siti, budi = new_resident(), new_resident("Budi Contoh", "+6281200008888")
    card = city.linked(siti)
    city.ride(card)
    for path in (HOME, HISTORY, f"{STATEMENT}?kartu={card}&bulan={month_of(when(8))}"):
        assert Client().get(path).status_code == 302
        assert staff_client().get(path).status_code == 404
    other = resident_client(budi)
    assert rows(page(other, HISTORY)) == [] and rows(page(other, HOME)) == []
    assert other.get(f"{HISTORY}?kartu={card}").status_code == 404
    assert other.get(f"{STATEMENT}?kartu={card}&bulan={month_of(when(8))}").status_code == 404


def test_the_history_is_filtered_by_kind_card_and_days(city: PortalCity) -> None:
    siti = new_resident()
    me = resident_client(siti)
    one, other = city.linked(siti), city.linked(siti)
    city.ride(one, ago=2)
    city.ride(other)
    whole = page(me, HISTORY)
    assert sorted(rows(whole)) == ["Isi saldo"] * 2 + ["Station X → Station Y"] * 2
    assert "Kemarin" in whole
    assert rows(page(me, f"{HISTORY}?jenis=rides")) == ["Station X → Station Y"] * 2
    assert rows(page(me, f"{HISTORY}?jenis=money")) == ["Isi saldo"] * 2
    assert rows(page(me, f"{HISTORY}?jenis=rides&kartu={one}")) == ["Station X → Station Y"]
    day = (today() - timedelta(days=2)).isoformat()
    ridden = page(me, f"{HISTORY}?jenis=rides&dari={day}&sampai={day}")
    assert rows(ridden) == ["Station X → Station Y"]
    assert rows(page(me, f"{HISTORY}?dari=2026-01-01&sampai=2026-01-02")) == []
    assert "Tidak ada apa-apa di masa ini" in page(
        me, f"{HISTORY}?dari=2026-01-01&sampai=2026-01-02"
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("dari=kemarin", "tanggal"),
        ("dari=1999-01-01", "Pilih hari antara tahun 2000 dan 2099."),
        ("dari=2026-11-02&sampai=2026-11-01", "Ini sebelum hari pertama"),
        ("sampai=9999-12-31", "Pilih hari antara tahun 2000 dan 2099."),
    ],
)
def test_what_cannot_be_filtered_by_is_said_beside_it(
    city: PortalCity, query: str, said: str
) -> None:
    siti = new_resident()
    city.ride(city.linked(siti))
    html = page(resident_client(siti), f"{HISTORY}?{query}")
    assert said in html and 'aria-invalid="true"' in html


def test_pages_follow_on_and_their_marks_are_nobody_elses(city: PortalCity) -> None:
    siti = new_resident()
    me = resident_client(siti)
    card, second = city.linked(siti, 500_000), city.linked(siti, 500_000)
    for ago in range(10, 0, -1):
        city.send(
            *city.way(card, ago=ago), *city.way(card, 17, ago=ago), *city.way(second, ago=ago)
        )
        paid = top_up(
            card=second, amount=1_000, reference=f"r{ago}", actor="t", at=when(12, ago=ago)
        )
        assert not isinstance(paid, str)
    path, titles, seen = f"{HISTORY}?jenis=", list[str](), list[str]()
    while path:
        html = page(me, path)
        assert len(rows(html)) <= 40
        titles += rows(html)
        seen += re.findall(r'/saya/riwayat/([\w-]{54})/"', html)
        older = re.search(r'href="(\?[^"]*hal=[^"]+)">Lebih lama', html)
        path = HISTORY + older[1].replace("&amp;", "&") if older else ""
    assert len(titles) == 10 * 4 + 2 and titles.count("Station X → Station Y") == 30
    assert len(set(seen)) == 30
    mark = re.search(r"hal=([\w-]+)", page(me, HISTORY))
    assert mark is not None
    other = resident_client(new_resident("Budi Contoh", "+6281200008888"))
    assert other.get(f"{HISTORY}?hal={mark[1]}").status_code == 404
    for wrong in ("x", "1.u0000", "é", "=" * 99):
        assert me.get(HISTORY, {"hal": wrong}).status_code == 404


def test_the_history_is_a_file_too(city: PortalCity) -> None:
    siti = new_resident()
    card = city.linked(siti)
    city.ride(card)
    answer = resident_client(siti).get(f"{HISTORY}?format=csv&lang=en")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    table = list(csv.DictReader(StringIO(text)))
    assert answer["Content-Disposition"] == 'attachment; filename="history.csv"'
    kept = [(row["What"], row["With"], row["Amount"], row["Fare"], row["Balance"]) for row in table]
    assert sorted(kept) == [
        ("Station X → Station Y", "Metro", "-6000", "6000", ""),
        ("Top-up", "Bank", "50000", "", "50000"),
    ]
    ridden = next(row for row in table if row["With"] == "Metro")
    assert ridden["Time"].endswith("T08:07:00+07:00") and ridden["Until"].endswith("08:31:00+07:00")


def test_a_wards_history_is_looked_at_by_name_alone_and_written_down(city: PortalCity) -> None:
    parent = new_resident()
    new = NewResident(profile=BUDI, level=Assurance.ANONYMOUS)
    child = register_resident(new=new, actor=ACTOR, at=datetime.now(tz=UTC)).resident  # type: ignore[union-attr]
    card = city.linked(child)
    city.ride(card)
    me = resident_client(parent)
    assert me.get(f"{HISTORY}?kartu={card}").status_code == 404
    look_after(parent, child)
    assert rows(page(me, HISTORY)) == []
    looks = [one for one in entries_on(Subject("person", child)) if one.action == "trips.seen"]
    assert looks == []
    html = page(me, f"{HISTORY}?kartu={card}&jenis=rides")
    assert rows(html) == ["Station X → Station Y"] and "Anda melihat kartu orang lain" in html
    looks = [one for one in entries_on(Subject("person", child)) if one.action == "trips.seen"]
    assert [one.actor for one in looks] == [f"resident:{parent}"]


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_statement_tells_the_books_balances_and_every_amount(
    city: PortalCity, language: str
) -> None:
    siti = new_resident(NAME)
    card = city.linked(siti, 500_000)
    for ago in (2, 1):
        city.send(*(tap for hour in range(5, 23) for tap in city.way(card, hour, ago=ago)))
    month = month_of(when(8))
    answer = resident_client(siti).get(f"{STATEMENT}?kartu={card}&bulan={month}&lang={language}")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert fonts_embedded(answer.content) == {"PlusJakartaSans-Regular", "PlusJakartaSans-Bold"}
    pages = [one.replace("\N{NO-BREAK SPACE}", " ") for one in pages_of(answer.content)]
    words = {
        "id": ("Laporan rekening", "Saldo awal", "Saldo akhir", "Perjalanan", "halaman", "dari"),
        "en": ("Statement", "Opening balance", "Closing balance", "Journey", "page", "of"),
    }[language]
    title, opening, closing, journey, page_word, of = words
    text = "\n".join(pages)
    assert title in text and NAME in text and len(pages) > 1
    for number, one in enumerate(pages, 1):
        assert f"{page_word} {number} {of} {len(pages)}" in one
    first = month_first(month)
    told = after(text, opening), after(text, closing)
    assert told == (rupiah(booked(city, card, first), language), rupiah(now(city, card), language))
    fares = text.count(f"{journey}: Station X – Station Y")
    assert fares == ridden(city, card, first)


def month_first(month: str) -> datetime:
    return datetime(int(month[:4]), int(month[5:]), 1, tzinfo=get_default_timezone())


def after(text: str, words: str) -> str:
    """What is written next after some words."""
    lines = text.split("\n")
    return lines[lines.index(words) + 1]


def rupiah(amount: int, language: str) -> str:
    figures = f"{amount:,}"
    return f"Rp {figures.replace(',', '.') if language == 'id' else figures}"


def booked(city: PortalCity, card: int, before: datetime) -> int:
    """What a card's purse had before an instant, by its postings."""
    row = city.conn.execute(
        "select coalesce(sum(case when p.credit = c.purse then p.amount else -p.amount end), 0)"
        "  from cards_card c join ledger_posting p on c.purse in (p.debit, p.credit)"
        " where c.id = %s and p.posted_at < %s",
        [card, before],
    ).fetchone()
    assert row is not None
    return int(row[0])


def now(city: PortalCity, card: int) -> int:
    return int(city.money(card)[0])


def ridden(city: PortalCity, card: int, since: datetime) -> int:
    row = city.conn.execute(
        "select count(*) from cards_card c join ledger_posting p on p.debit = c.purse"
        " where c.id = %s and p.kind = 2 and p.posted_at >= %s",
        [card, since],
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_what_is_no_month_or_no_card_has_no_statement(city: PortalCity) -> None:
    siti = new_resident()
    card = city.linked(siti)
    me = resident_client(siti)
    for query in ("", f"kartu={card}", f"kartu={card}&bulan=2026-13", f"kartu={card}&bulan=2099-01",
                  "kartu=x&bulan=2026-11", "kartu=999&bulan=2026-11"):  # fmt: skip
        assert me.get(f"{STATEMENT}?{query}").status_code == 404, query


def test_words_that_people_send_stay_words(city: PortalCity) -> None:
    siti = new_resident("<b>Siti</b>")
    city.linked(siti)
    html = page(resident_client(siti), HOME)
    assert "<b>Siti" not in html and escape("<b>Siti</b>") in html
