"""What the pages of a demo show beside the rides: staff, residents, cases, orders, refunds.

All of it through the actions that make it in a city. Called by `satu demo`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg

from satu.cards.queries import issuers
from satu.city.demo_cases import open_demo_cases
from satu.city.demo_day import DemoCity
from satu.city.demo_desk import order_demo_cards
from satu.city.demo_history import PHONE
from satu.city.demo_neighbours import daily_riders, settle_neighbours
from satu.city.demo_office import open_office
from satu.city.demo_past import count_past
from satu.city.demo_people import Entrance, Party, let_staff_in
from satu.city.demo_refunds import ask_refunds
from satu.city.demo_setup import DAYS, with_regulars
from satu.city.demo_statement import send_demo_statement
from satu.kernel.days import from_ms


def furnish(demo: DemoCity, forgetful: int | None, clock: Callable[[], datetime]) -> list[Entrance]:
    """Let the pages have something to show: the links of the staff.

    `forgetful`: the card of somebody who asks money back (satu.city.demo_history.settle); None:
    there is no new past to tell of. A repeat changes nothing but the links.
    """
    operator, bank = demo.rules.bundle.operators[0], issuers()[0]
    entrances = let_staff_in(
        operator=Party(operator.code, operator.name),
        issuer=Party(bank.code, bank.name),
        at=clock(),
    )
    desk = next(one.login for one in entrances if one.role == "desk")
    with psycopg.connect(demo.database, autocommit=True) as conn:
        settle_neighbours(conn, phone=PHONE, desk=desk, at=clock())
        open_demo_cases(conn, at=clock())
    demo.people = with_regulars(demo.people, daily_riders(PHONE))
    order_demo_cards(rules=demo.rules, at=clock())
    send_demo_statement(issuer=bank.code, on=demo.first_day, at=clock())
    open_office(bundle=demo.rules.bundle, at=clock())
    if forgetful is not None:
        first, last = demo.first_day - timedelta(days=DAYS), demo.first_day - timedelta(days=1)
        city_at = from_ms(demo.rules.calendar.start_ms(demo.first_day))
        ask_refunds(url=demo.database, card=forgetful, first=first, last=last, at=city_at)
        count_past(clock)
    return entrances
