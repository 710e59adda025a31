"""Makes cards of a bank's file, a chunk of lines at a time, each chunk all or nothing.

The bank's reference is a card's name: one that is there already is not made again, so that a run
which was ended goes on when it is run again. Called by satu.cards.import_run in its processes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

import psycopg
from django.conf import settings
from django.db import transaction
from psycopg.errors import UniqueViolation

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import import_store, models, rules, store
from satu.cards.errors import Refusal
from satu.cards.import_file import Bad, Import, Loaded, Row
from satu.cards.incoming import expiry, product_called
from satu.cards.kinds import CardState, Medium, Why
from satu.ledger.actions import raw_connection
from satu.people import enrolment
from satu.people.errors import Refusal as PersonRefusal
from satu.people.profile import Registered
from satu.people.words import REFUSALS as PERSON_WORDS
from satu.wire.messages import Words

MAX_ATTEMPTS = 5
FIELDS = {
    PersonRefusal.NAME_INVALID: "name",
    PersonRefusal.NIK_INVALID: "nik",
    PersonRefusal.PHONE_INVALID: "phone",
    PersonRefusal.AREA_INVALID: "area",
}
OTHER_NUMBER = Words("nomor yang belum dipakai", "a number that no card has")
OTHER_TOKEN = Words("media yang belum dipakai kartu lain", "a medium of no other card")
OTHER_REFERENCE = Words(
    "referensi baru; yang ini milik kartu dengan data lain",
    "a new reference; this one made a card of other data",
)

Lap = Callable[[str], None]  # told when a part of the work ends: check, seal, write


Hashed = dict[int, list[tuple[Medium, bytes]]]  # by line: the media that are asked for


def start_import(*, issuer: str, source: str, actor: str, at: datetime) -> Import | Refusal:
    """A file of a bank's, by the bank's code and the file's name; the same file is the same import.

    Refusals: issuer_unknown, reference_invalid (of the source).
    """
    if not (0 < len(source) <= rules.MAX_REFERENCE_LENGTH and source.isprintable()):
        return Refusal.REFERENCE_INVALID
    with transaction.atomic():
        bank = models.Issuer.objects.filter(code=issuer).first()
        if bank is None:
            return Refusal.ISSUER_UNKNOWN
        conn = raw_connection()
        number, is_new = import_store.start(conn, bank.id, source, at)
        if is_new:
            detail: Detail = {"issuer": bank.id, "source": source}
            subject = Subject("card_import", number)
            record(subject=subject, action="cards.import_began", actor=actor, at=at, detail=detail)
        asset = store.asset_of(conn, bank.float_account)
    return Import(number, bank.id, bank.number_prefix, asset)


def import_cards(
    *,
    into: Import,
    rows: Sequence[Row | Bad],
    is_active: bool,
    actor: str,
    at: datetime,
    lap: Lap = lambda part: None,
) -> Loaded:
    """Make the cards of some lines, with their holders; one audit entry, if there are any.

    Bad lines, and lines that ask for what another card has, are told and make nothing. Cards that
    are not active are denied until satu.cards.lifecycle.activate_card.
    """
    for _ in range(MAX_ATTEMPTS):
        try:
            with transaction.atomic():
                loaded = _import(into, rows, is_active, actor, at, lap)
            lap("write")
            return loaded
        except UniqueViolation as error:  # another process took a reference, number or medium
            last = error
    raise last


def _import(
    into: Import, rows: Sequence[Row | Bad], is_active: bool, actor: str, at: datetime, lap: Lap
) -> Loaded:
    conn = raw_connection()
    import_store.look_up_by_index(conn, only=True)
    bad = [row for row in rows if isinstance(row, Bad)]
    wanted = [row for row in rows if isinstance(row, Row)]
    hashed = {row.line: _hashed(row) for row in wanted if row.tokens}
    # Asked in this order: what another process takes between them is then a card that is known.
    numbers = import_store.taken_numbers(conn, [row.number for row in wanted if row.number])
    media = import_store.taken_media(conn, [one for found in hashed.values() for one in found])
    fresh, known = _unless_known(conn, into, wanted, bad)
    fresh = _unless_taken(fresh, hashed, numbers, media, bad)
    lap("check")
    holders = [row for row in fresh if row.person is not None]
    people = enrolment.prepare([row.person for row in holders if row.person is not None], at)
    import_store.look_up_by_index(conn, only=False)
    lap("seal")
    owners, residents = {}, 0
    for row, answer in zip(holders, enrolment.keep(people, at), strict=True):
        if isinstance(answer, Registered):
            owners[row.line] = answer.resident
            residents += answer.is_new
        else:
            bad.append(Bad(row.line, *_refused(answer, row), PERSON_WORDS[answer]))
    fresh = [row for row in fresh if row.person is None or row.line in owners]
    if fresh:
        first = _write(conn, into, fresh, owners, hashed, is_active, at)
        detail: Detail = {
            "issuer": into.issuer,
            "first": first,
            "count": len(fresh),
            "residents": residents,
            "from_line": fresh[0].line,
            "to_line": fresh[-1].line,
        }
        subject = Subject("card_import", into.id)
        record(subject=subject, action="cards.imported", actor=actor, at=at, detail=detail)
    return Loaded(len(fresh), known, residents, sorted(bad))


def _unless_known(
    conn: psycopg.Connection, into: Import, rows: Sequence[Row], bad: list[Bad]
) -> tuple[list[Row], int]:
    """The rows whose reference is new; how many others made their card in an earlier run."""
    stored = import_store.known(conn, into.issuer, [row.reference for row in rows])
    fresh, known = [], 0
    for row in rows:
        before = stored.get(row.reference)
        if before is None:
            stored[row.reference] = import_store.Known(row.mark, into.id, row.line)
            fresh.append(row)
        elif before.mark != row.mark:
            bad.append(Bad(row.line, "reference", "reference_taken", OTHER_REFERENCE))
        elif before.source != into.id or before.line == row.line:
            known += 1
        else:
            words = Words(
                f"sekali; sama dengan baris {before.line}", f"once; as line {before.line}"
            )
            bad.append(Bad(row.line, "reference", "row_repeated", words))
    return fresh, known


def _unless_taken(
    rows: Sequence[Row],
    hashed: Hashed,
    numbers: set[str],
    media: set[tuple[Medium, bytes]],
    bad: list[Bad],
) -> list[Row]:
    """The rows whose number and media no card has; of two in one chunk, the first."""
    fresh = []
    for row in rows:
        tokens = hashed.get(row.line, [])
        if row.number and row.number in numbers:
            bad.append(Bad(row.line, "number", "number_taken", OTHER_NUMBER))
        elif taken := [one for one in tokens if one in media]:
            bad.append(Bad(row.line, taken[0][0].wire, "medium_taken", OTHER_TOKEN))
        else:
            numbers.add(row.number)
            media.update(tokens)
            fresh.append(row)
    return fresh


def _hashed(row: Row) -> list[tuple[Medium, bytes]]:
    key = settings.TOKEN_KEY
    return [(kind, rules.token_hash(key, kind, token)) for kind, token in row.tokens]


def _refused(refusal: PersonRefusal, row: Row) -> tuple[str, str]:
    """The column and the code of a person's refusal; what lacks is what the level would prove."""
    lacking = "nik" if row.person and row.person.level > 1 else "phone"
    return FIELDS.get(refusal, lacking), refusal.value


def _write(
    conn: psycopg.Connection,
    into: Import,
    rows: Sequence[Row],
    owners: dict[int, int],
    hashed: Hashed,
    is_active: bool,
    at: datetime,
) -> int:
    """The first serial of the new cards, which have those from it on, in the rows' order."""
    first = store.next_serial(conn)
    kinds = {code: _kind(code, at) for code in {row.product for row in rows}}
    cards = [
        import_store.NewCard(
            row.number or rules.printed_number(into.prefix, serial),
            row.category,
            *kinds[row.product],
            owners.get(row.line),
            row.reference,
            row.mark,
            row.line,
        )
        for serial, row in enumerate(rows, first)
    ]
    state = CardState.ACTIVE if is_active else CardState.BLOCKED
    import_store.make(conn, into[:2], cards, first=first, asset=into.asset, state=state, at=at)
    media = [
        (serial, kind, token)
        for serial, row in enumerate(rows, first)
        for kind, token in hashed.get(row.line, ())
    ]
    import_store.add_media(conn, media, at)
    if not is_active:
        store.deny_new(conn, range(first, first + len(rows)), Why.NOT_ACTIVATED, at)
    return first


def _kind(code: str, at: datetime) -> tuple[int, date | None]:
    """The number of a kind of card, and the day on which one that is made now expires."""
    found = product_called(code)
    assert found is not None, code
    return found.id, expiry(found, at)
