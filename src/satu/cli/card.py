"""`satu card`: what a card gives a right to: entitlements by dates, passes."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satu.cards.errors import Refusal
from satu.cli import card_life, card_purses
from satu.cli.common import fail, json_line, running_database
from satu.cli.desk import PURPOSE, actor, check_key, now, out, refuse, running_city, serial_of
from satu.fares.legs import Entitlement
from satu.kernel.days import to_ms
from satu.kernel.money import show

if TYPE_CHECKING:
    from satu.cards.rights_actions import RightsSet

DAY = ["%Y-%m-%d"]
NAME = "card"

app = typer.Typer(no_args_is_help=True)
app.add_typer(card_life.app)
app.add_typer(card_purses.app)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
CardName = Annotated[str, typer.Option("--card", help="The number printed on it, or its serial.")]
Category = Annotated[str, typer.Option(help="A rider category of the tariff: satu tariff show.")]
First = Annotated[datetime, typer.Option("--from", formats=DAY, help="The first service day.")]
Last = Annotated[
    datetime | None,
    typer.Option("--to", formats=DAY, help="The last service day; the first if left out."),
]
Rights = Annotated[
    list[str] | None,
    typer.Option("--right", help="CATEGORY:FIRST:LAST, repeated; without any, all end."),
]
Product = Annotated[str, typer.Option(help="A pass that the tariff in force sells.")]
Key = Annotated[str, typer.Option(help="The seller's own name of the sale: a key sells once.")]
Purpose = Annotated[str, typer.Option(help="Why you look: it is kept in the audit trail.")]


@app.command()
def rights(card: CardName, purpose: Purpose = PURPOSE, as_json: AsJson = False) -> None:
    """Show a card's entitlements and passes. That you looked, and why, is kept.

    Example: satu card rights --card 6032981000000014
    """
    with running_database():
        from satu.cards.rights_actions import look_at_rights  # noqa: PLC0415  (Django is set up)

        serial, why = serial_of(card, as_json), purpose.strip() or PURPOSE
        held = look_at_rights(card=serial, purpose=why, actor=actor(NAME), at=now())
    if isinstance(held, Refusal):
        refuse(held, as_json)
    passes = [
        {"pass": one.id, "product": one.product, "bought_on": one.bought_on} for one in held.passes
    ]
    if as_json:
        entitlements = [_named(one) for one in held.entitlements]
        json_line({"card": serial, "entitlements": entitlements, "passes": passes})
        return
    _show(held.entitlements)
    for one in held.passes:
        out.print(f"{one.product} #{one.id}, {one.bought_on}")


@app.command()
def grant(
    card: CardName, category: Category, first: First, last: Last = None, as_json: AsJson = False
) -> None:
    """Add one entitlement: a birthday is one of a single day. Rides taken since cost anew.

    Example: satu card grant --card 17 --category birthday --from 2026-11-23
    """
    right = Entitlement(category, first.date(), (last or first).date())
    with running_city() as (urls, rules):
        from satu.cards import rights_actions  # noqa: PLC0415  (Django is set up by now)
        from satu.taps.passes import categories_of  # noqa: PLC0415

        at = now()
        done = rights_actions.grant(
            card=serial_of(card, as_json),
            entitlement=right,
            categories=categories_of(rules.bundle),
            actor=actor(NAME),
            at=at,
        )
        _price_anew(urls.app, done, at, rules.bundle.asset, as_json)


@app.command()
def entitle(card: CardName, right: Rights = None, as_json: AsJson = False) -> None:
    """Make these a card's entitlements; those it had are gone. Rides taken since cost anew.

    Example: satu card entitle --card 17 --right kjp:2026-07-13:2027-06-30
    """
    wanted = [_right(text) for text in right or ()]
    with running_city() as (urls, rules):
        from satu.cards import rights_actions  # noqa: PLC0415  (Django is set up by now)
        from satu.taps.passes import categories_of  # noqa: PLC0415

        at = now()
        done = rights_actions.set_entitlements(
            card=serial_of(card, as_json),
            entitlements=wanted,
            categories=categories_of(rules.bundle),
            actor=actor(NAME),
            at=at,
        )
        _price_anew(urls.app, done, at, rules.bundle.asset, as_json)


@app.command(name="pass")
def pass_(card: CardName, product: Product, key: Key, as_json: AsJson = False) -> None:
    """Sell a pass from a card's purse, at the price of the tariff in force, once for each key.

    Example: satu card pass --card 17 --product month --key counter-3-812
    """
    with running_city() as (_, rules):
        from satu.taps.passes import sell_pass  # noqa: PLC0415  (Django is set up by now)

        sold = sell_pass(
            city=rules.bundle.city,
            card=serial_of(card, as_json),
            product=product,
            key=key,
            actor=actor(NAME),
            at=now(),
        )
    if isinstance(sold, Refusal):
        refuse(sold, as_json)
    check_key(sold.result, key)
    if as_json:
        json_line({"result": sold.result.code, "pass": sold.id, "balance": sold.balance})
    else:
        balance = show(sold.balance, rules.bundle.asset)
        out.print(f"{product} #{sold.id}: {sold.result.code}; saldo / balance {balance}")


def _price_anew(
    url: str, done: RightsSet | Refusal, at: datetime, asset: str, as_json: bool
) -> None:
    """Price what was ridden since anew, and tell what stands."""
    from satu.taps.mending import refold_card  # noqa: PLC0415  (the folds are loaded when needed)

    if isinstance(done, Refusal):
        refuse(done, as_json)
    # Even if nothing changed: a command that was ended before this goes on here.
    difference = refold_card(url=url, card=done.card, since=done.since, now_ms=to_ms(at))
    if as_json:
        entitlements = [_named(one) for one in done.entitlements]
        changed = {"changed": done.since is not None, "difference": difference}
        json_line({"card": done.card, "entitlements": entitlements, **changed})
        return
    _show(done.entitlements)
    if difference:
        out.print(f"selisih / difference: {show(difference, asset)}")


def _show(entitlements: tuple[Entitlement, ...]) -> None:
    for one in entitlements:
        out.print(f"{one.category} {one.first} – {one.last}")
    if not entitlements:
        out.print("tanpa hak khusus / no entitlement")


def _named(one: Entitlement) -> dict[str, Any]:
    return {"category": one.category, "first": one.first, "last": one.last}


def _right(text: str) -> Entitlement:
    category, *dates = text.split(":")
    try:
        first, last = map(date.fromisoformat, dates)
    except ValueError:
        fail(f"--right {text}: write it as CATEGORY:2026-07-13:2027-06-30")
    return Entitlement(category, first, last)
