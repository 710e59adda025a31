"""Everything of a case can be said in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from satu.cases.errors import Refusal
from satu.cases.kinds import Answer, Channel, Outcome, State, What
from satu.cases.words import (
    CHANNELS,
    OUTCOMES,
    REFUSALS,
    STATES,
    STEPS,
    answer_text,
    say_time,
)


def test_there_are_words_for_everything() -> None:
    assert set(STATES) == set(State) and set(STEPS) == set(What)
    assert set(CHANNELS) == set(Channel) and set(OUTCOMES) == set(Outcome)
    assert set(REFUSALS) == set(Refusal)


def test_an_answer_is_filled_in_as_its_reader_writes() -> None:
    answer = Answer(
        code="a",
        kinds=["refund"],
        outcome=Outcome.GRANTED,
        id="{amount} ke kartu •{card}, {date}, {days} hari ({case}).",
        en="{amount} to card •{card}, {date}, {days} days ({case}).",
    )
    filled = {"amount": 3_500, "card": "0012", "date": "2026-11-23", "days": 2, "case": "K-7"}
    assert answer_text(answer, filled, asset="IDR", language="id") == (
        "Rp 3.500 ke kartu •0012, Senin 23 Nov 2026, 2 hari (K-7)."
    )
    assert answer_text(answer, filled, asset="IDR", language="en") == (
        "Rp 3,500 to card •0012, Monday 23 Nov 2026, 2 days (K-7)."
    )


def test_times_are_the_citys() -> None:
    at, zone = datetime(2026, 8, 17, 1, 5, tzinfo=UTC), ZoneInfo("Asia/Jakarta")
    assert say_time(at, zone, "id") == "Senin 17 Agu 2026 08.05"
    assert say_time(at, zone, "en") == "Monday 17 Aug 2026 08:05"
