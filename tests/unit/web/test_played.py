"""A card that is only played is decided and charged as a real one, and has a past of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import msgspec
import pytest
from django.utils import translation
from msgspec.structs import replace

from satu.fares.tariff import Flat
from satu.kernel.refusal import Meaning, Outcome
from satu.services.base import EITHER, ENTRY, EXIT
from satu.services.rules import Rules
from satu.web.public.gate import screen_of
from satu.web.public.played import DayEnd, Game, Played, TopUp, Touch, last_ms, play, rules_by
from tests.small_city import BUNDLE, TARIFF, at

RULES = Rules(BUNDLE)


A, X, Z, GATE = 1, 11, 13, 21


@pytest.fixture(autouse=True)
def in_indonesian():
    with translation.override("id"):
        yield


@dataclass
class Player:
    balance: int = 50_000
    is_blocked: bool = False
    moves: list = field(default_factory=list)

    def tap(self, point: int, at_ms: int, direction: int = EITHER, riders: int = 1) -> None:
        self.moves.append(Touch(point, 0, direction, at_ms, riders))

    def play(self, rules: Rules = RULES) -> Played:
        game = Game("adult", "", self.balance, self.is_blocked, "", tuple(self.moves))
        return play(rules, game)


def outcomes(played: Played) -> list:
    return [one.answer.outcome for one in played.results if one.answer]


def test_rides_are_charged_and_explained():
    card = Player()
    card.tap(A, at(8))
    card.tap(X, at(9), ENTRY)
    card.tap(Z, at(9, 30), EXIT)
    played = card.play()
    assert outcomes(played) == [Outcome.ACCEPTED] * 3
    (day,) = played.days
    assert played.balance == 50_000 - day.fare
    assert [one.answer.meaning for one in played.results if one.answer] == [
        Meaning.ENTRY,
        Meaning.ENTRY,
        Meaning.EXIT,
    ]
    legs = [leg for journey in day.journeys for leg in journey.legs]
    assert sum(leg.fare for leg in legs) == day.fare
    assert all(
        sum(rule.amount for rule in one.rules) == one.fare for leg in legs for one in leg.paid_by
    )


def test_what_is_lacking_is_told_and_a_top_up_helps():
    card = Player(balance=4_000)
    card.tap(X, at(9), ENTRY)
    played = card.play()
    (refused,) = played.results
    assert refused.answer is not None
    assert refused.answer.outcome is Outcome.BALANCE_INSUFFICIENT
    assert (refused.short, refused.needed, played.balance) == (5_000, 9_000, 4_000)
    card.moves.append(TopUp(50_000))
    card.tap(X, at(9, 5), ENTRY)
    played = card.play()
    assert outcomes(played) == [Outcome.BALANCE_INSUFFICIENT, Outcome.ACCEPTED]
    assert played.balance == 54_000
    card.balance = 3_999
    assert card.play().results[0].short == 5_001


def test_a_blocked_card_goes_nowhere():
    card = Player(is_blocked=True)
    card.tap(A, at(8))
    assert outcomes(card.play()) == [Outcome.CARD_BLOCKED]
    assert card.play().days == ()


def test_the_end_of_a_day_charges_a_missing_exit():
    card = Player()
    card.tap(X, at(9), ENTRY)
    assert card.play().balance == 50_000
    card.moves.append(DayEnd())
    assert card.play().balance == 50_000 - 9_000
    card.moves.append(DayEnd())
    assert card.play().balance == 50_000 - 9_000


def test_touches_may_be_played_in_any_order_of_their_clocks():
    card = Player()
    card.tap(X, at(9), ENTRY)
    card.tap(Z, at(9, 30), EXIT)
    alone = card.play().balance
    card.tap(A, at(8))
    late = card.play()
    in_order = Player()
    in_order.moves = [card.moves[2], *card.moves[:2]]
    assert late.balance == in_order.play().balance != alone


def test_a_place_that_is_no_more_is_left_out():
    card = Player()
    card.tap(999, at(8))
    assert card.play().results == ()
    assert last_ms(card.moves) == at(8) and last_ms([DayEnd()]) == 0


def test_another_tariff_is_played_as_if_it_had_always_been_in_force():
    dearer = Flat(9_999)
    products = [replace(one, price=dearer) if one.id == "bus" else one for one in TARIFF.products]
    draft = replace(TARIFF, version="draft", products=tuple(products), valid_from=date(2099, 1, 1))
    card = Player()
    card.tap(A, at(8))
    played = card.play(rules_by(RULES, draft))
    assert (played.balance, played.days[0].tariff) == (50_000 - 9_999, "draft")


@pytest.mark.parametrize(
    ("balance", "point", "state", "figure", "rest", "words"),
    [
        (45_000, A, "accepted", "Rp 3.500", "Sisa Rp 41.500", "Silakan masuk"),
        (7_500, A, "low", "Rp 3.500", "Sisa Rp 4.000", "Segera isi saldo"),
        (2_000, A, "refused", "Saldo kurang", "Kurang Rp 3.000", "Isi saldo di loket"),
        (45_000, X, "accepted", "Silakan masuk", "Sisa Rp 45.000", "Bayar saat keluar"),
        (45_000, GATE, "accepted", "Rp 4.000", "Sisa Rp 41.000", "Selamat berkunjung"),
    ],
)
def test_the_gates_screen_tells_fare_balance_and_few_words(
    balance, point, state, figure, rest, words
):
    card = Player(balance=balance)
    card.tap(point, at(8), ENTRY)
    screen = screen_of(card.play().results[0], "IDR")
    assert screen.state == state
    told = [part.replace("\u00a0", " ") for part in (screen.figure, screen.rest, screen.words)]
    assert told == [figure, rest, words]
    assert len(screen.words.split()) <= 5


def test_a_game_fits_a_cookie_and_nothing_else_is_read_from_one():
    card = Player()
    for number in range(40):
        card.tap(A, at(8) + number * 60_000)
    game = Game("adult", "", 50_000, False, "", tuple(card.moves))
    content = msgspec.to_builtins(game)
    assert msgspec.convert(content, Game) == game
    assert len(msgspec.json.encode(content)) < 2_000
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert([*content[:5], [*content[5], *content[5]]], Game)
