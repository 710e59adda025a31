"""The codes by which a card passes: whom they tell what, how often, and that they act once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from satu.cards import handing
from satu.cards.handing import MOST_A_CARD, MOST_A_HOLDER, MOST_ASKED
from satu.cards.lifecycle import report_lost
from satu.cards.linking import MOST_WRONG
from satu.cards.rules import number_name
from satu.messages.actions import keep_wishes
from satu.messages.kinds import Channel, Kind
from satu.messages.queries import outbox
from satu.people.contacts import keep_email
from satu.web import handing as doors
from satu.web.doors import codes, sending
from satu.web.doors.models import Code
from tests.database.handing_support import (
    CODE,
    LINK,
    UNKNOWN,
    ask,
    asked,
    everything_of,
    now,
    owner,
    tell,
    trail,
)
from tests.database.people_support import everything_stored
from tests.residents_town import ResidentsTown, page, send
from tests.web_doors import ACTOR, resident_client


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
    wrong = trail(town, "card.link_wrong")
    assert [kind for kind, *_ in wrong].count("person") == MOST_WRONG
    numbers = [town.printed(town.tonos)[0], UNKNOWN]
    assert {name for kind, name, *_ in wrong if kind == "card_number"} == {
        number_name(settings.PRINTED_KEY, one) for one in numbers
    }


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
