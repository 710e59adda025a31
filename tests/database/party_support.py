"""A morning of which operators and banks have something to see: rides, refusals, debts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from satu.insight.quarters import keep_quarters
from satu.insight.tallies import tally
from satu.kernel.ids import tap_id
from satu.kernel.refusal import Meaning, Outcome, UseClass
from satu.settlement.models import BankAccount, ClearingFile, ClearingLine, FloatCheck
from tests.live_city import MONDAY, MORNING, LiveCity, after

AT = datetime(2026, 11, 24, tzinfo=UTC)
SUNDAY = MONDAY - timedelta(days=1)
USE = (
    "insert into taps_use (id, card, card_group, service_day, kind, operator, point_in,"
    " point_out, route, started_at, ended_at, use_class, full_fare, fare)"
    " values (%s, 1, 1, %s, 'journey', %s, 1, %s, %s, %s, null, %s, %s, %s)"
)


def ride(
    city: LiveCity,
    number: int,
    operator: str,
    route: int,
    fare: int,
    ended: UseClass = UseClass.COMPLETE,
) -> None:
    """Store a use of Monday as it stands in the end."""
    values = [tap_id(900, number), MONDAY, city.operators[operator], 2, route, MORNING]
    city.conn.execute(USE, [*values, int(ended), fare, fare])


def a_morning(city: LiveCity) -> None:
    """Riders of two operators, debts of two banks, of two days; all counted."""
    yesterday = MORNING - timedelta(days=1)
    city.tap("H0", 4, at=after(-900))
    city.tap("H1", 2, at=after(-600), meaning=Meaning.EXIT)
    city.tap("H1", 1, at=after(-500), outcome=Outcome.BALANCE_INSUFFICIENT)
    city.tap("ZOO", 3, meaning=Meaning.VISIT_BEGUN)
    ride(city, 1, "bus", 1, 3_500)
    ride(city, 2, "bus", 1, 3_500)
    ride(city, 3, "bus", 2, 2_000, UseClass.MISSING_EXIT)
    ride(city, 4, "zoo", 0, 4_000)
    city.pay(1, "bus", 5_000, at=yesterday)
    city.pay(1, "bus", 3_500)
    city.pay(2, "bus", 2_500)
    city.pay(2, "zoo", 4_000)
    for seconds in (0, 10, 20):
        keep_quarters(city.conn, at=AT + timedelta(seconds=seconds))
    tally(city.conn, at=AT)


def clearing_file(bank: int, amount: int, *, is_paid: bool | None = None) -> int:
    """A clearing file of a bank with one line."""
    file = ClearingFile.objects.create(bank_id=bank, day=SUNDAY, written_at=AT)
    ClearingLine.objects.create(
        file=file, number=1, purse=1, reference=f"chip-{bank}", rides=2, amount=amount,
        is_paid=is_paid,
    )  # fmt: skip
    return file.pk


def checked(bank: int, *, missing: int = 0) -> None:
    """What a comparison of a bank's float found: money on its way, and if wanted missing."""
    BankAccount.objects.create(issuer_id=bank, number=f"ACC{bank}", currency="IDR", transit_days=3)
    day: date = SUNDAY
    found = [["on_the_way", "T-17", 40_000, None, day.isoformat()]]
    found += [["missing_at_bank", "T-3", 9_000, None, day.isoformat()]] * missing
    FloatCheck.objects.create(
        issuer_id=bank,
        at=AT,
        float_balance=1_000_000,
        closing=960_000 - 9_000 * missing,
        closed_on=day,
        opening_difference=0,
        in_balance=not missing,
        found_count=len(found),
        missing=missing,
        found=found,
    )
