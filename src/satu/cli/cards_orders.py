"""`satu cards`: cards ordered by a bank or the city, their maker's sealed file, delivery."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from satu.cards.errors import Refusal
from satu.cards.personalising import NotOurs, read_head, read_private, unseal
from satu.cli.common import fail, running_database
from satu.cli.desk import actor, carry_out, check_key, now, refuse, running_city, tell

NAME = "cards"

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
Number = Annotated[int, typer.Argument(metavar="ORDER", help="The order's number.")]
Bank = Annotated[str, typer.Option("--issuer", help="The code of the bank that holds the money.")]
Product = Annotated[str, typer.Option(help="A kind of card of the city: resident.")]
Category = Annotated[
    str, typer.Option(help="A rider category of the tariff; the usual if left out.")
]
Count = Annotated[int, typer.Option(help="How many cards.")]
Maker = Annotated[str, typer.Option(help="Who makes the cards.")]
MakerKey = Annotated[Path, typer.Option(help="The maker's X25519 public key, a PEM file.")]
Key = Annotated[str, typer.Option(help="Your own name of the order: a key orders once.")]
ForCity = Annotated[bool, typer.Option("--for-city", help="The city orders, not the bank.")]
File = Annotated[Path, typer.Option("--file", help="Where the sealed file is written.")]
Sealed = Annotated[Path, typer.Argument(metavar="FILE", help="A personalisation file.")]
Private = Annotated[Path, typer.Option("--key", help="The maker's own X25519 private key, PEM.")]


def order(
    issuer: Bank,
    product: Product,
    count: Count,
    maker: Maker,
    maker_key: MakerKey,
    key: Key,
    category: Category = "",
    for_city: ForCity = False,
    as_json: AsJson = False,
) -> None:
    """Order cards of a kind from a maker; nothing is made until they are personalised.

    Example: satu cards order --issuer mandiri --product resident --count 5000
    --maker "PT Kartu" --maker-key pt-kartu.pem --key PO-2026-11
    """
    pem = _read(maker_key)
    with running_city() as (_, rules):
        from satu.cards.orders import NewCards, order_cards  # noqa: PLC0415  (Django is set up)
        from satu.cards.queries import issuers  # noqa: PLC0415
        from satu.taps.passes import categories_of  # noqa: PLC0415

        known = [one for tariff in rules.bundle.tariffs for one in tariff.categories]
        usual = next((one.name for one in reversed(known) if one.is_default), "adult")
        banks = {one.code: one.id for one in issuers()}
        kind = category or usual
        new = NewCards(banks.get(issuer, 0), product, kind, count, maker, pem, for_city)
        allowed = categories_of(rules.bundle) | {usual}
        done = order_cards(new=new, categories=allowed, key=key, actor=actor(NAME), at=now())
    if isinstance(done, Refusal):
        refuse(done, as_json)
    check_key(done.result, key)
    told = {"result": done.result.code, "order": done.order}
    tell(told, f"{done.result.code}: pesanan / order {done.order}", as_json)


def personalise(number: Number, file: File, as_json: AsJson = False) -> None:
    """Make an order's cards and their maker's file; again, the same cards in a new file.

    The file is sealed to the maker's key: nobody else can open it, and nothing is written in
    clear. Example: satu cards personalise 1 --file PO-2026-11.satu
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.orders import personalise as make  # noqa: PLC0415

        return make(order=number, **by)

    done = carry_out(NAME, do, as_json)
    _write(file, done.file)
    told = {"order": number, "first": done.cards[0], "count": len(done.cards), "file": str(file)}
    words = f"{len(done.cards)} kartu / cards {done.cards[0]}–{done.cards[-1]} → {file}"
    tell(told, words, as_json)


def deliver(number: Number, as_json: AsJson = False) -> None:
    """Write down that an order's cards arrived: whoever holds one can activate it now.

    Example: satu cards deliver 1
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.orders import deliver as take  # noqa: PLC0415

        return take(order=number, **by)

    carry_out(NAME, do, as_json)
    tell({"order": number}, f"{number}: diterima / delivered", as_json)


def orders(as_json: AsJson = False) -> None:
    """All orders of cards: how far they are, and how many cards were activated."""
    with running_database():
        from satu.cards.orders import orders as standing  # noqa: PLC0415

        found = standing()
    told = [{**one._asdict(), "state": one.state.name.lower()} for one in found]
    line = "{order}: {bank} {product} × {quantity}, {maker}: {state}, {activated} aktif / active"
    rows = [line.format(**one) for one in told]
    tell({"orders": told}, "\n".join(rows) or "belum ada pesanan / no orders yet", as_json)


def open_file(file: Sealed, key: Private) -> None:
    """For the maker: print what is in a file that was sealed to their key. Needs no database.

    Example: satu cards open PO-2026-11.satu --key pt-kartu-private.pem
    """
    content, private = _read(file), read_private(_read(key))
    if private is None:
        fail(f"{key}: no X25519 private key in PEM without a passphrase")
    try:
        read_head(content)
        typer.echo(unseal(content, private), nl=False)
    except NotOurs as error:
        _not_opened(file, error)


def _not_opened(file: Path, error: NotOurs) -> NoReturn:
    fail(f"{file}: {error}; ask for it again: satu cards personalise")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(f"{path}: {error.strerror}")


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, for its owner alone."""
    part = path.with_name(path.name + ".part")
    try:
        part.touch(mode=0o600)
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        fail(f"{path}: {error.strerror}; the cards are made: run the same command again")
