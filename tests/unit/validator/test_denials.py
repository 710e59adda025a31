"""A reader's deny list: never a forged, foreign or older one, also over a loss of power."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from satu.kernel.days import HOUR_MS
from satu.validator import denials
from satu.validator.denials import DenyListKept, Every, Refusal
from satu.wire.denylist import DenyList, gap_encode
from satu.wire.signing import Sealed, scheme_key, seal

SCHEME = scheme_key(b"s" * 32)
NOW_MS = 1_770_000_000_000


def sealed(
    version: int,
    since: int,
    added: tuple[int, ...] = (),
    removed: tuple[int, ...] = (),
    at_ms: int = NOW_MS,
) -> Sealed:
    change = DenyList(version, since, at_ms, gap_encode(added), gap_encode(removed))
    return seal(SCHEME, "deny-list", change.encode())


def kept(path: Path) -> DenyListKept:
    return DenyListKept(path / "denied", SCHEME.public_key())


def refuses(reader: DenyListKept, *serials: int) -> list[int]:
    """Those of the serials that are refused even where they are known."""
    return [one for one in serials if reader.refuse(one, is_known=True, now_ms=NOW_MS)]


def test_a_new_reader_asks_for_everything_and_lets_no_stranger_in(tmp_path: Path) -> None:
    reader = kept(tmp_path)
    assert (reader.version, reader.asks_since, reader.age_ms(NOW_MS)) == (0, 0, None)
    assert reader.refuse(7, is_known=False, now_ms=NOW_MS) is Refusal.LIST_MISSING
    assert reader.refuse(7, is_known=True, now_ms=NOW_MS) is None


def test_changes_are_taken_in_order_and_are_there_after_a_restart(tmp_path: Path) -> None:
    reader = kept(tmp_path)
    assert reader.offer(sealed(3, 0, (5, 9)))
    assert reader.offer(sealed(5, 3, (12,), (9,)))
    assert not reader.offer(sealed(9, 7, (40,)))
    assert reader.refused == "another_base"
    for one in (reader, kept(tmp_path)):
        assert (one.version, one.asks_since) == (5, 5)
        assert refuses(one, 5, 9, 12, 40) == [5, 12]
    assert kept(tmp_path).offer(sealed(6, 5, (9,)))
    assert refuses(kept(tmp_path), 5, 9, 12) == [5, 9, 12]
    assert [path.name for path in tmp_path.iterdir()] == ["denied"]


def test_a_list_older_than_a_day_refuses_strangers_alone(tmp_path: Path) -> None:
    reader = kept(tmp_path)
    reader.offer(sealed(3, 0, (5,)))
    day_ms = NOW_MS + 24 * HOUR_MS
    assert reader.refuse(7, is_known=False, now_ms=day_ms) is None
    assert reader.refuse(7, is_known=False, now_ms=day_ms + 1) is Refusal.LIST_TOO_OLD
    assert reader.refuse(7, is_known=True, now_ms=day_ms + 1) is None
    assert reader.refuse(5, is_known=True, now_ms=day_ms + 1) is Refusal.CARD_DENIED
    assert reader.offer(sealed(3, 3, at_ms=NOW_MS + HOUR_MS))
    for one in (reader, kept(tmp_path)):
        assert one.age_ms(day_ms + 1) == 23 * HOUR_MS + 1
        assert one.refuse(7, is_known=False, now_ms=day_ms + 1) is None


def test_what_says_nothing_new_is_not_written(tmp_path: Path) -> None:
    reader = kept(tmp_path)
    reader.offer(sealed(3, 0, (5,)))
    before = (tmp_path / "denied").read_bytes()
    assert reader.offer(sealed(3, 3))
    assert (tmp_path / "denied").read_bytes() == before
    # Of two gateways one sealed a little earlier: the age still counts from the newest.
    assert reader.offer(sealed(4, 3, (6,), at_ms=NOW_MS - 5_000))
    assert (reader.age_ms(NOW_MS), refuses(reader, 5, 6)) == (0, [5, 6])


def test_forged_and_older_lists_are_refused(tmp_path: Path) -> None:
    reader = kept(tmp_path)
    reader.offer(sealed(3, 0, (5,)))
    forged = seal(scheme_key(b"f" * 32), "deny-list", DenyList(9, 0, NOW_MS, b"").encode())
    assert not reader.offer(forged) and reader.refused == "not_signed"
    assert not reader.offer(sealed(2, 0, at_ms=NOW_MS - 1)) and reader.refused == "older"
    broken = seal(SCHEME, "deny-list", DenyList(9, 0, NOW_MS, b"\x80").encode())
    assert not reader.offer(broken) and reader.refused.startswith("unreadable")
    nonsense = seal(SCHEME, "deny-list", b"\xc1")
    assert not reader.offer(nonsense) and reader.refused.startswith("unreadable")
    assert refuses(kept(tmp_path), 5) == refuses(reader, 5) == [5]
    # A database that was brought back from a copy has lower versions, sealed later.
    assert reader.offer(sealed(2, 0, (8,), at_ms=NOW_MS + 1))
    assert refuses(reader, 5, 8) == [8] and reader.refused == ""


@pytest.mark.parametrize("cut", [1, 3, 40, 90])
def test_power_lost_while_writing_leaves_an_earlier_list(tmp_path: Path, cut: int) -> None:
    reader = kept(tmp_path)
    reader.offer(sealed(3, 0, (5,)))
    base = (tmp_path / "denied").stat().st_size
    reader.offer(sealed(4, 3, (6,)))
    path = tmp_path / "denied"
    path.write_bytes(path.read_bytes()[:-cut])
    again = kept(tmp_path)
    assert (again.asks_since, refuses(again, 5, 6)) == (3, [5])
    assert path.stat().st_size == base
    assert again.offer(sealed(4, 3, (6,)))
    assert refuses(kept(tmp_path), 5, 6) == [5, 6]


def test_a_disk_that_changed_is_not_trusted(tmp_path: Path) -> None:
    reader = kept(tmp_path)
    reader.offer(sealed(3, 0, (5,)))
    path = tmp_path / "denied"
    whole = bytearray(path.read_bytes())
    whole[-1] ^= 1
    path.write_bytes(whole)
    again = kept(tmp_path)
    assert (again.version, again.refused, path.stat().st_size) == (0, "not_signed", 0)
    length = len(msgspec.msgpack.encode(sealed(3, 0)))
    path.write_bytes(length.to_bytes(4, "big") + bytes(length))
    assert kept(tmp_path).version == 0 and path.stat().st_size == 0


def test_a_long_chain_of_changes_ends_in_a_new_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials, "MAX_CHANGES", 2)
    reader = kept(tmp_path)
    reader.offer(sealed(1, 0, (5,)))
    assert reader.offer(sealed(2, 1, (6,))) and reader.asks_since == 2
    assert reader.offer(sealed(3, 2, (7,))) and reader.asks_since == 0
    assert kept(tmp_path).asks_since == 0
    assert reader.offer(sealed(3, 0, (5, 6, 7)))
    assert (reader.asks_since, refuses(kept(tmp_path), 5, 6, 7)) == (3, [5, 6, 7])


def test_readers_do_not_stay_in_step() -> None:
    every = Every()
    assert {20 <= every.pause_s() <= 30 for _ in range(200)} == {True}
    assert {0 <= every.first_pause_s() <= 30 for _ in range(200)} == {True}
    assert len({every.pause_s() for _ in range(50)}) == 50
