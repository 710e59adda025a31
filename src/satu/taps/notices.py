"""Finds what owners of cards want to know of their rides, long after the gate. Run by a job.

The road of a tap knows nothing of messages: this reads what it stored since the last run.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from satu.cards.telling import tail
from satu.kernel import pgarray
from satu.kernel.refusal import Outcome
from satu.ledger.actions import raw_connection
from satu.messages import queries as messages
from satu.messages.actions import enqueue
from satu.messages.kinds import Kind
from satu.messages.reading import read_on

WHAT = "taps"
# A tap is seen some time after the instant at which it was received: when its batch is committed.
OVERLAP = timedelta(minutes=1)
LONGEST = timedelta(hours=6)  # what is older than this is not worth a message
REFUSED = tuple(
    outcome.value for outcome in Outcome if not outcome.accepted and not outcome.quarantined
)
NOTABLE = """
select t.id, c.owner, c.number, t.outcome, t.balance, t.charge
  from taps_tap t join cards_card c on c.id = t.card
 where t.received_at > %(after)s and t.received_at <= %(until)s
   and t.at > %(oldest)s and c.owner is not null
   and (c.owned_since is null or t.at >= c.owned_since)
   and (t.outcome = any(%(refused)s::smallint[])
        or (t.outcome = 0 and t.charge > 0 and t.balance < %(highest)s))
 order by t.id
"""


class Found(NamedTuple):
    """A tap of an owned card that was refused, or left little on it."""

    tap: int
    owner: int
    number: str
    outcome: int
    balance: int
    charge: int


def tell_riders(*, at: datetime) -> int:
    """Put a message into the outbox for each refused ride and each balance that fell below its
    owner's threshold since the last run; how many were found. A tap is told of once."""
    with transaction.atomic():
        last = read_on(what=WHAT, at=at)
        if last is None:
            return 0
        values = {
            "after": max(last - OVERLAP, at - LONGEST),
            "until": at,
            "oldest": at - LONGEST,
            "refused": pgarray.ints(REFUSED),
            "highest": messages.highest_threshold(),
        }
        found = [Found(*row) for row in raw_connection().execute(NOTABLE, values)]
        return _tell(found, at)


def _tell(found: Iterable[Found], at: datetime) -> int:
    found = list(found)
    thresholds = messages.thresholds({one.owner for one in found})
    told = 0
    for one in found:
        card = tail(one.number)
        outcome = Outcome(one.outcome)
        threshold = thresholds[one.owner]
        if not outcome.accepted:
            kind = Kind.RIDE_REFUSED
            parameters: dict[str, str | int] = {"card": card, "reason": outcome.code}
        elif threshold is not None and one.balance < threshold <= one.balance + one.charge:
            kind, parameters = Kind.LOW_BALANCE, {"card": card, "balance": one.balance}
        else:
            continue
        enqueue(
            resident=one.owner, kind=kind, parameters=parameters, name=f"{kind}:{one.tap}", at=at
        )
        told += 1
    return told
