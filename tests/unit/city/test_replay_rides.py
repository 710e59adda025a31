"""What rides taps became: classes by mode, trains' missing taps, changes of vehicle explained."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from satu.city.replay_compare import Charged
from satu.city.replay_rides import WORDS, Differs, Ride, Rides, Trains, rides_of
from satu.formats.rides import Row, Touch
from satu.kernel.refusal import UseClass

WHOLE, MISSING = UseClass.COMPLETE, UseClass.MISSING_EXIT
MIDNIGHT = datetime(2019, 11, 27)


def bus(hour: int, line: str, stage: int, *, change: bool = False, **more: str) -> Ride:
    """A ride on a line: the file's stage, and whether our fare is a change's."""
    touch = Touch(MIDNIGHT + timedelta(hours=hour), "s")
    row = Row(1, "c", route=line, entry=touch, mode="COL", stage=stage, **more)
    return Ride(row, [Charged(900 if change else 1800, 1800, WHOLE)])


def train(kind: str, *uses: Charged) -> Ride:
    touch = Touch(MIDNIGHT, "s")
    is_exit = kind.startswith("CHECK OUT")
    row = Row(1, "c", route="t", mode="TRE", kind=kind, stage=0)
    return Ride(row._replace(exit=touch) if is_exit else row._replace(entry=touch), uses)


def report(*rides: Ride) -> Rides:
    return rides_of(rides, network_of=lambda route: route.partition("-")[0])


def test_trains_missing_taps_by_the_file_and_by_our_journeys() -> None:
    paid = [Charged(775, 775, kind) for kind in (WHOLE, MISSING, UseClass.MISSING_ENTRY)]
    found = report(
        train("CHECK IN", paid[0]),
        train("CHECK OUT"),
        train("CHECK IN", paid[0]),
        train("CHECK OUT SIN CHECKIN"),
        train("CHECK IN", paid[1]),
        train("CHECK OUT SIN CHECKIN", paid[2]),
        train("USO", paid[0]),
    )
    assert found.trains == Trains(
        check_ins=3,
        check_outs=1,
        without_check_in=2,
        single_use=1,
        paired=2,
        alone_but_paired=1,
    )
    figures = found.trains.figures()
    assert (figures["missing_exits"], figures["missing_entries"]) == (1, 1)
    assert figures["check_ins_over_check_outs_percent"] == 66.67
    assert figures["without_check_in_percent"] == 66.67
    assert found.classes == {"TRE": {"complete": 3, "missing_exit": 1, "missing_entry": 1}}


@pytest.mark.parametrize(
    ("rides", "why"),
    [
        ([bus(8, "a", 1)], Differs.FIRST_NOT_IN_FILE),
        ([bus(5, "a", 0), bus(8, "b", 1)], Differs.FIRST_NOT_IN_FILE),
        ([bus(8, "a", 0), bus(8, "b", 2)], Differs.FIRST_NOT_IN_FILE),
        ([bus(6, "a", 0), bus(8, "b", 1)], Differs.HOUR_ONLY),
        ([bus(8, "a-1", 0), bus(8, "a-2", 1)], Differs.SAME_LINE),
        (
            [bus(8, "a", 0)._replace(uses=[Charged(9, 9, MISSING)]), bus(8, "b", 1)],
            Differs.TAP_MISSING,
        ),
        ([bus(8, "a", 0), bus(9, "b", 1)], Differs.OTHER),
        ([bus(8, "a", 0), bus(8, "b", 0, change=True)], Differs.ORDER_IN_HOUR),
        ([bus(8, "a", 0), bus(9, "b", 0, change=True)], Differs.FILE_BEGINS_ANEW),
    ],
)
def test_why_a_change_is_one_for_the_file_or_for_us_alone(rides: list[Ride], why: Differs) -> None:
    other_card = bus(1, "x", 0)._replace(row=bus(1, "x", 0).row._replace(card="d"))
    stages = report(other_card, *rides, bus(12, "z", 0), bus(12, "y", 1, change=True)).stages
    assert stages.by_reason == {why: 1}
    assert (stages.compared, stages.agree) == (len(rides) + 3, len(rides) + 2)


def test_a_tap_that_became_no_ride_is_not_compared() -> None:
    stages = report(bus(8, "a", 0), bus(9, "b", 1)._replace(uses=[])).stages
    assert (stages.compared, stages.agree, stages.by_reason) == (1, 1, {})


def test_what_follows_a_ride_that_differs_differs_for_that() -> None:
    stages = report(
        bus(7, "a", 0), bus(8, "b", 0, change=True), bus(9, "c", 1), bus(20, "a", 0)
    ).stages
    assert stages.by_reason == {Differs.AFTER_ANOTHER: 1, Differs.FILE_BEGINS_ANEW: 1}
    assert stages.table == {(0, False): 2, (0, True): 1, (1, False): 1}


def test_a_fare_class_that_never_changes_in_the_file_has_other_fares() -> None:
    pupils = [bus(8, "a", 0, fare_class="6"), bus(9, "b", 0, change=True, fare_class="6")]
    assert report(*pupils).stages.by_reason == {Differs.FARE_CLASS: 1}
    one_changed = bus(12, "a", 1, change=True, fare_class="6")
    told = report(*pupils, bus(12, "c", 0, fare_class="6"), one_changed).stages.by_reason
    assert told == {Differs.FILE_BEGINS_ANEW: 1}


def test_figures_say_what_the_file_tells_and_nothing_else() -> None:
    plain = Ride(Row(1, "c", entry=Touch(MIDNIGHT)), [Charged(1, 1, WHOLE)])
    assert report(plain).figures() == {"classes": {"complete": 1}}
    full = report(bus(8, "a", 0), bus(8, "b", 1, change=True), bus(20, "b", 1)).figures()
    assert full["classes_by_mode"] == {"COL": {"complete": 3}}
    etapas = full["etapas"]
    assert (etapas["agree"], etapas["disagree"], etapas["agree_percent"]) == (2, 1, 66.67)
    assert etapas["agree_where_the_file_can_tell_percent"] == 100.0
    assert etapas["disagree_by_reason"]["first_not_in_file"]["rides"] == 1
    assert etapas["table"] == [
        {"stage_in_file": 0, "first_ride": 1, "change": 0},
        {"stage_in_file": 1, "first_ride": 1, "change": 1},
    ]


def test_every_reason_has_its_words() -> None:
    assert set(WORDS) == set(Differs)
