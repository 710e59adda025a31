"""A missing tap that no rule could decide is a case until staff decide it; then it is answered."""

from __future__ import annotations

from datetime import timedelta

from satu.cards.actions import link_card
from satu.cards.queries import faces
from satu.cases import queries
from satu.cases.actions import reopen_case
from satu.cases.city import keep_city
from satu.cases.kinds import State
from satu.cases.repairs import follow_repairs
from satu.city.cases import read_cases
from satu.kernel.days import from_ms
from satu.messages.queries import outbox
from satu.taps.models import Repair
from satu.taps.repairs import Asked, approve_repair, reject_repair
from tests.database.people_support import prepare, register
from tests.database.repairs_support import NOW, RepairCity, tariff_with
from tests.database.test_cases import PACK
from tests.small_city import MONDAY, at
from tests.support import Database

TUESDAY = MONDAY + timedelta(days=1)
STAFF = "staff:ani"


def ask(city: RepairCity, card: int) -> int:
    """A ride without an exit, closed, and the rider's word for where it ended."""
    use = city.ride_without_exit(card, "X", at(8))
    city.close(TUESDAY, at(4, day=1))
    asked = city.ask(card, use, "Y", at(8, 20), at(9, day=1))
    assert isinstance(asked, Asked), asked
    assert asked.repair.waits_for
    return int(asked.repair.id)


def follow(day: int) -> int:
    return follow_repairs(actor="job:cases", at=from_ms(at(10, day=day)))


def test_a_repair_that_waits_is_a_case_and_its_decision_the_answer(database: Database) -> None:
    city = RepairCity(database, tariff_with(repairs=0))
    prepare()
    siti = register()
    card, nobodys = city.card(), city.card()
    (face,) = faces([card])
    link_card(number=face.number, secret=face.secret, owner=siti, actor=STAFF, at=NOW)
    assert follow(1) == 0, "the city says nothing of cases yet"
    kinds = read_cases(PACK, [])
    assert kinds is not None
    keep_city(city=kinds, asset="IDR", actor=STAFF, at=NOW)
    first, second = ask(city, card), ask(city, nobodys)
    assert follow(1) == 2 and follow(1) == 0
    case, other = queries.about(f"repair:{first}"), queries.about(f"repair:{second}")
    assert case is not None and other is not None
    assert (case.kind, case.resident, case.card) == ("refund", siti, card)
    assert (other.resident, other.card) == (None, nobodys)
    url, later = city.database.app_url, from_ms(at(9, day=2))
    approved = approve_repair(url=url, repair=first, actor=STAFF, at=later)
    reject_repair(repair=second, reason="not_plausible", actor=STAFF, at=later)
    assert follow(2) == 2 and follow(2) == 0
    answers = []
    for one in (case, other):
        one.refresh_from_db()
        assert one.state == State.ANSWERED
        answers.append((one.outcome, queries.story(one.id, language="en", inner=False)[-1].answer))
    assert isinstance(approved, Repair)
    amount = f"{approved.refunded:,}"
    assert answers == [
        ("granted", f"Rp {amount} went back to card •{face.number[-4:]}: a tap was missing."),
        ("refused", "We could not make sure of that ride, so its fare stays."),
    ]
    assert [one.kind.value for one in outbox(resident=siti)] == ["case_answered", "case_opened"]
    reopen_case(case=case.id, text="Kurang", owner=siti, actor=f"resident:{siti}", at=later)
    assert follow(2) == 0, "who comes back is answered by people"
