"""The demo has cases at every stage and a proposal that waits; a second start adds none."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from satu.approvals import queries as approvals
from satu.cards.actions import issue_cards, link_card
from satu.cards.queries import faces
from satu.cases import queries
from satu.cases.city import keep_city
from satu.cases.kinds import State
from satu.city.cases import read_cases
from satu.city.demo_cases import SAMPLES, open_demo_cases
from satu.city.demo_people import Party, let_staff_in
from satu.messages.kinds import State as Sent
from satu.messages.queries import outbox
from tests.database.cards_support import ACTOR, MANDIRI, open_banks
from tests.database.people_support import prepare, register
from tests.support import Database

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Jakarta"))  # a Tuesday
PACK = Path(__file__).resolve().parents[2] / "cities/jakarta"


def test_a_demo_has_something_to_do_for_its_staff(database: Database) -> None:
    prepare()
    open_banks()
    city = read_cases(PACK, [])
    assert city is not None
    keep_city(city=city, asset="IDR", actor=ACTOR, at=NOON)
    conn = database.connect()
    assert open_demo_cases(conn, at=NOON) == 0, "nobody has a card"
    made = issue_cards(issuer=MANDIRI, count=1, balance=0, actor=ACTOR, at=NOON)
    assert isinstance(made, range)
    (face,) = faces(made)
    siti = register()
    link_card(number=face.number, secret=face.secret, owner=siti, actor=ACTOR, at=NOON)
    let_staff_in(operator=Party("mrt", "MRT"), issuer=Party("mandiri", "Bank Mandiri"), at=NOON)
    assert open_demo_cases(conn, at=NOON) == len(SAMPLES)
    assert open_demo_cases(conn, at=NOON) == 0
    cases = queries.of_resident(siti)
    assert {State(case.state) for case in cases} == set(State) - {State.CLOSED}
    assert {case.kind for case in cases} == {sample.kind for sample in SAMPLES}
    assert [case.team for case in cases].count("supervisor") == 1, "one clock ran out"
    (waiting,) = approvals.waiting()
    assert (waiting.action, waiting.proposed_by, waiting.amount) == ("card.goodwill", "ani", 15_000)
    assert {one.state for one in outbox(resident=siti)} >= {Sent.SENT}
