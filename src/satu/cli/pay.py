"""`satu pay`: money paid in at banks and shops, switches of banks, standing orders."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from satu.cards.errors import Refusal as CardRefusal
from satu.cli.common import fail
from satu.cli.desk import bank_of, carry_out, check_key, serial_of, tell

NAME = "pay"
HOURS = 3_600

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
CardName = Annotated[str, typer.Option("--card", help="The number printed on it, or its serial.")]
Bank = Annotated[str, typer.Option(help="A bank's code: satu pay owed tells them.")]
Other = Annotated[str, typer.Option("--to", help="The bank that is owed: its code.")]
Code = Annotated[str, typer.Option("--agent", help="The shop's code.")]
Amount = Annotated[int, typer.Option(help="In the smallest unit of the currency.")]
Key = Annotated[str, typer.Option(help="Your own name of it: a key is carried out once.")]
Threshold = Annotated[int, typer.Option("--below", help="Top up when less than this is left.")]
Gap = Annotated[int, typer.Option("--gap-hours", min=1, help="Not sooner after the last time.")]
Cap = Annotated[int, typer.Option("--monthly-cap", help="At most so much a calendar month.")]
Payer = Annotated[str, typer.Option("--payer", help="A relative's card that pays.")]
PaysOut = Annotated[str, typer.Option("--bank", help="Of several purses the one at this bank.")]
PaidBy = Annotated[str, typer.Option("--bank", help="The bank that pays: its code.")]
Order = Annotated[int, typer.Option("--order", help="The order's number.")]
Name = Annotated[str, typer.Option(help="What people call the shop.")]
Commission = Annotated[int, typer.Option(help="What it earns a top-up.")]
Most = Annotated[int, typer.Option(help="The largest single top-up.")]
MostADay = Annotated[int, typer.Option("--most-a-day", help="All that it may take in a day.")]


@app.command("top-up")
def top_up_at_bank(
    card: CardName, bank: Bank, amount: Amount, key: Key, as_json: AsJson = False
) -> None:
    """Credit a card with money paid in at a bank, its own or another; the fee is by the table.

    Example: satu pay top-up --card 17 --bank bca --amount 50000 --key slip-813
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.top_ups import top_up  # noqa: PLC0415  (Django is set up by now)

        serial = serial_of(card, as_json)
        return top_up(bank=bank_of(bank), card=serial, amount=amount, reference=key, **by)

    _tell_paid(carry_out(NAME, do, as_json), key, as_json)


@app.command()
def switch(card: CardName, bank: Bank, key: Key, as_json: AsJson = False) -> None:
    """Let a card's money go to another bank; plastic, number and rights stay.

    Example: satu pay switch --card 17 --bank bca --key counter-3-814
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.switching import switch_bank  # noqa: PLC0415

        serial = serial_of(card, as_json)
        return switch_bank(card=serial, bank=bank_of(bank), key=key, owner=None, **by)

    done = carry_out(NAME, do, as_json)
    check_key(done.result, key)
    words = f"{done.result.code}: {done.amount} → {bank}"
    tell({**done._asdict(), "result": done.result.code, "bank": bank}, words, as_json)


@app.command("cash-out")
def cash_taken_out(
    card: CardName, amount: Amount, key: Key, bank: PaysOut = "", as_json: AsJson = False
) -> None:
    """Book money that the card's bank paid its registered holder.

    Example: satu pay cash-out --card 17 --amount 50000 --key counter-3-815
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.cash_out import cash_out  # noqa: PLC0415

        serial = serial_of(card, as_json)
        at_bank = bank_of(bank) if bank else None
        return cash_out(card=serial, amount=amount, key=key, bank=at_bank, owner=None, **by)

    done = carry_out(NAME, do, as_json)
    check_key(done.result, key)
    told = {"result": done.result.code, "balance": done.balance}
    tell(told, f"{done.result.code}; saldo / balance {done.balance}", as_json)


@app.command()
def prefund(bank: Bank, amount: Amount, as_json: AsJson = False) -> None:
    """Write down what a bank has deposited in all: it never owes the other banks more.

    Example: satu pay prefund --bank bca --amount 5000000000
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.interbank import set_prefund  # noqa: PLC0415

        return set_prefund(bank=bank_of(bank), amount=amount, **by)

    carry_out(NAME, do, as_json)
    tell({"bank": bank, "prefunded": amount}, f"{bank}: jaminan / deposit {amount}", as_json)


@app.command()
def owed(as_json: AsJson = False) -> None:
    """What each bank has deposited, and what it owes the others."""

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.queries import issuers  # noqa: PLC0415
        from satu.payments.settling import standing  # noqa: PLC0415

        codes = {issuer.id: issuer.code for issuer in issuers()}
        return codes, {bank: standing(bank) for bank in codes}

    codes, found = carry_out(NAME, do, as_json)
    told = {
        codes[bank]: {
            "prefunded": one.prefunded,
            "owes": {codes[p.other]: p.amount for p in one.positions if p.amount > 0},
        }
        for bank, one in found.items()
    }
    rows = [
        f"{bank}: jaminan / deposit {one['prefunded']}, "
        + (", ".join(f"{other} {amount}" for other, amount in one["owes"].items()) or "0")
        for bank, one in told.items()
    ]
    tell(told, "\n".join(rows), as_json)


@app.command()
def settle(bank: Bank, to: Other, amount: Amount, key: Key, as_json: AsJson = False) -> None:
    """Book that a bank paid another what it owed, or part of it, outside Satu.

    Example: satu pay settle --bank bca --to mandiri --amount 1000000 --key rtgs-77
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.settling import settle as book  # noqa: PLC0415

        return book(bank=bank_of(bank), other=bank_of(to), amount=amount, key=key, **by)

    done = carry_out(NAME, do, as_json)
    check_key(done, key)
    tell({"result": done.code}, f"{done.code}: {bank} → {to} {amount}", as_json)


@app.command("bank-out")
def bank_out(bank: Bank, as_json: AsJson = False) -> None:
    """Stop the top-ups that a bank pays for, until `bank-back`; its cards ride on.

    Example: satu pay bank-out --bank mandiri
    """
    _mark(bank, True, as_json)


@app.command("bank-back")
def bank_back(bank: Bank, as_json: AsJson = False) -> None:
    """Let the top-ups of a bank go on that `bank-out` stopped."""
    _mark(bank, False, as_json)


def _mark(bank: str, is_out: bool, as_json: bool) -> None:
    def do(by: dict[str, Any]) -> Any:
        from satu.payments import outage  # noqa: PLC0415
        from satu.payments.kinds import Cause  # noqa: PLC0415

        mark = outage.mark_out if is_out else outage.mark_back
        refused = mark(bank=bank_of(bank), cause=Cause.STAFF, **by)
        return refused if isinstance(refused, CardRefusal) else outage.is_out(bank_of(bank))

    stopped = carry_out(NAME, do, as_json)
    words = "isi ulang berhenti / top-ups stopped" if stopped else "isi ulang jalan / top-ups go on"
    tell({"bank": bank, "is_out": stopped}, f"{bank}: {words}", as_json)


@app.command("agent-add")
def agent_add(
    agent: Code,
    name: Name,
    bank: Bank,
    most: Most,
    most_a_day: MostADay,
    commission: Commission = 0,
    as_json: AsJson = False,
) -> None:
    """Let a shop take cash for top-ups, from what it pays in at its bank.

    Example: satu pay agent-add --agent warung-ani --name "Warung Ani" --bank bri
    --commission 500 --most 500000 --most-a-day 5000000
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.agents import NewAgent, add_agent  # noqa: PLC0415

        return add_agent(
            new=NewAgent(agent, name, bank_of(bank), commission, most, most_a_day), **by
        )

    carry_out(NAME, do, as_json)
    tell({"agent": agent}, f"{agent}: terdaftar / added", as_json)


@app.command("agent-fund")
def agent_fund(agent: Code, amount: Amount, key: Key, as_json: AsJson = False) -> None:
    """Book what a shop paid in at its bank."""

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.agents import fund_agent  # noqa: PLC0415

        return fund_agent(code=agent, amount=amount, reference=key, **by)

    done = carry_out(NAME, do, as_json)
    check_key(done.result, key)
    told = {"result": done.result.code, "balance": done.balance}
    tell(told, f"{done.result.code}; saldo / balance {done.balance}", as_json)


@app.command("agent-top-up")
def agent_top_up(
    agent: Code, card: CardName, amount: Amount, key: Key, as_json: AsJson = False
) -> None:
    """Credit a card with cash that a shop took."""

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.agents import top_up_at_agent  # noqa: PLC0415

        serial = serial_of(card, as_json)
        return top_up_at_agent(code=agent, card=serial, amount=amount, reference=key, **by)

    _tell_paid(carry_out(NAME, do, as_json), key, as_json)


@app.command("agent-close")
def agent_close(agent: Code, as_json: AsJson = False) -> None:
    """Let a shop take no more cash."""
    _set_open(agent, False, as_json)


@app.command("agent-open")
def agent_open(agent: Code, as_json: AsJson = False) -> None:
    """Let a shop that was closed take cash again."""
    _set_open(agent, True, as_json)


def _set_open(agent: str, is_open: bool, as_json: bool) -> None:
    def do(by: dict[str, Any]) -> Any:
        from satu.payments.agents import set_open  # noqa: PLC0415

        return set_open(code=agent, is_open=is_open, **by)

    carry_out(NAME, do, as_json)
    words = "buka / open" if is_open else "tutup / closed"
    tell({"agent": agent, "is_open": is_open}, f"{agent}: {words}", as_json)


@app.command("order")
def order_placed(
    card: CardName,
    below: Threshold,
    amount: Amount,
    monthly_cap: Cap,
    key: Key,
    gap_hours: Gap = 24,
    bank: PaidBy = "",
    payer: Payer = "",
    as_json: AsJson = False,
) -> None:
    """Keep a standing order: below a threshold a card is topped up by a bank or a relative.

    Example: satu pay order --card 17 --below 20000 --amount 50000 --monthly-cap 500000
    --bank bca --key form-12
    """
    if bool(bank) == bool(payer):
        fail("give --bank, or --payer with the card of a relative: one of the two pays")

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.orders import NewOrder, place_order  # noqa: PLC0415

        new = NewOrder(
            serial_of(card, as_json),
            below,
            amount,
            gap_hours * HOURS,
            monthly_cap,
            bank=bank_of(bank) if bank else None,
            payer=serial_of(payer, as_json) if payer else None,
        )
        return place_order(new=new, key=key, owner=None, **by)

    done = carry_out(NAME, do, as_json)
    check_key(done.result, key)
    told = {"result": done.result.code, "order": done.order}
    tell(told, f"{done.result.code}: perintah / order {done.order}", as_json)


@app.command("order-end")
def order_ended(order: Order, as_json: AsJson = False) -> None:
    """End a standing order."""

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.orders import end_order  # noqa: PLC0415

        return end_order(order=order, **by)

    carry_out(NAME, do, as_json)
    tell({"order": order}, f"{order}: berakhir / ended", as_json)


@app.command("orders-run")
def orders_run(as_json: AsJson = False) -> None:
    """Carry out the standing orders that are due now; `satu up` does so each minute."""

    def do(by: dict[str, Any]) -> Any:
        from satu.payments.orders import run_orders  # noqa: PLC0415

        return run_orders(**by)

    done = carry_out(NAME, do, as_json)
    tell(done._asdict(), f"berhasil / done {done.done}, ditolak / refused {done.refused}", as_json)


def _tell_paid(done: Any, key: str, as_json: bool) -> None:
    """What became of a top-up."""
    check_key(done.result, key)
    told = {**done._asdict(), "result": done.result.code}
    words = f"{done.result.code}; saldo / balance {done.balance}, biaya / fee {done.fee}"
    tell(told, words, as_json)
