"""`satu bank BANK`: a simulated bank that plays the other side, slow and failing on command."""

from __future__ import annotations

import asyncio
import secrets
import signal
from typing import TYPE_CHECKING, Annotated

import typer
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from satu.city.bank_app import AtSatu, Behaviour, SimulatedBank
from satu.city.bank_books import BankBooks, Failing
from satu.city.bank_keys import bank_key
from satu.cli.common import console, fail, running_database
from satu.cli.desk import actor, now
from satu.formats.snap.outgoing import ClientProfile
from satu.formats.snap.profile import load_profile
from satu.project.gateways import HOST

if TYPE_CHECKING:
    from satu.partners.models import Partner

NAME = "bank"


def command(
    bank: Annotated[str, typer.Argument(help="The bank's code, as in issuers.csv: mandiri.")],
    port: Annotated[int, typer.Option(help="Where it listens, on this machine alone.")] = 8900,
    satu: Annotated[str, typer.Option(help="Where Satu's web answers.")] = "http://localhost:8000",
    slow: Annotated[float, typer.Option(help="Seconds before each answer but a token.")] = 0.0,
    failing: Annotated[
        Failing, typer.Option("--fail", help="How it fails; POST /simulator changes it.")
    ] = Failing.NO,
    opening: Annotated[
        int, typer.Option(help="What its account holds at first; below 0: as the books say.")
    ] = -1,
) -> None:
    """Play a bank: answer Satu's calls, take top-ups, write statements; slow or failing if asked.

    Example: satu bank mandiri --slow 2
    """
    key = bank_key(bank)
    with running_database():
        from django.conf import settings  # noqa: PLC0415  (Django is set up by now)

        from satu.partners import actions  # noqa: PLC0415

        partner = _partner(bank)
        account, secret = _connect(partner, f"http://{HOST}:{port}")
        holds = opening if opening >= 0 else _float(partner)
        books = BankBooks(account, holds, bank_key(f"satu-{bank}").public_key(), secret)
        spoken = load_profile(partner.profile)
        at_satu = AtSatu(
            satu, partner.client_key, partner.partner_id, actions.secret_of(partner), key, spoken
        )
        simulated = SimulatedBank(books, at_satu, Behaviour(slow, failing), now, settings.TIME_ZONE)
        console.print(f"{bank}: http://{HOST}:{port}, rekening / account {account}")
        asyncio.run(_serve(simulated, port))


async def _serve(bank: SimulatedBank, port: int) -> None:
    server = Server(
        bank.app,
        address=HOST,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.stop)
    await server.serve()


def _partner(bank: str) -> Partner:
    """The partner that this bank is at Satu; let in if it is none."""
    from satu.city.bank_partner import RealBankError, let_in  # noqa: PLC0415
    from satu.partners.models import Partner  # noqa: PLC0415  (Django is set up by now)

    try:
        partner = let_in(code=bank, actor=actor(NAME), at=now())
    except RealBankError:
        fail(f"{bank} has a key of its own: a real bank is not simulated")
    if not isinstance(partner, Partner):
        fail(f"{bank}: {partner.value}")
    return partner


def _connect(partner: Partner, address: str) -> tuple[str, str]:
    """Have Satu call this bank here: the account that holds its float, and Satu's secret at it."""
    from satu.partners import banks  # noqa: PLC0415  (Django is set up by now)
    from satu.partners.models import Bank  # noqa: PLC0415
    from satu.settlement.actions import keep_account  # noqa: PLC0415
    from satu.settlement.models import BankAccount  # noqa: PLC0415

    known = BankAccount.objects.filter(issuer=partner.issuer_id).first()
    number = known.number if known else f"{partner.issuer_id:03}0000000001"
    secret = secrets.token_urlsafe(32)
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    ours = bank_key(f"satu-{partner.code}").private_bytes(*form).decode()
    to = banks.Connection(address, "satu", "satu", number, ours, secret, ClientProfile())
    connected = banks.connect(code=partner.code, to=to, actor=actor(NAME), at=now())
    kept = keep_account(issuer=partner.issuer.code, number=number, actor=actor(NAME), at=now())
    for done in (connected, kept):
        if not isinstance(done, Bank | BankAccount):
            fail(f"{partner.code}: {done.value}")
    return number, secret


def _float(partner: Partner) -> int:
    """What the books say that the bank holds."""
    from satu.ledger.actions import raw_connection  # noqa: PLC0415  (Django is set up by now)
    from satu.settlement.store import float_of  # noqa: PLC0415

    return float_of(raw_connection(), partner.issuer.float_account)
