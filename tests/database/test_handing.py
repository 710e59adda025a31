"""A card passes to another resident by a code that its holder was sent, and by nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from satu.approvals.actions import Asked, propose
from satu.approvals.models import Proposal
from satu.cards import handing
from satu.cards.actions import add_medium, block_card, issue_cards, top_up
from satu.cards.closing import close_card
from satu.cards.desk import look_at_card
from satu.cards.errors import Refusal
from satu.cards.handing import MOST_A_CARD, MOST_A_HOLDER, MOST_ASKED, holdings
from satu.cards.held import cards_of, purses_of
from satu.cards.kinds import CardProduct, Medium, Why
from satu.cards.lifecycle import freeze_card, replace_card, report_lost, unfreeze_card
from satu.cards.linking import MOST_WRONG
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
from satu.messages.actions import keep_wishes
from satu.messages.kinds import Channel, Kind
from satu.messages.queries import outbox
from satu.partners.actions import Linked
from satu.partners.actions import link_card as link_at_bank
from satu.partners.queries import links_of
from satu.payments.queries import orders_of
from satu.people.contacts import keep_email
from satu.taps.queries import who_looked
from satu.taps.verify import ALL_CHECKS
from satu.web import handing as doors
from satu.web.doors import codes, sending
from satu.web.doors.models import Code
from tests.database.cards_support import MANDIRI
from tests.database.people_support import everything_stored
from tests.database.test_web_portal_forms import order
from tests.residents_town import BALANCE, ResidentsTown, page, send
from tests.support import Database
from tests.web_doors import ACTOR, resident_client, staff_client

LINK, CODE = "/saya/hubungkan/", "/saya/hubungkan/kode/"
UNKNOWN = "9360089999999995"
PUPIL = CardProduct(7, "pupil", "Pelajar", "Pupil", is_personal=True)


@pytest.fixture
def town(database: Database) -> Iterator[ResidentsTown]:
    yield ResidentsTown(database)
    sending.wait_for_all()


@pytest.fixture
def dian(town: ResidentsTown) -> Client:
    """Dian has no card; Tono wants to give her his."""
    return resident_client(town.dian)


def now() -> datetime:
    return datetime.now(UTC)


def ask(client: Client, number: str) -> list[codes.Shown]:
    """Ask for a card; what codes its holder, or anybody else, was sent by now."""
    answer = client.post(LINK, {"number": number, "secret": "", "way": "code"})
    assert (answer.status_code, answer.url) == (302, CODE)  # type: ignore[attr-defined]
    sending.wait_for_all()
    shown = codes.outbox(now())
    assert shown is not None
    return shown


def asked(client: Client, town: ResidentsTown, card: int) -> str:
    """The code that a card's holder was sent."""
    return ask(client, town.printed(card)[0])[0].code


def tell(client: Client, code: str) -> bool:
    """Type a code; whether the card is the asker's then."""
    answer = client.post(CODE, {"code": code})
    assert answer.status_code in (200, 302), answer.status_code
    return answer.status_code == 302


def owner(town: ResidentsTown, card: int) -> int | None:
    row = town.conn.execute("select owner from cards_card where id = %s", [card]).fetchone()
    assert row is not None
    return row[0]


def everything_of(town: ResidentsTown) -> list[Any]:
    """What a hand-over may change, and what it may not."""
    queries = (
        "select id, state, owner, owned_since, purse, receivable, entitlements from cards_card",
        "select * from cards_denial",
        "select * from cards_incoming",
        "select * from ledger_posting",
        "select id, balance, held from ledger_account",
        "select id, kind, resident from messages_message",
        "select id, is_active from payments_order",
    )
    return [sorted(map(str, town.conn.execute(query).fetchall())) for query in queries]


def trail(town: ResidentsTown, action: str) -> list[tuple[Any, ...]]:
    found = town.conn.execute(
        "select subject_kind, subject_id, actor, detail from audit_entry where action = %s"
        " order by id",
        [action],
    )
    return found.fetchall()


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


def test_the_holder_is_told_what_it_means_in_their_language(
    town: ResidentsTown, dian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []

    class Noted:
        def deliver(self, message: Any) -> None:
            sent.append(message)

    monkeypatch.setattr(sending, "_ports", lambda: dict.fromkeys(Channel, Noted()))
    code = asked(dian, town, town.tonos)
    tail = town.printed(town.tonos)[0][-4:]
    assert (sent[0].address, sent[0].subject) == (
        "+6281200008888", "Kode untuk menyerahkan kartu Anda"
    )  # fmt: skip
    for word in (code, tail, "saldonya", "Jangan beri tahu siapa pun"):
        assert word in sent[0].body
    mail = "tono@example.id"
    actor = f"resident:{town.tono}"
    assert keep_email(resident=town.tono, email=mail, actor=actor, at=now()) is None
    keep_wishes(
        resident=town.tono, language="en", off=[], low_balance=None, channel=Channel.EMAIL,
        actor=actor, at=now(),
    )  # fmt: skip
    asked(dian, town, town.tonos)
    assert sent[1].address == mail and "the money on it" in sent[1].body
    assert "Tell nobody, not even staff" in sent[1].body


def test_the_answer_is_the_same_whatever_the_card_is(town: ResidentsTown, dian: Client) -> None:
    blocked = report_lost(card=town.card, owner=None, actor=ACTOR, at=now())
    assert not isinstance(blocked, str)
    numbers = [UNKNOWN, "17", "abc", town.printed(town.free)[0], town.printed(town.card)[0]]
    numbers += [town.printed(town.childs)[0], town.printed(town.tonos)[0]]
    pages, works = set(), set()
    for number in numbers:
        client = resident_client(town.dian)
        codes_before = town.count("doors_code")
        ask(client, number)
        assert town.count("doors_code") == codes_before + 1
        pages.add(tokenless(page(client, CODE)))
        pages.add(tokenless(client.post(CODE, {"code": "x"}).content.decode()))
        row = Code.objects.order_by("-pk")[0]
        works.add((len(bytes(row.contact_hash)), row.tries, row.used_at))
    assert len(pages) == 2, "the page before a wrong code, and the page after one"
    assert len(works) == 1
    own = resident_client(town.tono)
    assert len(ask(own, town.printed(town.tonos)[0])) == 1, "that of before; nothing to oneself"
    assert tokenless(page(own, CODE)) in pages


def tokenless(text: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", text)


def test_what_is_done_before_the_answer_is_the_same_whatever_the_card_is(
    town: ResidentsTown,
) -> None:
    done = set()
    client = resident_client(town.dian)
    for number in (UNKNOWN, town.printed(town.free)[0], town.printed(town.tonos)[0]):
        with CaptureQueriesContext(connection) as queries:
            ask(client, number)
        done.add(len(queries))
    assert len(done) == 1


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
    town.conn.execute("update cards_card set expires_on = %s where id = %s", [town.at, card])


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


def test_a_code_is_for_the_asker_and_the_card_alone_and_once(
    town: ResidentsTown, dian: Client
) -> None:
    code = asked(dian, town, town.tonos)
    number = Code.objects.latest("pk").pk
    siti = resident_client(town.siti)
    assert siti.get(CODE).url == LINK  # type: ignore[attr-defined]
    for asker in (town.siti, town.tono):
        session = resident_client(asker)
        kept = session.session
        kept["portal_wanted"] = number
        kept.save()
        assert not tell(session, code)
    ask(siti, town.printed(town.card)[0])
    assert not tell(siti, code), "another code's"
    assert tell(dian, code) and owner(town, town.tonos) == town.dian
    after = everything_of(town)
    assert tell(dian, code), "a repeat is answered as the first"
    assert everything_of(town) == after


def test_a_code_for_a_card_lets_nobody_in(town: ResidentsTown, dian: Client) -> None:
    code = asked(dian, town, town.tonos)
    stranger = Client()
    kept = stranger.session
    kept["doors_asked"] = Code.objects.latest("pk").pk
    kept.save()
    stranger.cookies["sessionid"] = kept.session_key or ""
    stranger.post("/masuk/kode/", {"code": code})
    assert stranger.get("/saya/").status_code == 302, "still nobody"


def test_a_code_lasts_ten_minutes(town: ResidentsTown, dian: Client) -> None:
    code = asked(dian, town, town.tonos)
    Code.objects.update(made_at=now() - codes.VALID)
    assert not tell(dian, code) and owner(town, town.tonos) == town.tono


def test_of_two_codes_for_a_card_one_is_taken(town: ResidentsTown, dian: Client) -> None:
    first = asked(dian, town, town.tonos)
    siti = resident_client(town.siti)
    second = asked(siti, town, town.tonos)
    assert tell(siti, second)
    assert not tell(dian, first)
    assert owner(town, town.tonos) == town.siti
    assert town.count("cards_handing") == 2


def test_two_at_once_act_once(town: ResidentsTown, dian: Client) -> None:
    code = asked(dian, town, town.tonos)
    session = dian.cookies["sessionid"].value

    def at_once(_: int) -> bool:
        other = Client()
        other.cookies["sessionid"] = session
        try:
            return tell(other, code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(at_once, range(4))) == [True] * 4
    assert len(trail(town, "card.handed_over")) == 1
    assert [one.kind for one in outbox()] == [Kind.CARD_TAKEN, Kind.CARD_GIVEN]


def test_two_askers_at_once_get_one_card(town: ResidentsTown, dian: Client) -> None:
    siti = resident_client(town.siti)
    told = [(dian, asked(dian, town, town.tonos)), (siti, asked(siti, town, town.tonos))]

    def at_once(one: tuple[Client, str]) -> bool:
        try:
            return tell(*one)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(at_once, told)) == [False, True]
    assert len(trail(town, "card.handed_over")) == 1


def test_wrong_codes_of_a_resident_and_for_a_number_are_counted(
    town: ResidentsTown, dian: Client
) -> None:
    code = asked(dian, town, town.tonos)
    for _ in range(codes.MAX_TRIES):
        assert not tell(dian, "000000" if code != "000000" else "111111")
    assert "Terlalu banyak percobaan" in send(dian, CODE, code=code)
    assert owner(town, town.tonos) == town.tono
    again = asked(dian, town, town.tonos)
    assert not tell(dian, again), "five for the card, whichever code"
    ask(dian, UNKNOWN)
    for _ in range(MOST_WRONG - codes.MAX_TRIES):
        assert "tidak cocok" in send(dian, CODE, code="x1")
    number, secret = town.printed(town.free)
    assert "Terlalu banyak percobaan" in send(dian, LINK, number=number, secret=secret), "together"
    assert [kind for kind, *_ in trail(town, "card.link_wrong")].count("person") == MOST_WRONG


def test_who_asks_for_many_cards_is_stopped(town: ResidentsTown, dian: Client) -> None:
    for number in range(MOST_ASKED):
        ask(dian, str(number))
    assert dian.post(LINK, {"number": UNKNOWN, "way": "code"}).status_code == 429
    assert (
        resident_client(town.siti).post(LINK, {"number": UNKNOWN, "way": "code"}).status_code == 302
    )


def test_a_holder_is_not_flooded_with_codes(town: ResidentsTown) -> None:
    number = town.printed(town.tonos)[0]
    assert MOST_A_CARD <= MOST_A_HOLDER
    for _ in range(MOST_A_CARD):
        ask(resident_client(town.dian), number)
    assert len(ask(resident_client(town.siti), number)) == MOST_A_CARD, "answered, not sent"
    town.conn.execute("update cards_handing set asked_at = asked_at - interval '2 hours'")
    assert town.count("cards_handing") == MOST_A_HOLDER
    assert len(ask(resident_client(town.siti), number)) == MOST_A_CARD, "five a day in all"
    town.conn.execute("update cards_handing set asked_at = asked_at - interval '1 day'")
    assert len(ask(resident_client(town.siti), number)) == MOST_A_CARD + 1
    town.conn.execute("update cards_handing set asked_at = asked_at - interval '1 day'")
    assert handing.forget_unused(before=now() - timedelta(days=1)) == MOST_A_CARD + 1


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


def test_nothing_of_it_is_stored_in_clear(town: ResidentsTown, dian: Client) -> None:
    number = town.printed(town.tonos)[0]
    code = asked(dian, town, town.tonos)
    row = Code.objects.latest("pk")
    kept = b"".join(bytes(one) for one in (row.contact_hash, row.code_hash, row.sealed))
    assert number.encode() not in kept and code.encode() not in kept
    stored = everything_stored(town.conn)
    for clear in ("+6281200008888", "Tono Contoh"):
        assert clear.encode() not in stored


def test_doors_tell_a_code_of_a_stranger_nothing(town: ResidentsTown) -> None:
    wrong = doors.take_over(
        code=1, typed="1", asker=town.dian, usual="adult", actor="resident:1", at=now()
    )
    assert wrong is codes.Refusal.CODE_WRONG
