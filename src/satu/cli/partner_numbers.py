"""`satu partner service-id`, `va`, `va-open`, `va-list`: virtual accounts that top up cards."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from satu.cli.common import json_line, running_database
from satu.cli.desk import carry_out, now, out, serial_of, tell
from satu.kernel.money import show
from satu.partners.errors import Refusal

NAME = "partner"

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
Code = Annotated[str, typer.Argument(help="Our short name of the partner: mandiri.")]
Card = Annotated[str, typer.Option(help="The number printed on it, or its serial.")]


def service_id(
    code: Code,
    number: Annotated[str, typer.Argument(help="1 to 8 digits, from the bank.")],
    as_json: AsJson = False,
) -> None:
    """Write down the number that a bank gave us for virtual accounts.

    Example: satu partner service-id mandiri 88123
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.partners import actions  # noqa: PLC0415  (Django is set up by now)

        return actions.set_service_id(code=code, service_id=number, **by)

    carry_out(NAME, do, as_json)
    tell({"code": code, "service_id": number}, f"{code}: {number}", as_json)


def va(card: Card, as_json: AsJson = False) -> None:
    """Show a card's own virtual accounts: any amount, at every bank that gave us a service id.

    Example: satu partner va --card 17
    """
    with running_database():
        from satu.cards import queries  # noqa: PLC0415  (Django is set up by now)
        from satu.partners import virtual  # noqa: PLC0415

        found = queries.card(serial_of(card, as_json))
        assert found is not None
        numbers = virtual.numbers_of(found)
    if as_json:
        json_line({"numbers": dict(numbers)})
        return
    for one in numbers:
        out.print(f"{one.bank}: {one.account}", highlight=False)
    if not numbers:
        out.print("belum ada bank dengan VA / no bank has virtual accounts yet")


def va_open(
    code: Code,
    card: Card,
    amount: Annotated[int, typer.Option(help="What is to be paid, in the smallest unit.")],
    key: Annotated[str, typer.Option(help="Your own name of it: a key is carried out once.")],
    as_json: AsJson = False,
) -> None:
    """Have a bank open a number for one top-up; it lasts a day.

    Example: satu partner va-open mandiri --card 17 --amount 50000 --key app-5512
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.partners import banks, va_requests  # noqa: PLC0415  (Django is set up by now)

        issuer = {one.partner.code: one.partner.issuer_id for one in banks.banks()}.get(code)
        if issuer is None:
            return Refusal.BANK_NOT_CONNECTED
        serial = serial_of(card, as_json)
        asked = va_requests.open_number(card=serial, bank=issuer, amount=amount, key=key, **by)
        return asked if isinstance(asked, StrEnum) else _row(asked)

    row = carry_out(NAME, do, as_json)
    tell(row, " ".join(str(value) for value in row.values()), as_json)


def va_list(
    call: Annotated[
        bool, typer.Option("--call", help="Ask the banks now, as the job does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the newest numbers that banks were asked for, and what became of them.

    Example: satu partner va-list --call
    """
    with running_database():
        from satu.partners import va_requests  # noqa: PLC0415  (Django is set up by now)
        from satu.partners.calling import call_banks  # noqa: PLC0415

        known = call_banks(at=now()) if call else 0
        rows = [_row(one) for one in va_requests.recent()]
    if as_json:
        json_line({"known": known, "numbers": rows})
        return
    for row in rows:
        out.print(" ".join(str(value) for value in row.values()), soft_wrap=True)
    if not rows:
        out.print("belum ada / none yet")


def _row(asked: Any) -> dict[str, Any]:
    from satu.partners import virtual  # noqa: PLC0415  (Django is set up by now)
    from satu.partners.rules import State  # noqa: PLC0415

    return {
        "bank": asked.partner.code,
        "account": virtual.full_number(asked.partner, asked.customer_no).strip(),
        "amount": show(asked.amount, asked.currency),
        "state": State(asked.state).name.lower(),
        "until": asked.expires_at.isoformat(timespec="minutes"),
        "code": asked.response_code,
    }
