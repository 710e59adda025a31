"""Messages: kept with what they tell, sent once by the way a resident wants, and to nobody else."""

from __future__ import annotations

import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import httpx
import pytest
from django.core import mail
from django.db import transaction

from satu.cards.actions import block_card, issue_cards, link_card, top_up, unblock_card
from satu.cards.kinds import Why as Denied
from satu.cards.lifecycle import freeze_card, replace_card, report_lost
from satu.cards.queries import faces
from satu.messages.actions import enqueue, keep_rules, keep_wishes
from satu.messages.delivering import deliver_due
from satu.messages.forgetting import forget_old
from satu.messages.kinds import Channel, Kind, Rules, State, Why
from satu.messages.looks import tell_looks
from satu.messages.ports import HttpPort, MailPort, NotDelivered, Outgoing, ShownPort
from satu.messages.queries import counts, outbox
from satu.people.access import open_profile
from satu.people.actions import erase_resident
from satu.people.kinds import Role
from satu.people.looks import looks_told
from satu.people.profile import Profile
from satu.people.queries import who_looked
from tests.database.cards_support import MANDIRI, open_banks
from tests.database.people_support import (
    ACTOR,
    AT,
    CASE,
    SITI,
    audited,
    everything_stored,
    look,
    prepare,
    register,
)
from tests.support import Database

RULES = Rules("IDR", 10_000, 3)
MAIL = "siti@contoh.id"
TOLD = Profile(name=SITI.name, nik=SITI.nik, phone=SITI.phone, email=MAIL)
MINUTE = timedelta(minutes=1)


class Noted:
    """A way out of our own that keeps what it is handed, and fails as often as it is told to."""

    def __init__(self, fails: int = 0, *, is_final: bool = False) -> None:
        self.sent: list[Outgoing] = []
        self.fails, self.is_final = fails, is_final

    def deliver(self, message: Outgoing) -> None:
        if self.fails:
            self.fails -= 1
            raise NotDelivered("out of order", is_final=self.is_final)
        self.sent.append(message)


@pytest.fixture
def siti(database: Database) -> int:
    prepare()
    keep_rules(rules=RULES, actor=ACTOR, at=AT)
    return register(TOLD)


@pytest.fixture
def card(siti: int) -> int:
    open_banks()
    made = issue_cards(issuer=MANDIRI, count=1, balance=0, actor=ACTOR, at=AT)
    assert isinstance(made, range)
    (face,) = faces(made)
    linked = link_card(number=face.number, secret=face.secret, owner=siti, actor=ACTOR, at=AT)
    assert linked == made[0]
    return int(made[0])


def tell(resident: int, name: str = "one", kind: Kind = Kind.TOP_UP_LANDED) -> None:
    parameters = {"card": "0012", "amount": 50_000, "balance": 57_500}
    if kind is not Kind.TOP_UP_LANDED:
        parameters = {"card": "0012"}
    enqueue(resident=resident, kind=kind, parameters=parameters, name=name, at=AT)


def send(port: Any, *, way: Channel = Channel.EMAIL, later: timedelta = timedelta()) -> int:
    return deliver_due(ports={way: port}, at=AT + later)


def ended() -> list[tuple[str, State, str, str]]:
    return [(one.kind.value, one.state, one.why, one.channel) for one in reversed(outbox())]


def test_a_message_is_kept_with_its_cause_or_not_at_all(database: Database, siti: int) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        tell(siti)
        raise RuntimeError("what it tells did not happen")
    assert outbox() == []
    tell(siti)
    tell(siti)
    (shown,) = outbox()
    assert shown.text.body == "Rp 50.000 masuk ke kartu •0012. Saldo sekarang Rp 57.500."
    assert (shown.state, shown.next_at, shown.tries) == (State.WAITING, AT, 0)


def test_it_is_sent_once_and_the_opening_of_the_address_is_written_down(
    database: Database, siti: int
) -> None:
    tell(siti)
    port = Noted()
    assert send(port, later=-MINUTE) == 0
    assert send(port) == 1 and send(port, later=MINUTE) == 0
    (sent,) = port.sent
    assert sent.address == MAIL and sent.subject == "Isi saldo berhasil"
    assert MAIL not in repr(sent)
    assert ended() == [("top_up_landed", State.SENT, "", "email")]
    (looked,) = who_looked(siti)
    assert (looked.actor, looked.purpose, looked.case) == ("job:messages", "messages", "M-1")
    stored = everything_stored(database.owner())
    assert MAIL.encode() not in stored and SITI.phone.encode() not in stored


def test_wishes_choose_language_way_and_what_not(database: Database, siti: int) -> None:
    kept = keep_wishes(
        resident=siti,
        language="en",
        off=[Kind.TOP_UP_LANDED, Kind.CARD_LOST],
        low_balance=None,
        channel=Channel.SMS,
        actor=f"resident:{siti}",
        at=AT,
    )
    assert kept.off == {Kind.TOP_UP_LANDED}, "a lost card is told whatever is wished"
    tell(siti, "one")
    tell(siti, "two", Kind.CARD_LOST)
    sms, email = Noted(), Noted()
    assert deliver_due(ports={Channel.EMAIL: email, Channel.SMS: sms}, at=AT) == 1
    assert [(one.address, one.subject) for one in sms.sent] == [
        (SITI.phone, "Your card was reported lost")
    ]
    assert email.sent == []
    assert ended() == [
        ("top_up_landed", State.DROPPED, "unwanted", ""),
        ("card_lost", State.SENT, "", "sms"),
    ]
    assert [row[0] for row in audited(database.connect(), "messages.wished")] == ["messages.wished"]
    with pytest.raises(ValueError, match="language"):
        keep_wishes(
            resident=siti, language="fr", off=[], low_balance=None, channel=None, actor="", at=AT
        )


def test_what_cannot_be_delivered_is_tried_again_later_and_later(siti: int) -> None:
    tell(siti)
    port = Noted(fails=2)
    assert send(port) == 0
    assert send(port, later=MINUTE / 2) == 0 and port.fails == 1
    assert send(port, later=MINUTE) == 0 and port.fails == 0
    assert send(port, later=4 * MINUTE) == 0
    assert send(port, later=5 * MINUTE) == 1
    tell(siti, "two")
    broken = Noted(fails=99)
    for minutes in (0, 1, 5, 21, 85, 341, 2_000):
        send(broken, later=minutes * MINUTE)
    assert broken.fails == 99 - 6
    tell(siti, "three")
    assert send(Noted(fails=1, is_final=True)) == 0
    assert [one[2] for one in ended()] == ["", Why.NOT_DELIVERED, Why.ADDRESS_REFUSED]


def test_a_message_that_its_program_died_with_is_sent_after_the_lease(siti: int) -> None:
    class Died(BaseException):
        pass

    class Dying:
        def deliver(self, message: Outgoing) -> None:
            raise Died

    tell(siti)
    with pytest.raises(Died):
        send(Dying())
    port = Noted()
    assert send(port, later=4 * MINUTE) == 0
    assert send(port, later=5 * MINUTE) == 1 and len(port.sent) == 1


def test_a_message_that_cannot_be_made_holds_up_no_other_and_ends(siti: int) -> None:
    class Choosy(Noted):
        def deliver(self, message: Outgoing) -> None:
            if message.reference == "satu-1":
                raise RuntimeError("a fault of ours")
            super().deliver(message)

    tell(siti, "one")
    tell(siti, "two", Kind.CARD_LOST)
    port = Choosy()
    with pytest.raises(RuntimeError):
        send(port)
    assert send(port, later=MINUTE) == 1 and len(port.sent) == 1
    for turn in range(1, 6):
        with pytest.raises(RuntimeError):
            send(port, later=6 * turn * MINUTE)
    assert send(port, later=40 * MINUTE) == 0
    assert [one[1:3] for one in ended()] == [
        (State.DROPPED, Why.NOT_DELIVERED),
        (State.SENT, ""),
    ]


def test_too_many_in_a_day_and_too_old_ones_are_dropped(siti: int) -> None:
    for name in "abcd":
        tell(siti, name)
    tell(siti, "e", Kind.CARD_LOST)
    assert send(Noted()) == 4
    tell(siti, "f")
    assert send(Noted(), later=timedelta(days=1, minutes=1)) == 1, "a day later there is room"
    tell(siti, "g")
    assert send(Noted(), later=timedelta(days=3)) == 0
    assert [one[2] for one in ended()] == ["", "", "", Why.TOO_MANY, "", "", Why.TOO_OLD]
    assert [tuple(one) for one in counts()] == [(State.SENT, 5), (State.DROPPED, 2)]


def test_who_has_no_address_or_was_erased_is_not_written_to(siti: int) -> None:
    silent = register(None)
    tell(silent, "one")
    tell(siti, "two")
    erase_resident(resident=siti, reason="asked", open_cards=0, actor=ACTOR, at=AT)
    assert send(Noted()) == 0
    assert [one[2] for one in ended()] == [Why.NO_ADDRESS, "resident_erased"]


def test_a_cards_life_is_told_to_its_owner(card: int) -> None:
    done = top_up(card=card, amount=50_000, reference="r1", actor=ACTOR, at=AT)
    again = top_up(card=card, amount=50_000, reference="r1", actor=ACTOR, at=AT)
    assert (done.result.code, again.result.code) == ("posted", "exists")
    freeze_card(card=card, owner=None, actor=ACTOR, at=AT)
    report_lost(card=card, owner=None, actor=ACTOR, at=AT)
    unblock_card(card=card, reason="found", actor=ACTOR, at=AT)
    block_card(card=card, reason="cloned", actor=ACTOR, at=AT)
    replace_card(card=card, why=Denied.DAMAGED, actor=ACTOR, at=AT)
    kinds = [one.kind for one in reversed(outbox())]
    assert kinds == [
        Kind.TOP_UP_LANDED,
        Kind.CARD_FROZEN,
        Kind.CARD_LOST,
        Kind.CARD_BLOCKED,
        Kind.CARD_REPLACED,
    ]


def test_nobody_is_told_of_a_card_that_nobody_owns(database: Database) -> None:
    open_banks()
    (made,) = issue_cards(issuer=MANDIRI, count=1, balance=0, actor=ACTOR, at=AT)
    top_up(card=made, amount=50_000, reference="r1", actor=ACTOR, at=AT)
    block_card(card=made, reason="cloned", actor=ACTOR, at=AT)
    assert outbox() == []


def test_a_look_of_staff_is_told_and_a_programs_is_not(siti: int) -> None:
    look(siti)
    assert tell_looks(at=AT) == 0, "the first run begins where the trail is"
    look(siti)
    look(siti, case="K-17")
    look(siti, case="K-17", at=AT + MINUTE)
    open_profile(
        actor=f"resident:{siti}",
        role=Role.RESIDENT,
        resident_id=siti,
        purpose="own_data",
        case="",
        at=AT,
    )
    tell_looks(at=AT)
    found = outbox()
    tell_looks(at=AT)
    assert outbox() == found
    send(Noted())
    tell_looks(at=AT)
    assert len(outbox()) == len(found), "sending is no look of staff"
    assert {one.kind for one in found} == {Kind.DATA_LOOKED_AT} and len(found) == 2
    assert "Petugas membuka data Anda, laporan K-17." in found[0].text.body


def test_the_messages_of_a_day_are_one_look_of_the_program(siti: int) -> None:
    day = timedelta(days=1)
    for name, later in (("a", timedelta()), ("b", MINUTE), ("c", day)):
        enqueue(
            resident=siti,
            kind=Kind.CARD_FROZEN,
            parameters={"card": "0012"},
            name=name,
            at=AT + later,
        )
        assert send(Noted(), later=later) == 1
    look(siti, at=AT + 2 * day)
    told = [(one.at, one.who.en, one.what.en, one.case) for one in looks_told(siti)]
    assert told == [
        (AT + 2 * day, "Service desk (Dinas Perhubungan)", "Profile", CASE),
        (AT + day, "Satu, by itself", "Address, to send a message", ""),
        (AT + MINUTE, "Satu, by itself", "Address, to send 2 messages", ""),
    ]
    assert len(who_looked(siti)) == 4, "each of them is in the trail"


def test_messages_are_forgotten_by_the_citys_rule(database: Database, siti: int) -> None:
    tell(siti, "one")
    send(Noted())
    tell(siti, "waits")
    assert forget_old(actor="job:forget", at=AT + timedelta(days=30)) == 0
    assert forget_old(actor="job:forget", at=AT + timedelta(days=30, seconds=1)) == 1
    assert [one.state for one in outbox()] == [State.WAITING]
    ((_, _, _, _, detail),) = audited(database.connect(), "retention.forgot")
    assert detail == {"count": 1}


def test_wishes_go_with_their_resident(database: Database, siti: int) -> None:
    other = register(None)
    for resident in (siti, other):
        keep_wishes(
            resident=resident,
            language="en",
            off=[],
            low_balance=None,
            channel=None,
            actor=f"resident:{resident}",
            at=AT,
        )
    erase_resident(resident=siti, reason="asked", open_cards=0, actor=ACTOR, at=AT)
    assert forget_old(actor="job:forget", at=AT) == 0
    rows = database.connect().execute("select resident from messages_wish").fetchall()
    assert rows == [(other,)]


def test_mail_goes_by_djangos_backend() -> None:
    from django.test import override_settings

    memory = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(EMAIL_BACKEND=memory, DEFAULT_FROM_EMAIL="satu@contoh.id"):
        mail.outbox = []
        MailPort().deliver(Outgoing(MAIL, "Halo", "Isi", "satu-7"))
        (sent,) = mail.outbox
        assert (sent.to, sent.subject, sent.body) == ([MAIL], "Halo", "Isi")
        assert sent.from_email == "satu@contoh.id"
        assert sent.extra_headers["X-Satu-Reference"] == "satu-7"
    nowhere = "django.core.mail.backends.smtp.EmailBackend"
    with (
        override_settings(EMAIL_BACKEND=nowhere, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1),
        pytest.raises(NotDelivered, match="ConnectionRefused"),
    ):
        MailPort().deliver(Outgoing(MAIL, "Halo", "Isi", "satu-7"))
    ShownPort().deliver(Outgoing(MAIL, "Halo", "Isi", "satu-7"))


class Gateway(BaseHTTPRequestHandler):
    """A gateway for text messages that answers as it is told."""

    answers: ClassVar[list[int]] = []
    heard: ClassVar[list[tuple[str | None, dict[str, str]]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.heard.append((self.headers["Authorization"], body))
        self.send_response(self.answers.pop(0))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


def test_text_messages_go_to_a_gateway_with_its_token() -> None:
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    Thread(target=server.serve_forever, daemon=True).start()
    Gateway.answers[:] = [202, 500, 429, 422]
    message = Outgoing("+6281200009999", "Halo", "Isi", "satu-7")
    try:
        with httpx.Client(trust_env=False) as client:
            port = HttpPort(f"http://x:t0ken@127.0.0.1:{server.server_port}/sms", client)
            port.deliver(message)
            finals = []
            for _ in range(3):
                with pytest.raises(NotDelivered) as failed:
                    port.deliver(message)
                finals.append(failed.value.is_final)
    finally:
        server.shutdown()
        server.server_close()
    assert finals == [False, False, True]
    told = {"to": message.address, "text": "Isi", "reference": "satu-7"}
    assert Gateway.heard == [("Bearer t0ken", told)] * 4
    with httpx.Client() as client, pytest.raises(NotDelivered, match="ConnectError"):
        HttpPort("http://127.0.0.1:1/sms", client).deliver(message)
