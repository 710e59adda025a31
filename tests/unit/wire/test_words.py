"""Every outcome and meaning can be shown at a gate, in both languages."""

from __future__ import annotations

import pytest

from satu.kernel.refusal import Meaning, Outcome
from satu.wire.messages import Words
from satu.wire.words import HELP, MEANINGS, OUTCOMES, say


def test_everything_has_words_and_every_refusal_has_help() -> None:
    assert set(MEANINGS) == set(Meaning)
    assert set(OUTCOMES) == set(Outcome)
    assert set(HELP) == set(Outcome) - {Outcome.ACCEPTED}


@pytest.mark.parametrize("words", [*MEANINGS.values(), *OUTCOMES.values()])
def test_a_screen_has_room_for_five_words(words: Words) -> None:
    for sentence in (words.id, words.en):
        assert 1 <= len(sentence.split()) <= 5
        assert not sentence.endswith(".")


def test_a_ride_shows_fare_and_balance() -> None:
    said = say(
        Outcome.ACCEPTED, Meaning.ENTRY, charge=3_500, full_fare=3_500, balance=41_500, asset="IDR"
    )
    assert said == Words(
        "Silakan masuk. Tarif Rp 3.500. Saldo Rp 41.500.",
        "Please enter. Fare Rp 3,500. Balance Rp 41,500.",
    )


def test_money_given_back_is_said_so() -> None:
    said = say(
        Outcome.ACCEPTED, Meaning.EXIT, charge=-1_000, full_fare=9_000, balance=None, asset="IDR"
    )
    assert said == Words(
        "Terima kasih, selamat jalan. Dikembalikan Rp 1.000.",
        "Thank you, goodbye. Given back Rp 1,000.",
    )


def test_another_citys_money_is_shown_as_its_own() -> None:
    said = say(
        Outcome.ACCEPTED, Meaning.ENTRY, charge=290, full_fare=290, balance=1_710, asset="USD"
    )
    assert said == Words(
        "Silakan masuk. Tarif USD 2,90. Saldo USD 17,10.",
        "Please enter. Fare USD 2.90. Balance USD 17.10.",
    )


def test_a_low_balance_tells_what_is_missing_and_what_to_do() -> None:
    said = say(
        Outcome.BALANCE_INSUFFICIENT,
        Meaning.NONE,
        charge=0,
        full_fare=3_500,
        balance=1_200,
        asset="IDR",
    )
    assert said == Words(
        "Saldo kurang. Tarif Rp 3.500. Saldo Rp 1.200. Isi saldo di konter atau lewat bank Anda.",
        "Balance too low. Fare Rp 3,500. Balance Rp 1,200. "
        "Top up at a counter or through your bank.",
    )


@pytest.mark.parametrize("outcome", list(HELP))
def test_a_refusal_of_another_kind_shows_no_money(outcome: Outcome) -> None:
    said = say(outcome, Meaning.NONE, charge=0, full_fare=0, balance=5_000, asset="IDR")
    shows = outcome is Outcome.BALANCE_INSUFFICIENT
    assert ("Rp" in said.id, "Rp" in said.en) == (shows, shows)
    assert said.id.endswith(".") and said.en.endswith(".")
