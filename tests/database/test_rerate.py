"""Rating days again from storage: a correction posts exactly the differences, and only once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.kernel.days import from_ms
from satu.ledger.verify import verify
from satu.services.rules import Rules
from satu.taps import rerate as rerating
from satu.taps.corrections import correct_fares
from satu.taps.rerate import Corrected, Order, Period, Refusal, rerate
from satu.taps.verify import ALL_CHECKS
from tests.database.fares_support import (
    activate,
    cards,
    loaded_city,
    postings,
    stored_days,
    with_price,
)
from tests.small_city import BUS, METRO, MONDAY, SmallCity, at

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def city(database: Any) -> SmallCity:
    return loaded_city(database)


def correct(
    city: SmallCity, now_ms: int, first: date = MONDAY, last: date = MONDAY, processes: int = 1
) -> Corrected:
    done = correct_fares(
        url=city.database.app_url,
        first=first,
        last=last,
        processes=processes,
        actor="test",
        at=from_ms(now_ms),
    )
    assert isinstance(done, Corrected)
    return done


def test_a_correction_posts_the_differences_and_settles_them_now(city: SmallCity) -> None:
    by_bus, by_rail, both = cards(3)
    city.send(
        city.tap(by_bus, "A", at(9), route="R1", direction="entry"),
        city.tap(by_bus, "C", at(9, 30), route="R1", direction="exit"),
        city.tap(by_bus, "C", at(15), route="R1", direction="entry"),
        city.tap(by_rail, "X", at(9), direction="entry"),
        city.tap(by_rail, "Y", at(9, 30), direction="exit"),
        city.tap(both, "A", at(9), route="R1", direction="entry"),
    )
    city.close(TUESDAY, at(5, day=1))
    before, was = postings(city), stored_days(city)
    assert (city.owed_to(BUS), city.owed_to(METRO)) == (10_500, 6_000)

    activate(with_price("bus", 4_000))
    done = correct(city, at(12, day=1))
    assert (done.cards, done.taps, done.changed, done.difference) == (3, 6, 2, 1_500)
    assert done.by_operator == {BUS: 1_500}
    posted = postings(city)
    assert posted[: len(before)] == before
    assert [row[:4] for row in posted[len(before) :]] == [
        (1_000, 2, MONDAY, TUESDAY),
        (500, 2, MONDAY, TUESDAY),
    ]
    assert [city.money(card)[0] for card in (by_bus, by_rail, both)] == [42_000, 44_000, 46_000]
    assert (city.owed_to(BUS), city.owed_to(METRO)) == (12_000, 6_000)
    untouched = [row for row in stored_days(city) if row[0] == by_rail]
    assert untouched == [row for row in was if row[0] == by_rail]
    assert verify(city.conn, ALL_CHECKS).ok

    after = postings(city), stored_days(city)
    again = correct(city, at(13, day=1), processes=2)
    assert (again.cards, again.changed, again.difference) == (3, 0, 0)
    assert (postings(city), stored_days(city)) == after
    told = [entry.action for entry in entries_on(Subject("service_day", MONDAY.isoformat()))]
    assert told == ["fares.correction_begun", "fares.corrected"] * 2


def test_a_correction_downwards_gives_back_and_undoes_what_was_owed_first(city: SmallCity) -> None:
    rich, poor = cards(1), cards(1, balance=1_000)
    (paid,), (owing,) = rich, poor
    city.send(
        city.tap(paid, "A", at(9), route="R1", direction="entry"),
        city.tap(owing, "A", at(9), route="R1", direction="entry"),
    )
    assert city.money(owing) == (0, 0, -2_500)
    activate(with_price("bus", 3_000))
    done = correct(city, at(12))
    assert (done.changed, done.difference) == (2, -1_000)
    assert city.money(paid) == (47_000, 0, 0) and city.money(owing) == (0, 0, -2_000)
    assert city.owed_to(BUS) == 6_000
    assert verify(city.conn, ALL_CHECKS).ok


def test_a_late_tap_after_a_correction_finds_the_same_day(city: SmallCity) -> None:
    (rider,) = cards(1)
    city.send(city.tap(rider, "A", at(9), route="R1", direction="entry"))
    city.rules = Rules(activate(with_price("bus", 4_000)))
    correct(city, at(10))
    (late,) = city.send(
        city.tap(rider, "A", at(5, 30), route="R1", direction="entry"), now_ms=at(11)
    )
    assert late.charge == 2_000 and city.money(rider)[0] == 44_000
    assert correct(city, at(12)).changed == 0
    assert verify(city.conn, ALL_CHECKS).ok


def test_a_ride_over_night_is_corrected_on_the_day_that_charges_it(city: SmallCity) -> None:
    (rider,) = cards(1)
    city.send(city.tap(rider, "X", at(3, 50, day=1), direction="entry"))
    city.close(TUESDAY, at(4, 1, day=1))
    city.send(city.tap(rider, "Z", at(4, 20, day=1), direction="exit"))
    assert city.money(rider)[0] == 41_000
    activate(with_price("metro", 9_500))
    done = correct(city, at(12, day=1), MONDAY, TUESDAY)
    assert (done.changed, done.difference) == (1, 500)
    assert city.money(rider) == (40_500, 0, 0) and city.owed_to(METRO) == 9_500
    assert verify(city.conn, ALL_CHECKS).ok
    assert correct(city, at(13, day=1), MONDAY, TUESDAY).changed == 0


def test_after_72_hours_days_are_final(city: SmallCity) -> None:
    (rider,) = cards(1)
    city.send(city.tap(rider, "A", at(9), route="R1", direction="entry"))
    activate(with_price("bus", 4_000))
    before = postings(city)
    end_ms = city.rules.calendar.end_ms(MONDAY)
    refused = correct_fares(
        url=city.database.app_url,
        first=MONDAY,
        last=MONDAY,
        processes=1,
        actor="test",
        at=from_ms(end_ms + 72 * 3_600_000 + 1),
    )
    assert refused is Refusal.DAYS_ARE_FINAL and refused == "days_are_final"
    assert postings(city) == before
    assert entries_on(Subject("service_day", MONDAY.isoformat())) == []
    assert correct(city, end_ms + 72 * 3_600_000).changed == 1


def test_looking_writes_nothing(city: SmallCity) -> None:
    (rider,) = cards(1)
    city.send(city.tap(rider, "A", at(9), route="R1", direction="entry"))
    before = postings(city), stored_days(city)
    dear = msgspec.structs.replace(city.rules.bundle, tariffs=(with_price("bus", 4_500),))
    order = Order(city.database.app_url, dear, Period(MONDAY, MONDAY), Corrected)
    looked = rerate(order, processes=1)
    assert isinstance(looked, Corrected)
    assert (looked.changed, looked.difference) == (1, 1_000)
    assert (postings(city), stored_days(city)) == before


def test_a_tap_between_reading_and_writing_is_not_lost(
    city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    (rider,) = cards(1)
    city.send(city.tap(rider, "A", at(9), route="R1", direction="entry"))
    activate(with_price("bus", 4_000))
    fold_again, taps = rerating.fold_again, [city.tap(rider, "C", at(15), route="R1")]

    def meanwhile(*given: Any) -> Any:
        """Another tap of the card is committed after its days were read."""
        if taps:
            tap = taps.pop()
            sent.append(tap)
            _in_another_thread(lambda: city.send(tap))
        return fold_again(*given)

    sent: list[Any] = []
    monkeypatch.setattr(rerating, "fold_again", meanwhile)
    done = correct(city, at(16))
    assert sent and (done.cards, done.changed, done.difference) == (1, 1, 1_000)
    assert city.money(rider)[0] == 42_000 and city.owed_to(BUS) == 8_000
    assert verify(city.conn, ALL_CHECKS).ok


def _in_another_thread(job: Any) -> None:
    import threading

    thread = threading.Thread(target=job)
    thread.start()
    thread.join()


def test_a_correction_that_was_cut_off_is_finished_by_the_next(
    city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    riders = cards(5)
    city.send(*[city.tap(one, "A", at(9), route="R1", direction="entry") for one in riders])
    activate(with_price("bus", 4_000))
    monkeypatch.setattr(rerating, "BATCH_SERIALS", 2)

    def cut_off(done: int, of: int) -> None:
        assert (done, of) == (2, 5)
        raise KeyboardInterrupt

    order = Order(
        city.database.app_url,
        Rules(activate(with_price("bus", 4_000))).bundle,
        Period(MONDAY, MONDAY),
        Corrected,
        at(12),
    )
    with pytest.raises(KeyboardInterrupt):
        rerate(order, processes=1, on_batch=cut_off)
    assert [city.money(one)[0] for one in riders] == [46_000] * 2 + [46_500] * 3
    done = correct(city, at(13), processes=2)
    assert (done.cards, done.changed, done.difference) == (5, 3, 1_500)
    assert [city.money(one)[0] for one in riders] == [46_000] * 5
    assert verify(city.conn, ALL_CHECKS).ok
