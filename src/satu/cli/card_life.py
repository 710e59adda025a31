"""`satu card`: a card's life: registered, frozen, lost, replaced, renewed, closed; money moved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import typer

from satu.cards.bearers import BEARERS, Bearer, Cause
from satu.cards.kinds import Why
from satu.cli.common import fail, json_line, running_database
from satu.cli.desk import carry_out, check_key, now, out, serial_of, tell

NAME = "card"

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
CardName = Annotated[str, typer.Option("--card", help="The number printed on it, or its serial.")]
To = Annotated[str, typer.Option(help="The card that gets it: printed number or serial.")]
Number = Annotated[str, typer.Option(help="The 16 digits printed on the card.")]
Secret = Annotated[str, typer.Option(help="The 8 letters and digits printed beside them.")]
Owner = Annotated[int, typer.Option(help="The resident's number.")]
Amount = Annotated[int, typer.Option(help="In the smallest unit of the currency.")]
Key = Annotated[str, typer.Option(help="Your own name of it: a key is carried out once.")]
Stolen = Annotated[bool, typer.Option("--stolen", help="Stolen, not lost.")]
Because = Annotated[Why, typer.Option("--why", help="lost, stolen, damaged or expired.")]
Of = Annotated[Cause, typer.Option("--cause", help="docs/reference/who-bears-a-loss.md")]
Overdue = Annotated[bool, typer.Option("--overdue", help="Only those past their day.")]
Operator = Annotated[int, typer.Option(help="The operator at fault, where one bears the loss.")]

REPLACED_FOR = (Why.LOST, Why.STOLEN, Why.DAMAGED, Why.EXPIRED)


@app.command()
def register(number: Number, secret: Secret, owner: Owner, as_json: AsJson = False) -> None:
    """Make a resident the holder of a card; its money stays, its limits grow.

    Example: satu card register --number 9360080000000015 --secret 7K3M9QRT --owner 501
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.actions import link_card  # noqa: PLC0415  (Django is set up by now)

        return link_card(number=number, secret=secret, owner=owner, **by)

    done = carry_out(NAME, do, as_json)
    tell({"card": done, "owner": owner}, f"terdaftar / registered: {done}", as_json)


@app.command()
def activate(number: Number, secret: Secret, as_json: AsJson = False) -> None:
    """Let a card that came by post open doors."""

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.lifecycle import activate_card  # noqa: PLC0415

        return activate_card(number=number, secret=secret, **by)

    _tell_changed(carry_out(NAME, do, as_json), "aktif / active", as_json)


@app.command()
def freeze(card: CardName, as_json: AsJson = False) -> None:
    """Let a card open no door until its holder wants: it is mislaid, or lent."""

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.lifecycle import freeze_card  # noqa: PLC0415

        return freeze_card(card=serial_of(card, as_json), owner=None, **by)

    _tell_changed(carry_out(NAME, do, as_json), "dibekukan / frozen", as_json)


@app.command()
def unfreeze(card: CardName, as_json: AsJson = False) -> None:
    """Let a card that was frozen open doors again."""

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.lifecycle import unfreeze_card  # noqa: PLC0415

        return unfreeze_card(card=serial_of(card, as_json), owner=None, **by)

    _tell_changed(carry_out(NAME, do, as_json), "aktif / active", as_json)


@app.command()
def lost(card: CardName, stolen: Stolen = False, as_json: AsJson = False) -> None:
    """Deny a card that was lost or stolen, at once.

    Example: satu card lost --card 9360080000000015
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.lifecycle import report_lost  # noqa: PLC0415

        why = Why.STOLEN if stolen else Why.LOST
        return report_lost(card=serial_of(card, as_json), why=why, owner=None, **by)

    _tell_changed(carry_out(NAME, do, as_json), "ditolak / denied", as_json)


@app.command()
def replace(card: CardName, because: Because = Why.LOST, as_json: AsJson = False) -> None:
    """Give a card's money, holder and rights to a new card; the old one is denied for ever.

    Example: satu card replace --card 9360080000000015 --why lost
    """
    if because not in REPLACED_FOR:
        fail(f"--why {because.value}: a card is replaced for {', '.join(REPLACED_FOR)}")

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.lifecycle import replace_card  # noqa: PLC0415

        return replace_card(card=serial_of(card, as_json), why=because, **by)

    done = carry_out(NAME, do, as_json)
    words = f"kartu pengganti / new card: {done.number} ({done.successor})"
    tell(done._asdict(), words, as_json)


@app.command()
def renew(card: CardName, as_json: AsJson = False) -> None:
    """Let a card that expired, or soon will, open doors for another term."""

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.lifecycle import renew_card  # noqa: PLC0415

        return renew_card(card=serial_of(card, as_json), **by)

    done = carry_out(NAME, do, as_json)
    words = f"berlaku sampai sebelum / valid until before {done.expires_on}"
    tell(done._asdict(), words, as_json)


@app.command()
def close(card: CardName, as_json: AsJson = False) -> None:
    """Close a card for good; its balance is paid back within the rule's working days."""

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.closing import close_card  # noqa: PLC0415

        return close_card(card=serial_of(card, as_json), **by)

    done = carry_out(NAME, do, as_json)
    words = f"ditutup; saldo dibayar paling lambat / closed; paid back by {done.due_on}"
    tell(done._asdict(), words, as_json)


@app.command()
def closings(overdue: Overdue = False, as_json: AsJson = False) -> None:
    """List closed cards whose money is not known to be with its holders, those due first."""
    with running_database():
        from satu.cards.collecting import settlement_day  # noqa: PLC0415  (Django is set up)
        from satu.partners.unpaid import LACKS, unpaid  # noqa: PLC0415

        today = settlement_day(now())
        due_by = today - timedelta(days=1) if overdue else date.max
        found = [one._asdict() for one in unpaid(on=today, due_by=due_by)]
    if as_json:
        json_line({"closings": found})
        return
    for one in found:
        words = LACKS[one["lacks"]]
        out.print(f"{one['card']}: {one['pay_from']} – {one['due_on']}: {words.id} / {words.en}")
    if not found:
        out.print("tidak ada / none")


@app.command()
def transfer(card: CardName, to: To, amount: Amount, key: Key, as_json: AsJson = False) -> None:
    """Send money from a registered card to another, once for each key.

    Example: satu card transfer --card 17 --to 18 --amount 50000 --key counter-3-813
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.transfers import transfer_value  # noqa: PLC0415

        one, other = serial_of(card, as_json), serial_of(to, as_json)
        return transfer_value(card=one, to=other, amount=amount, key=key, owner=None, **by)

    done = carry_out(NAME, do, as_json)
    check_key(done.result, key)
    told = {"result": done.result.code, "balance": done.balance}
    tell(told, f"{done.result.code}; saldo / balance {done.balance}", as_json)


@app.command()
def loss(
    card: CardName,
    cause: Of,
    amount: Amount,
    key: Key,
    operator: Operator = 0,
    as_json: AsJson = False,
) -> None:
    """Let the one whom the table names bear a loss, once for each key.

    Example: satu card loss --card 17 --cause used_after_report --amount 3500 --key case-88
    """
    if (BEARERS[cause] is Bearer.OPERATOR) != bool(operator):
        fail(f"{cause.value} is borne by: {BEARERS[cause].value}; --operator only where one bears")

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.losses import bear_loss  # noqa: PLC0415

        serial = serial_of(card, as_json)
        return bear_loss(card=serial, cause=cause, amount=amount, key=key, operator=operator, **by)

    done = carry_out(NAME, do, as_json)
    check_key(done.result, key)
    told = {"result": done.result.code, "bearer": done.bearer.value, "amount": done.amount}
    words = f"{done.result.code}: {done.amount}, ditanggung / borne by {done.bearer.value}"
    tell(told, words, as_json)


def _tell_changed(done: Any, words: str, as_json: bool) -> None:
    tell(done._asdict(), f"{done.card}: {words}", as_json)
