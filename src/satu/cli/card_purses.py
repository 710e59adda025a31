"""`satu card`: a card's purses at several banks, opened, put in order, closed."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from satu.cli.desk import PURPOSE, bank_of, carry_out, check_key, serial_of, tell

NAME = "card"

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
CardName = Annotated[str, typer.Option("--card", help="The number printed on it, or its serial.")]
Bank = Annotated[str, typer.Option(help="A bank's code: satu pay owed tells them.")]
Into = Annotated[str, typer.Option(help="The bank to whose purse the money goes: its code.")]
Banks = Annotated[list[str], typer.Argument(help="Each bank of the card, the first one first.")]
Purpose = Annotated[str, typer.Option(help="Why you look: it is kept in the audit trail.")]
Key = Annotated[str, typer.Option(help="Your own name of it: a key is carried out once.")]


@app.command()
def purses(card: CardName, purpose: Purpose = PURPOSE, as_json: AsJson = False) -> None:
    """Show a card's purses in their order of use. That you looked, and why, is kept."""

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.purses import look  # noqa: PLC0415  (Django is set up by now)
        from satu.cards.queries import issuers  # noqa: PLC0415

        codes = {issuer.id: issuer.code for issuer in issuers()}
        in_use, found = look(
            card=serial_of(card, as_json), purpose=purpose.strip() or PURPOSE, **by
        )
        return [
            {
                "bank": codes[one.bank],
                "balance": one.balance,
                "held": one.held,
                "in_use": one.account == in_use,
            }
            for one in found
        ]

    told = carry_out(NAME, do, as_json)
    rows = [
        f"{place}. {one['bank']}: {one['balance']}"
        + (f", ditahan / held {one['held']}" if one["held"] else "")
        + (", dipakai / in use" if one["in_use"] else "")
        for place, one in enumerate(told, 1)
    ]
    tell({"purses": told}, "\n".join(rows), as_json)


@app.command("purse-open")
def purse_opened(card: CardName, bank: Bank, key: Key, as_json: AsJson = False) -> None:
    """Open one more purse of a registered card, at another bank; it is used last.

    Example: satu card purse-open --card 17 --bank bca --key form-21
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.purses import open_purse  # noqa: PLC0415

        serial = serial_of(card, as_json)
        return open_purse(card=serial, bank=bank_of(bank), key=key, owner=None, **by)

    done = carry_out(NAME, do, as_json)
    check_key(done.result, key)
    told = {"result": done.result.code, "bank": bank}
    tell(told, f"{done.result.code}: dompet di / purse at {bank}", as_json)


@app.command("purse-order")
def purses_ordered(card: CardName, banks: Banks, as_json: AsJson = False) -> None:
    """Use a card's purses in this order from now on.

    Example: satu card purse-order --card 17 bca mandiri
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.purses import set_order  # noqa: PLC0415

        wanted = [bank_of(one) for one in banks]
        return set_order(card=serial_of(card, as_json), banks=wanted, owner=None, **by)

    carry_out(NAME, do, as_json)
    tell({"order": banks}, "urutan / order: " + ", ".join(banks), as_json)


@app.command("purse-close")
def purse_closed(card: CardName, bank: Bank, into: Into, key: Key, as_json: AsJson = False) -> None:
    """Close a card's purse at a bank; what is in it goes to its purse at another.

    Example: satu card purse-close --card 17 --bank mandiri --into bca --key form-22
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.purses import close_purse  # noqa: PLC0415

        serial, to = serial_of(card, as_json), bank_of(into)
        return close_purse(card=serial, bank=bank_of(bank), into=to, key=key, owner=None, **by)

    done = carry_out(NAME, do, as_json)
    check_key(done.result, key)
    told = {"result": done.result.code, "bank": bank, "into": into, "amount": done.amount}
    tell(told, f"{done.result.code}: {bank} → {into} {done.amount}", as_json)
