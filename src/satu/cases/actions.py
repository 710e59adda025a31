"""Every step of a case. Each is audited, and told to the resident where it concerns them.

What somebody wrote is sealed by satu.people.texts; a case has its number alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import queries as cards
from satu.cards.telling import tail
from satu.cases import models, queries, rules
from satu.cases.errors import Refusal
from satu.cases.kinds import FILLED_IN, Channel, CityCases, Filling, Kind, State, What
from satu.cases.words import answer_text, say_time
from satu.ledger.kinds import Result
from satu.messages.actions import enqueue
from satu.messages.kinds import Kind as Message
from satu.people import queries as people
from satu.people.texts import keep_text

NOTHING: Detail = {}


class NewCase(NamedTuple):
    """Something that is asked. `key` is its cause: one cause opens one case.

    `about` names what it is about: `repair:5`, `use:123`, `look:77`.
    """

    kind: str
    channel: Channel
    key: str
    resident: int | None = None
    card: int | None = None
    text: str = ""
    about: str = ""


class Opened(NamedTuple):
    """A case that stands; `result` `exists`: it did before."""

    result: Result
    case: models.Case


class Wrote(NamedTuple):
    """What a step leaves in the story besides itself."""

    text: str = ""
    is_inner: bool = False
    answer: str = ""
    parameters: Mapping[str, str | int] = {}


def open_case(*, new: NewCase, actor: str, at: datetime) -> Opened | Refusal:
    """Open a case with the first team of its kind, and tell its resident by when it is answered.

    Refusals: cases_not_loaded, kind_unknown, resident_unknown, card_unknown, text_too_long.
    """
    city = queries.city_cases()
    if city is None:
        return Refusal.CASES_NOT_LOADED
    kind = city.kind(new.kind)
    if kind is None:
        return Refusal.KIND_UNKNOWN
    if refusal := _refuse_new(new):
        return refusal
    due = queries.clock_of(city).due(kind, at)
    with transaction.atomic():
        case, is_new = models.Case.objects.get_or_create(
            key=new.key,
            defaults={
                "kind": kind.code,
                "channel": new.channel.value,
                "resident": new.resident,
                "card": new.card,
                "about": new.about,
                "team": kind.teams[0],
                "opened_at": at,
                "opened_by": actor,
                "answer_by": due,
                "due_at": due,
            },
        )
        if not is_new:
            return Opened(Result.EXISTS, case)
        detail = {"kind": kind.code, "channel": new.channel.value, "team": case.team}
        _write(case, What.OPENED, actor, at, Wrote(new.text), detail)
        _tell(case, Message.CASE_OPENED, f"case:{case.id}:opened", at, due=due, city=city)
    return Opened(Result.POSTED, case)


def _refuse_new(new: NewCase) -> Refusal | None:
    if new.resident is not None:
        standing = people.standing(new.resident)
        if standing is None or standing.is_erased:
            return Refusal.RESIDENT_UNKNOWN
    if new.card is not None and cards.card(new.card) is None:
        return Refusal.CARD_UNKNOWN
    return Refusal.TEXT_TOO_LONG if len(new.text) > rules.TEXT_LENGTH else None


def take_case(*, case: int, staff: str, actor: str, at: datetime) -> models.Case | Refusal:
    """Let a member of staff, by login, work on a case; from somebody else it is taken over.

    Refusals: case_unknown, case_not_there, staff_unknown (nobody of that login works here now).
    """
    with transaction.atomic():
        found = _lock(case, What.TAKEN)
        if isinstance(found, Refusal):
            return found
        if people.staff_member(staff, at) is None:
            return Refusal.STAFF_UNKNOWN
        if found.owner == staff:
            return found
        found.owner = staff
        return _write(found, What.TAKEN, actor, at, detail={"owner": staff})


def hand_over(*, case: int, team: str, actor: str, at: datetime) -> models.Case | Refusal:
    """Give a case to another team; its clock runs on. Refusals: case_unknown, case_not_there,
    team_unknown."""
    with transaction.atomic():
        found = _lock(case, What.HANDED_OVER)
        if isinstance(found, Refusal):
            return found
        city = queries.city_cases()
        if city is None or city.team(team) is None:
            return Refusal.TEAM_UNKNOWN
        found.team, found.owner = team, ""
        return _write(found, What.HANDED_OVER, actor, at, detail={"team": team})


def add_note(*, case: int, text: str, actor: str, at: datetime) -> models.Case | Refusal:
    """Write something down for staff alone. Refusals: case_unknown, text_missing, text_too_long."""
    with transaction.atomic():
        found = _lock(case, What.NOTED)
        refusal = found if isinstance(found, Refusal) else _refuse_text(text)
        if refusal or isinstance(found, Refusal):
            return refusal or found
        return _write(found, What.NOTED, actor, at, Wrote(text, is_inner=True))


def ask_resident(*, case: int, text: str, actor: str, at: datetime) -> models.Case | Refusal:
    """Ask the one who asked; until they reply the clock stands.

    Refusals: case_unknown, case_not_there, text_missing, text_too_long.
    """
    with transaction.atomic():
        found = _lock(case, What.ASKED)
        refusal = found if isinstance(found, Refusal) else _refuse_text(text)
        if refusal or isinstance(found, Refusal):
            return refusal or found
        city, kind = _kind_of(found)
        if city and kind and found.due_at:
            left = queries.clock_of(city).left(kind, at, found.due_at)
            found.left_s = int(left.total_seconds())
        found.due_at = None
        _write(found, What.ASKED, actor, at, Wrote(text))
        _tell(found, Message.CASE_ASKED, f"case:{found.id}:asked:{_entries(found)}", at)
        return found


def reply(
    *, case: int, text: str, owner: int | None, actor: str, at: datetime
) -> models.Case | Refusal:
    """Keep what the one who asked adds; a clock that stood for it runs on.

    `owner` is the resident; None: staff write down what they were told. Refusals: case_unknown,
    not_the_asker, case_not_there, text_missing, text_too_long.
    """
    with transaction.atomic():
        found = _lock(case, What.REPLIED, owner)
        refusal = found if isinstance(found, Refusal) else _refuse_text(text)
        if refusal or isinstance(found, Refusal):
            return refusal or found
        if found.state == State.WAITING:
            city, kind = _kind_of(found)
            if city and kind and found.left_s is not None:
                left = timedelta(seconds=found.left_s)
                found.due_at = queries.clock_of(city).go_on(kind, at, left)
            found.left_s = None
            found.state = State.TAKEN if found.owner else State.NEW
        return _write(found, What.REPLIED, actor, at, Wrote(text))


def answer_case(
    *, case: int, answer: str, filling: Filling, text: str, actor: str, at: datetime
) -> models.Case | Refusal:
    """Answer with one of the city's texts, its places filled in; `text` may add a sentence.

    Refusals: case_unknown, case_not_there, text_too_long, answer_unknown (or not for this kind),
    answer_not_filled.
    """
    with transaction.atomic():
        found = _lock(case, What.ANSWERED)
        if isinstance(found, Refusal):
            return found
        if len(text) > rules.TEXT_LENGTH:
            return Refusal.TEXT_TOO_LONG
        city = queries.city_cases()
        chosen = city.answer(answer) if city else None
        if chosen is None or found.kind not in chosen.kinds:
            return Refusal.ANSWER_UNKNOWN
        if chosen.fields() & FILLED_IN != filling.given():
            return Refusal.ANSWER_NOT_FILLED
        parameters = parameters_for(found, filling)
        found.answered_at, found.outcome = at, chosen.outcome.value
        found.due_at = found.left_s = None
        wrote = Wrote(text, answer=answer, parameters=parameters)
        detail = {"answer": answer, "outcome": found.outcome}
        _write(found, What.ANSWERED, actor, at, wrote, detail)
        texts = {
            f"answer_{language}": answer_text(
                chosen, parameters, asset=queries.asset(), language=language
            )
            for language in ("id", "en")
        }
        name = f"case:{found.id}:answered:{_entries(found)}"
        _tell(found, Message.CASE_ANSWERED, name, at, more=texts)
        return found


def parameters_for(case: models.Case, filling: Filling) -> dict[str, str | int]:
    """What goes into an answer's text, as it is stored; a page shows the answer with it first."""
    card = cards.card(case.card) if case.card is not None else None
    known: dict[str, str | int] = {
        "case": queries.code_of(case.id),
        "card": tail(card.number) if card else "–",
    }
    if filling.date is not None:
        known["date"] = filling.date.isoformat()
    if filling.amount is not None:
        known["amount"] = filling.amount
    return known if filling.days is None else {**known, "days": filling.days}


def reopen_case(
    *, case: int, text: str, owner: int | None, actor: str, at: datetime
) -> models.Case | Refusal:
    """Open an answered case again, with a new clock; its team has it.

    `owner` is the resident; None: staff for them. Refusals: case_unknown, not_the_asker,
    case_not_there, text_missing, text_too_long, reopened_too_late.
    """
    with transaction.atomic():
        found = _lock(case, What.REOPENED, owner)
        refusal = found if isinstance(found, Refusal) else _refuse_text(text)
        if refusal or isinstance(found, Refusal):
            return refusal or found
        city, kind = _kind_of(found)
        if city is None or kind is None:
            return Refusal.KIND_UNKNOWN
        assert found.answered_at is not None
        if at > found.answered_at + timedelta(days=city.reopen_days):
            return Refusal.REOPENED_TOO_LATE
        found.due_at = found.answer_by = queries.clock_of(city).due(kind, at)
        found.step, found.owner, found.outcome = 0, "", ""
        return _write(found, What.REOPENED, actor, at, Wrote(text))


def close_case(*, case: int, owner: int | None, actor: str, at: datetime) -> models.Case | Refusal:
    """End an answered case: its resident is content, or the time to come back is over.

    Refusals: case_unknown, not_the_asker, case_not_there.
    """
    with transaction.atomic():
        found = _lock(case, What.CLOSED, owner)
        if isinstance(found, Refusal):
            return found
        found.closed_at = at
        return _write(found, What.CLOSED, actor, at)


def escalate(*, case: int, actor: str, at: datetime) -> bool:
    """Give a case whose clock ran out to the next team; whether it had.

    If no team is left it stays where it is, overdue, without a clock.
    """
    with transaction.atomic():
        found = _lock(case, What.ESCALATED)
        if isinstance(found, Refusal) or found.due_at is None or found.due_at > at:
            return False
        city, kind = _kind_of(found)
        found.step += 1
        team = rules.next_team(kind, found.step) if kind else None
        if city is None or kind is None or team is None:
            found.due_at = None
            detail: Detail = {"step": found.step, "team": None}
            _write(found, What.ESCALATED, actor, at, Wrote(is_inner=True), detail, stays=True)
            return True
        found.team, found.owner = team, ""
        found.due_at = queries.clock_of(city).due(kind, at)
        _write(found, What.ESCALATED, actor, at, detail={"step": found.step, "team": team})
        return True


def _lock(case: int, what: What, owner: int | None = None) -> models.Case | Refusal:
    """Lock a case for a step; `owner` is the resident who asks for it."""
    found = models.Case.objects.select_for_update().filter(id=case).first()
    if found is None:
        return Refusal.CASE_UNKNOWN
    if owner is not None and found.resident != owner:
        return Refusal.NOT_THE_ASKER
    return found if rules.may(what, State(found.state)) else Refusal.CASE_NOT_THERE


def _refuse_text(text: str) -> Refusal | None:
    if not text.strip():
        return Refusal.TEXT_MISSING
    return Refusal.TEXT_TOO_LONG if len(text) > rules.TEXT_LENGTH else None


def _kind_of(case: models.Case) -> tuple[CityCases | None, Kind | None]:
    """What the city says now of a case's kind; a city may have dropped it."""
    city = queries.city_cases()
    return city, city.kind(case.kind) if city else None


def _write(
    case: models.Case,
    what: What,
    actor: str,
    at: datetime,
    wrote: Wrote = Wrote(),
    detail: Detail = NOTHING,
    *,
    stays: bool = False,
) -> models.Case:
    """Save a locked case in the state that a step leads to, with its entry and its audit."""
    if what is not What.OPENED and not stays:
        case.state = rules.after(what, State(case.state))
    case.save()
    text = keep_text(text=wrote.text, resident=case.resident, at=at) if wrote.text.strip() else None
    models.Entry.objects.create(
        case=case,
        what=what.value,
        at=at,
        actor=actor,
        text=text,
        answer=wrote.answer,
        parameters=dict(wrote.parameters),
        is_inner=wrote.is_inner,
    )
    subject = Subject("case", case.id)
    record(subject=subject, action=f"case.{what}", actor=actor, at=at, detail=detail)
    return case


def _entries(case: models.Case) -> int:
    return models.Entry.objects.filter(case=case).count()


def _tell(
    case: models.Case,
    kind: Message,
    name: str,
    at: datetime,
    *,
    due: datetime | None = None,
    city: CityCases | None = None,
    more: Mapping[str, str] = {},
) -> None:
    """Tell a case's resident, if anybody is known."""
    if case.resident is None:
        return
    parameters: dict[str, str | int] = {"case": queries.code_of(case.id), **more}
    if due is not None and city is not None:
        zone = queries.clock_of(city).zone
        parameters |= {f"due_{one}": say_time(due, zone, one) for one in ("id", "en")}
    enqueue(resident=case.resident, kind=kind, parameters=parameters, name=name, at=at)
