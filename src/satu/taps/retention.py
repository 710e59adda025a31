"""Where a person went is unlinked from them, as the city's rule for trips says. A daily job.

What stays: how many rode where and in which hour, what each purse paid to whom on which day. What
goes: which card it was, and all that leads back to it (sql/retention_v1.sql). Cases and messages
about a ride are let go by their own rooms (satu.cases.chores, satu.messages.forgetting).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards.collecting import settlement_day
from satu.ledger.actions import raw_connection
from satu.people.kinds import Kept
from satu.people.queries import keep_days

CHUNK = 2_000  # cards a transaction
# Younger days still fold: taps come up to 72 hours late, and repairs are folded in after that.
LEAST_DAYS = 14

# Days with nothing in them are told too, so that the next run begins after them.
DAYS = """
select d::date
  from generate_series(
           coalesce((select max(service_day) + 1 from taps_unlinked),
                    (select min(service_day) from taps_tap)),
           %(before)s::date - 1, interval '1 day') d
 union
select service_day from taps_unlinked where waiting > 0
 order by 1
"""


def unlink_trips(*, actor: str, at: datetime) -> int:
    """Unlink the service days that are older than trips are kept: how many days.

    Without a rule of the city nothing is unlinked. What is interrupted goes on with the next run.
    """
    kept = keep_days(Kept.TRIPS)
    if kept is None:
        return 0
    before = settlement_day(at) - timedelta(days=max(kept, LEAST_DAYS))
    days = [row[0] for row in raw_connection().execute(DAYS, {"before": before})]
    for day in days:
        for after in _chunks(day):
            assert after >= 0
        _rest(day, actor, at)
    return len(days)


def _chunks(day: date) -> Iterator[int]:
    """Unlink a day's cards, some a transaction; after each, the last card that was looked at."""
    after: int | None = 0
    while after is not None:
        yield after
        with transaction.atomic():
            after = _value("select taps_unlink_v1(%s, %s, %s)", [day, after, CHUNK])


def _rest(day: date, actor: str, at: datetime) -> None:
    with transaction.atomic():
        waiting = _value("select taps_unlink_rest_v1(%s, %s)", [day, at])
        record(
            actor=actor,
            action="trips.unlinked",
            subject=Subject("service_day", day.toordinal()),
            detail={"day": day.isoformat(), "waiting": waiting or 0},
            at=at,
        )


def _value(statement: str, parameters: list[object]) -> int | None:
    row = raw_connection().execute(statement, parameters).fetchone()
    assert row is not None
    return None if row[0] is None else int(row[0])
