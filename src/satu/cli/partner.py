"""`satu partner`: banks that call us by SNAP BI: their keys, their profile, their secret."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satu.cli import partner_calls, partner_numbers
from satu.cli.common import fail, json_line, running_database
from satu.cli.desk import carry_out, out, serial_of, tell
from satu.formats.snap.profile import Profile, load_profile, read_profile

if TYPE_CHECKING:
    from satu.partners.actions import Added

NAME = "partner"
PROFILES = files("satu.partners") / "profiles"

OUT = (
    "bank tidak menjawab: isi ulangnya berhenti, kartunya tetap dipakai"
    " / the bank does not answer: its top-ups stop, its cards ride on"
)

app = typer.Typer(no_args_is_help=True)
app.command()(partner_calls.connect)
app.command()(partner_calls.probe)
app.command(name="pay-back")(partner_calls.pay_back)
app.command()(partner_calls.payouts)
app.command()(partner_calls.notices)
app.command(name="service-id")(partner_numbers.service_id)
app.command()(partner_numbers.va)
app.command(name="va-open")(partner_numbers.va_open)
app.command(name="va-list")(partner_numbers.va_list)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
Code = Annotated[str, typer.Argument(help="Our short name of the partner: mandiri.")]
Issuer = Annotated[str, typer.Option(help="The code of the bank whose cards it may top up.")]
PublicKey = Annotated[Path, typer.Option(help="The partner's RSA public key, a PEM file.")]
ProfileName = Annotated[str, typer.Option(help="How it speaks: snap, dana, or a TOML file.")]
ClientKey = Annotated[str, typer.Option(help="What it sends as X-CLIENT-KEY; CODE if left out.")]
PartnerId = Annotated[str, typer.Option(help="What it sends as X-PARTNER-ID; CODE if left out.")]
Card = Annotated[str, typer.Option(help="The number printed on it, or its serial.")]


@app.command()
def add(
    code: Code,
    issuer: Issuer,
    public_key: PublicKey,
    profile: ProfileName = "snap",
    client_key: ClientKey = "",
    partner_id: PartnerId = "",
    as_json: AsJson = False,
) -> None:
    """Let a bank call us, and tell the secret that it signs with.

    Example: satu partner add mandiri --issuer mandiri --public-key mandiri.pem
    """
    spoken, pem = _profile(profile), _text(public_key)

    def do(by: dict[str, Any]) -> Any:
        from satu.partners import actions  # noqa: PLC0415  (Django is set up by now)

        new = actions.NewPartner(code, issuer, client_key or code, partner_id or code, pem, spoken)
        return actions.add_partner(new=new, **by)

    _tell_secret(carry_out(NAME, do, as_json), spoken, as_json)


@app.command()
def renew(code: Code, as_json: AsJson = False) -> None:
    """Give a partner another secret: the old one and its access tokens end at once.

    Example: satu partner renew mandiri
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.partners import actions  # noqa: PLC0415  (Django is set up by now)

        return actions.renew_secret(code=code, **by)

    renewed = carry_out(NAME, do, as_json)
    _tell_secret(renewed, load_profile(renewed.partner.profile), as_json)


@app.command(name="list")
def list_(as_json: AsJson = False) -> None:
    """Show who may call us, without secrets.

    Example: satu partner list
    """
    with running_database():
        from satu.partners import banks, queries  # noqa: PLC0415  (Django is set up by now)

        out_now = {bank.pk for bank in banks.banks() if banks.breaker(bank).is_open}
        found = [
            {
                "code": partner.code,
                "issuer": partner.issuer.code,
                "client_key": partner.client_key,
                "partner_id": partner.partner_id,
                "open": partner.is_open,
                "out": partner.pk in out_now,
                "paths": partner.profile["paths"],
            }
            for partner in queries.partners()
        ]
    if as_json:
        json_line({"partners": found})
        return
    for row in found:
        state = "buka / open" if row["open"] else "tutup / closed"
        out.print(f"{row['code']}: {row['issuer']}, X-PARTNER-ID {row['partner_id']}, {state}")
        if row["out"]:
            out.print(f"  {OUT}")
    if not found:
        out.print("belum ada mitra / no partner yet")


@app.command(name="open")
def open_(code: Code, as_json: AsJson = False) -> None:
    """Let a partner call again.

    Example: satu partner open mandiri
    """
    _set_open(code, True, as_json)


@app.command()
def close(code: Code, as_json: AsJson = False) -> None:
    """Answer a partner's calls no more; its cards ride on.

    Example: satu partner close mandiri
    """
    _set_open(code, False, as_json)


@app.command()
def link(code: Code, card: Card, as_json: AsJson = False) -> None:
    """A customer's token, for a holder who lets this partner see the card's balance (90 days).

    Example: satu partner link mandiri --card 9360080000000014
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.partners import actions  # noqa: PLC0415  (Django is set up by now)

        return actions.link_card(code=code, card=serial_of(card, as_json), **by)

    linked = carry_out(NAME, do, as_json)
    told = {"number": linked.number, "customer_token": linked.token}
    tell(told, f"number: {linked.number}\ncustomer token: {linked.token}", as_json)


@app.command()
def unlink(card: Card, as_json: AsJson = False) -> None:
    """End all customers' tokens of a card, when its holder wants that.

    Example: satu partner unlink --card 9360080000000014
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.partners import actions  # noqa: PLC0415  (Django is set up by now)

        return actions.unlink_card(card=serial_of(card, as_json), **by)

    ended = carry_out(NAME, do, as_json)
    tell({"ended": ended}, f"token diakhiri / tokens ended: {ended}", as_json)


def _set_open(code: str, is_open: bool, as_json: bool) -> None:
    def do(by: dict[str, Any]) -> Any:
        from satu.partners import actions  # noqa: PLC0415  (Django is set up by now)

        return actions.set_open(code=code, is_open=is_open, **by)

    carry_out(NAME, do, as_json)
    words = f"{code}: {'buka / open' if is_open else 'tutup / closed'}"
    tell({"code": code, "open": is_open}, words, as_json)


def _profile(name: str) -> Profile:
    shipped = PROFILES / f"{name}.toml"
    try:
        return read_profile(shipped.read_text() if shipped.is_file() else _text(Path(name)))
    except ValueError as error:
        fail(f"--profile {name}: {error}")


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path}: {error}")


def _tell_secret(added: Added, profile: Profile, as_json: bool) -> None:
    partner = added.partner
    told = {
        "code": partner.code,
        "client_key": partner.client_key,
        "partner_id": partner.partner_id,
        "signature": profile.signature,
    }
    if profile.signature == "symmetric":
        told["client_secret"] = added.secret
    tell(told, "\n".join(f"{name}: {value}" for name, value in told.items()), as_json)
