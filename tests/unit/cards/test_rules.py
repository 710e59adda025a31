"""Printed numbers and secrets, token hashes, and who is paid first when money comes."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.cards import rules
from satu.cards.errors import Refusal
from satu.cards.kinds import CardProduct, Medium
from satu.formats.luhn import is_valid
from satu.ledger.entry import Shortfall
from satu.ledger.kinds import PostingKind

KEY = bytes(range(32))
NUMBER = "9360030000000176"
prefixes = st.text("0123456789", min_size=6, max_size=6)
serials = st.integers(1, rules.MAX_SERIAL)


def test_a_number_is_prefix_serial_and_check_digit() -> None:
    assert rules.printed_number("936003", 17) == NUMBER
    assert rules.read_number("9360 0300 0000 0176") == (NUMBER, "936003", 17)
    assert rules.read_number("9360-0300-0000-0176") == (NUMBER, "936003", 17)


@pytest.mark.parametrize(
    "typed",
    ["", "9360030000000175", "936003000000017", "93600300000001760", "abcd", "٩٣٦٠٠٣٠٠٠٠٠٠٠١٧٤"],
)
def test_what_cannot_be_a_card_number(typed: str) -> None:
    assert rules.read_number(typed) is None


def test_serial_zero_is_nobodys() -> None:
    digits = "936003000000000"
    number = next(digits + d for d in "0123456789" if is_valid(digits + d))
    assert rules.read_number(number) is None


@given(prefixes, serials)
def test_a_printed_number_reads_back(prefix: str, serial: int) -> None:
    number = rules.printed_number(prefix, serial)
    assert len(number) == 16 and is_valid(number)
    assert rules.read_number(number) == (number, prefix, serial)


def test_a_secret_is_short_readable_and_depends_on_key_and_number() -> None:
    secret = rules.printed_secret(KEY, NUMBER)
    assert secret == rules.printed_secret(KEY, NUMBER)
    assert len(secret) == 8 and set(secret) <= set(rules.SECRET_ALPHABET)
    assert not set(rules.SECRET_ALPHABET) & set("ILOU")
    assert secret != rules.printed_secret(KEY[::-1], NUMBER)
    assert secret != rules.printed_secret(KEY, rules.printed_number("936003", 18))


@given(serials)
def test_a_secret_matches_as_people_type_it(serial: int) -> None:
    number = rules.printed_number("936003", serial)
    secret = rules.printed_secret(KEY, number)
    for typed in (secret, secret.lower(), f"{secret[:4]}-{secret[4:]}", f" {secret} "):
        assert rules.secret_matches(KEY, number, typed)
    misread = secret.replace("0", "O").replace("1", "l")
    assert rules.secret_matches(KEY, number, misread)
    changed = ("2" if secret[0] != "2" else "3") + secret[1:]
    for wrong in (changed, secret[:7], secret + "0", "", "é" * 8):
        assert not rules.secret_matches(KEY, number, wrong)


def test_token_hashes_differ_by_key_kind_and_token() -> None:
    hashes = {
        rules.token_hash(key, medium, token)
        for key in (KEY, KEY[::-1])
        for medium in Medium
        for token in ("17", "18")
    }
    assert len(hashes) == 2 * len(Medium) * 2
    assert all(len(hashed) == 32 for hashed in hashes)


def test_media_are_named_as_on_the_wire() -> None:
    assert [medium.wire for medium in Medium] == ["chip", "bank_chip", "emv", "qr", "plate"]
    assert all(Medium.from_wire(medium.wire) is medium for medium in Medium)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "reference", "refusal"),
    [
        (1, "r", None),
        (20_000_000, "x" * 64, None),
        (0, "", Refusal.AMOUNT_NOT_POSITIVE),
        (-1, "r", Refusal.AMOUNT_NOT_POSITIVE),
        (20_000_001, "", Refusal.AMOUNT_TOO_LARGE),
        (10**30, "r", Refusal.AMOUNT_TOO_LARGE),
        (1, "", Refusal.REFERENCE_INVALID),
        (1, "x" * 65, Refusal.REFERENCE_INVALID),
        (1, "a\0b", Refusal.REFERENCE_INVALID),
    ],
)
def test_top_ups_refused_whatever_the_card(
    amount: int, reference: str, refusal: Refusal | None
) -> None:
    assert rules.refuse_money(amount, reference) is refusal


def owed(number: int, left: int, claim: int = 71) -> Shortfall:
    day = date(2026, 1, number)
    return Shortfall(UUID(int=number), 62, claim, left + 5, left, day, number, number, number)


def collector() -> rules.Collector:
    return rules.Collector(
        purse=61, card_group=3, payables={71: 51, 72: 52}, occurred_ms=9, name=("top-up", 1)
    )


def test_the_oldest_ride_is_paid_first_and_the_last_in_part() -> None:
    plan = rules.collection_entries(5_000, [owed(1, 3_500), owed(2, 3_000, 72)], collector())
    assert [
        (entry.debit, entry.credit, entry.amount, entry.kind, entry.corrects) for entry in plan
    ] == [
        (61, 51, 3_500, PostingKind.COLLECTION, UUID(int=1)),
        (71, 62, 3_500, PostingKind.SHORTFALL_UNDONE, UUID(int=1)),
        (61, 52, 1_500, PostingKind.COLLECTION, UUID(int=2)),
        (72, 62, 1_500, PostingKind.SHORTFALL_UNDONE, UUID(int=2)),
    ]
    assert [entry.service_day.day for entry in plan] == [1, 1, 2, 2]
    assert {(entry.occurred_ms, entry.card_group, entry.link) for entry in plan} == {(9, 3, 1)}


@pytest.mark.parametrize("available", [0, -1])
def test_without_money_nothing_is_collected(available: int) -> None:
    assert rules.collection_entries(available, [owed(1, 3_500)], collector()) == []


@given(st.integers(-10, 60), st.lists(st.integers(1, 20), max_size=6))
def test_collecting_takes_all_it_can_and_no_more(available: int, lefts: list[int]) -> None:
    shortfalls = [owed(number, left) for number, left in enumerate(lefts, 1)]
    plan = rules.collection_entries(available, shortfalls, collector())
    paid = [entry.amount for entry in plan if entry.kind is PostingKind.COLLECTION]
    assert sum(paid) == min(max(available, 0), sum(lefts))
    assert all(amount == left for amount, left in zip(paid[:-1], lefts, strict=False))
    assert len({entry.key for entry in plan}) == len(plan) == 2 * len(paid)
    again = rules.collection_entries(available, shortfalls, collector())
    assert again == plan


LIMITED = CardProduct(1, "resident", "Warga", "Resident", 2_000, 20_000, None, 40_000)


@pytest.mark.parametrize(
    ("is_registered", "balance", "month", "refusal"),
    [
        (False, 2_000, 10**9, None),
        (False, 2_001, 1, Refusal.BALANCE_LIMIT_PASSED),
        (True, 20_000, 40_000, None),
        (True, 20_001, 40_001, Refusal.BALANCE_LIMIT_PASSED),
        (True, 20_000, 40_001, Refusal.MONTHLY_LIMIT_PASSED),
    ],
)
def test_what_a_purse_may_take_in(
    is_registered: bool, balance: int, month: int, refusal: Refusal | None
) -> None:
    limits = rules.limits_of(LIMITED, is_registered=is_registered)
    assert rules.refuse_incoming(limits, balance, month) is refusal
    assert rules.refuse_incoming(rules.NO_LIMITS, balance, month) is None


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 1, 31), 13, date(2028, 2, 29)),
        (date(2026, 11, 23), 60, date(2031, 11, 23)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
    ],
)
def test_a_term_ends_on_the_same_day_of_a_later_month(day: date, months: int, later: date) -> None:
    assert rules.months_later(day, months) == later


def test_fourteen_working_days_are_two_weekends_and_more_away() -> None:
    assert rules.working_days_later(date(2026, 1, 5), 14) == date(2026, 1, 23)
    assert rules.working_days_later(date(2026, 1, 3), 1) == date(2026, 1, 5)


def test_the_least_that_a_kind_may_promise_leaves_a_working_day_to_pay_on() -> None:
    for closed in (date(2026, 1, 5) + timedelta(days=n) for n in range(7)):
        paid_from = closed + rules.LATE_DAYS
        due = rules.working_days_later(closed, rules.LEAST_REDEEM_DAYS)
        assert rules.working_days_later(paid_from, 1) <= due, closed
    sunday = date(2026, 1, 4)
    too_few = rules.working_days_later(sunday, rules.LEAST_REDEEM_DAYS - 1)
    assert too_few < rules.working_days_later(sunday + rules.LATE_DAYS, 1)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_so_many_weekdays_lie_between(day: date, days: int) -> None:
    later = rules.working_days_later(day, days)
    between = (day + timedelta(days=1 + n) for n in range((later - day).days))
    assert sum(one.weekday() < 5 for one in between) == days
