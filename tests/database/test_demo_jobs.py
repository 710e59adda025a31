"""A demo's jobs: what rides cause goes by the city's clock, what people do by the real one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from satu.cards.actions import ensure_issuers, issue_cards, link_card
from satu.cards.kinds import Issuer
from satu.cards.queries import faces
from satu.city.demo_jobs import run_jobs
from satu.kernel.days import from_ms
from satu.messages.actions import enqueue, keep_rules
from satu.messages.kinds import Kind, Rules, State
from satu.messages.queries import outbox
from tests.database.people_support import ACTOR, prepare, register
from tests.small_city import BANK, SmallCity, at
from tests.support import Database

EARLY, SEVEN, SOON = (from_ms(at(*clock)) for clock in ((6,), (7,), (7, 1)))


@pytest.mark.parametrize("behind", [timedelta(hours=20), timedelta(days=-3)])
def test_each_message_is_delivered_by_the_clock_that_it_was_made_by(
    database: Database, behind: timedelta
) -> None:
    """The city is most of a day behind the pages, or, after some runs, days ahead of them."""
    prepare()
    city = SmallCity(database)
    ensure_issuers(issuers=[Issuer(BANK, "bank", "Bank", "100001", True)], actor=ACTOR, at=EARLY)
    keep_rules(rules=Rules("IDR", 10_000, 20), actor=ACTOR, at=EARLY)
    siti = register()
    assert run_jobs(city_at=EARLY, at=EARLY + behind) == 0
    for balance in (13_000, 1_000):
        (card,) = issue_cards(issuer=BANK, count=1, balance=balance, actor=ACTOR, at=EARLY)
        (face,) = faces([card])
        link_card(number=face.number, secret=face.secret, owner=siti, actor=ACTOR, at=EARLY)
        city.send(city.tap(card, "A", at(7), route="R1", direction="entry", decided="ask"))
    frozen = {"card": "0012"}
    enqueue(resident=siti, kind=Kind.CARD_FROZEN, parameters=frozen, name="f", at=SEVEN + behind)
    assert run_jobs(city_at=SOON, at=SOON + behind) == 3
    assert run_jobs(city_at=SOON, at=SOON + behind) == 0
    assert {(one.kind, one.state, one.ended_at) for one in outbox()} == {
        (Kind.CARD_FROZEN, State.SENT, SOON + behind),
        (Kind.LOW_BALANCE, State.SENT, SOON),
        (Kind.RIDE_REFUSED, State.SENT, SOON),
    }
