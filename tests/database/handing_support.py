"""What tests of cards that pass from hand to hand share: asking, telling a code, looking."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.test import Client

from satu.web.doors import codes, sending
from tests.residents_town import ResidentsTown

LINK, CODE = "/saya/hubungkan/", "/saya/hubungkan/kode/"
UNKNOWN = "9360089999999995"


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
