"""What paying in costs, when a standing order is due, and that each refusal has words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.cards.errors import Refusal as CardRefusal
from satu.payments.errors import Refusal
from satu.payments.kinds import Channel, FeeRule
from satu.payments.rules import Taken, fee_of, is_due, taken_in
from satu.payments.words import REFUSALS, words_of

JAKARTA = [
    FeeRule(Channel.AGENT, None, 1_500),
    FeeRule(Channel.OWN_BANK, None, 750),
    FeeRule(Channel.OTHER_BANK, None, 1_500),
    FeeRule(Channel.OWN_BANK, 200_000, 0),
]
DAY = date(2026, 1, 31)
AT = datetime(2026, 1, 31, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("channel", "amount", "fee"),
    [
        (Channel.OWN_BANK, 200_000, 0),
        (Channel.OWN_BANK, 200_001, 750),
        (Channel.OTHER_BANK, 1, 1_500),
        (Channel.AGENT, 20_000_000, 1_500),
    ],
)
def test_fees_of_jakarta(channel: Channel, amount: int, fee: int) -> None:
    assert fee_of(JAKARTA, channel, amount) == fee


RULES = st.lists(
    st.builds(
        FeeRule, st.sampled_from(list(Channel)), st.none() | st.integers(1, 50), st.integers(0, 9)
    )
)


@given(rules=RULES, amount=st.integers(1, 60))
def test_a_fee_is_of_a_rule_that_fits_or_nothing(rules: list[FeeRule], amount: int) -> None:
    fitting = [
        rule.fee
        for rule in rules
        if rule.channel is Channel.AGENT and (rule.up_to is None or amount <= rule.up_to)
    ]
    fee = fee_of(rules, Channel.AGENT, amount)
    assert fee in fitting if fitting else fee == 0


@pytest.mark.parametrize(
    ("taken", "due"),
    [
        (Taken(None, None, 0), True),
        (Taken(AT - timedelta(hours=1), date(2026, 1, 1), 600), True),
        (Taken(AT - timedelta(minutes=59), date(2026, 1, 1), 0), False),
        (Taken(AT - timedelta(hours=1), date(2026, 1, 1), 601), False),
        (Taken(AT - timedelta(hours=1), date(2025, 12, 1), 601), True),
    ],
)
def test_when_an_order_is_due(taken: Taken, due: bool) -> None:
    gap = timedelta(hours=1)
    found = is_due(taken, amount=400, smallest_gap=gap, monthly_cap=1_000, at=AT, day=DAY)
    assert found is due
    assert taken_in(taken, DAY) == (taken.amount if taken.month == date(2026, 1, 1) else 0)


def test_each_refusal_has_words() -> None:
    assert set(REFUSALS) == set(Refusal)
    assert not {refusal.value for refusal in Refusal} & {refusal.value for refusal in CardRefusal}
    for refusal in (*Refusal, *CardRefusal):
        assert words_of(refusal).id and words_of(refusal).en


def test_the_reference_names_each_refusal() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "payments.md"
    text = page.read_text(encoding="utf-8")
    assert [refusal for refusal in Refusal if f"`{refusal.value}`" not in text] == []
