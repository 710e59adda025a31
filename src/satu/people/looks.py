"""Who looked at a resident, in words for that resident, from the audit trail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils.timezone import localdate

from satu.audit.entry import Subject
from satu.audit.models import AuditEntry
from satu.audit.queries import entries_on
from satu.people import models
from satu.people.kinds import MESSAGES, Basis, Role
from satu.people.queries import OPENED
from satu.wire.messages import Words

TRIPS_SEEN = "trips.seen"
FOUND = "person.found"
PROFILE = Words("Data diri", "Profile")
TRIPS = Words("Perjalanan", "Trips")
SEARCH = Words("Dicari dan ditemukan", "Searched for and found")
WHAT = {OPENED: PROFILE, FOUND: SEARCH, TRIPS_SEEN: TRIPS}
# No looks, but what nobody else may find out later: a card that passed from one to another.
CARD_GIVEN = "card.given"
CARD_TAKEN = "card.taken"
HANDED = {
    CARD_GIVEN: Words("Kartu Anda, kini milik orang lain", "Your card, another's now"),
    CARD_TAKEN: Words("Kartu orang lain, kini milik Anda", "Another's card, yours now"),
}
ANOTHER = Words("Warga lain", "Another resident")
BY_CODE = Words("Kode yang dikirim kepada pemegangnya", "The code that was sent to its holder")
# Why staff look at a card's state and money, which stand open to them: nobody chose a purpose, and
# no person's data is opened.
OVERSIGHT = "oversight"
BANK_KEEPS = "bank_keeps"
WITH_CONSENT = "with_consent"
CARD_SERVICE = "card_service"
OF_MONEY = {
    OVERSIGHT: Words(
        "Pengawasan: auditor memeriksa apakah uang kartu benar.",
        "Oversight: an auditor checks that a card's money is right.",
    ),
    BANK_KEEPS: Words(
        "Bank yang menyimpan uang kartu Anda mengurus kartu nasabahnya. Perjalanan tidak dilihat.",
        "The bank that keeps your card's money looks after its customer's card. Trips are not"
        " shown.",
    ),
    WITH_CONSENT: Words(
        "Bank melihat uang kartu Anda di bank itu, dengan persetujuan Anda.",
        "The bank looked at your card's money at that bank, with your consent.",
    ),
    CARD_SERVICE: Words(
        "Petugas mengurus kartu: keadaan dan uangnya, tanpa perjalanan dan tanpa data diri.",
        "Staff look after the card: its state and its money, without trips and without your"
        " profile.",
    ),
}
AS_GUARDIAN = Words("Sebagai wali atau pendamping", "As guardian or carer")
STAFF = Words("Petugas", "Staff")
OWNER = Words("Pengelola Satu, lewat perintah", "Those who run Satu, by a command")
BANK = Words("Bank rekanan", "Partner bank")
ROLES = {
    Role.RESIDENT: Words("Anda sendiri", "Yourself"),
    Role.GUARDIAN: Words("Wali atau pendamping Anda", "Your guardian or carer"),
    Role.SYSTEM: Words("Satu, otomatis", "Satu, by itself"),
    Role.DESK: Words("Petugas layanan", "Service desk"),
    Role.BENEFITS: Words("Petugas bantuan", "Benefits office"),
    Role.PRIVACY: Words("Petugas pelindungan data", "Data protection officer"),
}
BASES: dict[str, Words] = {
    Basis.CONSENT: Words("persetujuan Anda", "your consent"),
    Basis.CONTRACT: Words("perjanjian layanan", "the contract on the service"),
    Basis.LEGAL_DUTY: Words("kewajiban hukum", "a legal duty"),
    Basis.PUBLIC_TASK: Words("tugas pelayanan publik", "a public task"),
}


class LookTold(NamedTuple):
    """Somebody looked: who (as what, for whom they work), at what, why, on which legal basis.

    `case` is the ticket's code, `card` what the card that was looked at is called (`•4012`); ""
    and None where there is none. `entry` is its number in the audit trail, by which a resident
    questions it.
    """

    at: datetime
    who: Words
    what: Words
    why: Words
    basis: Words | None
    case: str
    entry: int
    card: str = ""


def looks_told(resident: int) -> list[LookTold]:
    """Everybody who opened, found or followed a resident, the newest first.

    A message is sent to an address, which is a look too: those of a day are told as one.
    """
    known = {*WHAT, *HANDED}
    looks = [one for one in entries_on(Subject("person", resident)) if one.action in known]
    sent = Counter(localdate(one.at) for one in looks if _is_delivery(one))
    purposes = purposes_told()
    told = []
    for one in reversed(looks):
        detail = one.detail
        if one.action in HANDED:
            who = ANOTHER if one.action == CARD_GIVEN else ROLES[Role.RESIDENT]
            told.append(LookTold(one.at, who, HANDED[one.action], BY_CODE, None, "", one.id))
            continue
        if _is_delivery(one):
            count = sent.pop(localdate(one.at), 0)
            if count:
                why, basis = purposes[MESSAGES], BASES.get(detail["basis"])
                who = ROLES[Role.SYSTEM]
                told.append(LookTold(one.at, who, _sending(count), why, basis, "", one.id))
            continue
        role = Role(detail.get("role", Role.GUARDIAN))
        why = purposes.get(detail.get("purpose", ""), AS_GUARDIAN)
        basis = BASES.get(detail.get("basis", ""))
        who, case = who_is(one.actor, role), detail.get("case", "")
        told.append(LookTold(one.at, who, WHAT[one.action], why, basis, case, one.id))
    return told


def purposes_told() -> Mapping[str, Words]:
    """What people are told of every purpose there was, in its newest words."""
    texts = models.PurposeText.objects.order_by("purpose_id", "version")
    return {text.purpose_id: Words(text.text_id, text.text_en) for text in texts}


def purpose_words(code: str, told: Mapping[str, Words]) -> Words:
    """What people are told of one purpose of `purposes_told`; also of looks that need none."""
    return told.get(code) or OF_MONEY.get(code) or Words(code, code)


def _is_delivery(entry: AuditEntry) -> bool:
    return entry.action == OPENED and entry.detail["purpose"] == MESSAGES


def _sending(count: int) -> Words:
    messages = "a message" if count == 1 else f"{count} messages"
    return Words(f"Alamat, untuk mengirim {count} pesan", f"Address, to send {messages}")


def who_is(actor: str, role: Role | None = None, *, bank: str = "") -> Words:
    """What a resident is told of who looked: the role and the office, never a colleague's name.

    `bank` is what people call the partner that looked.
    """
    kind, _, name = actor.partition(":")
    match kind:
        case "partner":
            office = f" ({bank or name})"
            return Words(BANK.id + office, BANK.en + office)
        case "command":
            return OWNER
        case "staff":
            return _member(name, role)
        case _:
            return ROLES[role or Role.SYSTEM]


def _member(name: str, role: Role | None) -> Words:
    staff = models.Staff.objects.select_related("organisation").filter(login=name).first()
    words = ROLES.get(role, STAFF) if role else STAFF
    office = f" ({staff.organisation.name})" if staff else ""
    return Words(words.id + office, words.en + office)
