"""What somebody types to sign in: a phone, an e-mail address, a login; and how much is shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.web.doors.contacts import Contact, Way, read_contact, read_login


@pytest.mark.parametrize(
    ("typed", "contact"),
    [
        ("0812-0000-9999", Contact(Way.PHONE, "+6281200009999")),
        (" +62 812 0000 9999 ", Contact(Way.PHONE, "+6281200009999")),
        ("81200009999", Contact(Way.PHONE, "+6281200009999")),
        ("021 555 1234", None),  # no message reaches a telephone at home
        ("+1 202 555 0100", None),
        (" Siti.Contoh@Example.ID ", Contact(Way.EMAIL, "siti.contoh@example.id")),
        ("siti@example", None),
        ("siti@@example.id", None),
        ("siti @example.id", None),
        ("a" * 250 + "@example.id", None),
        ("ani", None),
        ("", None),
    ],
)
def test_a_contact_is_an_indonesian_mobile_or_an_email(typed: str, contact: Contact | None) -> None:
    assert read_contact(typed) == contact


@pytest.mark.parametrize(
    ("typed", "login"), [(" Ani ", "ani"), ("sri-2", "sri-2"), ("a b", None), ("", None)]
)
def test_a_login_has_small_letters_and_figures(typed: str, login: str | None) -> None:
    found = read_login(typed)
    assert (found.value if found else None) == login


def test_a_contact_is_shown_in_part_and_never_printed() -> None:
    assert Contact(Way.PHONE, "+6281200009999").masked == "•••• 999"
    assert Contact(Way.EMAIL, "siti.contoh@example.id").masked == "si••@example.id"
    assert "999" not in repr(Contact(Way.PHONE, "+6281200009999"))


@settings(max_examples=50)
@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    found = read_contact(typed)
    assert found is None or read_contact(found.value) == found
