"""A day's visits as they stand: who came, who is inside, and how long people stayed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from satu.fares.tariff import Charge, Tariff
from satu.insight.counts import Visits
from satu.insight.queries import visits
from satu.kernel.days import from_ms
from satu.kernel.refusal import UseClass
from satu.taps.repair_rules import RepairState
from satu.taps.repairs import Asked
from satu.wire.messages import Tap
from tests.database.repairs_support import RepairCity
from tests.small_city import CALENDAR, MONDAY, TARIFF, ZOO, at
from tests.support import Database

END_MS = CALENDAR.end_ms(MONDAY)
TEN_STAYS = (30, 40, 50, 60, 70, 80, 90, 100, 110, 125)


def tariff() -> Tariff:
    """The zoo lets families in on one card, and asks more of who leaves without a tap."""
    replace = msgspec.structs.replace
    family = {"max_riders": 4, "missing_exit": Charge("flat", 9_000), "repairs": 1}
    networks = [replace(one, **family) if one.id == "zoo" else one for one in TARIFF.networks]
    return replace(TARIFF, networks=tuple(networks))


class Zoo(RepairCity):
    """The small city, of which only the zoo is looked at."""

    def stay(self, card: int, minutes: int, *, riders: int = 1, hour: int = 9) -> list[Tap]:
        """In at nine, unless told otherwise, and out after so many minutes."""
        into = self.tap(card, "GATE", at(hour), direction="entry", riders=riders)
        return [into, self.tap(card, "GATE", at(hour, minutes), direction="exit")]

    def stays(self, minutes: Sequence[int]) -> None:
        """Complete visits, each of another card."""
        self.send(*(tap for one in minutes for tap in self.stay(self.card(), one)))

    def now(self, upto_ms: int = END_MS) -> Visits:
        since = from_ms(CALENDAR.start_ms(MONDAY))
        found = visits(self.conn, MONDAY, since=since, upto=from_ms(upto_ms))
        assert found.keys() == {ZOO}
        return found[ZOO]


@pytest.fixture
def zoo(database: Database) -> Zoo:
    return Zoo(database, tariff())


def test_the_dwell_is_the_median_of_complete_visits_of_ten_cards(zoo: Zoo) -> None:
    zoo.stays(TEN_STAYS[:9])
    regular = zoo.card()
    zoo.send(*zoo.stay(regular, 20), *zoo.stay(regular, 25, hour=15))
    assert zoo.now() == Visits(visitors=11, inside=0, dwell_minutes=60)
    assert zoo.now(at(10, 39)).dwell_minutes is None  # six of the cards had left by then
    zoo.stays([300, 310])
    assert zoo.now() == Visits(13, 0, 70)
    assert zoo.now(at(13, 59)).dwell_minutes == 65


def test_few_cards_tell_no_dwell_however_often_they_come(zoo: Zoo) -> None:
    zoo.stays(TEN_STAYS[:8])
    regular = zoo.card()
    zoo.send(*(tap for hour in (9, 11, 13, 15) for tap in zoo.stay(regular, 30, hour=hour)))
    assert zoo.now() == Visits(visitors=12, inside=0, dwell_minutes=None)


def test_what_lacks_an_end_was_refused_or_told_counts_for_no_dwell(zoo: Zoo) -> None:
    zoo.stays(TEN_STAYS)
    assert zoo.now() == Visits(10, 0, 75)
    again, lone, told = zoo.card(), zoo.card(), zoo.card()
    zoo.send(
        zoo.tap(again, "GATE", at(9), direction="entry"),
        zoo.tap(again, "GATE", at(16), direction="entry"),
        zoo.tap(lone, "GATE", at(17), direction="exit"),
        zoo.tap(zoo.card(), "GATE", at(9), direction="entry", decided="refused"),
    )
    assert zoo.now() == Visits(13, 1, 75)
    use = zoo.ride_without_exit(told, "GATE", at(8))
    zoo.send(*zoo.stay(zoo.card(balance=0), 240))  # a poor one's stay is as long as any
    assert zoo.now() == Visits(15, 2, 80)
    zoo.send(zoo.tap(told, "GATE", at(18), direction="entry"))
    assert zoo.now() == Visits(16, 2, 80)
    asked = zoo.ask(told, use, "GATE", at(11, 50), at(19))
    assert isinstance(asked, Asked) and asked.repair.state == RepairState.APPROVED
    assert [found for found, _ in zoo.classes(told)] == [UseClass.COMPLETE, UseClass.OPEN]
    assert zoo.now() == Visits(16, 2, 80)


def test_late_and_replaced_taps_leave_the_visits_as_they_then_stand(zoo: Zoo) -> None:
    zoo.stays(TEN_STAYS[:9])
    card = zoo.card()
    into, out = zoo.stay(card, 200)
    zoo.send(out)
    assert zoo.now() == Visits(10, 0, None)
    zoo.send(into, now_ms=at(20))
    assert zoo.now() == Visits(10, 0, 75)
    asked = zoo.tap(zoo.card(), "GATE", at(14), direction="entry", decided="ask")
    zoo.send(asked)
    assert zoo.now() == Visits(11, 1, 75)
    zoo.send(msgspec.structs.replace(asked, decided="refused"))
    assert zoo.now() == Visits(10, 0, 75)


def test_a_family_on_one_card_is_several_visitors_and_one_stay(zoo: Zoo) -> None:
    zoo.stays(TEN_STAYS)
    family = zoo.stay(zoo.card(), 200, riders=4)
    zoo.send(family[0])
    assert zoo.now() == Visits(14, 4, 75)
    zoo.send(family[1])
    assert zoo.now() == Visits(14, 0, 80)
    zoo.close(CALENDAR.day_of(at(9, day=1)), END_MS)
    assert zoo.now() == Visits(14, 0, 80)
