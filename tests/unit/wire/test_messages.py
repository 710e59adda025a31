"""A tap comes through JSON and msgpack as it is; what does not fit is refused."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.kernel.ids import MAX_SEQUENCE
from satu.wire.messages import MAX_BATCH_TAPS, Tap, TapBatch

names = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=64)
taps = st.builds(
    Tap,
    sequence=st.integers(0, MAX_SEQUENCE),
    at_ms=st.integers(0, 4_102_444_800_000),
    token=names,
    point=names,
    medium=st.sampled_from(["chip", "bank_chip", "emv", "qr", "plate"]),
    direction=st.sampled_from(["either", "entry", "exit"]),
    route=st.just("") | names,
    decided=st.sampled_from(["open", "refused", "ask"]),
    riders=st.integers(1, 9),
)


@given(taps)
def test_a_tap_comes_through_both_encodings(tap: Tap) -> None:
    assert msgspec.json.decode(msgspec.json.encode(tap), type=Tap) == tap
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(tap), type=Tap) == tap


@pytest.mark.parametrize("character", ["\x00", "\x1f", "\x7f", "é", "\ud7ff", "😀"])
def test_names_are_printable_ascii(character: str) -> None:
    for name in ("token", "point", "route"):
        fields = {"sequence": 1, "at_ms": 1, "token": "1", "point": "A", name: f"a{character}b"}
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(fields, Tap)


@pytest.mark.parametrize("riders", [0, 10, -1, 1.5, "2"])
def test_one_to_nine_riders_go_in_on_a_touch(riders: object) -> None:
    fields = {"sequence": 1, "at_ms": 1, "token": "1", "point": "A", "riders": riders}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields, Tap)


def test_one_rider_is_not_written() -> None:
    assert b"riders" not in msgspec.json.encode(Tap(sequence=1, at_ms=1, token="1", point="A"))


@pytest.mark.parametrize("count", [0, MAX_BATCH_TAPS + 1])
def test_an_upload_has_one_to_five_thousand_taps(count: int) -> None:
    tap = Tap(sequence=1, at_ms=1, token="1", point="A")
    body = msgspec.msgpack.encode({"taps": [tap] * count})
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(body, type=TapBatch)
