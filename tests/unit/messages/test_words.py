"""Every message can be said in both languages, short, and with what its cause gives."""

from __future__ import annotations

import pytest

from satu.messages.kinds import Kind
from satu.messages.words import REASONS, SIGN_IN_CODE, TEMPLATES, fields_of, render, sign_in_code

SMS_LETTERS = 160
SOME = {
    "card": "0012",
    "successor": "0013",
    "amount": 50_000,
    "balance": 7_500,
    "reason": "balance_insufficient",
    "case": "K-17",
    "due_id": "Senin 10.00",
    "due_en": "Monday 10:00",
    "answer_id": "Uang kembali.",
    "answer_en": "Refunded.",
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_message_is_one_short_text(kind: Kind, language: str) -> None:
    assert fields_of(kind) <= {name.removesuffix("_id").removesuffix("_en") for name in SOME}
    text = render(kind, SOME, asset="IDR", language=language)
    assert text.subject and text.body and "{" not in text.subject + text.body
    assert len(text.body) <= SMS_LETTERS, text.body
    assert "\n" not in text.subject + text.body


def test_money_and_reasons_are_in_the_readers_language() -> None:
    low = {"card": "0012", "balance": 7_500}
    assert render(Kind.LOW_BALANCE, low, asset="IDR", language="id").body == (
        "Saldo kartu •0012 tinggal Rp 7.500. Isi sebelum perjalanan berikutnya."
    )
    assert "Rp 7,500 left" in render(Kind.LOW_BALANCE, low, asset="IDR", language="en").body
    refused = {"card": "0012", "reason": "passback"}
    assert (
        "sudah dipakai masuk" in render(Kind.RIDE_REFUSED, refused, asset="IDR", language="id")[1]
    )
    assert "(made_up)" not in str(REASONS)
    unknown = {"card": "0012", "reason": "made_up"}
    assert "made_up" in render(Kind.RIDE_REFUSED, unknown, asset="IDR", language="en").body


def test_the_same_parameters_serve_both_languages() -> None:
    for template in (*TEMPLATES.values(), SIGN_IN_CODE):
        for words in template:
            assert words.id.count("{") == words.en.count("{") and words.id != words.en


def test_a_sign_in_code_is_one_short_text() -> None:
    indonesian, english = (sign_in_code("482913", language=one) for one in ("id", "en"))
    assert indonesian.body == "Kode masuk Anda 482913. Jangan beri tahu siapa pun, juga petugas."
    assert english.subject == "Your Satu sign-in code" and "482913" in english.body
    assert len(indonesian.body) <= SMS_LETTERS and len(english.body) <= SMS_LETTERS
