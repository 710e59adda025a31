"""What residents of the demo asked of the city, at every stage, and money that waits for a second
pair of eyes. Called by `satu demo`; a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg

from satu.approvals.actions import Asked, propose
from satu.cases.actions import NewCase, Opened, answer_case, ask_resident, open_case, take_case
from satu.cases.chores import escalate_due
from satu.cases.kinds import Channel, Filling, What
from satu.ledger.kinds import Result
from satu.messages.delivering import deliver_due
from satu.messages.ports import ports

DESK = "ani"  # satu.city.demo_people lets them in
MOST = 4  # residents who ask; they can be reached
A_WHILE = timedelta(minutes=20)
OWNED = """
select distinct on (owner) owner, id from cards_card
 where state = 0 and owner is not null and category <> 'child' order by owner, id limit %s
"""


class Sample(NamedTuple):
    """A case of the demo: what somebody wrote so many hours ago, and how far it has come."""

    kind: str
    channel: Channel
    text: str
    hours_ago: int
    came_to: What


SAMPLES = (
    Sample("complaint", Channel.PAGE, "Mesin di halte lambat membaca kartu.", 2, What.OPENED),
    Sample("lost_card", Channel.PHONE, "Kartu tertinggal di bus.", 1, What.TAKEN),
    Sample("refund", Channel.COUNTER, "Ditagih dua kali kemarin sore.", 30, What.ASKED),
    Sample("data_question", Channel.PAGE, "Mengapa petugas membuka data saya?", 20, What.TAKEN),
    Sample("question", Channel.MESSAGE, "Apakah kartu berlaku di LRT?", 50, What.ANSWERED),
    Sample("lost_card", Channel.COUNTER, "Dompet dicuri, kartu di dalamnya.", 5, What.OPENED),
)


def open_demo_cases(conn: psycopg.Connection, *, at: datetime) -> int:
    """Open the demo's cases for residents with a card; how many are new. Without one: none."""
    owners: Sequence[tuple[int, int]] = conn.execute(OWNED, [MOST]).fetchall()
    if not owners:
        return 0
    opened = 0
    for number, sample in enumerate(SAMPLES):
        resident, card = owners[number % len(owners)]
        key = f"demo:{number}"
        new = NewCase(sample.kind, sample.channel, key, resident, card, sample.text)
        then = at - timedelta(hours=sample.hours_ago)
        actor = f"resident:{resident}" if sample.channel is Channel.PAGE else f"staff:{DESK}"
        done = open_case(new=new, actor=actor, at=then)
        if isinstance(done, Opened) and done.result is Result.POSTED:
            _go_on(done.case.id, sample.came_to, then + A_WHILE)
            deliver_due(ports=ports(), at=then + A_WHILE)
            opened += 1
    goodwill = {"card": owners[0][1], "amount": 15_000}
    asked = Asked("card.goodwill", goodwill, "goodwill", "K-1", "demo:goodwill")
    propose(asked=asked, actor=f"staff:{DESK}", at=at)
    escalate_due(actor="city.demo", at=at)
    deliver_due(ports=ports(), at=at)
    return opened


def _go_on(case: int, came_to: What, at: datetime) -> None:
    """Bring a new case as far as it came."""
    actor = f"staff:{DESK}"
    if came_to is What.OPENED:
        return
    take_case(case=case, staff=DESK, actor=actor, at=at)
    if came_to is What.ASKED:
        ask_resident(case=case, text="Di halte mana, dan jam berapa?", actor=actor, at=at)
    if came_to is What.ANSWERED:
        answer_case(
            case=case, answer="thank_you", filling=Filling(), text="Ya.", actor=actor, at=at
        )
