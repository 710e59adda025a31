"""`satu partner connect|probe|pay-back|payouts|notices`: what Satu asks of and tells banks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import msgspec
import typer

from satu.cli.common import fail, json_line, running_database
from satu.cli.desk import carry_out, now, out, refuse, serial_of, tell
from satu.formats.snap.outgoing import ClientProfile
from satu.partners.errors import Refusal

if TYPE_CHECKING:
    from satu.partners.models import Payout

NAME = "partner"

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
Code = Annotated[str, typer.Argument(help="Our short name of the partner: mandiri.")]


def connect(
    code: Code,
    url: Annotated[str, typer.Option(help="The bank's address: https://api.bank.example.")],
    client_key: Annotated[str, typer.Option(help="What we send as X-CLIENT-KEY.")],
    account: Annotated[str, typer.Option(help="Our account there, which holds the float.")],
    private_key: Annotated[Path, typer.Option(help="Our RSA private key for it, a PEM file.")],
    secret_file: Annotated[
        Path | None, typer.Option(help="A file with the client secret the bank gave us.")
    ] = None,
    partner_id: Annotated[
        str, typer.Option(help="What we send as X-PARTNER-ID; the client key if left out.")
    ] = "",
    profile: Annotated[
        Path | None, typer.Option(help="A TOML file: other paths, signature, encoding, time-out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how Satu calls a bank; keys are kept sealed.

    Example: satu partner connect mandiri --url https://api.bank.example --client-key satu
    --account 1230004567890 --private-key satu.key --secret-file secret.txt
    """
    try:
        spoken = ClientProfile()
        if profile is not None:
            spoken = msgspec.toml.decode(profile.read_bytes(), type=ClientProfile)
        secret = secret_file.read_text().strip() if secret_file else ""
        key = private_key.read_text()
    except (OSError, ValueError) as error:
        fail(str(error))
    if spoken.signature == "symmetric" and not secret:
        fail("--secret-file: a symmetric signature needs the bank's client secret")

    def do(by: dict[str, Any]) -> Any:
        from satu.partners import banks  # noqa: PLC0415  (Django is set up by now)

        as_whom = (client_key, partner_id or client_key)
        return banks.connect(
            code=code, to=banks.Connection(url, *as_whom, account, key, secret, spoken), **by
        )

    carry_out(NAME, do, as_json)
    tell({"code": code, "url": url}, f"{code}: {url}", as_json)


def probe(code: Code, as_json: AsJson = False) -> None:
    """Ask a bank for our balance: whether it answers. Exit 1: it does not.

    Example: satu partner probe mandiri
    """
    with running_database():
        from satu.partners import banks  # noqa: PLC0415  (Django is set up by now)

        bank = next((one for one in banks.banks() if one.partner.code == code), None)
        if bank is None:
            refuse(Refusal.BANK_NOT_CONNECTED, as_json)
        with httpx.Client() as http:
            answers = banks.probe(bank, banks.client(bank, http), now())
    if as_json:
        json_line({"code": code, "answers": answers, "failures": bank.failures})
    else:
        out.print(f"{code}: {'menjawab / answers' if answers else 'TIDAK menjawab / is OUT'}")
    raise typer.Exit(0 if answers else 1)


def pay_back(
    card: Annotated[str, typer.Option(help="The closed card: its printed number or serial.")],
    account: Annotated[str, typer.Option(help="Where its holder wants the money.")],
    name: Annotated[str, typer.Option(help="Whose account it is.")],
    bank_code: Annotated[
        str, typer.Option(help="Three digits of another bank; left out: the card's own bank.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Have the banks of a closed card transfer what was paid back, once each.

    Example: satu partner pay-back --card 17 --account 1400012345678 --name "Siti Contoh"
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.partners import payouts  # noqa: PLC0415  (Django is set up by now)

        serial = serial_of(card, as_json)
        asked = payouts.pay_back(card=serial, account=account, bank_code=bank_code, name=name, **by)
        return asked if isinstance(asked, Refusal) else [_payout(one) for one in asked]

    rows = carry_out(NAME, do, as_json)
    line = "{bank} {reference}: {amount} {currency}, {state}"
    tell({"payouts": rows}, "\n".join(line.format(**row) for row in rows), as_json)


def payouts(
    call: Annotated[
        bool, typer.Option("--call", help="Go on with them now, as the job does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show transfers that a bank was asked for and that are not known to be done.

    Example: satu partner payouts --call
    """
    with running_database():
        from satu.partners import payouts as domain  # noqa: PLC0415  (Django is set up by now)
        from satu.partners.calling import call_banks  # noqa: PLC0415

        known = call_banks(at=now()) if call else 0
        rows = [_payout(one) for one in domain.not_done()]
    if as_json:
        json_line({"known": known, "payouts": rows})
        return
    for row in rows:
        out.print(" ".join(str(value) for value in row.values()), soft_wrap=True)
    if not rows:
        out.print("semua sudah dibayar / all are paid")


def notices(as_json: AsJson = False) -> None:
    """Show top-ups of which a bank that wants it is yet to be told, or did not take the notice.

    Example: satu partner notices
    """
    with running_database():
        from satu.partners.notices import not_taken  # noqa: PLC0415  (Django is set up by now)

        rows = [
            {
                "bank": one.partner.code,
                "reference": one.reference,
                "amount": one.amount,
                "currency": one.currency,
                "attempts": one.attempts,
                "code": one.response_code,
                "given_up": one.next_at is None,
            }
            for one in not_taken()
        ]
    line = "{bank} {reference}: {amount} {currency}, {attempts} × {code}"
    words = "\n".join(line.format(**row) for row in rows) or "semua diterima / all were taken"
    tell({"notices": rows}, words, as_json)


def _payout(one: Payout) -> dict[str, Any]:
    from satu.partners.payouts import State  # noqa: PLC0415  (Django is set up by now)

    return {
        "bank": one.partner.code,
        "reference": one.reference,
        "amount": one.amount,
        "currency": one.currency,
        "state": State(one.state).name.lower(),
        "attempts": one.attempts,
        "code": one.response_code,
    }
