"""The makers' file: only its maker opens it, and nobody changes it unseen."""

from __future__ import annotations

from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from satu.cards.personalising import (
    Face,
    Head,
    NotOurs,
    fingerprint,
    read_head,
    read_public,
    seal,
    unseal,
    write_public,
)

MAKER = X25519PrivateKey.generate()
PUBLIC = MAKER.public_key().public_bytes_raw()
HEAD = Head(7, "mandiri", "resident", 2, fingerprint(PUBLIC))
FACES = [
    Face(17, "9360080000000171", "7K3M9QRT", "resident", "adult", date(2031, 11, 22)),
    Face(18, "9360080000000189", "0000AAAA", "resident", "adult", None),
]


def test_the_maker_opens_the_file_and_everybody_reads_what_it_is_of() -> None:
    file = seal(HEAD, FACES, PUBLIC)
    assert read_head(file) == HEAD
    assert unseal(file, MAKER).splitlines() == [
        "serial,number,secret,product,category,expires_on",
        "17,9360080000000171,7K3M9QRT,resident,adult,2031-11-22",
        "18,9360080000000189,0000AAAA,resident,adult,",
    ]
    assert not any(told in file for face in FACES for told in (face.number.encode(), b"7K3M9QRT"))
    assert seal(HEAD, FACES, PUBLIC) != file, "sealed anew each time"


def test_nobody_else_opens_it() -> None:
    with pytest.raises(NotOurs):
        unseal(seal(HEAD, FACES, PUBLIC), X25519PrivateKey.generate())


FILE = seal(HEAD, FACES, PUBLIC)


@given(place=st.integers(0, len(FILE) - 1), bit=st.integers(0, 7))
def test_a_file_that_was_changed_anywhere_is_not_opened(place: int, bit: int) -> None:
    changed = bytearray(FILE)
    changed[place] ^= 1 << bit
    with pytest.raises(NotOurs):
        unseal(bytes(changed), MAKER)


@given(st.binary(max_size=300))
def test_any_other_file_is_told_as_none_of_ours(content: bytes) -> None:
    with pytest.raises(NotOurs):
        unseal(content, MAKER)


def test_a_public_key_is_read_from_pem_and_no_other_kind_is_taken() -> None:
    assert read_public(write_public(MAKER)) == PUBLIC
    other = Ed25519PrivateKey.generate().public_key()
    assert read_public(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)) is None
    assert read_public(b"") is None
    assert len(fingerprint(PUBLIC)) == 16
