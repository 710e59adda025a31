"""Four eyes: one proposes to move money, another approves, and it is done once.

The action itself is called with the approver as its actor, in the transaction of the approval;
the audit of what it touched names the proposer too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.db import transaction

from satu.approvals import models
from satu.approvals.errors import Refusal
from satu.approvals.kinds import LASTS, Parameters, PayBack, State
from satu.approvals.registry import ACTIONS, WHOLE_CITY, Action
from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards.actions import REASON
from satu.partners.sealed import open_sealed, seal
from satu.people import queries as people
from satu.people.kinds import Role
from satu.people.rules import CASE, PERSONAL_NUMBER


class Asked(NamedTuple):
    """What is proposed: an action of satu.approvals.registry, by name, and what it needs.

    `reason` is a code, `case` that of a ticket or empty; the same `key` proposes once.
    """

    action: str
    parameters: Mapping[str, str | int]
    reason: str
    case: str
    key: str


def propose(*, asked: Asked, actor: str, at: datetime) -> models.Proposal | Refusal:
    """Let somebody propose to move money; it waits 72 hours for somebody else.

    `actor` is `staff:login`. A repeat is answered with what stands. Refusals: action_unknown,
    parameters_invalid, reason_invalid, case_invalid, party_unknown, staff_unknown, contractor,
    role_not_held, other_partys, proposed_before (the key stands for something else).
    """
    action = ACTIONS.get(asked.action)
    if action is None:
        return Refusal.ACTION_UNKNOWN
    try:
        parameters = msgspec.convert(dict(asked.parameters), action.parameters)
    except msgspec.ValidationError:
        return Refusal.PARAMETERS_INVALID
    if not REASON.fullmatch(asked.reason):
        return Refusal.REASON_INVALID
    if asked.case and (not CASE.fullmatch(asked.case) or PERSONAL_NUMBER.search(asked.case)):
        return Refusal.CASE_INVALID
    party = action.party(parameters)
    if party is None:
        return Refusal.PARTY_UNKNOWN
    if refusal := _refuse_staff(actor, action.proposers, party, at):
        return refusal
    with transaction.atomic():
        return _keep(asked, action, parameters, party, actor, at)


def _keep(
    asked: Asked, action: Action, parameters: Parameters, party: str, actor: str, at: datetime
) -> models.Proposal | Refusal:
    content = msgspec.json.encode(parameters)
    subject = action.subject(parameters)
    proposal, is_new = models.Proposal.objects.get_or_create(
        key=asked.key,
        defaults={
            "action": asked.action,
            "sealed": seal(settings.APPROVAL_KEY, asked.key, content),
            "subject_kind": subject.kind,
            "subject_id": str(subject.id),
            "party": party,
            "amount": action.amount(parameters),
            "reason": asked.reason,
            "case": asked.case,
            "proposed_by": _login(actor),
            "proposed_at": at,
            "expires_at": at + LASTS,
        },
    )
    if not is_new:
        is_same = (proposal.action, proposal.proposed_by) == (asked.action, _login(actor))
        same = (parameters, _decided(parameters))
        return proposal if is_same and _read(proposal) in same else Refusal.PROPOSED_BEFORE
    detail: Detail = {
        "action": asked.action,
        "amount": proposal.amount,
        "reason": asked.reason,
        "case": asked.case,
    }
    _record(proposal, "approval.proposed", actor, at, detail)
    return proposal


def approve(*, proposal: int, actor: str, at: datetime) -> models.Proposal | Refusal:
    """Let another approve a proposal: what it asks is done now, once.

    What the action itself refuses ends the proposal as REFUSED, with that code as its `result`.
    Refusals: proposal_unknown, proposal_decided, proposal_expired, staff_unknown, contractor,
    same_person, role_not_held, other_partys.
    """
    with transaction.atomic():
        asked = _to_decide(proposal, actor, at)
        if isinstance(asked, Refusal):
            return asked
        found, action = asked
        carried = action.carry_out(_read(found), found.id, actor, at)
        found.result = carried.code
        state = State.DONE if carried.is_done else State.REFUSED
        detail: Detail = {
            "action": found.action,
            "proposal": found.id,
            "proposer": f"staff:{found.proposed_by}",
            "result": carried.code,
        }
        if carried.is_done:
            subject = Subject(found.subject_kind, found.subject_id)
            record(subject=subject, action="approval.done", actor=actor, at=at, detail=detail)
        return _decide(found, state, actor, at, detail)


def reject(*, proposal: int, reason: str, actor: str, at: datetime) -> models.Proposal | Refusal:
    """Let another say no; `reason` is a code. Refusals: as in `approve`, reason_invalid."""
    if not REASON.fullmatch(reason):
        return Refusal.REASON_INVALID
    with transaction.atomic():
        asked = _to_decide(proposal, actor, at)
        if isinstance(asked, Refusal):
            return asked
        found, _ = asked
        found.result = reason
        return _decide(found, State.REJECTED, actor, at, {"reason": reason})


def withdraw(*, proposal: int, actor: str, at: datetime) -> models.Proposal | Refusal:
    """Let who proposed take it back. Refusals: proposal_unknown, proposal_decided,
    proposal_expired, not_the_proposer."""
    with transaction.atomic():
        found = _lock(proposal, at)
        if isinstance(found, Refusal):
            return found
        if _login(actor) != found.proposed_by:
            return Refusal.NOT_THE_PROPOSER
        return _decide(found, State.WITHDRAWN, actor, at, {})


def look_at(*, proposal: int, actor: str, at: datetime) -> Parameters | Refusal:
    """What is proposed, in whole: an account may be in it, so that who looks is written down.

    For who proposed it and those who may decide. Refusals: proposal_unknown, staff_unknown,
    contractor, role_not_held, other_partys.
    """
    with transaction.atomic():
        found = models.Proposal.objects.filter(id=proposal).first()
        action = ACTIONS.get(found.action) if found else None
        if found is None or action is None:
            return Refusal.PROPOSAL_UNKNOWN
        roles = action.proposers | action.approvers
        if refusal := _refuse_staff(actor, roles, found.party, at):
            return refusal
        _record(found, "approval.looked_at", actor, at, {"action": found.action})
        return _read(found)


def expire(*, actor: str, at: datetime) -> int:
    """End the proposals that nobody decided in time; how many. A job runs this."""
    ended = 0
    late = models.Proposal.objects.filter(state=State.WAITING, expires_at__lte=at)
    for number in late.order_by("id").values_list("id", flat=True):
        with transaction.atomic():
            found = models.Proposal.objects.select_for_update().get(id=number)
            if found.state == State.WAITING:
                _decide(found, State.EXPIRED, actor, at, {})
                ended += 1
    return ended


def _lock(proposal: int, at: datetime) -> models.Proposal | Refusal:
    found = models.Proposal.objects.select_for_update().filter(id=proposal).first()
    if found is None:
        return Refusal.PROPOSAL_UNKNOWN
    if found.state != State.WAITING:
        return Refusal.PROPOSAL_DECIDED
    return Refusal.PROPOSAL_EXPIRED if at >= found.expires_at else found


def _to_decide(proposal: int, actor: str, at: datetime) -> tuple[models.Proposal, Action] | Refusal:
    """A proposal, locked, that an actor may decide, and what it asks for."""
    found = _lock(proposal, at)
    if isinstance(found, Refusal):
        return found
    action = ACTIONS.get(found.action)
    if action is None:
        return Refusal.ACTION_UNKNOWN
    return _refuse_decider(found, action, actor, at) or (found, action)


def _refuse_decider(
    proposal: models.Proposal, action: Action, actor: str, at: datetime
) -> Refusal | None:
    if _login(actor) == proposal.proposed_by:
        return Refusal.SAME_PERSON
    return _refuse_staff(actor, action.approvers, proposal.party, at)


def _refuse_staff(actor: str, roles: frozenset[Role], party: str, at: datetime) -> Refusal | None:
    """Why somebody has no say in what is done with a party's money; None: they have."""
    member = people.staff_member(_login(actor), at)
    if member is None:
        return Refusal.STAFF_UNKNOWN
    if member.is_contractor:
        return Refusal.CONTRACTOR
    if not roles & member.roles:
        return Refusal.ROLE_NOT_HELD
    return None if member.acts_for in (WHOLE_CITY, party) else Refusal.OTHER_PARTYS


def _login(actor: str) -> str:
    """The login of `staff:ani`; of anybody else nothing, who is nobody here."""
    kind, _, login = actor.partition(":")
    return login if kind == "staff" else ""


def _read(proposal: models.Proposal) -> Parameters:
    content = open_sealed(settings.APPROVAL_KEY, proposal.key, bytes(proposal.sealed))
    return msgspec.json.decode(content, type=ACTIONS[proposal.action].parameters)


def _decided(parameters: Parameters) -> Parameters:
    return parameters.decided() if isinstance(parameters, PayBack) else parameters


def _decide(
    proposal: models.Proposal, state: State, actor: str, at: datetime, detail: Detail
) -> models.Proposal:
    proposal.state = state
    proposal.decided_by = _login(actor) or actor
    proposal.decided_at = at
    if proposal.action in ACTIONS:
        kept = msgspec.json.encode(_decided(_read(proposal)))
        proposal.sealed = seal(settings.APPROVAL_KEY, proposal.key, kept)
    proposal.save(update_fields=["state", "decided_by", "decided_at", "result", "sealed"])
    _record(proposal, f"approval.{state.name.lower()}", actor, at, detail)
    return proposal


def _record(
    proposal: models.Proposal, action: str, actor: str, at: datetime, detail: Detail
) -> None:
    subject = Subject("proposal", proposal.id)
    record(subject=subject, action=action, actor=actor, at=at, detail=detail)
