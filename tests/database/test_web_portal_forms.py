"""The portal's forms: what is theirs to do is done once; what is somebody else's is not there."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from satu.cards.desk import look_at_card
from satu.cards.held import cards_of, open_cards, purses_of
from satu.cards.kinds import CardState
from satu.cards.linking import MOST_WRONG
from satu.cases import queries as cases
from satu.cases.actions import answer_case, ask_resident
from satu.cases.kinds import Filling, State
from satu.ledger.verify import verify
from satu.messages.actions import keep_rules
from satu.messages.kinds import Channel, Kind, Rules
from satu.messages.queries import wishes_of
from satu.payments.kinds import Cause
from satu.payments.orders import Ran, run_orders
from satu.payments.outage import mark_back, mark_out
from satu.payments.queries import orders_of
from satu.people.access import open_profile
from satu.people.guardians import appoint_guardian
from satu.people.kinds import GuardianKind, Role, Scope
from satu.people.queries import consents, standing
from satu.taps.queries import who_looked
from satu.taps.verify import ALL_CHECKS
from tests.database.cards_support import BCA, MANDIRI
from tests.residents_town import BALANCE, ResidentsTown, page, send
from tests.web_doors import ACTOR, resident_client

NB = "\N{NO-BREAK SPACE}"


@pytest.fixture
def siti(town: ResidentsTown) -> Client:
    return resident_client(town.siti)


def now() -> datetime:
    return datetime.now(UTC)


def test_a_card_is_linked_by_what_is_printed_on_it(town: ResidentsTown, siti: Client) -> None:
    number, secret = town.printed(town.free)
    unknown = send(siti, "/saya/hubungkan/", number="9360089999999995", secret="AAAAAAAA")
    wrong = send(siti, "/saya/hubungkan/", number=number, secret="AAAAAAAA")
    for told in (unknown, wrong):
        assert "Nomor atau kode salah" in told
    assert send(siti, "/saya/hubungkan/", number="", secret="").count("aria-invalid") == 2
    theirs, their_secret = town.printed(town.tonos)
    taken = send(siti, "/saya/hubungkan/", number=theirs, secret=their_secret)
    assert "sudah ada pemiliknya" in taken
    spaced = " ".join(number[at : at + 4] for at in range(0, 16, 4))
    answer = siti.post("/saya/hubungkan/", {"number": spaced, "secret": secret.lower()})
    assert answer.status_code == 302
    assert [card.serial for card in cards_of(town.siti, town.at.date())] == [town.card, town.free]
    assert town.balance(town.free) == BALANCE


def test_who_tries_numbers_is_stopped(town: ResidentsTown, siti: Client) -> None:
    for _ in range(MOST_WRONG):
        send(siti, "/saya/hubungkan/", number="9360089999999995", secret="AAAAAAAA")
    number, secret = town.printed(town.free)
    assert "Terlalu banyak percobaan" in send(
        siti, "/saya/hubungkan/", number=number, secret=secret
    )
    other = resident_client(town.tono)
    assert other.post("/saya/hubungkan/", {"number": number, "secret": secret}).status_code == 302


def test_a_card_is_frozen_lost_and_replaced_with_its_money(
    town: ResidentsTown, siti: Client
) -> None:
    card = f"/saya/kartu/{town.card}"
    assert "Bekukan" in page(siti, f"{card}/bekukan/")
    send(siti, f"{card}/bekukan/")
    (held,) = cards_of(town.siti, town.at.date())
    assert (held.is_usable, held.why) == (False, "frozen")
    send(siti, f"{card}/cairkan/")
    assert cards_of(town.siti, town.at.date())[0].is_usable
    assert "Apa yang terjadi?" in page(siti, f"{card}/hilang/")
    told = send(siti, f"{card}/hilang/", why="stolen")
    assert "tidak membuka gerbang lagi" in told and "100.000" in told
    assert cards_of(town.siti, town.at.date())[0].why == "stolen"
    send(siti, f"{card}/cairkan/")
    assert cards_of(town.siti, town.at.date())[0].why == "stolen", "only what they froze thaws"
    assert "Kartu baru memuat uang Anda" in send(siti, f"{card}/ganti/")
    assert "Kartu baru memuat uang Anda" in send(siti, f"{card}/ganti/")
    old, new = cards_of(town.siti, town.at.date())
    assert old.state is CardState.CLOSED and old.successor == new.serial and new.is_usable
    assert town.balance(new.serial) == BALANCE
    assert siti.get(f"{card}/hilang/").url == f"{card}/ganti/"  # type: ignore[attr-defined]


def test_what_is_somebody_elses_is_not_there(town: ResidentsTown, siti: Client) -> None:
    theirs = town.tonos
    tono = resident_client(town.tono)
    send(tono, "/saya/isi-saldo/", **order())
    (placed,) = orders_of([theirs])
    send(tono, "/saya/data/laporan/baru/", kind="complaint", text="Panas", key=uuid4())
    (case,) = cases.of_resident(town.tono)
    (look,) = looks_at(town, town.tono)
    paths = [
        *(f"/saya/kartu/{theirs}/{step}/" for step in ("bekukan", "cairkan", "hilang", "ganti")),
        f"/saya/kartu/{theirs}/dompet/",
        f"/saya/kartu/{theirs}/dompet/urutan/",
        f"/saya/kartu/{theirs}/dompet/buka/",
        f"/saya/kartu/{theirs}/dompet/{MANDIRI}/tutup/",
        f"/saya/isi-saldo/?kartu={theirs}",
        f"/saya/isi-saldo/{placed.order}/henti/",
        f"/saya/keluarga/{town.tono}/batas/",
        f"/saya/keluarga/kartu/{theirs}/isi/",
        f"/saya/keluarga/kartu/{town.card}/isi/",
        f"/saya/data/dilihat/{look}/",
        f"/saya/data/laporan/{case.pk}/",
        f"/saya/data/laporan/{case.pk}/selesai/",
        "/saya/kartu/9999999999999999999/bekukan/",
    ]
    before = town.count("audit_entry")
    found = {(path, siti.get(path).status_code, siti.post(path).status_code) for path in paths}
    assert {status for _, *both in found for status in both} <= {404, 405}, found
    assert all(404 in both for _, *both in found), found
    assert town.count("audit_entry") == before


def order(**changed: object) -> dict[str, object]:
    return {
        "threshold": "20.000",
        "amount": "Rp 50.000",
        "monthly_cap": "500000",
        "gap_s": "86400",
        "payer": f"bank:{MANDIRI}",
        "key": uuid4(),
        **changed,
    }


def looks_at(town: ResidentsTown, resident: int) -> list[int]:
    """Somebody at the desk opens a profile: the look's number."""
    open_profile(
        actor="staff:ani",
        role=Role.DESK,
        resident_id=resident,
        purpose="customer_service",
        case="T-9",
        at=now(),
    )
    return [one.entry for one in who_looked(resident, now()) if one.case == "T-9"]


def test_topping_up_shows_numbers_fees_and_outages(town: ResidentsTown, siti: Client) -> None:
    number = town.printed(town.card)[0]
    told = page(siti, "/saya/isi-saldo/")
    digits = told.replace(" ", "").replace(NB, "")
    assert f"88001{number}" in digits and f"88002{number}" in digits
    assert "data-lipat" in told and '<th scope="col"><span class="judul-kolom">Isi<' in told
    for paid in ("50.000", "51.500", "500.750", "501.500"):
        assert f"Rp{paid}" in digits, paid
    mark_out(bank=MANDIRI, cause=Cause.STAFF, actor=ACTOR, at=now())
    told = page(siti, "/saya/isi-saldo/")
    assert "Bank Mandiri sedang gangguan" in told and "Semua kartu tetap dapat dipakai" in told
    digits = told.replace(" ", "")
    assert f"88001{number}" not in digits and f"88002{number}" in digits
    assert "Bank Mandiri is out" in page(siti, "/saya/isi-saldo/?lang=en")
    mark_back(bank=MANDIRI, cause=Cause.STAFF, actor=ACTOR, at=now())
    assert "gangguan" not in page(siti, "/saya/isi-saldo/?lang=id")


def test_a_standing_order_is_set_once_and_stopped(town: ResidentsTown, siti: Client) -> None:
    path, told = "/saya/isi-saldo/", order()
    for wrong in ({"amount": "lima"}, {"threshold": "0"}, {"payer": f"card:{town.tonos}"}):
        assert "aria-invalid" in send(siti, path, **order(**wrong))
    assert "Batas tidak benar" in send(siti, path, **order(monthly_cap="1.000"))
    assert orders_of([town.card]) == []
    for _ in range(2):
        assert "Isi otomatis terpasang" in send(siti, path, **told)
    assert "pernah dikirim" in send(siti, path, **{**told, "amount": "60.000"})
    (placed,) = orders_of([town.card])
    assert (placed.threshold, placed.amount, placed.monthly_cap) == (20_000, 50_000, 500_000)
    assert (placed.bank, placed.gap_s, placed.is_active) == (MANDIRI, 86_400, True)
    stop = f"{path}{placed.order}/henti/"
    assert "Hentikan isi otomatis ini?" in page(siti, stop)
    send(siti, stop)
    assert not orders_of([town.card])[0].is_active


def test_a_standing_order_goes_on_with_the_card_in_place_and_is_stopped_there(
    town: ResidentsTown, siti: Client
) -> None:
    send(siti, "/saya/isi-saldo/", **order(threshold="150.000", gap_s=3_600))
    for _ in range(2):
        card = open_cards(town.siti)[-1]
        send(siti, f"/saya/kartu/{card}/ganti/")
    (card,) = open_cards(town.siti)
    assert card != town.card
    assert run_orders(actor=ACTOR, at=now()) == Ran(1, 0)
    assert town.balance(card) == BALANCE + 50_000
    (placed,) = orders_of([card])
    assert (placed.card, placed.is_active) == (card, True)
    stop = f"/saya/isi-saldo/{placed.order}/henti/"
    told = page(siti, "/saya/isi-saldo/")
    assert stop in told and f"ke kartu •{town.printed(card)[0][-4:]}" in told
    assert "tidak ada lagi yang diambil" in send(siti, stop)
    assert stop not in page(siti, "/saya/isi-saldo/")
    later = now() + timedelta(hours=2)
    assert run_orders(actor=ACTOR, at=later) == Ran(0, 0)
    (exported,) = json.loads(siti.get("/saya/data/unduh/").content)["standing_orders"]
    assert (exported["card"], exported["is_active"]) == (card, False)


def test_a_card_gets_purses_at_several_banks(town: ResidentsTown, siti: Client) -> None:
    path = f"/saya/kartu/{town.card}/dompet/"
    assert "Bank Mandiri" in page(siti, path)
    key = uuid4()
    for _ in range(2):
        assert "Dompet dibuka" in send(siti, f"{path}buka/", bank=BCA, key=key)
    send(siti, f"{path}urutan/", bank=BCA)
    assert [purse.bank for purse in purses_of(town.card)] == ["BCA", "Bank Mandiri"]
    assert cards_of(town.siti, town.at.date())[0].bank == "Bank Mandiri", "it stands on the plastic"
    assert "Tutup dompet di Bank Mandiri?" in page(siti, f"{path}{MANDIRI}/tutup/")
    key = uuid4()
    for _ in range(2):
        assert "Dompet ditutup" in send(siti, f"{path}{MANDIRI}/tutup/", into=BCA, key=key)
    kept = [(one.bank, one.balance) for one in purses_of(town.card) if not one.is_former]
    assert kept == [("BCA", BALANCE)]
    report = verify(town.conn, ALL_CHECKS)
    assert report.ok, report.problems


def test_a_parent_looks_after_a_childs_card(town: ResidentsTown, siti: Client) -> None:
    told = page(siti, "/saya/keluarga/")
    assert "Anak 1" in told and "Anda boleh melihat perjalanannya" in told
    assert 'href="/saya/keluarga/"' in page(siti, "/saya/")
    assert 'href="/saya/keluarga/"' not in page(resident_client(town.tono), "/saya/")
    for path in ("", f"{town.budi}/batas/", f"kartu/{town.childs}/isi/"):
        assert lit(page(siti, f"/saya/keluarga/{path}")) == ["/saya/data/"]
    assert lit(page(siti, "/saya/")) == ["/saya/"]
    assert f"/saya/kartu/{town.childs}/ganti/" in told, "a damaged card is replaced too"
    limit = f"/saya/keluarga/{town.budi}/batas/"
    assert "Batas terpasang" in send(siti, limit, monthly="300.000")
    assert "300.000" in page(siti, limit)
    sending = f"/saya/keluarga/kartu/{town.childs}/isi/"
    told_once = {"source": town.card, "amount": "15.000", "key": uuid4()}
    for _ in range(2):
        assert "Uangnya sudah di" in send(siti, sending, **told_once)
    assert (town.balance(town.card), town.balance(town.childs)) == (85_000, 115_000)
    assert "Saldo kurang" in send(
        siti, sending, **{**told_once, "amount": "90.000", "key": uuid4()}
    )
    over = {"source": town.card, "amount": "1.000.000", "key": uuid4()}
    assert 'class="salah"' in send(siti, sending, **over)
    assert "aria-invalid" in send(siti, sending, **{**over, "source": town.tonos})
    send(siti, f"/saya/kartu/{town.childs}/bekukan/")
    assert "Cairkan" in page(siti, "/saya/keluarga/")
    assert "Batas terpasang" in send(siti, limit, monthly="")
    assert "Keluarga tidak memasang batas" in page(siti, "/saya/keluarga/")


def lit(html: str) -> list[str]:
    """The entries of the menu that a page lies in."""
    return re.findall(r'<a href="([^"]+)" aria-current="page"', html)


def test_a_carer_does_not_see_what_was_not_given(town: ResidentsTown, siti: Client) -> None:
    appoint_guardian(
        guardian=town.siti,
        ward=town.tono,
        kind=GuardianKind.CARER,
        scopes=[Scope.TRIPS],
        until=datetime(2099, 1, 1, tzinfo=UTC).date(),
        role=Role.DESK,
        case="T-2",
        actor="staff:ani",
        at=now(),
    )
    told = page(siti, "/saya/keluarga/")
    assert "Perjalanannya disembunyikan" in told
    assert siti.get(f"/saya/kartu/{town.tonos}/bekukan/").status_code == 404
    assert siti.get(f"/saya/keluarga/kartu/{town.tonos}/isi/").status_code == 404
    tono = resident_client(town.tono)
    assert "tidak melihat perjalanan Anda" in page(tono, "/saya/keluarga/")
    send(tono, "/saya/data/tujuan/carers_trips/", version="1")
    assert consents(town.tono, "carers_trips")
    assert "Anda boleh melihat perjalanannya" in page(siti, "/saya/keluarga/")
    assert "Dicabut" in send(tono, "/saya/data/tujuan/carers_trips/", withdraw="1")
    assert "Perjalanannya disembunyikan" in page(siti, "/saya/keluarga/")


def test_a_yes_is_asked_for_only_where_it_can_be_refused(town: ResidentsTown, siti: Client) -> None:
    told = page(siti, "/saya/data/tujuan/")
    assert "Berapa lama disimpan" in told and "56 hari" in told
    assert "UU 8/1997 pasal 11" in told and "4018" not in told, "the least has no end"
    assert "survei layanan" in told and "kewajiban hukum" in told
    send(siti, "/saya/data/tujuan/surveys/", version="7")
    send(siti, "/saya/data/tujuan/own_data/", version="1")
    send(siti, "/saya/data/tujuan/nothing/", version="x")
    assert not consents(town.siti, "surveys") and not consents(town.siti, "own_data")


def test_a_look_is_shown_and_questioned_once(town: ResidentsTown, siti: Client) -> None:
    assert "Belum ada yang melihat" in page(siti, "/saya/data/dilihat/")
    (look,) = looks_at(town, town.siti)
    told = page(siti, "/saya/data/dilihat/")
    assert "Petugas layanan (Dinas Perhubungan)" in told and "staff:ani" not in told
    assert "Laporan T-9" in told
    path = f"/saya/data/dilihat/{look}/"
    assert "Dinas Perhubungan" in page(siti, path)
    for _ in range(2):
        send(siti, path, text="Mengapa?")
    (case,) = cases.of_resident(town.siti)
    assert (case.kind, case.about) == ("data_question", f"look:{look}")
    look_at_card(card=town.card, purpose="customer_service", case="T-8", actor=ACTOR, at=now())
    number = town.printed(town.card)[0]
    for told in (page(siti, "/saya/data/dilihat/"), page(siti, "/saya/data/unduh/")):
        assert f"•{number[-4:]}" in told
    told = page(siti, "/saya/data/dilihat/")
    assert number not in told and f"kartu •{number[-4:]} · Laporan T-8" in told
    assert cases.code_of(case.pk) in page(siti, "/saya/data/dilihat/")


def test_a_complaint_is_answered_opened_again_and_closed(town: ResidentsTown, siti: Client) -> None:
    told = {"kind": "complaint", "card": town.card, "text": "Gerbang lambat.", "key": uuid4()}
    for _ in range(2):
        assert "Gerbang lambat." in send(siti, "/saya/data/laporan/baru/", **told)
    (case,) = cases.of_resident(town.siti)
    path = f"/saya/data/laporan/{case.pk}/"
    assert "Dijawab paling lambat" in page(siti, path)
    ask_resident(case=case.pk, text="Gerbang mana?", actor="staff:ani", at=now())
    assert "Gerbang mana?" in page(siti, path)
    assert "Gerbang dua." in send(siti, path, text="Gerbang dua.")
    filling = Filling(amount=3_500)
    answered = answer_case(
        case=case.pk, answer="money_returned", filling=filling, text="", actor="staff:ani", at=now()
    )
    assert not isinstance(answered, str), answered
    assert "Rp 3.500 dikembalikan" in page(siti, path)
    send(siti, path, text="Belum masuk.")
    assert State(cases.of_resident(town.siti)[0].state) is State.NEW
    assert siti.post(f"{path}selesai/").status_code == 302
    assert State(cases.of_resident(town.siti)[0].state) is State.NEW, "it is not answered"
    answer_case(
        case=case.pk, answer="money_returned", filling=filling, text="", actor="staff:ani", at=now()
    )
    assert "Terima kasih. Laporan selesai." in send(siti, f"{path}selesai/")
    assert State(cases.of_resident(town.siti)[0].state) is State.CLOSED
    assert cases.code_of(case.pk) in page(siti, "/saya/data/laporan/")


def test_wishes_are_kept(town: ResidentsTown, siti: Client) -> None:
    told = {"wanted": ["top_up_landed"], "low_balance": "25.000", "channel": "sms"}
    assert "Pilihan Anda tersimpan" in send(siti, "/saya/data/pesan/", language="en", **told)
    kept = wishes_of(town.siti)
    assert (kept.language, kept.low_balance, kept.channel) == ("en", 25_000, Channel.SMS)
    assert kept.off == {Kind.LOW_BALANCE, Kind.RIDE_REFUSED, Kind.CARD_FROZEN}
    told = page(siti, "/saya/data/pesan/")
    assert 'value="25.000"' in told and "Kosong: Anda tidak diperingatkan." in told
    keep_rules(rules=Rules("IDR", 10_000, 5), actor=ACTOR, at=now())
    assert f"Kosong: menurut aturan kota, Rp{NB}10.000." in page(siti, "/saya/data/pesan/")


def test_all_that_is_held_is_a_file_and_opening_it_is_written_down(
    town: ResidentsTown, siti: Client
) -> None:
    assert "Siti Purnamasari Contoh" not in page(siti, "/saya/data/")
    assert "Siti Purnamasari Contoh" in page(siti, "/saya/data/diri/")
    answer = siti.get("/saya/data/unduh/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="data-saya.json"'
    found = json.loads(answer.content)
    assert found["profile"]["name"] == "Siti Purnamasari Contoh"
    assert [card["serial"] for card in found["cards"]] == [town.card]
    told = page(siti, "/saya/data/dilihat/?siapa=semua")
    assert told.count(">Anda sendiri<") == 2
    assert ">Anda sendiri<" not in page(siti, "/saya/data/dilihat/")


def test_an_account_with_money_waits_until_it_is_paid_back(
    town: ResidentsTown, siti: Client
) -> None:
    assert "100.000" in page(siti, "/saya/data/tutup/")
    assert "Centang ini" in send(siti, "/saya/data/tutup/", is_understood="")
    assert cards_of(town.siti, town.at.date())[0].is_usable
    told = send(siti, "/saya/data/tutup/", is_understood="on")
    assert "Akun Anda sedang ditutup" in told and "dari Bank Mandiri" in told
    assert f"Rp{NB}100.000 paling lambat" in told and "rekening atas nama Anda" in told
    assert cards_of(town.siti, town.at.date())[0].state is CardState.CLOSED
    assert "Akun Anda sedang ditutup" in page(siti, "/saya/data/tutup/")


def test_an_account_without_cards_ends_at_once(town: ResidentsTown) -> None:
    empty = resident_client(town.dian)
    told = send(empty, "/saya/data/tutup/", is_understood="on")
    assert "Semua yang menyebut Anda sudah dihapus" in told
    assert empty.get("/saya/data/").status_code == 302
    stands = standing(town.dian)
    assert stands is not None and stands.is_erased


def test_a_form_of_another_site_is_not_taken(town: ResidentsTown) -> None:
    client = resident_client(town.siti)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(f"/saya/kartu/{town.card}/bekukan/").status_code == 403
    assert cards_of(town.siti, town.at.date())[0].is_usable
