"""Who rides in a bench."""

from __future__ import annotations

from itertools import islice
from random import Random

from satu.bench.rides import Crowd, Step, Touch, journeys, touches
from satu.kernel.days import DAY_MS, HOUR_MS
from satu.services.rules import Rules
from tests.small_city import BUNDLE

ONE_RIDE = (Step(0, "A", "R1", "entry"), Step(600_000, "C", "R1", "exit"))


def _taken(crowd: Crowd, count: int) -> list[Touch]:
    riding = touches(crowd, [ONE_RIDE], lambda day: day * DAY_MS, Random(1))
    return list(islice(riding, count))


def test_journeys_are_rides_of_the_city_entry_before_exit() -> None:
    codes = {point.code for point in BUNDLE.points}
    pool = journeys(Rules(BUNDLE), Random(7), 200)
    assert len(pool) > 100
    for journey in pool:
        assert [step.direction for step in journey] == ["entry", "exit"] * (len(journey) // 2)
        assert [step.after_ms for step in journey] == sorted(step.after_ms for step in journey)
        assert {step.point for step in journey} <= codes


def test_each_card_taps_in_order_and_rides_once_a_day() -> None:
    taken = _taken(Crowd(cards=50, share=0, shares=1, gap=10), 500)
    by_card: dict[int, list[Touch]] = {}
    for touch in taken:
        by_card.setdefault(touch.card, []).append(touch)
    assert set(by_card) == set(range(1, 51))
    for mine in by_card.values():
        assert [touch.at_ms for touch in mine] == sorted(touch.at_ms for touch in mine)
        days = [touch.at_ms // DAY_MS for touch in mine if touch.step.direction == "entry"]
        assert days == list(range(len(days)))


def test_half_of_the_taps_are_entries_and_cards_are_shared_out() -> None:
    shares = [_taken(Crowd(1_000, share, 4, 20), 200) for share in range(4)]
    cards = [{touch.card for touch in taken} for taken in shares]
    assert sum(map(len, cards)) == len(set().union(*cards))
    for taken in shares:
        entries = sum(touch.step.direction == "entry" for touch in taken)
        assert 100 <= entries <= 120
        assert min(touch.at_ms for touch in taken) == 2 * HOUR_MS
