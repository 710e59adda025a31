"""Every write to cards. Each locks the card's row first, then its accounts, and is audited.

Money is whole units of the purse's asset. A refusal is a value and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import psycopg
from django.conf import settings
from django.db import transaction

from satu.audit.actions import record, record_all
from satu.audit.entry import Detail, Subject
from satu.audit.queries import count_since
from satu.cards import external, models, purses, rules, store
from satu.cards.collecting import settlement_day
from satu.cards.crediting import Source, credit
from satu.cards.errors import Refusal
from satu.cards.incoming import expiry, first_product, product_called
from satu.cards.kinds import CardState, Issuer, Medium, Why
from satu.cards.telling import tell_denied
from satu.kernel.days import to_ms
from satu.kernel.ids import card_group, named_key
from satu.ledger import store as ledger
from satu.ledger.actions import ensure_accounts, raw_connection
from satu.ledger.entry import Entry
from satu.ledger.kinds import AccountKind, Asset, PostingKind, Result

CHUNK = 5_000
REASON = re.compile(r"[a-z][a-z_]{0,39}")


class TopUp(NamedTuple):
    """What became of a top-up. A repeat (`exists`) is answered as the first was.

    `balance` is the purse's after it, `collected` what of the money paid rides taken before.
    """

    result: Result
    balance: int
    collected: int


class Changed(NamedTuple):
    """A card that was blocked or unblocked, and the deny list's version that says so."""

    card: int
    denial_version: int


class NewMedium(NamedTuple):
    """A medium to be added: what a reader will read from it is the token."""

    card: int
    kind: Medium
    token: str


def ensure_issuers(
    *, issuers: Sequence[Issuer], asset: Asset = Asset.IDR, actor: str, at: datetime
) -> dict[int, int]:
    """Make the given issuers known, or bring them up to date: each one's float account.

    `asset` is the money that they hold; the purses of their cards are in it too.
    """
    with transaction.atomic():
        wanted = {issuer.id: (AccountKind.FLOAT, issuer.id, asset, 0, 0) for issuer in issuers}
        floats = ensure_accounts(wanted=list(wanted.values()), actor=actor, at=at)
        changed = [issuer for issuer in issuers if _keep_issuer(issuer, floats[wanted[issuer.id]])]
        record_all(
            actor=actor,
            action="issuer.kept",
            subjects=[(Subject("issuer", issuer.id), {"code": issuer.code}) for issuer in changed],
            at=at,
        )
    return {issuer.id: floats[wanted[issuer.id]] for issuer in issuers}


def _keep_issuer(issuer: Issuer, float_account: int) -> bool:
    kept = {**issuer._asdict(), "float_account": float_account}
    if models.Issuer.objects.filter(**kept).exists():
        return False
    models.Issuer.objects.update_or_create(id=kept.pop("id"), defaults=kept)
    return True


def issue_cards(
    *,
    issuer: int,
    count: int,
    balance: int,
    category: str = "adult",
    product: str = "",
    is_active: bool = True,
    actor: str,
    at: datetime,
) -> range | Refusal:
    """Make `count` cards, each with `balance` topped up from the issuer's float: their serials.

    `product` is a kind of card of the city, "" its first: only in a city that tells no kinds do
    cards have no limits and never expire. Cards that are not active are denied until
    satu.cards.lifecycle.activate_card. Refusals:
    issuer_unknown, count_out_of_range, amount_not_positive, amount_too_large,
    card_product_unknown, balance_limit_passed, monthly_limit_passed.
    """
    bank = models.Issuer.objects.filter(id=issuer).first()
    if bank is None:
        return Refusal.ISSUER_UNKNOWN
    if refusal := rules.refuse_issue(count, balance, is_active=is_active):
        return refusal
    kind = product_called(product) if product else first_product()
    if product and kind is None:
        return Refusal.CARD_PRODUCT_UNKNOWN
    limits = rules.limits_of(kind, is_registered=False) if kind else rules.NO_LIMITS
    if refusal := rules.refuse_incoming(limits, balance, balance):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        first = store.next_serial(conn)
        for start in range(first, first + count, CHUNK):
            serials = range(start, min(start + CHUNK, first + count))
            made = store.issue(
                conn,
                first=start,
                numbers=[rules.printed_number(bank.number_prefix, card) for card in serials],
                issuer=issuer,
                asset=store.asset_of(conn, bank.float_account),
                category=category,
                product=kind.id if kind else 0,
                expires_on=expiry(kind, at),
                at=at,
            )
            if balance:
                _open_with(conn, made, bank.float_account, balance, limits if kind else None, at)
        detail: Detail = {"first": first, "count": count, "balance": balance, "category": category}
        if kind:
            detail = {**detail, "product": kind.code}
        subject = Subject("issuer", issuer)
        record(actor=actor, action="card.issued", subject=subject, detail=detail, at=at)
        if not is_active:
            store.deny_new(conn, range(first, first + count), Why.NOT_ACTIVATED, at)
    return range(first, first + count)


def _open_with(
    conn: psycopg.Connection,
    made: Sequence[tuple[int, int]],
    float_account: int,
    balance: int,
    limits: rules.Limits | None,
    at: datetime,
) -> None:
    at_ms, day = to_ms(at), settlement_day(at)
    entries = [
        Entry(
            rules.opening_key(at_ms, card),
            float_account,
            purse,
            balance,
            PostingKind.TOP_UP,
            at_ms,
            day,
            card_group(card),
        )
        for card, purse in made
    ]
    results = ledger.post(conn, entries, posted_at=at, settlement_day=day)
    assert all(result is Result.POSTED for result in results)
    if limits is not None:
        purses = [purse for _, purse in made]
        month = day.replace(day=1)
        store.add_incoming(conn, purses, month, amount=balance, balance=balance, limits=limits)


def add_medium(*, card: int, kind: Medium, token: str, actor: str, at: datetime) -> Refusal | None:
    """Let a medium be held to readers for a card: None, or why not (as in `add_media`)."""
    return add_media(media=[NewMedium(card, kind, token)], actor=actor, at=at)[0]


def add_media(*, media: Sequence[NewMedium], actor: str, at: datetime) -> list[Refusal | None]:
    """Let media be held to readers for cards; of each: None, or why not. A repeat is None.

    Refusals: medium_needs_no_row (Satu's own chip), card_unknown, card_closed, card_blocked,
    medium_taken (it leads to another card, or was removed).
    """
    with transaction.atomic():
        conn = raw_connection()
        cards = store.lock_cards(conn, {medium.card for medium in media})
        answers = [_refuse_medium(medium, cards.get(medium.card)) for medium in media]
        hashed = [
            (medium.card, medium.kind, rules.token_hash(settings.TOKEN_KEY, *medium[1:]))
            for medium in media
        ]
        wanted = [row for row, refusal in zip(hashed, answers, strict=True) if refusal is None]
        added = store.add_media(conn, wanted, at)
        leads_to = store.media(conn, [row[1:] for row in wanted])
        answers = [
            refusal or (None if leads_to.get(row[1:]) == row[0] else Refusal.MEDIUM_TAKEN)
            for row, refusal in zip(hashed, answers, strict=True)
        ]
        store.raise_versions(conn, {card for card, _, _ in added})
        subjects = [(Subject("card", card), {"kind": kind.wire}) for card, kind, _ in sorted(added)]
        record_all(actor=actor, action="card.medium_added", subjects=subjects, at=at)
    return answers


def _refuse_medium(medium: NewMedium, card: store.CardRow | None) -> Refusal | None:
    if medium.kind is Medium.CHIP:
        return Refusal.MEDIUM_NEEDS_NO_ROW
    return Refusal.CARD_UNKNOWN if card is None else refuse_state(card)


def refuse_state(card: store.CardRow) -> Refusal | None:
    """Why nothing may be bought with a locked card or linked to it; None: it is active."""
    if card.state is CardState.CLOSED:
        return Refusal.CARD_CLOSED
    return Refusal.CARD_BLOCKED if card.state is CardState.BLOCKED else None


def block_card(*, card: int, reason: str, actor: str, at: datetime) -> Changed | Refusal:
    """Let a card open no door from now on; readers learn it from the deny list.

    `reason` is a code (`lost`, `stolen`, `cloned`), not a sentence. Refusals: card_unknown,
    card_closed, card_blocked (it is already).
    """
    with transaction.atomic():
        row = store.lock_card(raw_connection(), card)
        refusal = Refusal.CARD_UNKNOWN if row is None else refuse_state(row)
        return refusal or change_state(card, CardState.BLOCKED, "card.blocked", reason, actor, at)


def unblock_card(*, card: int, reason: str, actor: str, at: datetime) -> Changed | Refusal:
    """Let a blocked card open doors again. `reason` is a code (`found`, `mistake`).

    Refusals: card_unknown, card_closed, card_not_blocked, card_not_delivered (it is on its way).
    """
    with transaction.atomic():
        row = store.lock_card(raw_connection(), card)
        if row is None:
            return Refusal.CARD_UNKNOWN
        if row.state is not CardState.BLOCKED:
            closed = row.state is CardState.CLOSED
            return Refusal.CARD_CLOSED if closed else Refusal.CARD_NOT_BLOCKED
        if store.is_under_way(raw_connection(), card):
            return Refusal.CARD_NOT_DELIVERED
        return change_state(card, CardState.ACTIVE, "card.unblocked", reason, actor, at)


def change_state(
    card: int, state: CardState, action: str, reason: str, actor: str, at: datetime
) -> Changed:
    """Change a locked card's state, with the deny list's next version and an audit row."""
    if not REASON.fullmatch(reason):
        raise ValueError(f"a reason is a code like `lost`, not {reason!r}")
    version = store.set_state(raw_connection(), card, state=state, reason=reason, at=at)
    tell_denied(card, state, reason, version, at)
    detail: Detail = {"reason": reason, "denial_version": version}
    record(actor=actor, action=action, subject=Subject("card", card), detail=detail, at=at)
    return Changed(card, version)


def link_card(*, number: str, secret: str, owner: int, actor: str, at: datetime) -> int | Refusal:
    """Make a resident the owner of a card nobody owns: its serial. Its money stays on it.

    Refusals: too_many_attempts (five wrong secrets in an hour), number_or_secret_wrong (which of
    the two is not told), card_external (its money is at its bank), card_closed, card_blocked,
    card_owned.
    """
    with transaction.atomic():
        row = prove(number, secret, actor, at)
        if isinstance(row, Refusal):
            return row
        if external.is_external(raw_connection(), row.purse):
            return Refusal.CARD_EXTERNAL
        refusal = refuse_state(row) or (None if row.owner in (None, owner) else Refusal.CARD_OWNED)
        if refusal is None and row.owner is None:
            store.set_owner(raw_connection(), row.id, owner)
            subject = Subject("card", row.id)
            record(actor=actor, action="card.linked", subject=subject, at=at)
        return refusal or row.id


def prove(number: str, secret: str, actor: str, at: datetime) -> store.CardRow | Refusal:
    """Lock the card that somebody holds in the hand: they tell what is printed on it.

    A wrong secret is counted, for a number that no card has too: so nobody learns which numbers
    there are. Refusals: too_many_attempts, number_or_secret_wrong.
    """
    printed = rules.read_number(number)
    if printed is None:
        return Refusal.NUMBER_OR_SECRET_WRONG
    conn = raw_connection()
    row = store.lock_number(conn, printed.number)
    if row is None:
        name = rules.number_name(settings.PRINTED_KEY, printed.number)
        store.lock_reference(conn, f"number/{name}")
        subject = Subject("card_number", name)
    else:
        subject = Subject("card", row.id)
    since = at - rules.LINK_ATTEMPTS_WINDOW
    wrong = count_since(subject=subject, action="card.secret_wrong", since=since)
    if wrong >= rules.MAX_LINK_ATTEMPTS:
        return Refusal.TOO_MANY_ATTEMPTS
    is_right = rules.secret_matches(settings.PRINTED_KEY, printed.number, secret)
    if row is None or not is_right:
        record(actor=actor, action="card.secret_wrong", subject=subject, at=at)
        return Refusal.NUMBER_OR_SECRET_WRONG
    return row


def top_up(
    *,
    card: int,
    amount: int,
    reference: str,
    bank: int | None = None,
    fee: int = 0,
    actor: str,
    at: datetime,
) -> TopUp | Refusal:
    """Credit a purse from a bank's float, once for each of that bank's references.

    `bank` is where the money was paid in, None: at the card's own issuer. Of several purses it
    goes to the one at that bank; another bank owes it to the first one's. `fee` is paid to `bank`
    on top. What rides taken before are still owed is collected, oldest first. A repeat with
    another card or amount is `exists_with_different_accounts` or `…_amount` and changes nothing.
    Refusals: issuer_unknown, amount_not_positive, amount_too_large, reference_invalid,
    card_unknown, card_closed, card_blocked, balance_limit_passed, monthly_limit_passed,
    interbank_cap_passed.
    """
    if refusal := rules.refuse_money(amount, reference):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, reference)
        row = store.lock_card(conn, card)
        if row is None:
            return Refusal.CARD_UNKNOWN
        payer = models.Issuer.objects.filter(id=bank or row.home).first()
        if payer is None:
            return Refusal.ISSUER_UNKNOWN
        row = purses.at_bank(conn, row, payer.id)
        taken = store.top_up_taken(conn, payer.id, reference)
        if taken is not None:
            return _repeated(conn, row, amount, taken)
        if refusal := refuse_state(row):
            return refusal
        source = Source(payer.id, payer.float_account, fee)
        return _take_top_up(conn, row, source, (amount, reference), actor, at)


def _repeated(
    conn: psycopg.Connection, row: store.CardRow, amount: int, taken: store.StoredTopUp
) -> TopUp:
    if (taken.card, taken.amount) == (row.id, amount):
        return TopUp(Result.EXISTS, taken.balance, taken.collected)
    balance = ledger.balances(conn, [row.purse])[row.purse].balance
    if taken.card != row.id:
        return TopUp(Result.EXISTS_WITH_DIFFERENT_ACCOUNTS, balance, 0)
    return TopUp(Result.EXISTS_WITH_DIFFERENT_AMOUNT, balance, 0)


def _take_top_up(
    conn: psycopg.Connection,
    row: store.CardRow,
    source: Source,
    asked: tuple[int, str],
    actor: str,
    at: datetime,
) -> TopUp | Refusal:
    amount, reference = asked
    key = named_key(to_ms(at), "top-up", source.bank, reference)
    done = credit(conn, row, source, amount, key, actor, at)
    if isinstance(done, Refusal):
        return done
    taken = store.StoredTopUp(row.id, amount, done.collected, done.balance)
    store.keep_top_up(
        conn, issuer=source.bank, reference=reference, taken=taken, posting=key, at=at
    )
    detail: Detail = {"amount": amount, "collected": done.collected, "reference": reference}
    if source.bank != row.issuer:
        detail = {**detail, "bank": source.bank}
    if source.fee:
        detail = {**detail, "fee": source.fee}
    subject = Subject("card", row.id)
    record(actor=actor, action="card.topped_up", subject=subject, detail=detail, at=at)
    return TopUp(Result.POSTED, done.balance, done.collected)
