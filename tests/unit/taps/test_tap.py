"""What a tap's digest tells apart."""

from __future__ import annotations

from satu.taps.tap import digest
from satu.wire.messages import Tap


def tap(**more: object) -> Tap:
    fields: dict[str, object] = {"sequence": 7, "at_ms": 1000, "token": "12", "point": "A"}
    return Tap(**(fields | more))  # type: ignore[arg-type]


def test_the_number_of_riders_is_content_but_one_is_as_if_it_were_not_told() -> None:
    assert digest(tap(riders=1)) == digest(tap())
    assert len({digest(tap(riders=riders)) for riders in range(1, 10)}) == 9


def test_who_decided_is_no_content() -> None:
    assert digest(tap(decided="open")) == digest(tap(decided="ask")) == digest(tap())
