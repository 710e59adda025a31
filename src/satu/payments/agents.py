"""Agents: shops that take cash and top up cards out of what they have paid in at their bank."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import psycopg
from django.db import transaction
from django.db.models import Sum

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import models as cards
from satu.cards import rules as card_rules
from satu.cards import store
from satu.cards.actions import refuse_state
from satu.cards.collecting import desk_entry, post_now, settlement_day
from satu.cards.crediting import Credited, Source, credit
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.interbank import asset_of
from satu.kernel.days import to_ms
from satu.kernel.ids import named_key
from satu.ledger import store as ledger
from satu.ledger.actions import ensure_accounts, raw_connection
from satu.ledger.entry import Entry
from satu.ledger.kinds import AccountKind, PostingKind, Result
from satu.payments.errors import Refusal, Refused
from satu.payments.fees import fees
from satu.payments.kinds import Channel
from satu.payments.models import Agent, AgentTopUp
from satu.payments.rules import fee_of


class NewAgent(NamedTuple):
    """A shop to be added, at a bank; see satu.payments.models.Agent."""

    code: str
    name: str
    bank: int
    commission: int
    most: int
    most_a_day: int


class Funded(NamedTuple):
    """What became of money that an agent paid in; `balance` is its float after it."""

    result: Result
    balance: int


class Sold(NamedTuple):
    """What became of an agent's top-up: the card's balance, and what the payer paid on top."""

    result: Result
    balance: int
    collected: int
    fee: int
    commission: int


def add_agent(*, new: NewAgent, actor: str, at: datetime) -> Agent | Refused:
    """Let a shop take cash; a repeat changes nothing. It needs money in its float before it can.

    Refusals: limits_invalid, issuer_unknown, agent_taken.
    """
    if new.commission < 0 or not 0 < new.most <= new.most_a_day:
        return Refusal.LIMITS_INVALID
    with transaction.atomic():
        conn = raw_connection()
        bank = cards.Issuer.objects.select_for_update().filter(id=new.bank).first()
        if bank is None:
            return CardRefusal.ISSUER_UNKNOWN
        known = Agent.objects.filter(code=new.code).first()
        if known is not None:
            told = NewAgent(
                known.code,
                known.name,
                known.bank_id,
                known.commission,
                known.most,
                known.most_a_day,
            )
            return known if told == new else Refusal.AGENT_TAKEN
        agent = Agent(**{**new._asdict(), "bank": bank}, account=0, added_at=at)
        agent.account = ledger.open_balanced(
            conn,
            AccountKind.AGENT,
            book=bank.id,
            asset=asset_of(conn, bank.float_account),
            party=1 + Agent.objects.count(),
        )
        agent.save()
        _record("agent.added", agent, {"bank": bank.id}, actor, at)
    return agent


def set_open(*, code: str, is_open: bool, actor: str, at: datetime) -> Agent | Refused:
    """Let a shop take cash or not. A repeat changes nothing. Refusals: agent_unknown."""
    with transaction.atomic():
        agent = _lock(code)
        if agent is None:
            return Refusal.AGENT_UNKNOWN
        if agent.is_open != is_open:
            agent.is_open = is_open
            agent.save(update_fields=["is_open"])
            _record("agent.opened" if is_open else "agent.closed", agent, {}, actor, at)
    return agent


def fund_agent(
    *, code: str, amount: int, reference: str, actor: str, at: datetime
) -> Funded | Refused:
    """Book what a shop paid in at its bank, once for each reference of the bank's.

    A repeat with another amount is `exists_with_different_amount`. Refusals:
    amount_not_positive, amount_too_large, reference_invalid, agent_unknown.
    """
    if refusal := card_rules.refuse_money(amount, reference):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        agent = _lock(code)
        if agent is None:
            return Refusal.AGENT_UNKNOWN
        key = named_key(0, "agent float", agent.id, reference)
        done = store.posting_of(conn, key)
        if done is not None:
            assert done.credit_after is not None
            is_same = done.amount == amount
            result = Result.EXISTS if is_same else Result.EXISTS_WITH_DIFFERENT_AMOUNT
            return Funded(result, done.credit_after)
        entry = _entry(agent.bank.float_account, agent.account, amount, at)
        _post(conn, entry._replace(key=key), at)
        _record("agent.funded", agent, {"amount": amount, "reference": reference}, actor, at)
        return Funded(Result.POSTED, ledger.balances(conn, [agent.account])[agent.account].balance)


def top_up_at_agent(
    *, code: str, card: int, amount: int, reference: str, actor: str, at: datetime
) -> Sold | Refused:
    """Credit a card with cash that a shop took, out of its float, once for each its references.

    The shop takes amount and fee from the payer; the fee goes to its bank, which pays the shop
    its commission. A repeat with another card or amount is `exists_with_different_accounts` or
    `…_amount`. Refusals: amount_not_positive, amount_too_large, reference_invalid, agent_unknown,
    agent_closed, card_unknown, card_closed, card_blocked, agent_limit_passed,
    agent_day_limit_passed, agent_float_insufficient, balance_limit_passed,
    monthly_limit_passed, interbank_cap_passed.
    """
    if refusal := card_rules.refuse_money(amount, reference):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        agent = _lock(code)
        row = store.lock_card(conn, card)
        if agent is None or row is None:
            return Refusal.AGENT_UNKNOWN if agent is None else CardRefusal.CARD_UNKNOWN
        done = AgentTopUp.objects.filter(agent=agent, reference=reference).first()
        if done is not None:
            return _repeated(done, card, amount)
        if refused := _refuse(agent, amount, at) or refuse_state(row):
            return refused
        sold = _sell(conn, agent, row, (amount, reference), at, actor)
        return (
            Refusal.AGENT_FLOAT_INSUFFICIENT if sold is CardRefusal.BALANCE_INSUFFICIENT else sold
        )


def _refuse(agent: Agent, amount: int, at: datetime) -> Refusal | None:
    if not agent.is_open:
        return Refusal.AGENT_CLOSED
    if amount > agent.most:
        return Refusal.AGENT_LIMIT_PASSED
    today = AgentTopUp.objects.filter(agent=agent, day=settlement_day(at))
    taken = today.aggregate(taken=Sum("amount"))["taken"] or 0
    return Refusal.AGENT_DAY_LIMIT_PASSED if taken + amount > agent.most_a_day else None


def _repeated(done: AgentTopUp, card: int, amount: int) -> Sold:
    result = Result.EXISTS
    if done.card_id != card:
        result = Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
    elif done.amount != amount:
        result = Result.EXISTS_WITH_DIFFERENT_AMOUNT
    return Sold(result, done.balance, done.collected, done.fee, done.commission)


def _sell(
    conn: psycopg.Connection,
    agent: Agent,
    row: store.CardRow,
    asked: tuple[int, str],
    at: datetime,
    actor: str,
) -> Sold | CardRefusal:
    amount, reference = asked
    key = named_key(to_ms(at), "agent", agent.id, reference)
    fee = fee_of(fees(), Channel.AGENT, amount)
    done = credit(conn, row, Source(agent.bank_id, agent.account, fee), amount, key, actor, at)
    if not isinstance(done, Credited):
        return done
    if agent.commission:
        name = (AccountKind.FEE, agent.bank_id, asset_of(conn, agent.account), 0, 0)
        paid_by = ensure_accounts(wanted=[name], actor=actor, at=at)[name]
        entry = _entry(paid_by, agent.account, agent.commission, at)
        commission = named_key(0, "commission", key.int)
        _post(conn, entry._replace(key=commission, kind=PostingKind.FEE), at)
    AgentTopUp.objects.create(
        agent=agent,
        reference=reference,
        card_id=row.id,
        amount=amount,
        fee=fee,
        commission=agent.commission,
        collected=done.collected,
        balance=done.balance,
        posting=key,
        day=settlement_day(at),
        at=at,
    )
    detail: Detail = {"agent": agent.code, "amount": amount, "collected": done.collected}
    detail = {**detail, "fee": fee, "reference": reference}
    subject = Subject("card", row.id)
    record(actor=actor, action="card.topped_up", subject=subject, detail=detail, at=at)
    return Sold(Result.POSTED, done.balance, done.collected, fee, agent.commission)


def _entry(debit: int, credit: int, amount: int, at: datetime) -> Entry:
    return desk_entry(
        key=named_key(0),
        debit=debit,
        credit=credit,
        amount=amount,
        kind=PostingKind.TOP_UP,
        at=at,
    )


def _post(conn: psycopg.Connection, entry: Entry, at: datetime) -> None:
    (result,) = post_now(conn, [entry], at)
    assert result is Result.POSTED, result


def _lock(code: str) -> Agent | None:
    """A shop, its row locked: what it took today is counted by one at a time."""
    found = Agent.objects.select_related("bank").select_for_update(of=("self",))
    return found.filter(code=code).first()


def _record(action: str, agent: Agent, detail: Detail, actor: str, at: datetime) -> None:
    record(actor=actor, action=action, subject=Subject("agent", agent.id), detail=detail, at=at)
