"""A reader keeps the tariff it has until a new one verifies, also over a loss of power."""

from __future__ import annotations

from pathlib import Path

import msgspec

from satu.services.rules import Bundle
from satu.services.sealed import encode, seal_bundle
from satu.validator.tariff import TariffKept
from satu.wire.signing import Sealed, scheme_key
from tests.small_city import BUNDLE

SCHEME = scheme_key(b"s" * 32)
OTHER: Bundle = msgspec.structs.replace(BUNDLE, city="other")


def sealed(bundle: Bundle) -> Sealed:
    return seal_bundle(SCHEME, encode(bundle))


def kept(path: Path) -> TariffKept:
    return TariffKept(path / "tariff", SCHEME.public_key())


def city(reader: TariffKept) -> str:
    return reader.opened.rules.bundle.city if reader.opened else ""


def test_a_new_reader_has_none_until_it_is_given_one(tmp_path: Path) -> None:
    reader = kept(tmp_path)
    assert (reader.opened, reader.refused) == (None, "")
    assert reader.offer(sealed(BUNDLE))
    assert (city(reader), reader.refused) == ("small", "")


def test_what_it_was_given_is_there_after_a_restart(tmp_path: Path) -> None:
    kept(tmp_path).offer(sealed(BUNDLE))
    reader = kept(tmp_path)
    assert city(reader) == "small"
    assert reader.offer(sealed(OTHER))
    assert city(kept(tmp_path)) == city(reader) == "other"
    assert [path.name for path in tmp_path.iterdir()] == ["tariff"]


def test_a_broken_one_never_replaces_a_good_one(tmp_path: Path) -> None:
    reader = kept(tmp_path)
    reader.offer(sealed(BUNDLE))
    before = (tmp_path / "tariff").read_bytes()
    forged = seal_bundle(scheme_key(b"f" * 32), encode(OTHER))
    assert not reader.offer(forged)
    assert city(reader) == "small"
    assert reader.refused.startswith("not_signed")
    unusable = msgspec.structs.replace(BUNDLE.tariffs[0], steps=("leg", "magic"))
    assert not reader.offer(sealed(msgspec.structs.replace(BUNDLE, tariffs=(unusable,))))
    assert reader.refused.startswith("unusable")
    assert (tmp_path / "tariff").read_bytes() == before
    assert reader.offer(sealed(OTHER))
    assert reader.refused == ""


def test_power_lost_while_writing_leaves_the_old_one(tmp_path: Path) -> None:
    kept(tmp_path).offer(sealed(BUNDLE))
    (tmp_path / "tariff.new").write_bytes(msgspec.msgpack.encode(sealed(OTHER))[:100])
    assert city(kept(tmp_path)) == "small"


def test_a_disk_that_changed_is_not_trusted(tmp_path: Path) -> None:
    kept(tmp_path).offer(sealed(BUNDLE))
    path = tmp_path / "tariff"
    whole = path.read_bytes()
    path.write_bytes(whole[:-200])
    assert kept(tmp_path).opened is None
    assert kept(tmp_path).refused.startswith("unreadable")
    path.write_bytes(whole.replace(b"small", b"large", 1))
    reader = kept(tmp_path)
    assert (reader.opened, reader.refused[:10]) == (None, "not_signed")
    assert reader.offer(sealed(BUNDLE))
    assert city(kept(tmp_path)) == "small"
