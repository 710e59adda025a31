"""Missing taps that riders tell: exact money back, once, by rule or by staff, soon or late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from satu.cards.actions import block_card
from satu.cards.kinds import Why
from satu.cards.lifecycle import Replaced, replace_card
from satu.kernel.days import from_ms
from satu.kernel.refusal import UseClass
from satu.ledger.kinds import PostingKind, Result
from satu.ledger.verify import verify
from satu.taps import models, repairs
from satu.taps.places import DeviceState
from satu.taps.repair_queries import journeys_of
from satu.taps.repair_rules import Doubt, Refusal, RepairState
from satu.taps.repairs import Asked, approve_repair, reject_repair, withdraw_repairs
from satu.taps.verify import ALL_CHECKS
from tests.database.repairs_support import RIDER, RepairCity, tariff_with
from tests.small_city import METRO, MONDAY, at
from tests.support import Database

TUESDAY = MONDAY + timedelta(days=1)
COMPLETE, MISSING_EXIT = UseClass.COMPLETE, UseClass.MISSING_EXIT
STAFF = "staff:ani"
FINAL = at(5, day=5)  # more than 72 hours after Monday's end


class Killed(BaseException):
    """What ends a program in the middle."""


@pytest.fixture
def city(database: Database) -> RepairCity:
    return RepairCity(database)


def lost_exit(city: RepairCity, *, balance: int = 50_000) -> tuple[int, int]:
    """A card that went in at X at eight and never came out: 9,000, the dearest."""
    card = city.card(balance)
    use = city.ride_without_exit(card, "X", at(8))
    city.close(TUESDAY, at(4, day=1))
    assert city.classes(card) == [(MISSING_EXIT, 9_000)]
    return card, use


def approved(asked: Asked | Refusal) -> models.Repair:
    assert isinstance(asked, Asked) and asked.repair.state == RepairState.APPROVED, asked
    return asked.repair


def approve(city: RepairCity, repair: int, now_ms: int) -> models.Repair | Refusal:
    url = city.database.app_url
    return approve_repair(url=url, repair=repair, actor=STAFF, at=from_ms(now_ms))


def test_a_told_exit_is_folded_in_and_the_difference_flows_back_once(city: RepairCity) -> None:
    card, use = lost_exit(city)
    before = city.postings()
    asked = city.ask(card, use, "Y", at(8, 20), at(9, day=1))
    repair = approved(asked)
    assert isinstance(asked, Asked) and asked.result is Result.POSTED
    assert (repair.refunded, repair.decided_by, repair.waits_for) == (3_000, "rule:repair", "")
    assert city.classes(card) == [(COMPLETE, 6_000)]
    assert city.money(card) == (44_000, 0, 0) and city.owed_to(METRO) == 6_000
    (back,) = city.conn.execute(
        "select kind, amount, service_day, settlement_day, use, tap from ledger_posting"
        " order by serial offset %s",
        [before],
    ).fetchall()
    assert back == (PostingKind.CORRECTION, 3_000, MONDAY, TUESDAY, use, repair.tap)

    again = city.ask(card, use, "Y", at(8, 20), at(10, day=1))
    assert isinstance(again, Asked) and again.result is Result.EXISTS
    assert again.repair.refunded == 3_000
    other = city.ask(card, use, "Z", at(8, 40), at(10, day=1))
    assert isinstance(other, Asked) and other.result is Result.EXISTS_WITH_DIFFERENT_CONTENT
    assert approve(city, repair.id, at(10, day=1)) is Refusal.REPAIR_DECIDED
    assert city.postings() == before + 1 and city.taps() == 2 and city.is_sound()
    assert city.trail("repair.asked") == [(RIDER, {})]
    assert city.trail("repair.approved") == [("rule:repair", {"refunded": 3_000, "by_rule": True})]


def test_the_evidence_is_kept_as_it_stood(city: RepairCity) -> None:
    card = city.card()
    for day in range(3):
        city.send(
            city.tap(card, "X", at(7, day=day), direction="entry"),
            city.tap(card, "Y", at(7, 20, day=day), direction="exit"),
        )
    use = city.ride_without_exit(card, "X", at(8, day=2))
    city.send(city.tap(card, "NOWHERE", at(8, 21, day=2), direction="exit"))
    city.close(MONDAY + timedelta(days=3), at(4, day=3))
    repair = approved(city.ask(card, use, "Y", at(8, 20, day=2), at(9, day=3)))
    found = models.Repair.objects.get(id=repair.id).evidence
    assert found["use"] == {
        "id": use,
        "kind": "journey",
        "class": "missing_exit",
        "from": "X",
        "to": None,
        "route": None,
        "started_at": "2026-11-25T01:00:00+00:00",
        "ended_at": None,
        "riders": 1,
        "full_fare": 9_000,
        "fare": 9_000,
    }
    assert (found["mended"]["class"], found["mended"]["fare"]) == ("complete", 6_000)
    assert found["told"] == {"point": "Y", "at": "2026-11-25T01:20:00+00:00"}
    assert (found["difference"], found["by_operator"]) == (-3_000, {"metro": -3_000})
    assert [(ride["class"], ride["fare"]) for ride in found["rides"]] == [
        ("complete", 6_000),
        ("missing_exit", 9_000),
    ]
    assert found["habits"] == [{"from": "X", "to": "Y", "rides": 2}], "of the days before"
    assert found["day"] == {
        "service_day": "2026-11-25",
        "revision": 3,
        "taps": 3,
        "last_at": "2026-11-25T01:00:00+00:00",
        "is_closed": True,
    }
    assert found["aside"] == [
        {
            "point": "NOWHERE",
            "at": "2026-11-25T01:21:00+00:00",
            "reason": "quarantined_point_unknown",
        }
    ]
    assert not found["is_final"]


def test_a_told_entry_completes_a_ride_that_only_has_an_exit(city: RepairCity) -> None:
    card = city.card()
    left = city.tap(card, "Z", at(8, 30), direction="exit")
    city.send(left)
    assert city.classes(card) == [(UseClass.MISSING_ENTRY, 9_000)]
    use = 1 << 40 | left.sequence
    repair = approved(city.ask(card, use, "Y", at(8, 10), at(9)))
    assert repair.refunded == 3_000 and city.classes(card) == [(COMPLETE, 6_000)]
    assert city.money(card) == (44_000, 0, 0) and city.is_sound()
    (journey,) = journeys_of(card, MONDAY, MONDAY)
    assert (journey.id, journey.point_in, journey.point_out) == (repair.tap, "Y", "Z")
    assert approved(city.ask(card, use, "Y", at(8, 10), at(9))).id == repair.id


@pytest.mark.parametrize(
    ("point", "said", "reasons"),
    [
        ("Y", at(12, 1), [Doubt.JOURNEY_TOO_LONG, Doubt.JOURNEY_NOT_COMPLETED]),
        ("Y", at(8, 0), [Doubt.TIMES_OUT_OF_ORDER, Doubt.TRAVEL_TOO_FAST]),
        ("X", at(8, 20), [Doubt.JOURNEY_NOT_COMPLETED]),
    ],
)
def test_what_cannot_be_true_waits_for_staff(
    city: RepairCity, point: str, said: int, reasons: list[Doubt]
) -> None:
    card, use = lost_exit(city)
    asked = city.ask(card, use, point, said, at(9, day=1))
    assert isinstance(asked, Asked) and asked.repair.state == RepairState.ASKED
    assert asked.repair.waits_for.split() == reasons
    assert city.money(card) == (41_000, 0, 0) and city.taps() == 1
    refused = reject_repair(
        repair=asked.repair.id, reason="not_plausible", actor=STAFF, at=from_ms(at(10, day=1))
    )
    assert isinstance(refused, models.Repair) and refused.state == RepairState.REJECTED
    assert approve(city, refused.id, at(10, day=1)) is Refusal.REPAIR_DECIDED
    assert city.trail("repair.rejected") == [(STAFF, {"reason": "not_plausible"})]
    assert city.money(card) == (41_000, 0, 0) and city.is_sound()


def test_the_third_of_a_month_waits_and_staff_may_approve_it(city: RepairCity) -> None:
    card = city.card(100_000)
    uses = [city.ride_without_exit(card, "X", at(8, day=day)) for day in range(3)]
    city.close(MONDAY + timedelta(days=3), at(4, day=3))
    for day in range(2):
        approved(city.ask(card, uses[day], "Y", at(8, 20, day=day), at(9, day=3)))
    asked = city.ask(card, uses[2], "Y", at(8, 20, day=2), at(9, day=3))
    assert isinstance(asked, Asked) and asked.repair.state == RepairState.ASKED
    assert asked.repair.waits_for == Doubt.MONTHLY_LIMIT_REACHED
    assert city.money(card) == (79_000, 0, 0)
    decided = approve(city, asked.repair.id, at(10, day=3))
    assert isinstance(decided, models.Repair)
    assert (decided.refunded, decided.decided_by) == (3_000, STAFF)
    assert city.money(card) == (82_000, 0, 0) and city.is_sound()
    assert reject_repair(
        repair=decided.id, reason="mistake", actor=STAFF, at=from_ms(at(11, day=3))
    ) is Refusal.REPAIR_DECIDED  # fmt: skip


def test_after_72_hours_a_plain_refund_names_the_posting_and_the_day_stays(
    city: RepairCity,
) -> None:
    card, use = lost_exit(city)
    before = city.postings()
    (fare,) = city.conn.execute("select key from ledger_posting where kind = 2").fetchall()
    repair = approved(city.ask(card, use, "Y", at(8, 20), FINAL))
    assert repair.refunded == 3_000
    assert city.classes(card) == [(MISSING_EXIT, 9_000)] and city.taps() == 1
    assert city.money(card) == (44_000, 0, 0) and city.owed_to(METRO) == 6_000
    (back,) = city.conn.execute(
        "select kind, amount, service_day, settlement_day, use, corrects from ledger_posting"
        " order by serial offset %s",
        [before],
    ).fetchall()
    settled = MONDAY + timedelta(days=5)
    assert back == (PostingKind.REFUND, 3_000, MONDAY, settled, use, fare[0])
    assert approved(city.ask(card, use, "Y", at(8, 20), FINAL + 1_000)).id == repair.id
    assert approve(city, repair.id, FINAL) is Refusal.REPAIR_DECIDED
    assert city.postings() == before + 1 and city.is_sound()


def test_two_late_repairs_of_a_day_count_each_other(city: RepairCity) -> None:
    card = city.card(100_000)
    morning = city.ride_without_exit(card, "X", at(8))
    evening = city.ride_without_exit(card, "Z", at(18))
    city.close(TUESDAY, at(4, day=1))
    assert city.money(card) == (82_000, 0, 0)
    assert approved(city.ask(card, morning, "Y", at(8, 20), FINAL)).refunded == 3_000
    assert approved(city.ask(card, evening, "Y", at(18, 20), FINAL)).refunded == 3_000
    pairs = city.conn.execute(
        "select p.use, o.use from ledger_posting p join ledger_posting o on o.key = p.corrects"
        " where p.kind = %s order by p.serial",
        [PostingKind.REFUND],
    ).fetchall()
    assert pairs == [(morning, morning), (evening, evening)], "each names its own ride's posting"
    assert city.money(card) == (88_000, 0, 0) and city.is_sound()


def test_a_refund_first_pays_what_rides_are_owed(city: RepairCity) -> None:
    card, use = lost_exit(city, balance=1_000)
    assert city.money(card) == (0, 0, -8_000)
    assert approved(city.ask(card, use, "Y", at(8, 20), FINAL)).refunded == 3_000
    named = city.conn.execute(
        "select o.amount from ledger_posting p join ledger_posting o on o.key = p.corrects"
        " where p.kind = %s",
        [PostingKind.REFUND],
    ).fetchall()
    assert named == [(8_000,)]
    assert city.money(card) == (0, 0, -5_000) and city.owed_to(METRO) == 6_000
    assert city.is_sound()


def test_soon_a_ride_that_was_owed_is_owed_less(city: RepairCity) -> None:
    card, use = lost_exit(city, balance=1_000)
    assert approved(city.ask(card, use, "Y", at(8, 20), at(9, day=1))).refunded == 3_000
    assert city.money(card) == (0, 0, -5_000) and city.owed_to(METRO) == 6_000
    assert city.is_sound()


@pytest.mark.parametrize("now_ms", [at(9, day=1), FINAL])
@pytest.mark.parametrize("step", ["refund", "mending.mend", "record", "_close"])
def test_whatever_ends_it_in_the_middle_asking_again_pays_once(
    city: RepairCity, monkeypatch: pytest.MonkeyPatch, step: str, now_ms: int
) -> None:
    card, use = lost_exit(city)
    name = step.rsplit(".", 1)[-1]
    home = repairs.mending if "." in step else repairs
    whole = getattr(home, name)

    def die(*args: object, **named: object) -> None:
        if step == "record" and named["action"] == "repair.asked":
            whole(*args, **named)
            return
        raise Killed

    is_reached = step in ("record", "_close") or (step == "refund") == (now_ms == FINAL)
    with monkeypatch.context() as patch:
        patch.setattr(home, name, die)
        if is_reached:
            with pytest.raises(Killed):
                city.ask(card, use, "Y", at(8, 20), now_ms)
        else:
            city.ask(card, use, "Y", at(8, 20), now_ms)
    if is_reached:
        (kept,) = models.Repair.objects.all()
        assert (kept.state, kept.refunded) == (RepairState.ASKED, 0)
    repair = approved(city.ask(card, use, "Y", at(8, 20), now_ms))
    assert repair.refunded == 3_000 and models.Repair.objects.count() == 1
    assert city.money(card) == (44_000, 0, 0) and city.owed_to(METRO) == 6_000
    assert len(city.trail("repair.approved")) == 1 and city.is_sound()


def test_a_tap_that_is_in_the_books_cannot_be_rejected(
    city: RepairCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, use = lost_exit(city)

    def die(*args: object, **named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(repairs, "_close", die)
        city.ask(card, use, "Y", at(8, 20), at(9, day=1))
    (kept,) = models.Repair.objects.all()
    when = from_ms(at(10, day=1))
    rejected = reject_repair(repair=kept.id, reason="no", actor=STAFF, at=when)
    assert rejected is Refusal.REPAIR_DECIDED
    decided = approve(city, kept.id, at(10, day=1))
    assert isinstance(decided, models.Repair) and decided.refunded == 3_000
    assert city.money(card) == (44_000, 0, 0) and city.is_sound()


def withdraw(city: RepairCity, now_ms: int) -> int:
    url = city.database.app_url
    return withdraw_repairs(url=url, actor="job", at=from_ms(now_ms))


@pytest.mark.parametrize("said", [at(8, 20), at(8, 50)])
def test_a_told_exit_gives_way_to_the_readers_own_that_comes_late(
    city: RepairCity, said: int
) -> None:
    card, use = lost_exit(city)
    repair = approved(city.ask(card, use, "Y", said, at(9, day=1)))
    assert withdraw(city, at(10, day=1)) == 0 and city.money(card) == (44_000, 0, 0)
    city.send(city.tap(card, "Z", at(8, 40), direction="exit"), now_ms=at(11, day=1))
    assert city.money(card)[0] < 41_000, "the told tap and the reader's own, each for itself"
    assert withdraw(city, at(11, 10, day=1)) == 1
    assert city.classes(card) == [(COMPLETE, 9_000)]
    assert city.money(card) == (41_000, 0, 0) and city.owed_to(METRO) == 9_000
    repair.refresh_from_db()
    assert (repair.state, repair.refunded) == (RepairState.WITHDRAWN, 0)
    assert withdraw(city, at(12, day=1)) == 0 and city.is_sound()
    assert city.trail("repair.withdrawn") == [
        ("job", {"reason": "tap_came_late", "refunded_before": 3_000})
    ]
    assert approve(city, repair.id, at(12, day=1)) is Refusal.REPAIR_DECIDED


def test_a_told_entry_gives_way_too_even_if_the_withdrawal_dies(
    city: RepairCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = city.card()
    left = city.tap(card, "Z", at(8, 30), direction="exit")
    city.send(left)
    approved(city.ask(card, 1 << 40 | left.sequence, "Y", at(8, 10), at(9)))
    city.send(city.tap(card, "X", at(8, 5), direction="entry"), now_ms=at(10))

    def die(*args: object, **named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(repairs, "_close", die)
        withdraw(city, at(11))
    assert withdraw(city, at(12)) == 1
    assert city.classes(card) == [(COMPLETE, 9_000)] and city.money(card) == (41_000, 0, 0)
    assert len(city.trail("repair.withdrawn")) == 1 and city.is_sound()


def test_an_exit_that_was_completed_from_habit_can_be_told_better(database: Database) -> None:
    city = RepairCity(database, tariff_with(autocompletes=2))
    card = city.card(100_000)
    for day in range(3):
        city.send(
            city.tap(card, "X", at(8, day=day), direction="entry"),
            city.tap(card, "Z", at(8, 40, day=day), direction="exit"),
        )
    use = city.ride_without_exit(card, "X", at(8, day=3))
    city.close(MONDAY + timedelta(days=4), at(4, day=4))
    assert city.classes(card)[-1] == (UseClass.AUTO_COMPLETED, 9_000)
    repair = approved(city.ask(card, use, "Y", at(8, 20, day=3), at(9, day=4)))
    assert repair.refunded == 3_000 and city.classes(card)[-1] == (COMPLETE, 6_000)
    assert withdraw(city, at(10, day=4)) == 0
    assert city.money(card) == (67_000, 0, 0) and city.is_sound()


def test_a_tap_of_another_ride_leaves_a_repair_as_it_is(city: RepairCity) -> None:
    card, use = lost_exit(city)
    approved(city.ask(card, use, "Y", at(8, 20), at(9, day=1)))
    city.send(
        city.tap(card, "X", at(18), direction="entry"),
        city.tap(card, "Z", at(18, 30), direction="exit"),
        now_ms=at(11, day=1),
    )
    assert withdraw(city, at(12, day=1)) == 0
    assert city.classes(card) == [(COMPLETE, 6_000), (COMPLETE, 9_000)] and city.is_sound()


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"card": 99}, Refusal.CARD_UNKNOWN),
        ({"use": 99}, Refusal.USE_UNKNOWN),
        ({"use": 99, "point": "NOWHERE"}, Refusal.USE_UNKNOWN),
        ({"point": "NOWHERE"}, Refusal.POINT_UNKNOWN),
        ({"said_ms": at(9, 1, day=1)}, Refusal.TIME_IN_FUTURE),
        ({"now_ms": at(9, day=58)}, Refusal.ASKED_TOO_LATE),
        ({"point": "Z"}, Refusal.NOTHING_TO_REFUND),
        ({"point": "A"}, Refusal.NOTHING_TO_REFUND),
    ],
)
def test_what_is_refused_is_not_even_kept(
    city: RepairCity, asked: dict[str, object], refusal: Refusal
) -> None:
    card, use = lost_exit(city)
    right = {"card": card, "use": use, "point": "Y", "said_ms": at(8, 20), "now_ms": at(9, day=1)}
    before = city.postings()
    assert city.ask(**{**right, **asked}) is refusal  # type: ignore[arg-type]
    assert models.Repair.objects.count() == 0 and city.trail("repair.asked") == []
    assert city.postings() == before and city.taps() == 1


def test_a_ride_that_is_whole_or_still_open_has_nothing_to_repair(city: RepairCity) -> None:
    card = city.card()
    whole = city.ride_without_exit(card, "X", at(7))
    city.send(city.tap(card, "Z", at(7, 30), direction="exit"))
    riding = city.ride_without_exit(card, "X", at(8))
    for use in (whole, riding):
        refused = city.ask(card, use, "Y", at(8, 20), at(9))
        assert refused is Refusal.USE_NOT_INCOMPLETE
    assert city.ask(city.card(), whole, "Y", at(7, 20), at(9)) is Refusal.USE_UNKNOWN


def test_a_blocked_card_gets_its_money_and_a_closed_one_does_not(city: RepairCity) -> None:
    card, use = lost_exit(city)
    block_card(card=card, reason="lost", actor=STAFF, at=from_ms(at(8, 30)))
    assert approved(city.ask(card, use, "Y", at(8, 20), at(9, day=1))).refunded == 3_000
    other = city.card()
    lost = city.ride_without_exit(other, "X", at(8, day=1))
    city.close(MONDAY + timedelta(days=2), at(4, day=2))
    city.conn.execute("update cards_card set state = 2 where id = %s", [other])
    refused = city.ask(other, lost, "Y", at(8, 20, day=1), at(9, day=2))
    assert refused is Refusal.CARD_CLOSED


def test_a_replaced_cards_missing_exit_is_paid_back_to_the_purse_that_lives_on(
    city: RepairCity,
) -> None:
    card, use = lost_exit(city)
    new = replace_card(card=card, why=Why.DAMAGED, actor=STAFF, at=from_ms(at(8, 30)))
    assert isinstance(new, Replaced)
    before = city.money(card)
    assert approved(city.ask(card, use, "Y", at(8, 20), at(9, day=1))).refunded == 3_000
    assert city.money(new.successor) == (before[0] + 3_000, *before[1:])
    assert city.is_sound()


def test_nobody_can_speak_as_the_repair_device(city: RepairCity) -> None:
    card, use = lost_exit(city)
    approved(city.ask(card, use, "Y", at(8, 20), at(9, day=1)))
    device = models.Device.objects.get(code="repair-small")
    assert device.state == DeviceState.BLOCKED
    assert models.Device.objects.filter(code__startswith="repair").count() == 1


def test_a_network_without_repairs_leaves_all_to_staff(database: Database) -> None:
    city = RepairCity(database, tariff_with(repairs=0))
    card, use = lost_exit(city)
    asked = city.ask(card, use, "Y", at(8, 20), at(9, day=1))
    assert isinstance(asked, Asked) and asked.repair.state == RepairState.ASKED
    assert asked.repair.waits_for == Doubt.MONTHLY_LIMIT_REACHED


def test_ten_requests_at_once_pay_once(city: RepairCity) -> None:
    card, use = lost_exit(city)
    before = city.postings()

    def ask(n: int) -> Asked | Refusal:
        try:
            return city.ask(card, use, "Y", at(8, 20), at(9, day=1) + n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(ask, range(10)))
    results = [answer.result for answer in answers if isinstance(answer, Asked)]
    assert sorted(results) == [Result.POSTED] + [Result.EXISTS] * 9
    assert models.Repair.objects.count() == 1 and city.postings() == before + 1
    assert city.money(card) == (44_000, 0, 0) and city.is_sound()


LATE = "what flowed back late is what approved repairs say, and no more than the day cost"
DAMAGE = (
    "update taps_repair set refunded = refunded + 1",
    "update taps_repair set use = use + 1",
    "delete from taps_repair",
    "delete from ledger_posting where kind = 7",
    "update taps_use set fare = 2000",
)


@pytest.mark.parametrize("damage", DAMAGE)
def test_verify_finds_a_refund_that_no_repair_explains(city: RepairCity, damage: str) -> None:
    card, use = lost_exit(city)
    approved(city.ask(card, use, "Y", at(8, 20), FINAL))
    assert city.is_sound()
    owner = city.database.owner()
    owner.execute(damage)
    assert LATE in {problem.check for problem in verify(owner, ALL_CHECKS).problems}
