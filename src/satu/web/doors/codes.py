"""One-time codes: six figures, good for ten minutes, five tries, and the browser that asked.

Who asks for a code learns nothing of who is known here: the answer and the time it takes are the
same. What is kept is hashed or sealed with the doors' key, and gone after a day.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.ledger.actions import raw_connection
from satu.messages.words import sign_in_code
from satu.web.doors import sending
from satu.web.doors.contacts import Contact
from satu.web.doors.models import Code
from satu.web.doors.sealing import hashed, seal, unseal

FIGURES = 6
VALID = timedelta(minutes=10)
KEPT = timedelta(days=1)
MAX_TRIES = 5
HOUR = timedelta(hours=1)
# A family may share a phone; a carrier may put a whole quarter of the city behind one address.
MAX_A_CONTACT_AN_HOUR = 5
MAX_A_CONTACT_A_DAY = 12
MAX_A_MACHINE_AN_HOUR = 60
LOCK = "select pg_advisory_xact_lock(%s)"


class Refusal(StrEnum):
    """Why there is no code, or why it lets nobody in."""

    TOO_MANY = "too_many"
    CODE_WRONG = "code_wrong"


class Letter(msgspec.Struct, frozen=True, array_like=True):
    """What a code's row seals: whom it is for, where it went (empty: nowhere), and the code."""

    contact: Contact
    to: str
    code: str


class Made(NamedTuple):
    """A code that nobody was sent yet: its number, and what it is."""

    number: int
    code: str


class Shown(NamedTuple):
    """A code as the demo's outbox shows it."""

    to: str
    code: str
    made_at: datetime


def ask_code(
    *, contact: Contact, to: Contact | None, machine: str, language: str, at: datetime
) -> int | Refusal:
    """Make a code for a contact and send it `to` where that can be reached; its number.

    `to` None: nothing is sent, and nobody can tell. `machine` is the address that asks.
    Refusal: too_many.
    """
    made = make_code(contact=contact, to=to, machine=machine, at=at)
    if isinstance(made, Refusal):
        return made
    text = sign_in_code(made.code, language=language)
    sending.send_later(to, text, reference=f"code-{made.number}")
    return made.number


def make_code(
    *, contact: Contact, to: Contact | None, machine: str, at: datetime
) -> Made | Refusal:
    """Make a code for a contact, that is to go `to` one; who calls this sends it.

    Refusal: too_many. `to` None: nobody gets it, unless `note_sent` tells later where it went.
    """
    code = f"{secrets.randbelow(10**FIGURES):0{FIGURES}}"
    contact_hash = hashed("contact", f"{contact.way}|{contact.value}")
    machine_hash = hashed("machine", machine)
    letter = Letter(contact, to.masked if to else "", code)
    with transaction.atomic():
        raw_connection().execute(LOCK, [int.from_bytes(contact_hash[:7], "big")])
        if _asked_too_often(contact_hash, machine_hash, at):
            record(
                subject=Subject("sign_in", contact.way.value),
                action="code.refused",
                actor="web:doors",
                at=at,
            )
            return Refusal.TOO_MANY
        Code.objects.filter(made_at__lt=at - KEPT).delete()
        made = Code.objects.create(
            contact_hash=contact_hash,
            machine_hash=machine_hash,
            code_hash=_code_hash(contact_hash, code),
            sealed=seal("code", msgspec.msgpack.encode(letter)),
            made_at=at,
        )
    return Made(int(made.pk), code)


def note_sent(number: int, to: Contact) -> None:
    """Keep where a code that was made for nobody goes after all."""
    with transaction.atomic():
        found = Code.objects.select_for_update().get(pk=number)
        letter = msgspec.structs.replace(_letter(found), to=to.masked)
        found.sealed = seal("code", msgspec.msgpack.encode(letter))
        found.save(update_fields=["sealed"])


def _asked_too_often(contact: bytes, machine: bytes, at: datetime) -> bool:
    of_contact = Code.objects.filter(contact_hash=contact)
    from_machine = Code.objects.filter(machine_hash=machine)
    return (
        of_contact.filter(made_at__gt=at - HOUR).count() >= MAX_A_CONTACT_AN_HOUR
        or of_contact.filter(made_at__gt=at - KEPT).count() >= MAX_A_CONTACT_A_DAY
        or from_machine.filter(made_at__gt=at - HOUR).count() >= MAX_A_MACHINE_AN_HOUR
    )


def use_code(*, number: int, typed: str, at: datetime) -> Contact | Refusal:
    """Whom a code was for, once. Refusal: code_wrong (also: used, too old, tried too often)."""
    figures = "".join(letter for letter in typed if letter.isdigit() and letter.isascii())
    with transaction.atomic():
        found = Code.objects.select_for_update().filter(pk=number).first()
        if found is None or found.used_at or at - found.made_at >= VALID:
            return Refusal.CODE_WRONG
        if found.tries >= MAX_TRIES:
            return Refusal.CODE_WRONG
        is_right = hmac.compare_digest(
            bytes(found.code_hash), _code_hash(bytes(found.contact_hash), figures)
        )
        found.tries += 1
        found.used_at = at if is_right else None
        found.save(update_fields=["tries", "used_at"])
    return _letter(found).contact if is_right else Refusal.CODE_WRONG


def contact_of(number: int, at: datetime) -> Contact | None:
    """Whom a code is for that was asked for or used a moment ago; None: it is too old."""
    found = Code.objects.filter(pk=number, made_at__gt=at - 2 * VALID).first()
    return _letter(found).contact if found else None


def proved(number: int, at: datetime) -> Contact | None:
    """The contact that somebody proved to hold by a code, for twenty minutes."""
    found = Code.objects.filter(pk=number, used_at__isnull=False, made_at__gt=at - 2 * VALID)
    code = found.first()
    return _letter(code).contact if code else None


def outbox(at: datetime) -> list[Shown] | None:
    """The newest codes, in the clear, for a demo; None in production."""
    if settings.PRODUCTION:
        return None
    newest = Code.objects.filter(made_at__gt=at - VALID, used_at=None).order_by("-pk")[:10]
    letters = [(_letter(code), code.made_at) for code in newest]
    return [Shown(letter.to, letter.code, made_at) for letter, made_at in letters if letter.to]


def _code_hash(contact_hash: bytes, code: str) -> bytes:
    return hashed("code", f"{contact_hash.hex()}|{code}")


def _letter(code: Code) -> Letter:
    clear = unseal("code", bytes(code.sealed))
    return msgspec.msgpack.decode(clear, type=Letter)
