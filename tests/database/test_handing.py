"""A card passes to another resident by a code that its holder was sent; or it stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from satu.approvals.actions import Asked, propose
from satu.approvals.models import Proposal
from satu.cards.actions import add_medium, block_card, issue_cards, top_up
from satu.cards.closing import close_card
from satu.cards.collecting import settlement_day
from satu.cards.desk import look_at_card
from satu.cards.errors import Refusal
from satu.cards.handing import holdings
from satu.cards.held import cards_of, purses_of
from satu.cards.kinds import CardProduct, Medium, Why
from satu.cards.lifecycle import freeze_card, replace_card, report_lost, unfreeze_card
from satu.cards.products import ensure_products
from satu.cards.rights_actions import grant
from satu.cases.actions import NewCase, open_case
from satu.cases.kinds import Channel as CaseChannel
from satu.fares.legs import Entitlement
from satu.kernel.days import to_ms
from satu.kernel.ids import card_group
from satu.ledger.entry import Entry
from satu.ledger.kinds import PostingKind, Result
from satu.ledger.store import post
from satu.ledger.verify import verify
from satu.messages.kinds import Kind
from satu.messages.queries import outbox
from satu.partners.actions import Linked
from satu.partners.actions import link_card as link_at_bank
from satu.partners.queries import links_of
from satu.payments.purses import open_purse
from satu.payments.queries import orders_of
from satu.taps.queries import who_looked
from satu.taps.verify import ALL_CHECKS
from tests.database.cards_support import BCA, MANDIRI
from tests.database.handing_support import (
    ask,
    asked,
    everything_of,
    now,
    owner,
    tell,
    trail,
)
from tests.database.test_web_portal_forms import order
from tests.residents_town import BALANCE, ResidentsTown, page, send
from tests.web_doors import ACTOR, resident_client, staff_client

PUPIL = CardProduct(7, "pupil", "Pelajar", "Pupil", is_personal=True)


def test_a_card_passes_with_its_money_by_its_holders_code(
    town: ResidentsTown, dian: Client
) -> None:
    before = everything_of(town)
    (shown,) = ask(dian, " ".join(re.findall("....", town.printed(town.tonos)[0])))
    assert shown.to == "•••• 888" and re.fullmatch("[0-9]{6}", shown.code)
    assert everything_of(town) == before, "asking changes nothing"
    assert tell(dian, shown.code)

    assert (owner(town, town.tonos), town.balance(town.tonos)) == (town.dian, BALANCE)
    assert [one.serial for one in cards_of(town.dian, town.at.date())] == [town.tonos]
    assert cards_of(town.tono, town.at.date()) == []
    changed = everything_of(town)
    assert [one == other for one, other in zip(before, changed, strict=True)] == [
        False, True, True, True, True, False, True
    ]  # fmt: skip
    tail = town.printed(town.tonos)[0][-4:]
    told = [(one.resident, one.kind, tail in one.text.body) for one in outbox()]
    assert told == [
        (town.dian, Kind.CARD_TAKEN, True), (town.tono, Kind.CARD_GIVEN, True)
    ]  # fmt: skip
    actor = f"resident:{town.dian}"
    passed = {"from": town.tono, "to": town.dian}
    assert trail(town, "card.handed_over") == [("card", str(town.tonos), actor, passed)]
    of_card = {"card": town.tonos}
    assert trail(town, "card.given") == [("person", str(town.tono), actor, of_card)]
    assert trail(town, "card.taken") == [("person", str(town.dian), actor, of_card)]
    assert not verify(town.conn, ALL_CHECKS).problems


def test_both_see_it_among_what_was_done_and_staff_see_it_in_the_cards_life(
    town: ResidentsTown, dian: Client
) -> None:
    assert tell(dian, asked(dian, town, town.tonos))
    assert "Kartu orang lain, kini milik Anda" in page(dian, "/saya/data/dilihat/?siapa=semua")
    tono = resident_client(town.tono)
    assert "Kartu Anda, kini milik orang lain" in page(tono, "/saya/data/dilihat/")
    given = next(one for one in who_looked(town.tono, now()) if one.what.id.startswith("Kartu"))
    assert "Pertanyakan" in page(tono, "/saya/data/dilihat/")
    assert page(tono, f"/saya/data/dilihat/{given.entry}/")
    assert tono.get(f"/saya/kartu/{town.tonos}/bekukan/").status_code == 404
    assert dian.get(f"/saya/kartu/{town.tonos}/bekukan/").status_code == 200
    desk = staff_client("budiman", "desk")
    assert "Pindah pemegang" in page(desk, f"/console/cards/{town.tonos}/looks/")


def personal(town: ResidentsTown, card: int) -> None:
    day = now().date()
    right = Entitlement("senior", day - timedelta(days=40), day - timedelta(days=20))
    done = grant(card=card, entitlement=right, categories=["senior"], actor=ACTOR, at=now())
    assert not isinstance(done, str), done


def of_a_kind(town: ResidentsTown, card: int) -> None:
    ensure_products(products=[PUPIL], actor=ACTOR, at=now())
    town.conn.execute("update cards_card set product = %s where id = %s", [PUPIL.id, card])


def of_a_category(town: ResidentsTown, card: int) -> None:
    town.conn.execute("update cards_card set category = 'student' where id = %s", [card])


def with_a_plate(town: ResidentsTown, card: int) -> None:
    assert add_medium(card=card, kind=Medium.PLATE, token="B1X", actor=ACTOR, at=now()) is None


def expired(town: ResidentsTown, card: int) -> None:
    today = settlement_day(now())
    town.conn.execute("update cards_card set expires_on = %s where id = %s", [today, card])


def on_a_ride(town: ResidentsTown, card: int) -> None:
    """Its purse holds what the ride can cost at most."""
    (purse,) = purses_of(card)
    at, hold = now(), uuid4()
    held = Entry(
        key=hold,
        debit=purse.account,
        credit=purse.account,
        amount=0,
        kind=PostingKind.FARE,
        occurred_ms=to_ms(at),
        service_day=at.date(),
        card_group=card_group(card),
        hold=hold,
        hold_change=1_000,
    )
    assert post(town.conn, [held], posted_at=at, settlement_day=at.date()) == [Result.POSTED]


def with_a_case(town: ResidentsTown, card: int) -> None:
    new = NewCase(
        key=str(uuid4()), kind="complaint", channel=CaseChannel.PAGE, resident=town.tono,
        card=card, text="Panas",
    )  # fmt: skip
    done = open_case(new=new, actor=f"resident:{town.tono}", at=now())
    assert not isinstance(done, str), done


def lost(town: ResidentsTown, card: int) -> None:
    assert not isinstance(report_lost(card=card, owner=None, actor=ACTOR, at=now()), str)


def frozen(town: ResidentsTown, card: int) -> None:
    assert not isinstance(freeze_card(card=card, owner=None, actor=ACTOR, at=now()), str)


def frozen_a_while(town: ResidentsTown, card: int) -> None:
    frozen(town, card)
    assert not isinstance(unfreeze_card(card=card, owner=None, actor=ACTOR, at=now()), str)


def blocked(town: ResidentsTown, card: int) -> None:
    assert not isinstance(block_card(card=card, reason="cloned", actor=ACTOR, at=now()), str)


def closed(town: ResidentsTown, card: int) -> None:
    assert not isinstance(close_card(card=card, actor=ACTOR, at=now()), str)


def replaced(town: ResidentsTown, card: int) -> None:
    done = replace_card(card=card, why=Why.DAMAGED, actor=ACTOR, at=now())
    assert not isinstance(done, str)


STAYS: list[Callable[[ResidentsTown, int], None]] = [
    personal, of_a_kind, of_a_category, with_a_plate, expired, on_a_ride, with_a_case, lost,
    frozen, blocked, closed, replaced,
]  # fmt: skip


@pytest.mark.parametrize("why", STAYS)
def test_a_card_that_stays_with_its_holder_is_asked_for_in_vain(
    town: ResidentsTown, dian: Client, why: Callable[[ResidentsTown, int], None]
) -> None:
    why(town, town.tonos)
    before = everything_of(town)
    assert ask(dian, town.printed(town.tonos)[0]) == []
    assert town.count("cards_handing") == 0
    assert everything_of(town) == before


@pytest.mark.parametrize("why", [*STAYS, frozen_a_while])
def test_a_code_is_dead_once_the_card_stays_with_its_holder(
    town: ResidentsTown, dian: Client, why: Callable[[ResidentsTown, int], None]
) -> None:
    code = asked(dian, town, town.tonos)
    why(town, town.tonos)
    before = everything_of(town)
    assert not tell(dian, code) and not tell(dian, code)
    assert everything_of(town) == before
    assert owner(town, town.tonos) == town.tono


def test_a_childs_card_nobodys_card_and_ones_own_stay(town: ResidentsTown, dian: Client) -> None:
    for card in (town.childs, town.free):
        assert ask(dian, town.printed(card)[0]) == []
    assert ask(resident_client(town.tono), town.printed(town.tonos)[0]) == []
    assert town.count("cards_handing") == 0


def test_a_proposal_that_waits_keeps_the_card(town: ResidentsTown, dian: Client) -> None:
    money = {"card": town.tonos, "amount": 5_000}
    asked = Asked("card.goodwill", money, "goodwill", "K-17", "k1")
    assert isinstance(propose(asked=asked, actor="staff:ani", at=now()), Proposal)
    assert ask(dian, town.printed(town.tonos)[0]) == []


def test_standing_orders_and_banks_tokens_of_the_former_holder_end(
    town: ResidentsTown, dian: Client
) -> None:
    tono = resident_client(town.tono)
    send(tono, "/saya/isi-saldo/", **order())
    (placed,) = orders_of([town.tonos])
    assert placed.is_active
    linked = link_at_bank(code="mandiri", card=town.tonos, actor=ACTOR, at=now())
    assert isinstance(linked, Linked), linked
    assert tell(dian, asked(dian, town, town.tonos))
    assert [one.is_active for one in orders_of([town.tonos])] == [False]
    assert links_of([town.tonos]) == []
    assert '"standing_orders": []' in page(dian, "/saya/data/unduh/")


def test_a_replaced_card_goes_with_the_one_in_its_place(town: ResidentsTown, dian: Client) -> None:
    done = replace_card(card=town.tonos, why=Why.DAMAGED, actor=ACTOR, at=town.at)
    assert not isinstance(done, str)
    assert tell(dian, asked(dian, town, done.successor))
    assert {owner(town, town.tonos), owner(town, done.successor)} == {town.dian}
    assert cards_of(town.tono, town.at.date()) == []
    again = replace_card(card=done.successor, why=Why.DAMAGED, actor=ACTOR, at=now())
    assert not isinstance(again, str)
    since = town.conn.execute(
        "select distinct owned_since from cards_card where owner = %s", [town.dian]
    ).fetchall()
    assert len(since) == 1 and since[0][0] is not None, "the next one begins there too"


def test_looks_are_seen_by_who_had_the_card_then(town: ResidentsTown, dian: Client) -> None:
    def look(at: datetime, case: str) -> None:
        look_at_card(
            card=town.tonos, purpose="customer_service", case=case, actor="staff:ani", at=at
        )

    look(now() - timedelta(minutes=1), "K-1")
    assert tell(dian, asked(dian, town, town.tonos))
    look(now(), "K-2")
    seen = [
        len([one for one in who_looked(who, now()) if one.what.id.startswith("Keadaan")])
        for who in (town.tono, town.dian)
    ]
    assert seen == [1, 1]
    (given,) = holdings(town.tono)
    (taken,) = holdings(town.dian)
    assert given.until == taken.since and (given.since, taken.until) == (None, None)
    tono = resident_client(town.tono)
    assert tell(tono, asked(tono, town, town.tonos)), "and back again"
    back = holdings(town.tono)
    assert [one.card for one in back] == [town.tonos, town.tonos]
    assert not back[0].covers(given.until or now()) and back[1] == given


def test_what_came_in_this_month_still_counts(town: ResidentsTown, dian: Client) -> None:
    kind = CardProduct(8, "resident", "Warga", "Resident", 2_000_000, 2_000_000, None, 150_000)
    ensure_products(products=[kind], actor=ACTOR, at=town.at)
    made = issue_cards(
        issuer=MANDIRI, count=1, balance=100_000, product="resident", actor=ACTOR, at=town.at
    )
    assert isinstance(made, range)
    town._link(made[0], town.tono)
    assert tell(dian, asked(dian, town, made[0]))
    refused = top_up(card=made[0], amount=60_000, reference="r-1", actor=ACTOR, at=now())
    assert refused is Refusal.MONTHLY_LIMIT_PASSED
    done = top_up(card=made[0], amount=50_000, reference="r-2", actor=ACTOR, at=now())
    assert not isinstance(done, str)


def test_a_card_with_purses_at_two_banks_passes_whole(town: ResidentsTown, dian: Client) -> None:
    opened = open_purse(card=town.tonos, bank=BCA, key="p-1", owner=None, actor=ACTOR, at=town.at)
    assert not isinstance(opened, str), opened
    paid = top_up(
        card=town.tonos, amount=30_000, reference="p-1", bank=BCA, actor=ACTOR, at=town.at
    )
    assert not isinstance(paid, str), paid
    before = purses_of(town.tonos)
    assert tell(dian, asked(dian, town, town.tonos))
    assert purses_of(town.tonos) == before and len(before) == 2
    assert town.balance(town.tonos) == BALANCE + 30_000
    assert "Bank" in page(dian, f"/saya/kartu/{town.tonos}/dompet/")
    tono = resident_client(town.tono)
    assert tono.get(f"/saya/kartu/{town.tonos}/dompet/").status_code == 404
