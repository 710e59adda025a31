"""A bundle on its way to a reader: what is not signed, whole and usable is refused by name."""

from __future__ import annotations

import msgspec
import pytest

from satu.services.rules import Bundle
from satu.services.sealed import (
    SealedWrong,
    decode,
    digest,
    encode,
    open_sealed,
    seal_bundle,
    signed_content,
)
from satu.wire.signing import Sealed, scheme_key, seal
from satu.wire.tariff import TariffContent
from tests.small_city import BUNDLE

SCHEME = scheme_key(b"s" * 32)
KEY = SCHEME.public_key()


def refusal(sealed: Sealed) -> str:
    with pytest.raises(SealedWrong) as caught:
        open_sealed(KEY, sealed)
    return caught.value.code


def test_a_sealed_bundle_opens_to_the_same_bundle() -> None:
    content = encode(BUNDLE)
    opened = open_sealed(KEY, seal_bundle(SCHEME, content))
    assert opened.rules.bundle == BUNDLE == decode(content)
    assert opened.digest == digest(content).hex()


def test_equal_bundles_are_equal_bytes() -> None:
    assert encode(decode(encode(BUNDLE))) == encode(BUNDLE)
    assert len(digest(encode(BUNDLE))) == 32


def test_another_key_another_kind_and_another_byte_are_not_signed() -> None:
    content = encode(BUNDLE)
    sealed = seal_bundle(SCHEME, content)
    assert refusal(seal_bundle(scheme_key(b"o" * 32), content)) == "not_signed"
    assert refusal(seal(SCHEME, "deny-list", signed_content(content))) == "not_signed"
    changed = sealed.content[:-1] + bytes([sealed.content[-1] ^ 1])
    assert refusal(msgspec.structs.replace(sealed, content=changed)) == "not_signed"


def test_what_is_signed_can_still_be_unreadable() -> None:
    assert refusal(seal(SCHEME, "tariff", b"\x00")) == "unreadable"
    broken = TariffContent(digest(b"no bundle").hex(), b"no bundle").encode()
    assert refusal(seal(SCHEME, "tariff", broken)) == "unreadable"
    misnamed = TariffContent("00" * 32, encode(BUNDLE)).encode()
    assert refusal(seal(SCHEME, "tariff", misnamed)) == "unreadable"


def test_a_tariff_with_a_fault_is_unusable() -> None:
    tariff = msgspec.structs.replace(BUNDLE.tariffs[0], steps=("leg", "magic"))
    bundle: Bundle = msgspec.structs.replace(BUNDLE, tariffs=(tariff,))
    assert refusal(seal_bundle(SCHEME, encode(bundle))) == "unusable"
