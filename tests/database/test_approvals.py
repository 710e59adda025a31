"""Four eyes: one person alone cannot move money, whatever they try."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError

from satu.approvals import models, queries
from satu.approvals.actions import Asked, approve, expire, look_at, propose, reject, withdraw
from satu.approvals.errors import Refusal
from satu.approvals.kinds import Goodwill, PayBack, State
from satu.approvals.registry import ACTIONS
from satu.audit.entry import Subject
from satu.cards.actions import issue_cards, link_card, top_up
from satu.cards.closing import close_card, pay_closed
from satu.cards.products import ensure_products
from satu.cards.queries import faces
from satu.formats.snap.profile import read_profile
from satu.ledger.verify import verify
from satu.partners.actions import Added, NewPartner, add_partner
from satu.partners.models import Bank, Partner, Payout
from satu.people.kinds import Role
from satu.people.rules import roles_of_party
from satu.people.staffing import engage, keep_organisation
from satu.taps.models import Operator
from tests.database.cards_support import (
    BCA,
    MANDIRI,
    money,
    open_banks,
    payable_of,
    postings,
    sum_of,
)
from tests.database.people_support import AT, audited, everything_stored, prepare, register
from tests.database.test_payments import SMALL
from tests.journeys.partners_support import public_pem
from tests.support import Database

CITY, BANK, OTHER = "treasury", "mandiri", "bca"
STAFF = {
    "ani": (CITY, Role.DESK),
    "tono": (CITY, Role.TREASURER),
    "tini": (CITY, Role.TREASURER),
    "made": (BANK, Role.BANK),
    "wayan": (BANK, Role.BANK),
    "ketut": (OTHER, Role.BANK),
    "admin": (CITY, Role.ADMINISTRATOR),
}
HOUR = timedelta(hours=1)
FARES = {"tariff.activate", "tariff.roll_back"}  # tests/database/test_web_tariffs.py
# What each action needs; the proposer and the approver who may.
PARAMETERS: dict[str, dict[str, Any]] = {
    "card.goodwill": {"card": 1, "amount": 25_000},
    "issuer.prefund": {"bank": MANDIRI, "amount": 5},
    "card.pay_back": {"card": 1, "account": "1234567890", "name": "Siti Contoh"},
}
PAIRS = {
    "card.goodwill": ("ani", "made"),
    "issuer.prefund": ("tono", "tini"),
    "card.pay_back": ("made", "wayan"),
}


@pytest.fixture
def conn(database: Database) -> psycopg.Connection[Any]:
    prepare()
    open_banks()
    for code, acts_for in ((CITY, ""), (BANK, "issuer:mandiri"), (OTHER, "issuer:bca")):
        keep_organisation(code=code, name=code, acts_for=acts_for, actor="staff:boss", at=AT)
    for login, (organisation, role) in STAFF.items():
        assert hire(login, organisation, role) is None
    made = issue_cards(issuer=MANDIRI, count=1, balance=0, actor="staff:boss", at=AT)
    assert isinstance(made, range) and made[0] == 1
    (face,) = faces(made)
    siti = register()
    link_card(number=face.number, secret=face.secret, owner=siti, actor="staff:boss", at=AT)
    return database.connect()


def hire(login: str, organisation: str, *roles: Role, is_contractor: bool = False) -> object:
    return engage(
        login=login,
        organisation=organisation,
        roles=roles,
        is_contractor=is_contractor,
        until=AT.date() + timedelta(days=9) if is_contractor else None,
        actor="staff:boss",
        at=AT,
    )


def ask(
    by: str, action: str = "card.goodwill", *, key: str = "k1", **parameters: Any
) -> models.Proposal | Refusal:
    given = PARAMETERS[action] | parameters
    asked = Asked(action, given, "goodwill", "K-17", key)
    return propose(asked=asked, actor=f"staff:{by}", at=AT)


def proposed(by: str, action: str = "card.goodwill", **more: Any) -> int:
    done = ask(by, action, **more)
    assert isinstance(done, models.Proposal), done
    return int(done.id)


def say_yes(proposal: int, by: str, *, later: timedelta = HOUR) -> models.Proposal | Refusal:
    return approve(proposal=proposal, actor=f"staff:{by}", at=AT + later)


def prefunds(conn: psycopg.Connection[Any]) -> list[int]:
    rows = conn.execute("select amount from cards_prefund order by bank").fetchall()
    return [amount for (amount,) in rows]


def test_two_people_make_good_and_both_are_on_record(
    database: Database, conn: psycopg.Connection[Any]
) -> None:
    before = postings(conn)
    number = proposed("ani")
    assert (postings(conn), money(conn, 1).purse) == (before, 0), "nothing moved yet"
    done = say_yes(number, "made")
    assert isinstance(done, models.Proposal)
    assert (done.state, done.result, done.decided_by) == (State.DONE, "posted", "made")
    assert (postings(conn), money(conn, 1).purse) == (before + 1, 25_000)
    assert say_yes(number, "wayan") is Refusal.PROPOSAL_DECIDED
    assert money(conn, 1).purse == 25_000
    ((_, actor, kind, subject, detail),) = audited(conn, "approval.done")[:1]
    assert (actor, kind, subject) == ("staff:made", "card", "1")
    assert isinstance(detail, dict) and detail["proposer"] == "staff:ani"
    ((_, actor, *_),) = audited(conn, "card.loss_borne")
    assert actor == "staff:made", "the action is the approver's"
    assert verify(conn).ok


def hands(login: str) -> frozenset[Role]:
    """Every role that somebody's organisation can give them."""
    return roles_of_party({CITY: "", BANK: "issuer:mandiri"}[STAFF[login][0]])


@pytest.mark.parametrize(
    ("action", "alone"),
    [("card.goodwill", "made"), ("issuer.prefund", "tono"), ("card.pay_back", "made")],
)
def test_one_person_alone_cannot_move_money(
    database: Database, conn: psycopg.Connection[Any], action: str, alone: str
) -> None:
    before, caps = postings(conn), prefunds(conn)
    proposer, approver = PAIRS[action]
    number = proposed(alone, action)
    assert say_yes(number, alone) is Refusal.SAME_PERSON
    myself = f"staff:{alone}"
    assert reject(proposal=number, reason="no", actor=myself, at=AT) is Refusal.SAME_PERSON
    # Nor does every role of the city in one hand help.
    assert hire(alone, *STAFF[alone][:1], *hands(alone)) is None
    assert say_yes(number, alone) is Refusal.SAME_PERSON
    for nobody in ("staff:", "made", "resident:1", "command:boss", "job:approvals", ""):
        assert approve(proposal=number, actor=nobody, at=AT) is Refusal.STAFF_UNKNOWN, nobody
    assert say_yes(number, "admin") is Refusal.ROLE_NOT_HELD
    assert ask("admin", action, key="k2") is Refusal.ROLE_NOT_HELD
    assert (postings(conn), prefunds(conn)) == (before, caps)
    with pytest.raises(psycopg.errors.CheckViolation):
        database.owner().execute(
            "update approvals_proposal set state = 1, decided_by = proposed_by, decided_at = now()"
        )
    assert set(PAIRS) | FARES == set(ACTIONS) and proposer != approver
    assert isinstance(say_yes(proposed(proposer, action, key="k3"), approver), models.Proposal)


def test_the_table_itself_holds_to_four_eyes(conn: psycopg.Connection[Any]) -> None:
    number = proposed("ani")
    with pytest.raises(IntegrityError, match="four_eyes"):
        models.Proposal.objects.filter(id=number).update(
            state=State.DONE, decided_by="ani", decided_at=AT
        )


def test_a_cap_between_banks_is_the_citys_to_set(conn: psycopg.Connection[Any]) -> None:
    assert ask("ketut", "issuer.prefund") is Refusal.OTHER_PARTYS
    number = proposed("made", "issuer.prefund")
    assert say_yes(number, "wayan") is Refusal.ROLE_NOT_HELD, "it is not the bank's to decide"
    done = say_yes(number, "tini")
    assert isinstance(done, models.Proposal) and done.state == State.DONE
    assert prefunds(conn) == [5, 10**9]
    assert ask("tono", "issuer.prefund", key="k2", bank=99) is Refusal.PARTY_UNKNOWN


def test_another_banks_money_is_not_theirs_to_decide(conn: psycopg.Connection[Any]) -> None:
    number = proposed("made")
    assert say_yes(number, "ketut") is Refusal.OTHER_PARTYS
    assert ask("ketut", key="k2") is Refusal.OTHER_PARTYS
    assert say_yes(number, "ani") is Refusal.ROLE_NOT_HELD, "a counter does not decide"
    hire("temp", BANK, Role.BANK, is_contractor=True)
    assert say_yes(number, "temp") is Refusal.CONTRACTOR
    assert queries.waiting(acts_for="issuer:bca") == []
    assert [one.id for one in queries.waiting(acts_for="issuer:mandiri")] == [number]
    assert queries.proposal(number, acts_for="issuer:bca") is None
    assert queries.proposal(number) == queries.proposal(number, acts_for="issuer:mandiri")
    assert money(conn, 1).purse == 0


def test_what_the_action_refuses_ends_the_proposal(conn: psycopg.Connection[Any]) -> None:
    done = say_yes(proposed("made", "card.pay_back"), "wayan")
    assert isinstance(done, models.Proposal)
    assert (done.state, done.result) == (State.REFUSED, "nothing_paid_back")
    free = issue_cards(issuer=BCA, count=1, balance=0, actor="staff:boss", at=AT)
    assert isinstance(free, range)
    done = say_yes(proposed("ani", key="k2", card=free[0]), "ketut")
    assert isinstance(done, models.Proposal)
    assert (done.state, done.result) == (State.REFUSED, "card_not_registered")
    ensure_products(products=[SMALL], actor="staff:boss", at=AT)
    (small,) = issue_cards(issuer=BCA, count=1, balance=0, actor="staff:boss", at=AT)
    (face,) = faces([small])
    link_card(number=face.number, secret=face.secret, owner=1, actor="staff:boss", at=AT)
    before = postings(conn)
    done = say_yes(proposed("ani", key="k3", card=small), "ketut")
    assert isinstance(done, models.Proposal)
    assert (done.state, done.result) == (State.REFUSED, "balance_limit_passed")
    assert (postings(conn), money(conn, small).purse) == (before, 0)
    assert len(audited(conn, "approval.refused")) == 3 and audited(conn, "approval.done") == []
    assert [one.id for one in queries.decided()] == [3, 2, 1]


def test_an_operator_makes_good_what_went_wrong(conn: psycopg.Connection[Any]) -> None:
    Operator.objects.create(id=3, code="metro", name="Metro")
    keep_organisation(
        code="metro", name="Metro", acts_for="operator:metro", actor="staff:boss", at=AT
    )
    for login in ("dewi", "eko"):
        assert hire(login, "metro", Role.OPERATOR) is None
    before = postings(conn)
    number = proposed("dewi", operator=3)
    assert say_yes(number, "made") is Refusal.OTHER_PARTYS, "it is not the bank's money"
    assert say_yes(number, "dewi") is Refusal.SAME_PERSON
    done = say_yes(number, "eko")
    assert isinstance(done, models.Proposal)
    assert (done.state, done.result, done.party) == (State.DONE, "posted", "operator:metro")
    assert (postings(conn), money(conn, 1).purse) == (before + 1, 25_000)
    assert sum_of(conn, payable_of(MANDIRI, 3)) == -25_000, "Metro is owed so much less"
    ((_, actor, _, _, detail),) = audited(conn, "card.loss_borne")
    assert actor == "staff:eko" and isinstance(detail, dict)
    assert (detail["cause"], detail["bearer"]) == ("service_failed", "operator")
    assert verify(conn).ok


def test_a_closed_cards_money_goes_where_two_people_said(conn: psycopg.Connection[Any]) -> None:
    done = top_up(card=1, amount=70_000, reference="r", actor="staff:boss", at=AT)
    assert not isinstance(done, str)
    close_card(card=1, actor="staff:boss", at=AT)
    later = timedelta(days=6)
    assert pay_closed(actor="job:pay", at=AT + later) == 1
    profile = read_profile((files("satu.partners") / "profiles" / "snap.toml").read_text())
    new = NewPartner("mandiri", "mandiri", "key", "id", public_pem(), profile)
    assert isinstance(add_partner(new=new, actor="staff:boss", at=AT), Added)
    Bank.objects.create(
        partner=Partner.objects.get(), base_url="http://localhost:1", profile={}, sealed=b""
    )
    asked = Asked("card.pay_back", PARAMETERS["card.pay_back"], "asked", "K-17", "k1")
    one = propose(asked=asked, actor="staff:ani", at=AT + later)
    assert isinstance(one, models.Proposal) and Payout.objects.count() == 0
    done = say_yes(one.id, "made", later=later)
    assert isinstance(done, models.Proposal)
    assert (done.state, done.result) == (State.DONE, "asked_of_bank")
    (payout,) = Payout.objects.all()
    assert (payout.card, payout.amount, payout.partner.code) == (1, 70_000, "mandiri")
    ((_, actor, kind, subject, _),) = audited(conn, "partner.payout_asked")
    assert (actor, kind, subject) == ("staff:made", "card", "1")
    assert say_yes(one.id, "wayan", later=later) is Refusal.PROPOSAL_DECIDED
    seen = look_at(proposal=one.id, actor="staff:wayan", at=AT + later)
    assert seen == PayBack(card=1, account="", name=""), "whose account it was is forgotten"
    again = propose(asked=asked, actor="staff:ani", at=AT + later)
    assert isinstance(again, models.Proposal) and again.id == one.id


def test_an_account_is_sealed_and_who_looks_is_written_down(
    database: Database, conn: psycopg.Connection[Any]
) -> None:
    number = proposed("made", "card.pay_back")
    stored = everything_stored(database.owner())
    assert b"1234567890" not in stored and b"Siti Contoh" not in stored
    seen = look_at(proposal=number, actor="staff:wayan", at=AT)
    assert seen == PayBack(card=1, account="1234567890", name="Siti Contoh")
    assert "1234567890" not in repr(seen)
    assert look_at(proposal=number, actor="staff:ketut", at=AT) is Refusal.OTHER_PARTYS
    assert look_at(proposal=number, actor="staff:admin", at=AT) is Refusal.ROLE_NOT_HELD
    assert look_at(proposal=9, actor="staff:wayan", at=AT) is Refusal.PROPOSAL_UNKNOWN
    assert [row[1] for row in audited(conn, "approval.looked_at")] == ["staff:wayan"]


def test_a_proposal_is_made_once_for_its_key(conn: psycopg.Connection[Any]) -> None:
    number = proposed("ani")
    assert proposed("ani") == number
    assert ask("ani", amount=26_000) is Refusal.PROPOSED_BEFORE
    assert ask("made") is Refusal.PROPOSED_BEFORE
    assert len(audited(conn, "approval.proposed")) == 1
    assert [one.id for one in queries.of_subject(Subject("card", 1))] == [number]
    assert look_at(proposal=number, actor="staff:ani", at=AT) == Goodwill(card=1, amount=25_000)


def test_what_cannot_be_proposed_is_refused(conn: psycopg.Connection[Any]) -> None:
    assert ask("ani", amount=0) is Refusal.PARAMETERS_INVALID
    assert ask("ani", amount="much") is Refusal.PARAMETERS_INVALID
    assert ask("ani", colour="red") is Refusal.PARAMETERS_INVALID
    assert ask("ani", card=99) is Refusal.PARTY_UNKNOWN
    assert ask("ani", operator=99) is Refusal.PARTY_UNKNOWN
    assert ask("nobody") is Refusal.STAFF_UNKNOWN

    def with_(**changed: str) -> object:
        asked = Asked("card.goodwill", PARAMETERS["card.goodwill"], "goodwill", "K-17", "k1")
        return propose(asked=asked._replace(**changed), actor="staff:ani", at=AT)

    assert with_(action="bank.rob") is Refusal.ACTION_UNKNOWN
    assert with_(reason="Because I can") is Refusal.REASON_INVALID
    assert with_(case="Siti 081200009999") is Refusal.CASE_INVALID
    assert with_(case="081200009999") is Refusal.CASE_INVALID
    assert models.Proposal.objects.count() == 0


def test_a_proposal_can_be_rejected_withdrawn_or_run_out(conn: psycopg.Connection[Any]) -> None:
    one, two, three = (proposed("ani", key=key) for key in ("a", "b", "c"))
    rejected = reject(proposal=one, reason="not_ours", actor="staff:made", at=AT)
    assert isinstance(rejected, models.Proposal) and rejected.result == "not_ours"
    assert reject(proposal=two, reason="No!", actor="staff:made", at=AT) is Refusal.REASON_INVALID
    by_other = withdraw(proposal=two, actor="staff:made", at=AT)
    assert by_other is Refusal.NOT_THE_PROPOSER
    assert isinstance(withdraw(proposal=two, actor="staff:ani", at=AT), models.Proposal)
    days = timedelta(hours=72)
    assert expire(actor="job:approvals", at=AT + days - HOUR) == 0
    assert say_yes(three, "made", later=days) is Refusal.PROPOSAL_EXPIRED
    assert expire(actor="job:approvals", at=AT + days) == 1
    assert expire(actor="job:approvals", at=AT + days) == 0
    states = models.Proposal.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [State.REJECTED, State.WITHDRAWN, State.EXPIRED]
    assert say_yes(one, "made") is Refusal.PROPOSAL_DECIDED
    assert money(conn, 1).purse == 0
