"""When a message is sent, dropped, or tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from satu.messages.kinds import LIFETIME, OPTIONAL, Channel, Kind, Rules, Why, Wishes
from satu.messages.rules import MOST_NEEDED_A_DAY, MOST_TRIES, next_try, way_to, why_not

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
RULES = Rules("IDR", 10_000, 3)


def why(kind: Kind, *, age: timedelta = timedelta(), sent: int = 0, off: Kind | None = None) -> Why:
    wishes = Wishes(off=frozenset({off}) if off else frozenset())
    found = why_not(kind, made_at=AT - age, sent_today=sent, wishes=wishes, rules=RULES, at=AT)
    return found  # type: ignore[return-value]


def test_what_is_unwanted_old_or_too_much_is_not_sent() -> None:
    assert why(Kind.TOP_UP_LANDED) is None
    assert why(Kind.TOP_UP_LANDED, off=Kind.TOP_UP_LANDED) is Why.UNWANTED
    assert why(Kind.TOP_UP_LANDED, off=Kind.LOW_BALANCE) is None
    assert why(Kind.CARD_LOST, off=Kind.CARD_LOST) is None, "it protects: it cannot be refused"
    assert why(Kind.TOP_UP_LANDED, sent=2) is None
    assert why(Kind.TOP_UP_LANDED, sent=3) is Why.TOO_MANY
    assert why(Kind.CARD_LOST, sent=3) is None
    assert why(Kind.CARD_LOST, sent=MOST_NEEDED_A_DAY) is Why.TOO_MANY
    assert why(Kind.CARD_LOST, age=LIFETIME) is None
    assert why(Kind.CARD_LOST, age=LIFETIME + timedelta(seconds=1)) is Why.TOO_OLD
    assert why(Kind.RIDE_REFUSED, age=timedelta(hours=6, seconds=1)) is Why.TOO_OLD
    assert Kind.DATA_LOOKED_AT not in OPTIONAL


def test_pauses_grow_and_end() -> None:
    pauses = [next_try(tries, AT) for tries in range(1, MOST_TRIES + 1)]
    minutes = [(one - AT) / timedelta(minutes=1) for one in pauses if one]
    assert minutes == [1, 4, 16, 64, 256] and pauses[-1] is None
    assert timedelta(minutes=sum(minutes)) < LIFETIME


def test_the_way_is_the_wished_one_if_it_can_be_had() -> None:
    email, sms = Channel.EMAIL, Channel.SMS
    assert way_to({email, sms}, {email, sms}, None) is email
    assert way_to({email, sms}, {email, sms}, sms) is sms
    assert way_to({email}, {email, sms}, sms) is email
    assert way_to({email, sms}, {sms}, email) is sms
    assert way_to(set(), {email, sms}, sms) is None
    assert way_to({email}, set(), None) is None
