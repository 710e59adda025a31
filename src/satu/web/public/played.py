"""A card that is only played: touches, top-ups and ends of days, decided as at a gate. Pure.

The very code that decides for readers (taps.card) decides here, on books made of paper: account
numbers that no ledger has. What it would post is thrown away. A game is a handful of moves that
are played again from the first at every look, so a page keeps nothing but them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from satu.cards.kinds import CardState
from satu.fares.tariff import Tariff
from satu.kernel.refusal import Outcome
from satu.services import all as services
from satu.services.base import Rider, TapSeen, Use
from satu.services.rules import Rules
from satu.taps.card import Card, CardWork
from satu.taps.directory import Directory
from satu.taps.explain import DayTold, explain
from satu.taps.fold import Folding
from satu.taps.settle import Purse
from satu.taps.tap import Answer, Arrival, Decided, Told
from satu.wire.messages import Tap

assert services.SERVICES

MOST_MOVES = 40
MOST_BALANCE = 100_000_000
DEVICE, BANK, PURSE, RECEIVABLE, PAYABLES, CLAIMS = 1, 1, 1, 2, 1_000_000, 2_000_000
DAY = timedelta(days=1)


class Touch(msgspec.Struct, frozen=True, array_like=True, tag="t"):
    """The card held to a reader at a point; `route` 0 is "not told"."""

    point: int
    route: int
    direction: Annotated[int, Meta(ge=0, le=2)]
    at_ms: Annotated[int, Meta(ge=0, le=4_102_444_800_000)]
    riders: Annotated[int, Meta(ge=1, le=9)] = 1


class TopUp(msgspec.Struct, frozen=True, array_like=True, tag="u"):
    """Money put on the card."""

    amount: Annotated[int, Meta(ge=1, le=MOST_BALANCE)]


class DayEnd(msgspec.Struct, frozen=True, array_like=True, tag="e"):
    """The service day is over: what was left open is closed by rule."""


Move = Touch | TopUp | DayEnd


class Game(msgspec.Struct, frozen=True, array_like=True):
    """A card and what was done with it. `tariff` names what to ride by ("": those in force)."""

    category: Annotated[str, Meta(max_length=64)] = ""
    medium: Annotated[str, Meta(max_length=64)] = ""
    balance: Annotated[int, Meta(ge=0, le=MOST_BALANCE)] = 50_000
    is_blocked: bool = False
    tariff: Annotated[str, Meta(max_length=64)] = ""
    moves: Annotated[tuple[Move, ...], Meta(max_length=MOST_MOVES)] = ()


class Result(NamedTuple):
    """What a move came to. Of a touch: the answer, the use it began or ended, what was lacking.

    `balance` is the purse's after it, `needed` what the reader asks to be on a card.
    """

    move: Move
    answer: Answer | None
    use: Use | None
    balance: int
    short: int = 0
    needed: int = 0


class Played(NamedTuple):
    """A game as it stands: each move's result, the days in words, what is left and owed."""

    results: tuple[Result, ...]
    days: tuple[DayTold, ...]
    balance: int
    owed: int


def rules_by(rules: Rules, tariff: Tariff) -> Rules:
    """A city's rules with one tariff alone, as if it had always been in force."""
    always = replace(tariff, valid_from=date.min)
    return Rules(replace(rules.bundle, tariffs=(always,)))


def play(rules: Rules, game: Game) -> Played:
    """Play all moves. A touch at a point that the city does not know (any more) is left out.

    LookupError: no tariff is in force on the day of a touch.
    """
    rider = Rider(game.category or _usual(rules), game.medium or rules.card_medium)
    work = _work(rules, game, rider)
    results = []
    for number, move in enumerate(game.moves, 1):
        result = _moved(rules, work, number, move)
        if result is not None:
            results.append(result)
    days = [work.days[on] for on in sorted(work.days)]
    told = tuple(explain(rules, day, rider) for day in days if day.all_uses())
    owed = sum(one.amount for one in work.purse.shortfalls)
    return Played(tuple(results), told, work.purse.balance, owed)


def last_ms(moves: Sequence[Move]) -> int:
    """When the last touch was; 0: there was none."""
    return max((move.at_ms for move in moves if isinstance(move, Touch)), default=0)


def _usual(rules: Rules) -> str:
    tariffs = rules.bundle.tariffs
    found = (one.name for one in tariffs[-1].categories if one.is_default) if tariffs else ()
    return next(iter(found), "adult")


def _work(rules: Rules, game: Game, rider: Rider) -> CardWork:
    """The card before its first move, with money and without a past."""
    purse = Purse(BANK, PURSE, RECEIVABLE, 0, game.balance, game.balance)
    state = CardState.BLOCKED if game.is_blocked else CardState.ACTIVE
    card = Card(1, 0, state, rider.category, purse, 0, (), loaded_from=date.min, seen={})
    operators = [operator.id for operator in rules.bundle.operators]
    payables = {(BANK, operator): PAYABLES + operator for operator in operators}
    claims = {operator: CLAIMS + operator for operator in operators}
    work = CardWork(card, rules, Directory(payables, claims))
    work.folding = Folding(rules, rider)
    return work


def _moved(rules: Rules, work: CardWork, number: int, move: Move) -> Result | None:
    match move:
        case Touch():
            return _touched(rules, work, number, move) if move.point in rules.points else None
        case TopUp():
            purse = work.purse
            work.purse = replace(
                purse,
                balance=purse.balance + move.amount,
                available=purse.available + move.amount,
            )
        case DayEnd():
            if work.days:
                work.close(max(work.days) + DAY)
    return Result(move, None, None, work.purse.balance)


def _touched(rules: Rules, work: CardWork, number: int, touch: Touch) -> Result:
    point = rules.points[touch.point]
    route = touch.route if touch.route in rules.routes else 0
    seen = TapSeen(number, touch.at_ms, touch.point, route, touch.direction, touch.riders)
    day = rules.calendar.day_of(touch.at_ms)
    network = rules.routes[route].network if route else point.network
    needed = rules.prices_on(day).networks[network].minimum * touch.riders
    tap = Tap(number, touch.at_ms, "1", point.code)
    told = Told(number, Arrival(DEVICE, tap, touch.at_ms), seen, day, 1, Decided.ASK, 0, None)
    before = work.purse.available
    work.lack = 0
    answer = work.decide(told)
    short = 0
    if answer.outcome is Outcome.BALANCE_INSUFFICIENT:
        taken = work.card.purse.available - before
        short = work.lack - taken - before
    return Result(touch, answer, _use_of(work, seen), work.purse.balance, short, needed)


def _use_of(work: CardWork, seen: TapSeen) -> Use | None:
    """The use that a touch began, or ended."""
    uses = [use for day in work.days.values() for use in day.all_uses()]
    fitting = [use for use in uses if use.id == seen.id or use.ended_ms == seen.at_ms]
    return fitting[-1] if fitting else None
