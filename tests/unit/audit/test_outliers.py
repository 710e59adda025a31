"""Who stands out among colleagues: many looks in a day, looks at night; a quiet office has none."""

from __future__ import annotations

from datetime import date, timedelta

from satu.audit.outliers import LEAST, Reason, StaffDay, watch

FIRST = date(2026, 11, 2)
DESK = {f"staff:{name}": "desk" for name in ("ani", "budi", "citra")}


def days(actor: str, *looks: int, at_night: int = 0) -> list[StaffDay]:
    return [
        StaffDay(actor, FIRST + timedelta(days=number), count, at_night)
        for number, count in enumerate(looks)
    ]


def test_a_day_of_many_looks_stands_out_against_the_colleagues_median() -> None:
    found = watch(
        days("staff:ani", 4, 5, 16) + days("staff:budi", 4, 5, 6) + days("staff:citra", 5, 5), DESK
    )
    assert [one.actor for one in found] == ["staff:ani", "staff:budi", "staff:citra"]
    ani = found[0]
    assert (ani.days, ani.looks, ani.most, ani.usual) == (3, 25, 16, 5)
    assert ani.most_on == FIRST + timedelta(days=2) and ani.reasons == (Reason.MANY,)
    assert found[1].reasons == found[2].reasons == ()


def test_three_times_the_usual_is_not_yet_many() -> None:
    usual = days("staff:budi", 4, 4, 4, 4, 4)
    assert watch([*days("staff:ani", 12), *usual], DESK)[0].reasons == ()
    assert watch([*days("staff:ani", 13), *usual], DESK)[0].reasons == (Reason.MANY,)


def test_few_looks_are_never_many_and_few_days_are_not_usual() -> None:
    quiet = days("staff:budi", 1, 1, 1, 1, 1)
    assert watch([*days("staff:ani", LEAST), *quiet], DESK)[0].reasons == ()
    (ani, _) = watch(days("staff:ani", 90) + days("staff:budi", 1, 1, 1, 1), DESK)
    assert ani.usual is None and ani.reasons == ()


def test_other_roles_are_no_colleagues() -> None:
    groups = DESK | {"staff:ani": "privacy"}
    (ani, _) = watch(days("staff:ani", 90) + days("staff:budi", 1, 1, 1, 1, 1), groups)
    assert ani.usual is None and ani.reasons == ()


def test_looks_at_night_stand_out() -> None:
    (one,) = watch(days("staff:ani", 5, 5, at_night=2), DESK)
    assert one.at_night == 4 and one.reasons == (Reason.AT_NIGHT,)
    assert watch(days("staff:ani", 20, 20, at_night=2), DESK)[0].reasons == ()
    assert watch(days("staff:ani", 2, at_night=2), DESK)[0].reasons == ()
    assert watch([], DESK) == []
