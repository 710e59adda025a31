"""`satu people`: register, look at and erase residents; purposes, staff, keys.

No option takes a name, a NIK or a phone: what is typed stays in a shell's history.
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from satu.cli import people_rights
from satu.cli.common import fail, json_line, progress, running_database
from satu.cli.desk import actor, now, out, refuse
from satu.cli.people_file import FileFault, Line, read_people, read_records
from satu.people.errors import Refusal
from satu.people.kinds import Assurance, GuardianKind, Role, Scope
from satu.people.register import RegisterFault, read_register
from satu.people.words import REFUSALS

NAME = "people"
CHUNK = 5_000
TOLD = 100  # refused lines that are told one by one

app = typer.Typer(no_args_is_help=True)
for _one in (
    people_rights.find,
    people_rights.export,
    people_rights.leave,
    people_rights.limit,
    people_rights.coverage,
):
    app.command()(_one)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
Resident = Annotated[int, typer.Argument(help="The resident's number.")]
Purpose = Annotated[
    str, typer.Option(prompt=True, help="Why you look; `satu people purposes` lists what may be.")
]
Case = Annotated[str, typer.Option(prompt=True, help="The ticket's code: T-4711.")]
As = Annotated[Role, typer.Option("--role", help="Which of your roles you look in.")]
Login = Annotated[str, typer.Option(help="Your login; that of this computer if left out.")]
File = Annotated[
    Path, typer.Argument(help="CSV: name,nik,phone,birth_date,area; - is standard input.")
]
Source = Annotated[str, typer.Option(help="A code for where they come from: bank-7-2026-11.")]
Level = Annotated[
    int, typer.Option(min=0, max=3, help="What you proved: 0 nothing, 1 the phone, 3 in person.")
]


@app.command()
def register(
    file: File, source: Source, level: Level = 0, numbers: bool = False, as_json: AsJson = False
) -> None:
    """Register people from a file, once for each NIK; ended, it can be run again.

    --numbers prints each line's resident number.

    Example: satu people register people.csv --source counter-3 --level 3
    """
    told: dict[str, Any] = {"registered": 0, "known": 0, "refused": 0, "refusals": []}
    try:
        with _opened(file) as lines, progress() as bar, running_database():
            task = bar.add_task(source, total=None)
            at = now()
            people = read_people(lines, level=Assurance(level), on=at.date())
            while chunk := list(islice(people, CHUNK)):
                for line, resident in _keep(chunk, source, at, told):
                    if numbers:
                        out.print(f"{line} {resident}")
                bar.advance(task, len(chunk))
    except (FileFault, OSError, UnicodeDecodeError) as error:
        fail(f"{file}: {error.strerror if isinstance(error, OSError) else error}")
    if as_json:
        json_line(told)
        return
    for line, code in told["refusals"]:
        words = REFUSALS[Refusal(code)]
        out.print(f"baris / line {line}: {code}: {words.id} / {words.en}")
    out.print("{registered} baru / new, {known} sudah ada / known, {refused} ✗".format(**told))


def _keep(
    chunk: list[Line], source: str, at: datetime, told: dict[str, Any]
) -> Iterator[tuple[int, int]]:
    """Register a chunk and count what came of it: (line, resident) of those who are there."""
    from satu.people.actions import register_residents  # noqa: PLC0415  (Django is set up by now)

    fit = [(line.number, line.new) for line in chunk if not isinstance(line.new, Refusal)]
    people = [new for _, new in fit]
    done = register_residents(people=people, source=source, actor=actor(NAME), at=at)
    answers = [(line.number, line.new) for line in chunk if isinstance(line.new, Refusal)]
    for (line, _), answer in zip(fit, done, strict=True):
        if isinstance(answer, Refusal):
            answers.append((line, answer))
            continue
        told["registered" if answer.is_new else "known"] += 1
        yield line, answer.resident
    told["refused"] += len(answers)
    room = TOLD - len(told["refusals"])
    told["refusals"] += [(line, refusal.value) for line, refusal in sorted(answers)[:room]]


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    if str(file) == "-":
        yield sys.stdin
        return
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield lines


@app.command()
def look(
    resident: Resident,
    purpose: Purpose,
    case: Case,
    role: As = Role.DESK,
    login: Login = "",
    as_json: AsJson = False,
) -> None:
    """Open a resident's profile. That you looked, as what and why, is shown to the resident.

    Example: satu people look 17 --purpose customer_service --case T-4711
    """
    with running_database():
        from satu.people.access import open_profile  # noqa: PLC0415  (Django is set up by now)

        found = open_profile(
            actor=f"staff:{login or getpass.getuser()}",
            role=role,
            resident_id=resident,
            purpose=purpose,
            case=case,
            at=now(),
        )
    if isinstance(found, Refusal):
        refuse(found, as_json)
    told = {
        "resident": resident,
        "name": found.name,
        "nik": found.nik,
        "phone": found.phone,
        "birth_date": found.birth_date,
    }
    if as_json:
        json_line(told)
    else:
        out.print("\n".join(f"{name}: {value or '–'}" for name, value in told.items()))


@app.command()
def looks(resident: Resident, as_json: AsJson = False) -> None:
    """List who opened a resident's profile, when, as what and why.

    Example: satu people looks 17
    """
    with running_database():
        from satu.people.queries import who_looked  # noqa: PLC0415  (Django is set up by now)

        found = [look._asdict() for look in who_looked(resident)]
    if as_json:
        json_line({"resident": resident, "looks": found})
        return
    for one in found:
        out.print("{at:%Y-%m-%d %H:%M} {actor} {role} {purpose} ({basis}) {case}".format(**one))
    if not found:
        out.print("belum ada yang membuka / nobody has looked")


@app.command()
def erase(
    resident: Resident,
    reason: Annotated[str, typer.Option(help="A code: asked, kept_long_enough.")] = "asked",
    as_json: AsJson = False,
) -> None:
    """Destroy a resident's data key: nobody can read who they were. Their cards are closed first.

    Example: satu people erase 17 --reason asked
    """
    with running_database():
        from satu.cards.held import unfinished  # noqa: PLC0415  (Django is set up by now)
        from satu.people.actions import erase_resident  # noqa: PLC0415

        refusal = erase_resident(
            resident=resident,
            reason=reason,
            open_cards=unfinished(resident),
            actor=actor(NAME),
            at=now(),
        )
    if refusal:
        refuse(refusal, as_json)
    if as_json:
        json_line({"resident": resident, "erased": True})
    else:
        out.print(f"{resident}: dihapus / erased")


@app.command(name="print-code")
def print_code(
    resident: Resident,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The code's last day.")],
    as_json: AsJson = False,
) -> None:
    """Print a code for a resident without a phone, seen in person; it replaces an earlier one.

    Example: satu people print-code 17 --until 2027-11-30
    """
    with running_database():
        from satu.people import codes  # noqa: PLC0415  (Django is set up by now)

        code = codes.print_code(resident=resident, until=until.date(), actor=actor(NAME), at=now())
    if isinstance(code, Refusal):
        refuse(code, as_json)
    if as_json:
        json_line({"resident": resident, "code": code, "until": until.date()})
    else:
        out.print(code)


@app.command()
def check(
    resident: Resident,
    register: Annotated[Path, typer.Option(help="A register for demos; CSV: name,nik,birth_date.")],
    as_json: AsJson = False,
) -> None:
    """Ask a local register whether a resident's NIK, name and birth date match; keep the verdict.

    Example: satu people check 17 --register register.csv
    """
    with running_database():
        from satu.people.identity import LocalRegister, check_with_register  # noqa: PLC0415

        at = now()
        try:
            with _opened(register) as lines:
                known = LocalRegister(read_records(lines, on=at.date()))
        except (FileFault, OSError, UnicodeDecodeError) as error:
            fail(f"{register}: {error.strerror if isinstance(error, OSError) else error}")
        verdict = check_with_register(resident=resident, register=known, actor=actor(NAME), at=at)
    if isinstance(verdict, Refusal):
        refuse(verdict, as_json)
    if as_json:
        json_line({"resident": resident, **verdict._asdict(), "is_match": verdict.is_match})
    else:
        out.print("sesuai / matches" if verdict.is_match else "tidak sesuai / does not match")


@app.command()
def purposes(
    load: Annotated[
        Path | None, typer.Option(help="Put this register in force: cities/jakarta/purposes.toml.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what people's data is used for, on which legal basis, by whom; or load the register.

    Example: satu people purposes --load cities/jakarta/purposes.toml
    """
    with running_database():
        from satu.people import consents, queries  # noqa: PLC0415  (Django is set up by now)

        changed: list[str] = []
        if load is not None:
            try:
                wanted = read_register(load.read_bytes())
                changed = consents.keep_register(wanted=wanted, actor=actor(NAME), at=now())
            except RegisterFault as error:
                fail(f"{error.fault.told('id')}\n  {error.fault.told('en')}")
            except OSError as error:
                fail(f"{load}: {error}")
        found = queries.purposes()
    if as_json:
        json_line({"changed": changed, "purposes": [one._asdict() for one in found]})
        return
    for one in found:
        out.print(f"{one.code} ({one.basis}; {', '.join(one.roles) or '–'}) {one.version}")
        out.print(f"  {one.text_id}\n  {one.text_en}")


@app.command()
def consent(
    resident: Resident,
    purpose: Annotated[str, typer.Option(help="A purpose whose basis is consent.")],
    version: Annotated[int, typer.Option(help="The version of the words that were shown.")] = 0,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take it back, at once.")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep a resident's yes to a purpose, or take it back.

    Example: satu people consent 17 --purpose surveys --version 1
    """
    with running_database():
        from satu.people import consents  # noqa: PLC0415  (Django is set up by now)

        asked: dict[str, Any] = {"resident": resident, "purpose": purpose}
        asked |= {"actor": actor(NAME), "at": now()}
        refusal = None
        if withdraw:
            consents.withdraw_consent(**asked)
        else:
            refusal = consents.give_consent(version=version, **asked)
    if refusal:
        refuse(refusal, as_json)
    if as_json:
        json_line({"resident": resident, "purpose": purpose, "consents": not withdraw})
    else:
        out.print(f"{purpose}: {'dicabut / withdrawn' if withdraw else 'disetujui / given'}")


@app.command()
def guardian(
    guardian: Annotated[int, typer.Argument(help="Who acts: a resident's number.")],
    ward: Annotated[int, typer.Argument(help="For whom: a resident's number.")],
    kind: Annotated[GuardianKind, typer.Option(help="A carer's time needs --until.")],
    scope: Annotated[list[Scope], typer.Option(help="Repeated.")],
    case: Case,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day.")
    ] = None,
    login: Login = "",
    as_json: AsJson = False,
) -> None:
    """Let somebody act for another. For a parent you look at the child's birth date, as desk.

    Example: satu people guardian 17 18 --kind parent --scope card --scope trips --case T-4711
    """
    with running_database():
        from satu.people.guardians import appoint_guardian  # noqa: PLC0415

        done = appoint_guardian(
            guardian=guardian,
            ward=ward,
            kind=kind,
            scopes=scope,
            until=until.date() if until else None,
            role=Role.DESK,
            case=case,
            actor=f"staff:{login or getpass.getuser()}",
            at=now(),
        )
    if isinstance(done, Refusal):
        refuse(done, as_json)
    if as_json:
        json_line(done._asdict())
    else:
        out.print(f"{guardian} → {ward}: sampai / until {done.until}")


@app.command()
def staff(
    login: Annotated[str, typer.Argument(help="The login of somebody who works with Satu.")],
    organisation: Annotated[str, typer.Option(help="The code of whom they work for.")],
    role: Annotated[list[Role] | None, typer.Option(help="Repeated; none: nothing.")] = None,
    name: Annotated[str, typer.Option(help="The organisation's name, if it is new.")] = "",
    acts_for: Annotated[
        str, typer.Option(help="With --name: operator:transjakarta or issuer:mandiri.")
    ] = "",
    contractor: Annotated[bool, typer.Option("--contractor")] = False,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day of work.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let somebody work with Satu, change what they do, or end it with --until.

    Example: satu people staff ani --organisation dishub --role desk
    """
    with running_database():
        from satu.people.staffing import engage, keep_organisation  # noqa: PLC0415

        at, refusal = now(), None
        if name:
            refusal = keep_organisation(
                code=organisation, name=name, acts_for=acts_for, actor=actor(NAME), at=at
            )
        refusal = refusal or engage(
            login=login,
            organisation=organisation,
            roles=role or (),
            is_contractor=contractor,
            until=until.date() if until else None,
            actor=actor(NAME),
            at=at,
        )
    if refusal:
        refuse(refusal, as_json)
    if as_json:
        json_line({"login": login, "organisation": organisation, "roles": role or []})
    else:
        out.print(f"{login}: {', '.join(role or ()) or '–'}")


@app.command(name="staff-link")
def staff_link(
    login: Annotated[str, typer.Argument(help="The login of somebody who works with Satu.")],
    lost: Annotated[
        bool, typer.Option("--lost", help="Forget their passkeys and app; end their sessions.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a link that lets a member of staff in, once, within 24 hours. Hand it over yourself.

    Example: satu people staff-link ani
    """
    with running_database():
        from satu.people.queries import staff_member  # noqa: PLC0415  (Django is set up by now)
        from satu.web.doors.links import forget_factors, make_link  # noqa: PLC0415

        at = now()
        if staff_member(login, at) is None:
            refuse(Refusal.STAFF_UNKNOWN, as_json)
        if lost:
            forget_factors(login=login, actor=actor(NAME), at=at)
        path = f"/console/enter/{make_link(login=login, actor=actor(NAME), at=at)}"
    if as_json:
        json_line({"login": login, "path": path})
    else:
        out.print(path, soft_wrap=True)


@app.command(name="rotate-keys")
def rotate_keys(as_json: AsJson = False) -> None:
    """Have a new master key and move every data key to it. Ended, the hourly job goes on.

    Example: satu people rotate-keys
    """
    with progress() as bar, running_database():
        from satu.people.rotation import rewrap, start_rotation  # noqa: PLC0415

        master = start_rotation(actor=actor(NAME), at=now())
        task, moved = bar.add_task(f"master {master}", total=None), 0
        while (done := rewrap(actor=actor(NAME), at=now())).moved:
            moved += done.moved
            bar.advance(task, done.moved)
    told = {"master": master, "moved": moved, "retired": done.retired}
    if as_json:
        json_line(told)
    else:
        out.print(
            "kunci induk / master key {master}: {moved}; pensiun / retired {retired}".format(**told)
        )
