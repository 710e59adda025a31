"""A person in every table that can know of one: signed in, written to, paid back, acted for.

What is held is in test_nothing_in_clear; banks' files are in test_cards_import.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.test import Client
from django.utils import timezone

from satu.approvals.actions import Asked, propose
from satu.approvals.models import Proposal
from satu.cards.actions import link_card
from satu.cards.closing import close_card, pay_closed
from satu.cards.family import set_limit
from satu.cards.orders import NewCards, order_cards, personalise
from satu.cards.personalising import write_public
from satu.cards.products import ensure_products
from satu.cards.queries import faces
from satu.messages.actions import keep_wishes
from satu.messages.delivering import deliver_due
from satu.messages.kinds import Channel
from satu.partners import actions
from satu.partners.models import Bank as Connection
from satu.partners.payouts import pay_back
from satu.payments.orders import NewOrder, place_order
from satu.people.actions import make_household
from satu.people.codes import print_code
from satu.people.consents import give_consent
from satu.people.errors import Refusal
from satu.people.guardians import appoint_guardian
from satu.people.identity import LocalRegister, check_with_register, confirm
from satu.people.kinds import Assurance, GuardianKind, Role, Scope
from satu.people.staffing import engage, keep_organisation
from satu.web.doors.entering import keep_staff_email
from satu.web.doors.sessions import user_of_staff
from satu.web.own_data import export_of
from tests.database.fares_support import cards
from tests.database.people_support import ACTOR, AT, BUDI, CASE, everything_stored, register
from tests.database.test_messages import Noted
from tests.database.test_nothing_in_clear import LATER, SECRETS, TUESDAY, WHO, live
from tests.database.test_partners import GOOD, number_of
from tests.database.test_partners_virtual import Bank
from tests.database.test_payments import SMALL
from tests.database.test_web_doors_sign_in import shown_code
from tests.support import Database

ACCOUNT = "1400012345678"
MINE = {"actor": ACTOR, "at": AT}
# Each can know of a person; all of them did when the test looks.
KNOWING = {
    "approvals_proposal", "audit_entry", "cards_card", "cards_closing", "cards_denial",
    "cards_family_limit", "cards_order", "cases_case", "cases_entry", "django_session",
    "doors_code", "doors_staff_link", "doors_user", "messages_message", "messages_wish",
    "partners_call", "partners_payout", "partners_token", "partners_va_payment",
    "payments_order", "people_check", "people_consent", "people_data_key", "people_guardian",
    "people_household", "people_printed_code", "people_resident", "people_staff", "people_text",
    "taps_tap", "taps_use",
}  # fmt: skip


def told_to_others(siti: int, card: int) -> str:
    """What a bank and staff know: a link's path goes to staff, never into a table."""
    from tests.web_doors import link_path

    partner = actions.add_partner(new=GOOD._replace(issuer="bank"), **MINE)
    assert isinstance(partner, actions.Added)
    assert isinstance(actions.link_card(code="mandiri", card=card, **MINE), actions.Linked)
    bank = Bank(partner.partner)
    assert bank.inquire(number_of(card))["responseCode"][:3] == "200"
    assert bank.pay(number_of(card), "1500.00", "P-1")["responseCode"][:3] == "200"
    Connection.objects.create(
        partner=partner.partner, base_url="http://localhost:1", profile={}, sealed=b""
    )
    (old,) = cards(1)
    (face,) = faces([old])
    link_card(number=face.number, secret=face.secret, owner=siti, **MINE)
    close_card(card=old, actor=ACTOR, at=TUESDAY)
    assert pay_closed(actor="job:pay", at=LATER) == 1
    goes_to = {"account": ACCOUNT, "bank_code": "014", "name": WHO.name}
    assert isinstance(pay_back(card=old, **goes_to, actor=ACTOR, at=LATER), list)
    keep_organisation(code="bank", name="Bank", acts_for="issuer:bank", **MINE)
    for login, role, office in (("wayan", Role.BANK, "bank"), ("ina", Role.DESK, "dishub")):
        engage(
            login=login, organisation=office, roles=[role], is_contractor=False, until=None, **MINE
        )
    keep_staff_email(user_of_staff("ina"), WHO.email)
    asked = Asked("card.pay_back", {"card": old, **goes_to}, "asked", CASE, "k1")
    assert isinstance(propose(asked=asked, actor="staff:wayan", at=LATER), Proposal)
    return link_path("wayan")


def a_family(siti: int, card: int) -> None:
    child = register(BUDI)
    both: dict[str, Any] = {"guardian": siti, "ward": child}
    appoint_guardian(
        **both, kind=GuardianKind.PARENT, scopes=[Scope.MONEY], until=None, role=Role.DESK,
        case=CASE, **MINE,
    )  # fmt: skip
    assert set_limit(**both, monthly=90_000, **MINE) is None
    assert isinstance(make_household(members=[siti, child], **MINE), int)
    assert give_consent(resident=siti, purpose="surveys", version=1, **MINE) is None
    assert WHO.birth_date is not None
    known = LocalRegister({WHO.nik: (WHO.name, WHO.birth_date)})
    verdict = check_with_register(resident=siti, register=known, actor="job:check", at=AT)
    assert not isinstance(verdict, Refusal) and verdict.is_match
    confirm(resident=siti, level=Assurance.IN_PERSON, **MINE)
    code = print_code(resident=siti, until=LATER.date(), actor=ACTOR, at=AT)
    assert not isinstance(code, Refusal)
    keep_wishes(
        resident=siti, language="en", off=[], low_balance=None, channel=None,
        actor=f"resident:{siti}", at=AT,
    )  # fmt: skip
    new = NewOrder(card, 20_000, 50_000, 3_600, 500_000, bank=1)
    assert not isinstance(place_order(new=new, key="K", owner=siti, **MINE), str)


def test_no_table_knows_a_person_in_clear(
    database: Database, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    client = Client()
    with caplog.at_level(logging.DEBUG):
        _, siti, card = live(database)
        client.post("/masuk/", {"contact": WHO.phone})
        client.post("/masuk/kode/", {"code": shown_code()})
        a_family(siti, card)
        token = told_to_others(siti, card).rpartition("/")[2]
        ensure_products(products=[SMALL], **MINE)
        maker = write_public(X25519PrivateKey.generate())
        new = NewCards(1, "small", "adult", 1, "PT Kartu", maker)
        order_cards(new=new, categories={"adult"}, key="PO-1", **MINE)
        assert not isinstance(personalise(order=1, **MINE), str)
        noted = Noted()
        assert deliver_due(ports={Channel.EMAIL: noted}, at=TUESDAY + timedelta(minutes=1))
        held = export_of(resident=siti, at=timezone.now())
    assert not isinstance(held, Refusal) and noted.sent[0].address == WHO.email
    assert [one["bank"] for one in held["bank_links"]] == ["mandiri"]
    assert [one["amount"] for one in held["bank_transfers"]] == [50_000]
    log = caplog.text + "".join(capfd.readouterr())
    stored, conn = everything_stored(database.owner()), database.owner()
    rows = {one: conn.execute(f"select count(*) from {one}").fetchone() for one in KNOWING}
    assert [one for one, count in rows.items() if count == (0,)] == []
    for secret in (*SECRETS, *BUDI.name.split()[:2], BUDI.nik, ACCOUNT, token):
        assert secret.encode() not in stored, secret
        assert secret not in log, secret
