"""Any mixture of top-ups, rides, orders, switches and replacements of cards with several purses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satu.cards.closing import close_card, pay_closed
from satu.cards.kinds import Why
from satu.cards.lifecycle import Replaced, replace_card
from satu.cards.transfers import transfer_value
from satu.payments.cash_out import cash_out
from satu.payments.purses import close_purse, open_purse, set_order
from satu.payments.switching import switch_bank
from satu.payments.top_ups import top_up
from tests.database.test_purses import BY, NOW, THIRD, card, check_books, city, held
from tests.small_city import BANK, OTHER_BANK, SmallCity, at

__all__ = ["city"]

WAYS = ["top up", "ride", "gone", "in", "out", "open", "order", "close", "switch", "replace"]
CALLS = st.lists(
    st.tuples(
        st.sampled_from([*WAYS, "ride", "top up", "send", "cash"]),
        st.integers(1, 9_000),
        st.permutations([BANK, OTHER_BANK, THIRD]),
    ),
    min_size=10,
    max_size=25,
)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(calls=CALLS)
def test_books_close_after_any_mixture_and_no_purse_is_lost(
    city: SmallCity, calls: list[tuple[str, int, list[int]]]
) -> None:
    pair = [card(6_000), card(3_000, owner=502)]
    run = str(pair[0])
    for number, serial in enumerate(pair):
        open_purse(card=serial, bank=OTHER_BANK, key=f"{run}-{number}", owner=None, **BY)
    old = list(pair)
    for number, (way, amount, banks) in enumerate(calls):
        key, place, (bank, other, _) = f"{run}/{number}", number % 2, banks
        asked = {"card": pair[place], "key": key, "owner": None, **BY}
        when = at(5 + number // 2, 20 * (number % 2))
        if way == "top up":
            top_up(card=pair[place], bank=bank, amount=amount, reference=key, **BY)
        elif way in ("ride", "gone"):
            rider = pair[place] if way == "ride" else old[place]
            decided = "ask" if way == "ride" else "open"
            city.send(city.tap(rider, "A", when, route="R1", decided=decided))
        elif way in ("in", "out"):
            point, direction = ("X", "entry") if way == "in" else ("Z", "exit")
            city.send(city.tap(pair[place], point, when, direction=direction, decided="ask"))
        elif way == "open":
            open_purse(bank=bank, **asked)
        elif way == "order":
            has = [one for one, _, _ in held(city, pair[place])]
            wanted = [one for one in banks if one in has]
            assert set_order(card=pair[place], banks=wanted, owner=None, **BY) == tuple(wanted)
        elif way == "close":
            close_purse(bank=bank, into=other, **asked)
        elif way == "switch":
            switch_bank(bank=bank, **asked)
        elif way == "send":
            transfer_value(to=pair[1 - place], amount=amount, **asked)
        elif way == "cash":
            cash_out(amount=amount, **asked)
        else:
            made = replace_card(card=pair[place], why=Why.DAMAGED, **BY)
            assert isinstance(made, Replaced)
            pair[place] = made.successor
    check_books(city)

    city.close(NOW.date() + timedelta(days=2), at(5, day=2))
    for serial in pair:
        close_card(card=serial, actor="staff:ani", at=NOW)
    pay_closed(actor="job", at=NOW + timedelta(days=9))
    assert all(balance == 0 for serial in pair for _, balance, _ in held(city, serial))
    check_books(city)


AT_ONCE = ["ride", "late", "top up", "order", "close", "late", "open", "switch", "replace"]


def test_rides_and_desks_at_once_lose_nothing(city: SmallCity) -> None:
    """Nine kinds of call, four at a time, on one card and those whose place it took."""
    cards = [card(9_000)]
    open_purse(card=cards[0], bank=OTHER_BANK, key="first", owner=None, **BY)

    def call(number: int) -> None:
        key, serial, way = f"K{number}", cards[-1], AT_ONCE[number % len(AT_ONCE)]
        bank = [BANK, OTHER_BANK, THIRD][number % 2 + number // 9 % 2]
        into = [OTHER_BANK, THIRD, BANK][number // 9 % 3]
        asked: dict[str, Any] = {"card": serial, "key": key, "owner": None, **BY}
        when = at(6 + number // 20, number % 20 * 3)
        try:
            if way == "ride":
                city.send(city.tap(serial, "A", when, route="R1", sequence=number, decided="ask"))
            elif way == "late":
                late = [
                    city.tap(one, "A", when, route="R1", sequence=1_000 + number * 9 + place)
                    for place, one in enumerate(cards[-3:])
                ]
                city.send(*late, now_ms=when)
            elif way == "top up":
                top_up(card=serial, bank=bank, amount=2_000 + number, reference=key, **BY)
            elif way == "order":
                banks = [one for one, _, _ in held(city, serial)]
                set_order(card=serial, banks=banks[::-1], owner=None, **BY)
            elif way == "close":
                close_purse(bank=bank, into=into, **asked)
            elif way == "open":
                open_purse(bank=bank, **asked)
            elif way == "switch":
                switch_bank(bank=bank, **asked)
            else:
                made = replace_card(card=serial, why=Why.DAMAGED, **BY)
                if isinstance(made, Replaced) and not made.is_repeat:
                    cards.append(made.successor)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, range(45)))
    assert len(cards) > 2
    assert all(held(city, one) == held(city, cards[-1]) for one in cards)
    check_books(city)
