"""`satu people find|export|leave|limit|coverage`: who somebody is, what they have a right to, who
lacks a card. Commands of satu.cli.people.
"""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from satu.cli.common import fail, json_line, running_database
from satu.cli.desk import actor, now, out, refuse
from satu.formats.identifiers.fault import WORDS, Fault
from satu.formats.identifiers.nik import read_nik
from satu.formats.identifiers.phone import read_phone
from satu.people.errors import Refusal
from satu.people.kinds import Role

NAME = "people"
PRIVATE = 0o600
EXISTS = "that file is there already; nothing was written over"

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
Resident = Annotated[int, typer.Argument(help="The resident's number.")]
Purpose = Annotated[str, typer.Option(prompt=True, help="Why you search or look.")]
Case = Annotated[str, typer.Option(prompt=True, help="The ticket's code: T-4711.")]
As = Annotated[Role, typer.Option("--role", help="Which of your roles you act in.")]
Login = Annotated[str, typer.Option(help="Your login; that of this computer if left out.")]


def find(
    purpose: Purpose,
    case: Case,
    card: Annotated[str, typer.Option(help="The number printed on a card, or its serial.")] = "",
    role: As = Role.DESK,
    login: Login = "",
    as_json: AsJson = False,
) -> None:
    """Find a resident by a card, or by NIK or phone, which is asked for and not shown.

    That you searched is shown to who is found.

    Example: satu people find --purpose customer_service --case T-4711
    """
    nik, phone = ("", "") if card else _asked()
    with running_database():
        from satu.cards.finding import find_person  # noqa: PLC0415  (Django is set up by now)

        found = find_person(
            nik=nik,
            phone=phone,
            card=card,
            actor=f"staff:{login or getpass.getuser()}",
            role=role,
            purpose=purpose,
            case=case,
            at=now(),
        )
    if isinstance(found, Refusal):
        refuse(found, as_json)
    if as_json:
        json_line({"residents": found})
    else:
        out.print("\n".join(map(str, found)) or "tidak ada / nobody")


def _asked() -> tuple[str, str]:
    """The NIK or the phone that is typed, not shown and not kept in the shell's history."""
    typed = typer.prompt("NIK / telepon · phone", hide_input=True)
    nik = read_nik(typed, on=now().date())
    if not isinstance(nik, Fault):
        return nik.text, ""
    phone = read_phone(typed)
    if isinstance(phone, Fault):
        fail(f"{WORDS[phone].id} / {WORDS[phone].en}")
    return "", phone.text


def export(
    resident: Resident,
    to: Annotated[Path, typer.Option(help="The file to write; only you can read it.")],
    purpose: Annotated[str, typer.Option(help="Of your role: data_rights.")] = "data_rights",
    case: Case = "",
    role: As = Role.PRIVACY,
    login: Login = "",
    as_json: AsJson = False,
) -> None:
    """Write everything that is held on a resident into a file, for who asked on paper.

    Example: satu people export 17 --to 17.json --case T-4711
    """
    with running_database():
        from satu.web.own_data import export_of  # noqa: PLC0415  (Django is set up by now)

        held = export_of(
            resident=resident,
            actor=f"staff:{login or getpass.getuser()}",
            role=role,
            purpose=purpose,
            case=case,
            at=now(),
        )
    if isinstance(held, Refusal):
        refuse(held, as_json)
    try:
        with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(held)))
    except FileExistsError:
        fail(f"{to}: {EXISTS}")
    except OSError as error:
        fail(f"{to}: {error.strerror}")
    told = {"resident": resident, "file": str(to), "cards": len(held["cards"])}
    if as_json:
        json_line(told)
    else:
        out.print("{resident}: {file}, {cards} kartu / cards".format(**told))


def leave(resident: Resident, as_json: AsJson = False) -> None:
    """Close all cards of a resident; once their money is paid back the person is erased.

    Example: satu people leave 17
    """
    with running_database():
        from satu.cards.accounts import close_account  # noqa: PLC0415  (Django is set up by now)

        done = close_account(resident=resident, actor=actor(NAME), at=now())
    if isinstance(done, Refusal):
        refuse(done, as_json)
    if as_json:
        json_line(done._asdict())
        return
    out.print(f"{resident}: {len(done.cards)} kartu ditutup / cards closed")
    if done.is_erased:
        out.print("dihapus / erased")
    else:
        out.print(f"uang kembali paling lambat / money back at the latest {done.due_on}")


def limit(
    guardian: Annotated[int, typer.Argument(help="Who acts: a resident's number.")],
    ward: Annotated[int, typer.Argument(help="For whom: a resident's number.")],
    monthly: Annotated[
        int, typer.Option(min=0, help="The most a month into each card; 0: no limit.")
    ],
    as_json: AsJson = False,
) -> None:
    """Let a guardian say how much may come into each card of a ward in a month.

    Example: satu people limit 17 18 --monthly 300000
    """
    with running_database():
        from satu.cards.family import set_limit  # noqa: PLC0415  (Django is set up by now)

        refusal = set_limit(
            guardian=guardian, ward=ward, monthly=monthly or None, actor=actor(NAME), at=now()
        )
    if refusal:
        refuse(refusal, as_json)
    told = {"guardian": guardian, "ward": ward, "monthly": monthly or None}
    if as_json:
        json_line(told)
    else:
        out.print(f"{ward}: {monthly or '–'}")


def coverage(
    public: Annotated[bool, typer.Option("--public", help="Without small cells.")] = False,
    as_json: AsJson = False,
) -> None:
    """Count by kelurahan who has a card that opens doors and who is still without.

    Example: satu people coverage --json
    """
    with running_database():
        from satu.cards.collecting import settlement_day  # noqa: PLC0415
        from satu.cards.coverage import coverage as covered  # noqa: PLC0415
        from satu.cards.coverage import public_coverage  # noqa: PLC0415

        found = covered(settlement_day(now()))
    rows = [{**one._asdict(), "without": one.without} for one in found]
    if public:
        rows = [one._asdict() for one in public_coverage(found)]
    if as_json:
        json_line({"areas": rows, "residents": sum(one.residents for one in found)})
        return
    for row in rows:
        if row["residents"] != 0:
            shown = {name: "–" if value in (None, "") else value for name, value in row.items()}
            out.print(
                "{area} {name}: {residents}, tanpa kartu / without a card {without}".format(**shown)
            )
