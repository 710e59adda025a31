"""Rules of cards: printed numbers, secrets, token hashes, limits, collecting what is owed. Pure.

Secrets are derived from a key, so none is stored and a copy of the database tells none.
"""

from __future__ import annotations

import hmac
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from satu.cards.errors import Refusal
from satu.cards.kinds import CardProduct, Medium
from satu.formats.luhn import check_digit, is_valid
from satu.kernel.ids import named_key
from satu.ledger.entry import Entry, Shortfall
from satu.ledger.kinds import PostingKind
from satu.ledger.rules import collection

PREFIX_DIGITS = 6
SERIAL_DIGITS = 9
# Below it a printed number is made of the card's serial; from it on a bank has chosen it.
BANKS_OWN = 500_000_000
MAX_SERIAL = BANKS_OWN - 1
SECRET_LENGTH = 8

# Bank Indonesia lets a registered purse hold Rp 20 m at most: no single top-up is larger.
MAX_TOP_UP = 20_000_000
MAX_OPENING_BALANCE = 1_000_000_000
MAX_ISSUED_AT_ONCE = 5_000_000
# A report of a lost card waits for it: in the list within seconds all the same.
MAX_DENIED_AT_ONCE = 100_000
MAX_REFERENCE_LENGTH = 64
MAX_LINK_ATTEMPTS = 5
LINK_ATTEMPTS_WINDOW = timedelta(hours=1)
SATURDAY = 5
# A closed card is paid out only then: a reader's upload is taken until 72 hours after the service
# day (satu.taps.road). So many working days always leave one more after it, to pay on.
LATE_DAYS = timedelta(days=5)
LEAST_REDEEM_DAYS = 6

# Crockford's base 32: no I, L, O or U, so that nothing printed can be misread.
SECRET_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011", " -")


class PrintedNumber(NamedTuple):
    """A card's number as it was typed, and what it is made of.

    From BANKS_OWN on `serial` is not the card's: a bank chose the number.
    """

    number: str
    prefix: str
    serial: int


def printed_number(prefix: str, serial: int) -> str:
    """The 16 digits on a card: issuer's prefix, dense serial, check digit (ISO/IEC 7812-1)."""
    assert len(prefix) == PREFIX_DIGITS, prefix
    assert 0 < serial <= MAX_SERIAL, serial
    digits = f"{prefix}{serial:0{SERIAL_DIGITS}}"
    return digits + check_digit(digits)


def read_number(typed: str) -> PrintedNumber | None:
    """The number that a person typed, spaces and dashes aside; None: it cannot be a card's."""
    number = typed.replace(" ", "").replace("-", "")
    if len(number) != PREFIX_DIGITS + SERIAL_DIGITS + 1 or not is_valid(number):
        return None
    serial = int(number[PREFIX_DIGITS:-1])
    return PrintedNumber(number, number[:PREFIX_DIGITS], serial) if serial else None


def is_banks_own(number: str, prefix: str) -> bool:
    """Whether a bank of this prefix may give a card this number, written without blanks."""
    read = read_number(number)
    return read is not None and read[:2] == (number, prefix) and read.serial >= BANKS_OWN


def printed_secret(key: bytes, number: str) -> str:
    """The 8 letters and digits printed beside a number: 40 bits of HMAC-SHA256 under `key`."""
    digest = hmac.digest(key, b"printed secret\0" + number.encode(), sha256)
    bits = int.from_bytes(digest[:5], "big")
    return "".join(SECRET_ALPHABET[bits >> 5 * place & 31] for place in range(SECRET_LENGTH))


def secret_matches(key: bytes, number: str, typed: str) -> bool:
    """Whether a typed secret is a number's own, in a time that does not tell how much of it is."""
    told = typed.upper().translate(_MISREAD)
    return hmac.compare_digest(printed_secret(key, number).encode(), told.encode())


def number_name(key: bytes, number: str) -> str:
    """What the trail calls a number, whether a card has it or none: half of an HMAC-SHA256, in
    hexadecimal."""
    return hmac.digest(key, b"number\0" + number.encode(), sha256).hex()[:32]


def token_hash(key: bytes, medium: Medium, token: str) -> bytes:
    """What is kept of a medium's token: HMAC-SHA256 under `key`, different for each kind."""
    return hmac.digest(key, f"{medium.wire}\0{token}".encode(), sha256)


def opening_key(at_ms: int, card: int) -> UUID:
    """The key of a new card's opening top-up: ordered by time and serial, as cards are made."""
    return UUID(int=1 << 127 | at_ms << 80 | card)


def refuse_issue(count: int, balance: int, *, is_active: bool = True) -> Refusal | None:
    """Why so many cards with such a balance cannot be issued at once; None if they can."""
    if not 0 < count <= (MAX_ISSUED_AT_ONCE if is_active else MAX_DENIED_AT_ONCE):
        return Refusal.COUNT_OUT_OF_RANGE
    if balance < 0:
        return Refusal.AMOUNT_NOT_POSITIVE
    return Refusal.AMOUNT_TOO_LARGE if balance > MAX_OPENING_BALANCE else None


def refuse_money(amount: int, reference: str) -> Refusal | None:
    """Why an amount under a reference cannot move, whatever the card is; None if it can."""
    if amount <= 0:
        return Refusal.AMOUNT_NOT_POSITIVE
    if amount > MAX_TOP_UP:
        return Refusal.AMOUNT_TOO_LARGE
    if not (0 < len(reference) <= MAX_REFERENCE_LENGTH and reference.isprintable()):
        return Refusal.REFERENCE_INVALID
    return None


class Limits(NamedTuple):
    """What a purse may hold, and take in in a calendar month; None: no limit."""

    balance: int | None
    monthly: int | None


NO_LIMITS = Limits(None, None)
# What brings a purse money that its holder did not have: counted, and within its limits.
LIMITED = (PostingKind.TOP_UP, PostingKind.TRANSFER_OF_VALUE, PostingKind.GOODWILL)


def limits_of(product: CardProduct, *, is_registered: bool) -> Limits:
    """The limits of a purse. Bank Indonesia's differ for registered and unregistered e-money."""
    if is_registered:
        return Limits(product.balance_registered, product.monthly_registered)
    return Limits(product.balance_unregistered, product.monthly_unregistered)


def refuse_incoming(limits: Limits, balance: int, month: int) -> Refusal | None:
    """Why a purse cannot take money in that would leave it with so much; None if it can.

    `month` is what came in in the calendar month, this money included.
    """
    if limits.balance is not None and balance > limits.balance:
        return Refusal.BALANCE_LIMIT_PASSED
    if limits.monthly is not None and month > limits.monthly:
        return Refusal.MONTHLY_LIMIT_PASSED
    return None


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day if it has none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def working_days_later(day: date, days: int) -> date:
    """The last of so many working days after a day, Monday to Friday.

    Public holidays count as working days: what is due is then due early, never late.
    """
    later = day
    while days:
        later += timedelta(days=1)
        days -= later.weekday() < SATURDAY
    return later


class Collector(NamedTuple):
    """Whose purse pays what is owed, and what the postings say about it.

    `payables` leads from an unfunded claim to what the purse's issuer owes the same operator;
    `name` is what the keys are made of, so that the same cause collects once.
    """

    purse: int
    card_group: int
    payables: Mapping[int, int]
    occurred_ms: int
    name: tuple[str | int, ...]


def collection_entries(
    available: int, shortfalls: Sequence[Shortfall], collector: Collector
) -> list[Entry]:
    """The entries that pay shortfalls from `available` money, oldest ride first as given.

    Two a shortfall: purse to payable in the issuer's book, and the claim undone in the scheme's.
    All are linked, name the shortfall's posting and keep its service day.
    """
    entries: list[Entry] = []
    for shortfall, amount in collection(available, shortfalls):
        paid = Entry(
            key=_collection_key(collector, "paid", shortfall),
            debit=collector.purse,
            credit=collector.payables[shortfall.claim],
            amount=amount,
            kind=PostingKind.COLLECTION,
            occurred_ms=collector.occurred_ms,
            service_day=shortfall.service_day,
            card_group=collector.card_group,
            use=shortfall.use,
            corrects=shortfall.key,
            link=1,
        )
        undone = paid._replace(
            key=_collection_key(collector, "undone", shortfall),
            debit=shortfall.claim,
            credit=shortfall.receivable,
            kind=PostingKind.SHORTFALL_UNDONE,
        )
        entries += [paid, undone]
    return entries


def _collection_key(collector: Collector, part: str, shortfall: Shortfall) -> UUID:
    return named_key(collector.occurred_ms, *collector.name, part, shortfall.key.int)
