"""The jobs that residents of a demo wait for: messages, standing orders, cases, closed accounts.

In a city the jobs' process runs them, by one clock. A demo has two: its rides go by the city's, its
pages by the real one, and the city may be a day behind or, after several runs, days ahead. So
that process would end holds and days too early here, and would drop messages as too old.
"""

from __future__ import annotations

from datetime import datetime

from satu.cards.accounts import end_accounts
from satu.cards.closing import pay_closed
from satu.cases.chores import escalate_due
from satu.cases.repairs import follow_repairs
from satu.messages.delivering import deliver_due
from satu.messages.looks import tell_looks
from satu.messages.ports import ports
from satu.payments.orders import run_orders
from satu.taps.notices import tell_riders

ACTOR = "city.demo"


def run_jobs(*, city_at: datetime, at: datetime) -> int:
    """What rides bring about goes by the city's clock, what people do by `at`, the real one.

    How many messages were delivered: each by the clock that it was made by, the earlier one first.
    """
    run_orders(actor=ACTOR, at=city_at)
    tell_riders(at=city_at)
    tell_looks(at=at)
    escalate_due(actor=ACTOR, at=at)
    follow_repairs(actor=ACTOR, at=at)
    pay_closed(actor=ACTOR, at=at)
    end_accounts(actor=ACTOR, at=at)
    return sum(deliver_due(ports=ports(), at=clock) for clock in sorted((city_at, at)))
