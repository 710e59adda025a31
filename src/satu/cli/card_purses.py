"""`satu card`: a card's purses at several banks, opened, put in order, closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from satu.cards.errors import Refusal as CardRefusal
from satu.cli.common import fail, json_line, running_database
from satu.cli.desk import actor, now, out, refuse, serial_of
from satu.payments.errors import Refusal
from satu.payments.words import words_of

NAME = "card"

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
CardName = Annotated[str, typer.Option("--card", help="The number printed on it, or its serial.")]
Bank = Annotated[str, typer.Option(help="A bank's code: satu pay owed tells them.")]
Into = Annotated[str, typer.Option(help="The bank to whose purse the money goes: its code.")]
Banks = Annotated[list[str], typer.Argument(help="Each bank of the card, the first one first.")]
Key = Annotated[str, typer.Option(help="Your own name of it: a key is carried out once.")]


@app.command()
def purses(card: CardName, as_json: AsJson = False) -> None:
    """Show a card's purses in their order of use; the one in use pays the next ride."""

    def do(by: dict[str, Any], codes: dict[int, str]) -> Any:
        from satu.cards.purses import look  # noqa: PLC0415  (Django is set up by now)

        in_use, found = look(card=serial_of(card, as_json), **by)
        return [
            {
                "bank": codes[one.bank],
                "balance": one.balance,
                "held": one.held,
                "in_use": one.account == in_use,
            }
            for one in found
        ]

    told = _carry_out(do, as_json)
    rows = [
        f"{place}. {one['bank']}: {one['balance']}"
        + (f", ditahan / held {one['held']}" if one["held"] else "")
        + (", dipakai / in use" if one["in_use"] else "")
        for place, one in enumerate(told, 1)
    ]
    _tell({"purses": told}, "\n".join(rows), as_json)


@app.command("purse-open")
def purse_opened(card: CardName, bank: Bank, key: Key, as_json: AsJson = False) -> None:
    """Open one more purse of a registered card, at another bank; it is used last.

    Example: satu card purse-open --card 17 --bank bca --key form-21
    """

    def do(by: dict[str, Any], codes: dict[int, str]) -> Any:
        from satu.payments.purses import open_purse  # noqa: PLC0415

        serial = serial_of(card, as_json)
        return open_purse(card=serial, bank=_bank(bank, codes), key=key, owner=None, **by)

    done = _carry_out(do, as_json)
    _check_key(done.result, key)
    told = {"result": done.result.code, "bank": bank}
    _tell(told, f"{done.result.code}: dompet di / purse at {bank}", as_json)


@app.command("purse-order")
def purses_ordered(card: CardName, banks: Banks, as_json: AsJson = False) -> None:
    """Use a card's purses in this order from now on.

    Example: satu card purse-order --card 17 bca mandiri
    """

    def do(by: dict[str, Any], codes: dict[int, str]) -> Any:
        from satu.payments.purses import set_order  # noqa: PLC0415

        wanted = [_bank(one, codes) for one in banks]
        return set_order(card=serial_of(card, as_json), banks=wanted, owner=None, **by)

    _carry_out(do, as_json)
    _tell({"order": banks}, "urutan / order: " + ", ".join(banks), as_json)


@app.command("purse-close")
def purse_closed(card: CardName, bank: Bank, into: Into, key: Key, as_json: AsJson = False) -> None:
    """Close a card's purse at a bank; what is in it goes to its purse at another.

    Example: satu card purse-close --card 17 --bank mandiri --into bca --key form-22
    """

    def do(by: dict[str, Any], codes: dict[int, str]) -> Any:
        from satu.payments.purses import close_purse  # noqa: PLC0415

        serial, to = serial_of(card, as_json), _bank(into, codes)
        return close_purse(card=serial, bank=_bank(bank, codes), into=to, key=key, owner=None, **by)

    done = _carry_out(do, as_json)
    _check_key(done.result, key)
    told = {"result": done.result.code, "bank": bank, "into": into, "amount": done.amount}
    _tell(told, f"{done.result.code}: {bank} → {into} {done.amount}", as_json)


def _carry_out(do: Callable[[dict[str, Any], dict[int, str]], Any], as_json: bool) -> Any:
    """Do it in the installation's database; a refusal is told and ends the command."""
    with running_database():
        from satu.cards.queries import issuers  # noqa: PLC0415

        codes = {issuer.id: issuer.code for issuer in issuers()}
        done = do({"actor": actor(NAME), "at": now()}, codes)
    if isinstance(done, Refusal | CardRefusal):
        refuse(done, words_of(done), as_json)
    return done


def _bank(code: str, codes: dict[int, str]) -> int:
    for bank, known in codes.items():
        if known == code:
            return bank
    fail(f"no bank is called {code!r}; known: {', '.join(codes.values()) or 'none'}")


def _check_key(result: Any, key: str) -> None:
    if not result.is_in_books:
        fail(f"{result.code}: --key {key} did something else; take another key")


def _tell(values: dict[str, Any], words: str, as_json: bool) -> None:
    if as_json:
        json_line(values)
    else:
        out.print(words)
