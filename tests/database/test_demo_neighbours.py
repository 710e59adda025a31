"""The demo's neighbours: enough of them that coverage shows something, and a family."""

from __future__ import annotations

from satu.cards.coverage import coverage, public_coverage
from satu.cards.family import limit_of
from satu.cards.held import cards_of
from satu.cards.transfers import Transferred, transfer_value
from satu.city.demo_banks import deposit
from satu.city.demo_neighbours import POCKET_MONEY, daily_riders, settle_neighbours
from satu.messages.queries import wishes_of
from satu.people.areas import keep_areas
from satu.people.family import guardianships_of, household_of
from satu.people.kinds import GuardianKind
from satu.people.queries import consents, who_looked
from tests.database.cards_support import BCA, MANDIRI, issue, money, open_banks
from tests.database.people_support import ACTOR, AT, SITI, prepare, register
from tests.support import Database

AREAS = [("31.71", "Pusat"), ("31.71.01", "Gambir")] + [
    (f"31.71.01.{number}", f"Kelurahan {number}") for number in range(1001, 1007)
]


def test_neighbours_have_cards_or_not_and_a_child_has_pocket_money(database: Database) -> None:
    conn = database.connect()
    assert settle_neighbours(conn, phone=SITI.phone, desk="ani", at=AT) == 0, (
        "nobody lives here yet"
    )
    prepare()
    open_banks(prefunded=0)
    keep_areas(areas=AREAS, actor=ACTOR, at=AT)
    issue(count=45, issuer=MANDIRI, balance=50_000)
    issue(count=1, issuer=MANDIRI, balance=20_000)
    issue(count=1, issuer=MANDIRI, balance=3_000)
    database.owner().execute("update cards_card set category = 'child' where id = 1")
    siti = register()
    assert settle_neighbours(conn, phone=SITI.phone, desk="ani", at=AT, areas=2) == 60
    found = [one for one in coverage(AT.date()) if one.area.startswith("31") and one.residents]
    assert [(one.residents, one.with_card, one.without) for one in found] == [(30, 20, 10)] * 2
    shown = [one for one in public_coverage(found) if one.residents is not None]
    assert len(shown) == 2, "no cell is small"
    carer, child = guardianships_of(siti, AT)
    assert (carer.ward, carer.kind, carer.sees_trips) == (siti, GuardianKind.CARER, False)
    assert (child.guardian, child.kind, child.sees_trips) == (siti, GuardianKind.PARENT, True)
    assert limit_of(child.ward, AT) == POCKET_MONEY
    assert [one.serial for one in cards_of(child.ward, AT.date())] == [1]
    household = household_of(siti)
    assert household is not None and household.members == (siti, child.ward)
    assert not consents(siti, "carers_trips") and len(who_looked(child.ward)) == 1
    assert settle_neighbours(conn, phone=SITI.phone, desk="ani", at=AT) == 0, "once"
    carers, broke = daily_riders()
    assert [money(conn, card).purse for card in (carers, broke)] == [20_000, 3_000]
    assert wishes_of(carer.guardian).low_balance == 20_000, "the first ride is told of"
    deposit(at=AT)
    (sibling,) = issue(count=1, issuer=BCA, balance=20_000)
    owner = database.owner()
    owner.execute("update cards_card set owner = %s where id = %s", [siti, sibling])
    sent = transfer_value(
        card=sibling, to=1, amount=10_000, key="k", owner=siti, actor=ACTOR, at=AT
    )
    assert isinstance(sent, Transferred) and sent.balance == 10_000, "the banks have deposited"
