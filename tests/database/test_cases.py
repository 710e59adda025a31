"""Cases: from a complaint to its answer, by the clock, with nobody's words in clear."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from satu.cards.actions import issue_cards
from satu.cases import models, queries
from satu.cases.actions import (
    NewCase,
    Opened,
    add_note,
    answer_case,
    ask_resident,
    close_case,
    hand_over,
    open_case,
    reopen_case,
    reply,
    take_case,
)
from satu.cases.chores import close_old, escalate_due, forget_old
from satu.cases.city import keep_city
from satu.cases.errors import Refusal
from satu.cases.kinds import Channel, Filling, State, What
from satu.city.cases import read_cases
from satu.ledger.kinds import Result
from satu.messages.kinds import Kind as Message
from satu.messages.queries import outbox
from satu.people.access import open_texts
from satu.people.kinds import Role
from tests.database.cards_support import MANDIRI, open_banks
from tests.database.people_support import (
    ACTOR,
    audited,
    everything_stored,
    hire,
    prepare,
    register,
)
from tests.support import Database

JAKARTA = ZoneInfo("Asia/Jakarta")
PACK = Path(__file__).resolve().parents[2] / "cities/jakarta"
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=JAKARTA)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STORY = "Sopir menutup pintu, kartu saya terjepit."


@pytest.fixture
def siti(database: Database) -> int:
    prepare()
    hire("budi", Role.DESK)
    city = read_cases(PACK, [])
    assert city is not None
    assert keep_city(city=city, asset="IDR", actor=ACTOR, at=MONDAY)
    assert not keep_city(city=city, asset="IDR", actor=ACTOR, at=MONDAY)
    return register()


def complain(
    resident: int | None,
    *,
    kind: str = "complaint",
    key: str = "page:1",
    text: str = STORY,
    card: int | None = None,
) -> models.Case:
    new = NewCase(kind, Channel.PAGE, key, resident, card, text)
    done = open_case(new=new, actor=f"resident:{resident}", at=MONDAY)
    assert isinstance(done, Opened), done
    return done.case


def now(case: models.Case) -> models.Case:
    case.refresh_from_db()
    return case


def steps(case: models.Case, *, inner: bool = True) -> list[What]:
    return [step.what for step in queries.story(case.id, language="id", inner=inner)]


def told(resident: int) -> list[tuple[Message, str]]:
    return [(one.kind, one.text.body) for one in reversed(outbox(resident=resident))]


def test_a_complaint_goes_from_its_page_to_its_answer(database: Database, siti: int) -> None:
    case = complain(siti)
    due = datetime(2026, 11, 30, 10, 0, tzinfo=JAKARTA)
    assert (case.team, case.owner, State(case.state)) == ("desk", "", State.NEW)
    assert case.answer_by == case.due_at == due
    take_case(case=case.id, staff="ani", actor=ACTOR, at=MONDAY + HOUR)
    add_note(case=case.id, text="Bus 6A, telepon operator.", actor=ACTOR, at=MONDAY + HOUR)
    answered = answer_case(
        case=case.id,
        answer="needs_time",
        filling=Filling(days=3),
        text="Maaf atas kejadian ini.",
        actor=ACTOR,
        at=MONDAY + DAY,
    )
    assert isinstance(answered, models.Case)
    assert (answered.state, answered.outcome, answered.due_at) == (State.ANSWERED, "informed", None)
    close_case(case=case.id, owner=siti, actor=f"resident:{siti}", at=MONDAY + 2 * DAY)
    assert now(case).state == State.CLOSED and case.owner == "ani"
    assert steps(case) == [What.OPENED, What.TAKEN, What.NOTED, What.ANSWERED, What.CLOSED]
    shown = queries.story(case.id, language="id", inner=False)
    assert [step.what for step in shown] == [What.OPENED, What.TAKEN, What.ANSWERED, What.CLOSED]
    assert shown[2].answer.startswith("Perbaikan butuh 3 hari kerja")
    assert told(siti) == [
        (
            Message.CASE_OPENED,
            "Laporan K-1 kami terima. Jawaban paling lambat Senin 30 Nov 2026 10.00.",
        ),
        (
            Message.CASE_ANSWERED,
            "Perbaikan butuh 3 hari kerja; kami kabari setelah selesai. "
            "Belum puas? Buka laporan K-1 lagi di Data saya.",
        ),
    ]
    actions = [f"case.{what}" for what in ("opened", "taken", "noted", "answered", "closed")]
    assert [row[0] for row in audited(database.connect(), *actions)] == actions


def test_what_people_write_is_sealed_and_its_reading_is_seen(database: Database, siti: int) -> None:
    case = complain(siti)
    stored = everything_stored(database.owner())
    assert b"terjepit" not in stored
    (opened,) = queries.story(case.id, language="id", inner=False)
    assert opened.text is not None
    read = open_texts(
        actor=ACTOR,
        role=Role.DESK,
        texts=[opened.text],
        purpose="customer_service",
        case=queries.code_of(case.id),
        at=MONDAY,
    )
    assert read == {opened.text: STORY}
    ((_, actor, kind, subject, detail),) = audited(database.connect(), "person.opened")
    assert (actor, kind, subject) == (ACTOR, "person", str(siti))
    assert isinstance(detail, dict) and detail["case"] == "K-1"


def test_one_cause_opens_one_case(siti: int) -> None:
    first = complain(siti)
    again = open_case(
        new=NewCase("refund", Channel.PHONE, "page:1", siti, None, "lain"), actor=ACTOR, at=MONDAY
    )
    assert isinstance(again, Opened)
    assert (again.result, again.case.id, again.case.kind) == (Result.EXISTS, first.id, "complaint")
    assert len(told(siti)) == 1 and steps(first) == [What.OPENED]


def test_what_cannot_be_a_case_is_refused(database: Database, siti: int) -> None:
    def refused(**changed: object) -> object:
        new = NewCase("complaint", Channel.PAGE, "x", siti, None, STORY)._replace(**changed)
        return open_case(new=new, actor=ACTOR, at=MONDAY)

    assert refused(kind="joke") is Refusal.KIND_UNKNOWN
    assert refused(resident=99) is Refusal.RESIDENT_UNKNOWN
    assert refused(card=99) is Refusal.CARD_UNKNOWN
    assert refused(text="x" * 4_001) is Refusal.TEXT_TOO_LONG
    assert queries.queue(at=MONDAY) == [] and outbox() == []
    database.owner().execute("delete from cases_city")
    assert refused() is Refusal.CASES_NOT_LOADED


def test_a_question_stops_the_clock_and_the_reply_lets_it_run_on(siti: int) -> None:
    case = complain(siti)
    take_case(case=case.id, staff="ani", actor=ACTOR, at=MONDAY)
    ask_resident(case=case.id, text="Bus nomor berapa?", actor=ACTOR, at=MONDAY + DAY)
    assert (now(case).state, case.due_at) == (State.WAITING, None)
    assert case.left_s == 4 * 8.5 * 3_600
    month = MONDAY + 30 * DAY
    assert escalate_due(actor="job:cases", at=month) == 0
    answered = reply(case=case.id, text="6A", owner=siti, actor=f"resident:{siti}", at=month)
    assert isinstance(answered, models.Case)
    assert (answered.state, answered.owner, answered.left_s) == (State.TAKEN, "ani", None)
    # Wednesday 23 December 2026; the 24th is no holiday, the 25th is Christmas.
    assert answered.due_at == datetime(2026, 12, 30, 10, 0, tzinfo=JAKARTA)
    assert told(siti)[-1] == (
        Message.CASE_ASKED,
        "Kami perlu keterangan Anda untuk laporan K-1. Buka Data saya untuk menjawab.",
    )
    reply(case=case.id, text="Jam 8", owner=siti, actor=f"resident:{siti}", at=month + HOUR)
    assert now(case).due_at == answered.due_at, "what is added freely moves nothing"


def test_a_clock_that_runs_out_takes_the_case_up(database: Database, siti: int) -> None:
    case = complain(siti, kind="lost_card")
    take_case(case=case.id, staff="ani", actor=ACTOR, at=MONDAY)
    assert escalate_due(actor="job:cases", at=MONDAY + 2 * HOUR - timedelta(seconds=1)) == 0
    assert escalate_due(actor="job:cases", at=MONDAY + 2 * HOUR) == 1
    assert escalate_due(actor="job:cases", at=MONDAY + 2 * HOUR) == 0
    assert (now(case).team, case.owner, State(case.state)) == ("supervisor", "", State.NEW)
    assert case.due_at == MONDAY + 4 * HOUR and case.answer_by == MONDAY + 2 * HOUR
    take_case(case=case.id, staff="budi", actor=ACTOR, at=MONDAY + 3 * HOUR)
    assert escalate_due(actor="job:cases", at=MONDAY + 5 * HOUR) == 1
    assert escalate_due(actor="job:cases", at=MONDAY + 9 * HOUR) == 0, "nobody is left"
    assert (now(case).team, case.owner, case.due_at) == ("supervisor", "budi", None)
    assert case.state == State.TAKEN and case.step == 2
    assert queries.queue(at=MONDAY + 9 * HOUR, overdue=True) == [case]
    assert [row[4] for row in audited(database.connect(), "case.escalated")] == [
        {"step": 1, "team": "supervisor"},
        {"step": 2, "team": None},
    ]


def test_queues_are_by_team_and_by_clock(siti: int) -> None:
    slow = complain(siti, key="1")
    fast = complain(None, kind="lost_card", key="2")
    asked = complain(siti, key="3", kind="question")
    done = complain(siti, key="4")
    ask_resident(case=asked.id, text="Apa?", actor=ACTOR, at=MONDAY)
    answer_case(
        case=done.id, answer="thank_you", filling=Filling(), text="", actor=ACTOR, at=MONDAY
    )
    hand_over(case=slow.id, team="privacy", actor=ACTOR, at=MONDAY)
    assert queries.queue("desk", at=MONDAY) == [fast, asked]
    assert queries.queue("privacy", at=MONDAY) == [slow]
    assert queries.queue(at=MONDAY) == [fast, slow, asked]
    assert queries.queue(at=MONDAY, overdue=True) == []
    assert [tuple(load) for load in queries.loads(at=MONDAY + 3 * HOUR)] == [
        ("desk", 2, 1, 1),
        ("privacy", 1, 1, 0),
    ]
    assert queries.of_resident(siti) == [done, asked, slow]
    assert queries.find("k-2") == queries.find(" 2 ") == fast
    assert queries.find("K-99") is queries.find("K-x") is None


def test_only_who_asked_may_reply_reopen_and_close(siti: int) -> None:
    case = complain(siti)
    other = {"owner": siti + 1, "actor": f"resident:{siti + 1}", "at": MONDAY}
    assert reply(case=case.id, text="x", **other) is Refusal.NOT_THE_ASKER
    assert close_case(case=case.id, **other) is Refusal.NOT_THE_ASKER
    mine = {"owner": siti, "actor": f"resident:{siti}"}
    assert close_case(case=case.id, at=MONDAY, **mine) is Refusal.CASE_NOT_THERE
    assert reopen_case(case=case.id, text="x", at=MONDAY, **mine) is Refusal.CASE_NOT_THERE
    assert reply(case=case.id, text=" ", at=MONDAY, **mine) is Refusal.TEXT_MISSING
    assert reply(case=99, text="x", at=MONDAY, **mine) is Refusal.CASE_UNKNOWN
    assert steps(case) == [What.OPENED]


def test_an_answer_must_fit_its_case_and_be_filled_in(siti: int) -> None:
    open_banks()
    (card,) = issue_cards(issuer=MANDIRI, count=1, balance=0, actor=ACTOR, at=MONDAY)
    case = complain(siti, card=card)

    def answer(code: str, filling: Filling, text: str = "") -> models.Case | Refusal:
        return answer_case(
            case=case.id, answer=code, filling=filling, text=text, actor=ACTOR, at=MONDAY
        )

    assert answer("nothing", Filling()) is Refusal.ANSWER_UNKNOWN
    assert answer("card_stopped", Filling()) is Refusal.ANSWER_UNKNOWN, "it is for lost cards"
    assert answer("money_returned", Filling()) is Refusal.ANSWER_NOT_FILLED
    assert answer("thank_you", Filling(days=1)) is Refusal.ANSWER_NOT_FILLED
    assert answer("thank_you", Filling(), "x" * 4_001) is Refusal.TEXT_TOO_LONG
    assert now(case).state == State.NEW
    assert isinstance(answer("money_returned", Filling(amount=3_500)), models.Case)
    assert told(siti)[-1][1].startswith("Rp 3.500 dikembalikan ke kartu •")
    assert answer("thank_you", Filling()) is Refusal.CASE_NOT_THERE, "it is answered"


def test_an_answered_case_comes_back_in_time_or_is_closed(siti: int) -> None:
    case = complain(siti)
    mine = {"owner": siti, "actor": f"resident:{siti}"}

    def answer(at: datetime) -> None:
        answer_case(
            case=case.id, answer="thank_you", filling=Filling(), text="", actor=ACTOR, at=at
        )

    answer(MONDAY)
    again = reopen_case(case=case.id, text="Belum selesai", at=MONDAY + 14 * DAY, **mine)
    assert isinstance(again, models.Case)
    assert (again.state, again.step, again.outcome) == (State.NEW, 0, "")
    assert again.due_at == datetime(2026, 12, 14, 10, 0, tzinfo=JAKARTA)
    answer(MONDAY + 15 * DAY)
    late = MONDAY + 29 * DAY + timedelta(seconds=1)
    assert reopen_case(case=case.id, text="x", at=late, **mine) is Refusal.REOPENED_TOO_LATE
    assert close_old(actor="job:cases", at=late - timedelta(seconds=2)) == 0
    assert close_old(actor="job:cases", at=late) == 1
    assert now(case).state == State.CLOSED
    assert [kind for kind, _ in told(siti)].count(Message.CASE_ANSWERED) == 2


def test_a_case_is_taken_by_who_works_here_and_handed_to_a_team_there_is(siti: int) -> None:
    case = complain(siti)
    assert take_case(case=case.id, staff="nobody", actor=ACTOR, at=MONDAY) is Refusal.STAFF_UNKNOWN
    take_case(case=case.id, staff="ani", actor=ACTOR, at=MONDAY)
    take_case(case=case.id, staff="ani", actor=ACTOR, at=MONDAY)
    take_case(case=case.id, staff="budi", actor="staff:budi", at=MONDAY)
    assert now(case).owner == "budi" and steps(case).count(What.TAKEN) == 2
    assert hand_over(case=case.id, team="army", actor=ACTOR, at=MONDAY) is Refusal.TEAM_UNKNOWN
    handed = hand_over(case=case.id, team="bank", actor=ACTOR, at=MONDAY + HOUR)
    assert isinstance(handed, models.Case)
    assert (handed.team, handed.owner, handed.state) == ("bank", "", State.NEW)
    assert handed.due_at == handed.answer_by, "its clock runs on"


def test_what_was_written_is_forgotten_and_the_case_stays_for_the_counts(
    database: Database, siti: int
) -> None:
    case, other = complain(siti), complain(siti, key="2")
    answer_case(
        case=case.id, answer="thank_you", filling=Filling(), text="", actor=ACTOR, at=MONDAY
    )
    close_case(case=case.id, owner=None, actor=ACTOR, at=MONDAY)
    late = MONDAY + 730 * DAY
    assert forget_old(actor="job:forget", at=late) == 0
    assert forget_old(actor="job:forget", at=late + timedelta(seconds=1)) == 1
    assert forget_old(actor="job:forget", at=late + timedelta(seconds=1)) == 0
    assert (now(case).resident, case.card, case.kind, case.outcome) == (
        None,
        None,
        "complaint",
        "informed",
    )
    assert now(other).resident == siti
    count = database.connect().execute("select count(*) from people_text").fetchone()
    assert count == (1,), "that of the other case"
