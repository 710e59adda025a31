"""The desk's pages where money moves: two people for a credit, evidence for a refund, orders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone

from satu.approvals.kinds import State
from satu.approvals.models import Proposal
from satu.audit.models import AuditEntry
from satu.cards.actions import link_card
from satu.cards.models import Card, CardOrder
from satu.cards.orders import personalise
from satu.cards.queries import faces
from satu.ledger.actions import raw_connection
from satu.people.consents import keep_register
from satu.people.kinds import Role
from satu.people.register import read_register
from satu.people.staffing import engage, keep_organisation
from satu.taps.models import Repair
from satu.taps.repair_rules import RepairState
from satu.taps.repairs import Asked
from tests.database.cards_support import money, postings
from tests.database.fares_support import NOW, cards, loaded_city
from tests.database.people_support import REGISTER
from tests.database.repairs_support import RepairCity, tariff_with
from tests.small_city import BANK, MONDAY, SmallCity, at
from tests.web_doors import ACTOR, hire, link_path, new_resident, staff_client

WHY = {"purpose": "customer_service", "case": "K-17"}
CREDIT = {"amount": "25.000", "reason": "goodwill", "case": "K-17", "key": "page-1"}
PEM = (
    X25519PrivateKey.generate()
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode()
)


@pytest.fixture
def city(database: Any) -> SmallCity:
    return loaded_city(database)


def bank_staff(login: str, acts_for: str = "issuer:bank") -> Client:
    """Somebody of a bank; each bank is an organisation of its own."""
    code, now = acts_for.partition(":")[2], timezone.now()
    keep_organisation(code=code, name=code, acts_for=acts_for, actor=ACTOR, at=now)
    refusal = engage(
        login=login,
        organisation=code,
        roles=[Role.BANK],
        is_contractor=False,
        until=None,
        actor=ACTOR,
        at=now,
    )
    assert refusal is None, refusal
    client = Client()
    client.get(link_path(login))
    return client


def registered_card() -> int:
    """A card with Rp 50,000 that a resident registered."""
    (card,) = cards(1)
    (face,) = faces([card])
    siti = new_resident()
    done = link_card(number=face.number, secret=face.secret, owner=siti, actor=ACTOR, at=NOW)
    assert done == card, done
    return card


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def number_of(card: int) -> str:
    return str(Card.objects.get(id=card).number)


def balance(card: int) -> int:
    return money(raw_connection(), card).purse


def test_a_credit_takes_two_people_and_is_paid_once(city: SmallCity) -> None:
    card = registered_card()
    desk, bank = staff_client(), bank_staff("made")
    form = page(desk, f"/console/approvals/new/goodwill?kartu={card}")
    assert '<span aria-hidden="true">Rp</span><input type="text" name="amount"' in form
    assert number_of(card) in form
    given = {**CREDIT, "card": number_of(card)}
    for wrong in ({"amount": "-3"}, {"amount": "0"}, {"card": "123"}, {"case": "081234567890"}):
        answer = desk.post("/console/approvals/new/goodwill", {**given, **wrong})
        assert answer.status_code == 200, wrong
    assert Proposal.objects.count() == 0
    before = postings(raw_connection())
    for _ in range(2):  # the same page, sent twice
        answer = desk.post("/console/approvals/new/goodwill", given)
        assert answer.status_code == 302
    proposal = Proposal.objects.get()
    path = f"/console/approvals/{proposal.id}/"
    assert answer.url == path
    own = page(desk, path)
    assert "Anda yang mengusulkan" in own and "Setujui" not in own
    assert desk.post(path + "approve").status_code == 404, "a desk approves nothing"
    assert f'href="{path}"' in page(bank, "/console/approvals/")
    told = page(bank, path)
    assert "Setujui" in told and "25.000" in told and f"/console/cards/{card}/" in told
    assert (postings(raw_connection()), balance(card)) == (before, 50_000)
    for _ in range(2):
        assert bank.post(path + "approve").status_code == 302
    assert Proposal.objects.get().result == "posted"
    assert balance(card) == 75_000
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (State.DONE, "made")
    done = page(desk, path)
    assert "Selesai" in done and "Sudah dibukukan" in done and "posted" not in done
    assert "made" in page(desk, "/console/approvals/?bagian=diputuskan")


def test_nobody_decides_alone_nor_on_anothers_money(city: SmallCity) -> None:
    card = registered_card()
    made, stranger = bank_staff("made"), bank_staff("ketut", "issuer:other")
    given = {**CREDIT, "card": number_of(card)}
    answer = made.post("/console/approvals/new/goodwill", given)
    path = answer.url
    assert "Setujui" not in page(made, path)
    refused = made.post(path + "approve", follow=True).content.decode()
    assert "orang lain harus menyetujui" in refused and balance(card) == 50_000
    for part in ("", "approve", "decline", "withdraw"):
        way = stranger.post if part else stranger.get
        assert way(path + part).status_code == 404, part
    assert "Tidak ada yang menunggu" in page(stranger, "/console/approvals/")
    foreign = stranger.post("/console/approvals/new/goodwill", {**given, "key": "other"})
    assert foreign.status_code == 200 and Proposal.objects.count() == 1
    admin = staff_client("sari", "administrator")
    for part in ("", "approve", "decline", "withdraw"):
        assert admin.get(path + part).status_code in (404, 405)
        answer = admin.post(path + part, {"reason": "not_plausible"})
        assert answer.status_code in (404, 405), part
    for other in ("/console/approvals/", "/console/approvals/new/goodwill", "/console/refunds/"):
        assert admin.get(other).status_code == 404
        assert admin.post(other, given).status_code in (404, 405)
    wayan = bank_staff("wayan")
    assert wayan.post(path + "decline", {"reason": ""}).status_code == 200
    assert wayan.post(path + "decline", {"reason": "not_plausible"}).status_code == 302
    assert Proposal.objects.get().state == State.REJECTED and balance(card) == 50_000
    assert "Tidak masuk akal" in page(wayan, path)


def test_ones_own_proposal_is_taken_back(city: SmallCity) -> None:
    card = registered_card()
    desk = staff_client()
    given = {**CREDIT, "card": number_of(card)}
    path = desk.post("/console/approvals/new/goodwill", given).url
    budi = staff_client("budi")
    assert budi.post(path + "withdraw").status_code == 302
    assert Proposal.objects.get().state == State.WAITING
    assert desk.post(path + "withdraw").status_code == 302
    assert Proposal.objects.get().state == State.WITHDRAWN
    assert page(desk, "/console/")


def test_a_refund_is_an_operators_and_a_deposit_a_treasurers(city: SmallCity) -> None:
    card = registered_card()
    desk = staff_client()
    operator = Client()
    operator.get(link_path(hire("rina", "operator", acts_for="operator:metro")))
    form = page(desk, "/console/approvals/new/refund")
    assert "Metro" in form
    metro = next(one for one in city.rules.bundle.operators if one.name == "Metro")
    given = {**CREDIT, "card": number_of(card), "operator": str(metro.id)}
    path = desk.post("/console/approvals/new/refund", given).url
    assert "Metro" in page(desk, path)
    assert bank_staff("made").get(path).status_code == 404, "it is not the bank's money"
    if metro.code == "metro":
        assert "Setujui" in page(operator, path)
        operator.post(path + "approve")
        assert Proposal.objects.get().decided_by == "rina"
    for what in ("prefund", "goodwill"):
        assert operator.get(f"/console/approvals/new/{what}").status_code == 404, what
    tono, tini = staff_client("tono", "treasurer"), staff_client("tini", "treasurer")
    deposit = {"bank": str(BANK), "amount": "1.000.000", "reason": "deposit_told", "key": "d"}
    path = tono.post("/console/approvals/new/prefund", deposit).url
    assert tini.post(path + "approve").status_code == 302
    (amount,) = raw_connection().execute("select amount from cards_prefund").fetchone() or (0,)
    assert amount == 1_000_000
    assert desk.get("/console/approvals/new/prefund").status_code == 404
    assert desk.get("/console/approvals/new/everything").status_code == 404


def test_a_list_of_proposals_is_sorted_and_given_as_a_file(city: SmallCity) -> None:
    card = registered_card()
    desk = staff_client()
    for key, amount in (("a", "1.000"), ("b", "9.000")):
        given = {**CREDIT, "card": number_of(card), "key": key, "amount": amount}
        desk.post("/console/approvals/new/goodwill", given)
    told = page(desk, "/console/approvals/?urut=-amount")
    assert told.index("9.000") < told.index("1.000")
    answer = desk.get("/console/approvals/?format=csv&urut=amount")
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(",")[2] for line in lines[1:]] == ["1000", "9000"]


@pytest.fixture
def told(database: Any) -> tuple[RepairCity, int]:
    """A rider told a missing tap, which no rule could decide: the request's number."""
    city = RepairCity(database, tariff_with(repairs=0))
    keep_register(wanted=read_register(REGISTER.read_text("utf-8")), actor=ACTOR, at=NOW)
    card = city.card()
    use = city.ride_without_exit(card, "X", at(8))
    city.close(MONDAY + timedelta(days=1), at(4, day=1))
    asked = city.ask(card, use, "Y", at(8, 20), at(9, day=1))
    assert isinstance(asked, Asked), asked
    return city, int(asked.repair.id)


def test_a_missing_tap_is_believed_by_its_evidence(told: tuple[RepairCity, int]) -> None:
    city, number = told
    desk, path = staff_client(), f"/console/refunds/{told[1]}/"
    assert f'href="{path}"' in page(desk, "/console/refunds/")
    assert "Batas bulanan" in page(desk, path) and "Station Y" not in page(desk, path)
    refused = desk.post(path + "believe", follow=True).content.decode()
    assert "Buka buktinya dahulu" in refused
    assert Repair.objects.get(id=number).state == RepairState.ASKED
    assert desk.post(path, {**WHY, "case": ""}).status_code == 200
    assert desk.post(path, WHY).status_code == 302
    shown = page(desk, path)
    assert "Station Y" in shown and "Percaya dan kembalikan" in shown
    looked = AuditEntry.objects.filter(action="card.journeys_looked_at")
    assert looked.count() == 1 and looked.get().detail == WHY
    auditor = staff_client("agus", "auditor")
    assert "Station Y" not in page(auditor, path)
    assert auditor.post(path, WHY).status_code == 200
    assert "Station Y" not in page(auditor, path)
    before = balance(Repair.objects.get(id=number).card)
    for _ in range(2):
        assert desk.post(path + "believe").status_code == 302
    done = Repair.objects.get(id=number)
    assert (done.state, done.decided_by) == (RepairState.APPROVED, "staff:ani")
    assert done.refunded > 0 and balance(done.card) == before + done.refunded
    assert f'href="{path}"' in page(desk, "/console/refunds/?bagian=disetujui")
    assert desk.get("/console/refunds/?bagian=x").status_code == 404
    assert city.is_sound()


def test_who_asked_for_a_rider_does_not_decide(told: tuple[RepairCity, int]) -> None:
    desk, path = staff_client(), f"/console/refunds/{told[1]}/"
    Repair.objects.filter(id=told[1]).update(asked_by="staff:ani")
    desk.post(path, WHY)
    assert "Anda sendiri yang mengajukan" in page(desk, path)
    refused = desk.post(path + "believe", follow=True).content.decode()
    assert "petugas lain yang memutuskan" in refused
    assert Repair.objects.get(id=told[1]).state == RepairState.ASKED
    budi = staff_client("budi")
    assert budi.post(path + "reject", {"reason": "too_often"}).status_code == 302
    done = Repair.objects.get(id=told[1])
    assert (done.state, done.reason, done.refunded) == (RepairState.REJECTED, "too_often", 0)
    assert "Terlalu sering" in page(budi, path)


def test_cards_are_ordered_once_and_written_down_when_they_arrive(city: SmallCity) -> None:
    from satu.cards.kinds import CardProduct
    from satu.cards.products import ensure_products

    kind = CardProduct(1, "resident", "Kartu Warga", "Resident card")
    ensure_products(products=[kind], actor=ACTOR, at=NOW)
    desk = staff_client()
    form = page(desk, "/console/orders/new")
    category = form.split('name="category"')[1].split('<option value="')[1].split('"')[0]
    given = {
        "bank": str(BANK),
        "product": "resident",
        "category": category,
        "quantity": "3",
        "maker": "PT Kartu",
        "maker_key": PEM,
        "key": "k",
    }
    wrong = desk.post("/console/orders/new", {**given, "maker_key": "x"})
    assert wrong.status_code == 200 and "X25519" in wrong.content.decode()
    assert desk.post("/console/orders/new", {**given, "quantity": "0"}).status_code == 200
    for _ in range(2):
        assert desk.post("/console/orders/new", given).status_code == 302
    order = CardOrder.objects.get()
    told = page(desk, "/console/orders/")
    assert "PT Kartu" in told and "Dipesan" in told and "arrived" not in told
    path = f"/console/orders/{order.id}/arrived"
    early = desk.post(path, follow=True).content.decode()
    assert "belum dibuat" in early
    personalise(order=order.id, actor=ACTOR, at=timezone.now())
    assert path in page(desk, "/console/orders/")
    assert desk.get(path).status_code == 200
    assert desk.post(path).status_code == 302
    assert "Diterima" in page(desk, "/console/orders/")
    stranger = bank_staff("ketut", "issuer:other")
    assert "PT Kartu" not in page(stranger, "/console/orders/")
    assert stranger.post(path).status_code == 404
    assert "PT Kartu" in page(bank_staff("made"), "/console/orders/")
