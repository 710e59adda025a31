"""Missing taps that riders tell: asked for with the evidence, decided by rule or by staff.

An approval sends the told tap down the road of every tap, so that the fold does the rest; when
automatic re-rating has ended, what was charged too much flows back by a plain refund. A repair
never raises what is charged, never gives back more than was charged, and is applied once.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import queries as cards
from satu.cards.actions import REASON
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.refunds import GivenBack, refund
from satu.kernel.days import from_ms, to_ms
from satu.kernel.ids import MAX_SEQUENCE, tap_parts
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import Result
from satu.services.base import ENTRY, EXIT, TapSeen
from satu.services.rules import Rules
from satu.taps import mending, models, queries, repair_queries
from satu.taps.actions import NewDevice, register_devices
from satu.taps.evidence import evidence_of
from satu.taps.looking import rules_in_force
from satu.taps.mending import Case, Looked
from satu.taps.places import DeviceState
from satu.taps.repair_rules import (
    LAST_DAYS,
    MISSING,
    Doubt,
    Refusal,
    RepairState,
    Said,
    doubts,
    lacks_exit,
    lines_of,
    network_of,
)
from satu.taps.tap import Answer

LOCK = 0x5250  # "RP": one repair of a card at a time
RULE = "rule:repair"
RERATED_DAYS = 5  # a service day, 72 hours, and what lies between: later no tap is folded in


class Asked(NamedTuple):
    """What became of a request: `posted`, `exists`, or `exists_with_different_content`."""

    result: Result
    repair: models.Repair


def ask_repair(
    *, url: str, card: int, use: int, point: str, said_at: datetime, actor: str, at: datetime
) -> Asked | Refusal:
    """Say where and when the missing tap of a use was. Approved at once if a rule allows it.

    It is if the network's monthly `repairs` allow it and place and time are possible; else it
    waits for staff and `waits_for` says why. One request a use: asked again, that is answered.
    Refusals: card_unknown, card_closed, use_unknown, point_unknown, time_in_future,
    asked_too_late, use_not_incomplete, nothing_to_refund (the tap would not lower what is
    charged, wherever else it leads).
    """
    rules = rules_in_force(raw_connection())
    said = Said(_point_of(rules, point), to_ms(said_at))
    with transaction.atomic():
        _lock(card)
        known = models.Repair.objects.filter(card=card, use=use).first()
        if known is None:
            kept = _keep(url, rules, card, use, said, actor, at)
            if isinstance(kept, Refusal):
                return kept
            known, result = kept, Result.POSTED
        else:
            is_same = (known.point_id, known.said_at) == (said.point, from_ms(said.at_ms))
            result = Result.EXISTS if is_same else Result.EXISTS_WITH_DIFFERENT_CONTENT
    # The request is kept whatever happens now: a rider who asks again goes on from here.
    if known.state == RepairState.ASKED and result is not Result.EXISTS_WITH_DIFFERENT_CONTENT:
        decided = _decide(url, rules, known.id, RULE, at)
        if isinstance(decided, models.Repair):
            known = decided
    return Asked(result, known)


def approve_repair(*, url: str, repair: int, actor: str, at: datetime) -> models.Repair | Refusal:
    """Staff believe what was told. Refusals: those of asking, repair_unknown, repair_decided,
    same_person (who asked in a rider's name: somebody else decides)."""
    asked_by = models.Repair.objects.filter(id=repair).values_list("asked_by", flat=True).first()
    if asked_by == actor and actor.startswith("staff:"):
        return Refusal.SAME_PERSON
    return _decide(url, rules_in_force(raw_connection()), repair, actor, at)


def reject_repair(*, repair: int, reason: str, actor: str, at: datetime) -> models.Repair | Refusal:
    """Staff do not; `reason` is a code (`not_plausible`). Refusals: repair_unknown, repair_decided.

    A repair whose tap stands in the books already is past rejecting.
    """
    if not REASON.fullmatch(reason):
        raise ValueError(f"a reason is a code like `not_plausible`, not {reason!r}")
    with transaction.atomic():
        found = _locked(repair)
        if isinstance(found, Refusal):
            return found
        if not repair_queries.not_folded([found]):
            return Refusal.REPAIR_DECIDED
        return _close(found, RepairState.REJECTED, actor, at, {"reason": reason})


def withdraw_repairs(*, url: str, actor: str, at: datetime) -> int:
    """Take told taps back whose readers' own taps came after all; how many.

    Both together would cost more than was saved. Run by the jobs; safe to run again.
    """
    suspected = repair_queries.tapped_since(at - timedelta(days=RERATED_DAYS))
    rules = rules_in_force(raw_connection()) if suspected else None
    withdrawn = 0
    for repair in suspected:
        assert rules is not None
        withdrawn += _withdraw(url, rules, repair, actor, at)
    return withdrawn


def _withdraw(url: str, rules: Rules, repair: models.Repair, actor: str, at: datetime) -> bool:
    with transaction.atomic():
        _lock(repair.card)
        repair.refresh_from_db()
        if repair.state != RepairState.APPROVED:
            return False
        case, told = _case_of(rules, repair), _told_by(rules, repair)
        if not mending.run(url, rules, lambda around: mending.is_needless(around, case, told)):
            return False
        now_ms = to_ms(at)
        mending.run(url, rules, lambda around: mending.withdraw(around, case, told, now_ms))
        detail: Detail = {"reason": "tap_came_late", "refunded_before": repair.refunded}
        repair.refunded = 0
        _close(repair, RepairState.WITHDRAWN, actor, at, detail)
        return True


def _point_of(rules: Rules, code: str) -> int:
    """A point's number; 0: unknown."""
    return next((point.id for point in rules.bundle.points if point.code == code), 0)


def _lock(card: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK, card % (1 << 31)])


def _locked(repair: int) -> models.Repair | Refusal:
    """An undecided repair, and its card's other repairs kept from being decided meanwhile."""
    found = models.Repair.objects.filter(id=repair).first()
    if found is None:
        return Refusal.REPAIR_UNKNOWN
    _lock(found.card)
    found.refresh_from_db()
    return found if found.state == RepairState.ASKED else Refusal.REPAIR_DECIDED


def _keep(
    url: str, rules: Rules, card: int, use: int, said: Said, actor: str, at: datetime
) -> models.Repair | Refusal:
    """Write a request down with its evidence, if it can be one at all."""
    now_ms = to_ms(at)
    stored = repair_queries.use_of(card, use)
    if stored is None:
        return Refusal.CARD_UNKNOWN if cards.card(card) is None else Refusal.USE_UNKNOWN
    if not said.point:
        return Refusal.POINT_UNKNOWN
    if said.at_ms > now_ms:
        return Refusal.TIME_IN_FUTURE
    oldest = rules.calendar.day_of(now_ms) - timedelta(days=LAST_DAYS)
    if min(stored.service_day, rules.calendar.day_of(said.at_ms)) < oldest:
        return Refusal.ASKED_TOO_LATE
    if stored.use_class not in MISSING:
        return Refusal.USE_NOT_INCOMPLETE
    device = _device(rules, actor, at)
    earlier = _earlier(rules, card)
    # Not the repair's number: the trail has that for ever, and a tap tells a place.
    sequence = 1 + secrets.randbelow(MAX_SEQUENCE)
    case = Case(card, use, stored.service_day, said, device, sequence, earlier)
    looked = mending.run(url, rules, lambda around: mending.look(around, case, now_ms))
    assert not isinstance(looked, Answer)
    if isinstance(looked, Refusal):
        return looked
    if looked.rehearsed.difference >= 0:
        return Refusal.NOTHING_TO_REFUND
    network = network_of(rules, looked.use)
    made = models.Repair.objects.create(
        card=card,
        use=use,
        service_day=stored.service_day,
        network=network.id if network else "",
        missing=int(looked.use.use_class),
        point_id=said.point,
        said_at=from_ms(said.at_ms),
        asked_at=at,
        asked_by=actor,
        evidence=evidence_of(rules, looked, stored.service_day),
        tap=case.name,
    )
    # Its number alone: the trail is for ever, what leads from a card to a place is not.
    _record(made, "repair.asked", actor, at, {})
    return made


def _device(rules: Rules, actor: str, at: datetime) -> int:
    """The device that told taps are of. Nobody has its key, and no gateway lets it in."""
    code = f"repair-{rules.bundle.city}"
    known = queries.device_numbers([code])
    if code not in known:
        key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        device = NewDevice(code, min(rules.operators), None, key)
        known = register_devices(devices=[device], actor=actor, at=at)
        models.Device.objects.filter(id=known[code]).update(state=DeviceState.BLOCKED)
    return known[code]


def _paid_back(card: int) -> list[models.Repair]:
    """A card's repairs that flowed back as plain refunds, oldest first."""
    approved = models.Repair.objects.filter(card=card, state=RepairState.APPROVED)
    return repair_queries.not_folded(approved.order_by("id"))


def _earlier(rules: Rules, card: int) -> tuple[TapSeen, ...]:
    """The taps of repairs that were paid back: they are true, and in no day's fold."""
    return tuple(_told_by(rules, repair) for repair in _paid_back(card))


def _told_by(rules: Rules, repair: models.Repair) -> TapSeen:
    use = repair.evidence["use"]
    routes = [route.id for route in rules.bundle.routes if route.code == use["route"]]
    direction = EXIT if lacks_exit(repair.missing) else ENTRY
    return TapSeen(
        repair.tap,
        to_ms(repair.said_at),
        repair.point_id,
        routes[0] if routes else 0,
        direction,
        use["riders"],
    )


def _decide(
    url: str, rules: Rules, repair: int, actor: str, at: datetime
) -> models.Repair | Refusal:
    """Approve a request, by rule (`actor` is RULE) only if nothing speaks against it."""
    now_ms = to_ms(at)
    with transaction.atomic():
        found = _locked(repair)
        if isinstance(found, Refusal):
            return found
        case = _case_of(rules, found)
        looked = mending.run(url, rules, lambda around: mending.look(around, case, now_ms))
        if isinstance(looked, Refusal):
            return looked
        if isinstance(looked, Answer):  # it was folded in, and then something ended us
            return _approve(found, -looked.charge, actor, at)
        if looked.rehearsed.difference >= 0:
            return Refusal.NOTHING_TO_REFUND
        if actor == RULE and (found_doubts := _doubts(rules, found, looked)):
            found.waits_for = " ".join(found_doubts)
            found.save(update_fields=["waits_for"])
            return found
        if looked.is_final:
            return _pay_back(found, looked, actor, at)
        answer = mending.run(url, rules, lambda around: mending.mend(around, case, now_ms))
        if isinstance(answer, Refusal):
            return answer
        return _approve(found, -answer.charge, actor, at)


def _case_of(rules: Rules, repair: models.Repair) -> Case:
    said = Said(repair.point_id, to_ms(repair.said_at))
    device, sequence = tap_parts(repair.tap)
    earlier = _earlier(rules, repair.card)
    return Case(repair.card, repair.use, repair.service_day, said, device, sequence, earlier)


def _doubts(rules: Rules, repair: models.Repair, looked: Looked) -> list[Doubt]:
    assert looked.card.seen is not None
    said = Said(repair.point_id, to_ms(repair.said_at))
    found = doubts(rules, looked.use, said, looked.card.seen, looked.rehearsed)
    network = network_of(rules, looked.use)
    approved = models.Repair.objects.filter(
        card=repair.card,
        network=repair.network,
        state=RepairState.APPROVED,
        service_day__year=repair.service_day.year,
        service_day__month=repair.service_day.month,
    ).count()
    if network is None or approved >= network.repairs:
        found.append(Doubt.MONTHLY_LIMIT_REACHED)
    return found


def _pay_back(
    repair: models.Repair, looked: Looked, actor: str, at: datetime
) -> models.Repair | Refusal:
    """The day is final: what the tap would have saved flows back, and the day stays as it is."""
    day = next(day for day in looked.card.days if day.day == repair.service_day)
    most = sum(use.fare for use in day.all_uses())
    most -= sum(
        other.refunded
        for other in _paid_back(repair.card)
        if other.service_day == repair.service_day
    )
    # Several uses that one posting paid are named by the last of them: then it is the day's.
    original = {operator: UUID(bytes=key) for operator, key in day.postings.items()}
    original |= repair_queries.postings_of(repair.use, looked.card.seen or ())
    lines = [
        GivenBack(line.operator, line.amount, original.get(line.operator), line.to)
        for line in lines_of(looked.rehearsed.change, most)
    ]
    if not any(not line.to for line in lines):
        return Refusal.NOTHING_TO_REFUND
    paid = refund(
        card=repair.card,
        lines=lines,
        tap=repair.tap,
        use=repair.use,
        service_day=repair.service_day,
        actor=actor,
        at=at,
    )
    if isinstance(paid, CardRefusal):
        return Refusal(paid.value)
    return _approve(repair, paid.amount, actor, at)


def _approve(repair: models.Repair, refunded: int, actor: str, at: datetime) -> models.Repair:
    repair.refunded = refunded
    detail: Detail = {"refunded": refunded, "by_rule": actor == RULE}
    return _close(repair, RepairState.APPROVED, actor, at, detail)


def _close(
    repair: models.Repair, state: RepairState, actor: str, at: datetime, detail: Detail
) -> models.Repair:
    repair.state = int(state)
    repair.decided_at = at
    repair.decided_by = actor
    repair.reason = str(detail.get("reason", ""))
    repair.save(update_fields=["state", "decided_at", "decided_by", "reason", "refunded"])
    _record(repair, f"repair.{state.code}", actor, at, detail)
    return repair


def _record(repair: models.Repair, action: str, actor: str, at: datetime, detail: Detail) -> None:
    record(subject=Subject("repair", repair.id), action=action, actor=actor, at=at, detail=detail)
