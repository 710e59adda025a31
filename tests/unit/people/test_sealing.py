"""A sealed person opens with their own key, and as themselves only."""

from __future__ import annotations

import os
from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.people.profile import Profile
from satu.people.sealing import lookup_hash, seal, unseal
from satu.people.vault import DerivedVault

VAULT = DerivedVault(b"a secret of at least 16 bytes")
SITI = Profile(
    name="Siti", nik="3171015708450001", phone="+6281234567890", birth_date=date(1945, 8, 17)
)
PROFILES = st.builds(
    Profile, name=st.text(max_size=120), nik=st.text(max_size=16), birth_date=st.none() | st.dates()
)


@settings(max_examples=50)
@given(PROFILES, st.integers(1, 2**63 - 1), st.integers(1, 9))
def test_what_was_sealed_is_what_is_opened(profile: Profile, resident: int, master: int) -> None:
    sealed = seal(profile, resident=resident, master=master, vault=VAULT)
    assert unseal(sealed, resident=resident, vault=VAULT) == profile


def test_nothing_shows_and_nothing_is_sealed_twice_the_same() -> None:
    one, two = (seal(SITI, resident=1, master=1, vault=VAULT) for _ in range(2))
    assert one.profile != two.profile and one.box != two.box
    for secret in (b"Siti", b"3171015708450001", b"81234567890"):
        assert secret not in one.profile + one.box


def test_what_was_changed_moved_or_is_anothers_does_not_open() -> None:
    sealed = seal(SITI, resident=1, master=1, vault=VAULT)
    other = seal(SITI, resident=1, master=1, vault=VAULT)
    flipped = sealed.profile[:-1] + bytes([sealed.profile[-1] ^ 1])
    for wrong, resident in (
        (sealed, 2),
        (sealed._replace(profile=flipped), 1),
        (sealed._replace(box=other.box), 1),
        (sealed._replace(master=2), 1),
    ):
        with pytest.raises(InvalidTag):
            unseal(wrong, resident=resident, vault=VAULT)
    with pytest.raises(InvalidTag):
        unseal(sealed, resident=1, vault=DerivedVault(os.urandom(32)))


def test_people_are_found_by_a_hash_that_needs_the_key() -> None:
    key = b"k" * 32
    hashed = lookup_hash(key, "nik", SITI.nik)
    assert hashed == lookup_hash(key, "nik", SITI.nik) and len(hashed or b"") == 32
    assert hashed != lookup_hash(b"l" * 32, "nik", SITI.nik)
    assert hashed != lookup_hash(key, "phone", SITI.nik)
    assert lookup_hash(key, "phone", "") is None
