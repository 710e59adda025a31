"""Partners: who may call, the tokens they hold, which card a number names, what may come in."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest

from satu.cards.actions import link_card
from satu.cards.kinds import CardProduct
from satu.cards.products import ensure_products
from satu.cards.queries import card as card_of
from satu.cards.queries import faces
from satu.formats.snap import signing
from satu.formats.snap.codes import Case, Service, SnapRefusal
from satu.formats.snap.messages import (
    AccountInquiry,
    BalanceRequest,
    InquiryAnswer,
    Money,
    TopUpRequest,
)
from satu.formats.snap.profile import load_profile, read_profile
from satu.partners import actions, calls, queries, services, store
from satu.partners.actions import Added, NewPartner
from satu.partners.errors import WORDS, Refusal
from satu.partners.models import Partner
from satu.people.profile import Profile
from tests.database.cards_support import (
    ACTOR,
    AT,
    BCA,
    audited,
    issue,
    one,
    open_banks,
    postings,
)
from tests.database.people_support import SITI, register
from tests.journeys.gateway_support import held_rows
from tests.journeys.partners_support import private_key, public_pem
from tests.support import Database

BY: dict[str, Any] = {"actor": ACTOR, "at": AT}
SNAP = read_profile((files("satu.partners") / "profiles" / "snap.toml").read_text())
GOOD = NewPartner("mandiri", "mandiri", "key-1", "id-1", public_pem(), SNAP)
VISITOR = CardProduct(1, "visitor", "Tamu", "Visitor", 2_000_000, 20_000_000, 3_000_000, 40_000_000)


def add(new: NewPartner = GOOD) -> Partner:
    added = actions.add_partner(new=new, **BY)
    assert isinstance(added, Added), added
    return added.partner


def known(partner: Partner, *, token: str = "", later_d: int = 0) -> services.Known:
    at = AT + timedelta(days=later_d)
    name = store.CallName(partner.id, at.date(), "E-1")
    return services.Known(partner, load_profile(partner.profile), name, token, at)


def inquire(partner: Partner, number: str, value: str = "") -> InquiryAnswer:
    amount = Money(value, "IDR") if value else None
    return services.inquire(known(partner), AccountInquiry(customer_number=number, amount=amount))


def take(partner: Partner, number: str, value: str, reference: str = "R-1") -> object:
    asked = TopUpRequest(
        partner_reference_no=reference, customer_number=number, amount=Money(value, "IDR")
    )
    return services.take_top_up(known(partner), asked)


def refused(case: Case) -> Any:
    return pytest.raises(SnapRefusal, match=case.name)


def number_of(card: int) -> str:
    found = card_of(card)
    assert found is not None
    return found.number


def test_a_partner_is_added_once_and_its_secret_is_not_stored(database: Database) -> None:
    open_banks()
    conn = database.connect()
    added = actions.add_partner(new=GOOD, **BY)
    assert isinstance(added, Added)
    assert len(added.secret) >= 43
    (row,) = one(conn, "select partners_partner::text from partners_partner")
    assert added.secret not in str(row)
    assert [partner.code for partner in queries.partners()] == ["mandiri"]
    told = "select actor, subject_id, detail from audit_entry where action = 'partner.added'"
    assert one(conn, told) == (ACTOR, "mandiri", {"issuer": 1})

    bca = GOOD._replace(code="bca", issuer="bca", client_key="key-2", partner_id="id-2")
    wrong = {
        Refusal.ISSUER_UNKNOWN: [bca._replace(issuer="nobody")],
        Refusal.PARTNER_NAME_INVALID: [bca._replace(code=""), bca._replace(client_key="a b")],
        Refusal.PUBLIC_KEY_INVALID: [bca._replace(public_key="no key")],
        Refusal.PARTNER_TAKEN: [
            bca._replace(code="mandiri"),
            bca._replace(issuer="mandiri"),
            bca._replace(client_key="key-1"),
            bca._replace(partner_id="id-1"),
        ],
    }
    for refusal, news in wrong.items():
        for new in news:
            assert actions.add_partner(new=new, **BY) is refusal
    assert one(conn, "select count(*) from partners_partner") == (1,)
    assert set(WORDS) == set(Refusal)
    other = actions.add_partner(new=bca, **BY)
    assert isinstance(other, Added) and other.secret != added.secret


def test_a_new_secret_ends_the_old_one_and_its_tokens(database: Database) -> None:
    open_banks()
    (card,) = issue()
    partner = add()
    old = actions.secret_of(partner)
    token = actions.grant_token(partner=partner, at=AT)
    linked = actions.link_card(code="mandiri", card=card, **BY)
    assert isinstance(linked, actions.Linked)
    assert queries.holds_token(partner, token, AT)
    renewed = actions.renew_secret(code="mandiri", **BY)
    assert isinstance(renewed, Added)
    assert renewed.secret == actions.secret_of(queries.partners()[0]) != old
    assert not queries.holds_token(partner, token, AT)
    assert queries.linked_card(partner, linked.token, AT) == card, "a customer's is the customer's"
    assert actions.renew_secret(code="nobody", **BY) is Refusal.PARTNER_UNKNOWN


def test_tokens_end_by_themselves_and_are_forgotten(database: Database) -> None:
    open_banks()
    partner = add()
    other = add(GOOD._replace(code="bca", issuer="bca", client_key="key-2", partner_id="id-2"))
    token = actions.grant_token(partner=partner, at=AT)
    for minutes, holds in ((0, True), (14, True), (15, False)):
        assert queries.holds_token(partner, token, AT + timedelta(minutes=minutes)) is holds
    assert not queries.holds_token(other, token, AT)
    assert actions.forget_old(at=AT + timedelta(minutes=15)) == 0
    assert actions.forget_old(at=AT + timedelta(minutes=16)) == 1
    conn = database.connect()
    assert one(conn, "select count(*) from partners_token") == (0,)


def test_a_customers_token_leads_to_the_balance_until_it_is_withdrawn(database: Database) -> None:
    open_banks()
    (card,) = issue(balance=7_000)
    (foreign,) = issue(issuer=BCA)
    partner = add()
    link = {"code": "mandiri", **BY}
    for other in (foreign, 999):
        assert actions.link_card(card=other, **link) is Refusal.CARD_UNKNOWN
    linked = actions.link_card(card=card, **link)
    assert isinstance(linked, actions.Linked) and linked.number == number_of(card)
    token = linked.token
    assert not queries.holds_token(partner, token, AT), "it is for this card alone"
    told = services.tell_balance(known(partner, token=token), BalanceRequest())
    assert told.account_infos[0].available_balance == Money("7000.00", "IDR")
    assert told.account_infos[0].amount == Money("7000.00", "IDR")
    inquiry = AccountInquiry(customer_number=number_of(card))
    for asked in (AccountInquiry(), inquiry):
        found = services.inquire(known(partner, token=token), asked)
        assert found.customer_name == f"Kartu Satu {number_of(card)[-4:]}"
    (another,) = issue()
    for other in ("1", number_of(another)):
        with refused(Case.ACCOUNT_UNKNOWN):
            services.tell_balance(known(partner, token=token), BalanceRequest(account_no=other))
    with refused(Case.MANDATORY_FIELD):
        services.inquire(known(partner), AccountInquiry())
    with refused(Case.CUSTOMER_TOKEN_INVALID):
        services.tell_balance(known(partner, token=token, later_d=90), BalanceRequest())
    assert actions.unlink_card(card=card, **BY) == 1
    assert actions.unlink_card(card=card, **BY) == 0
    with refused(Case.CUSTOMER_TOKEN_INVALID):
        services.tell_balance(known(partner, token=token), BalanceRequest())
    conn = database.connect()
    assert audited(conn, "partner.card_linked") == [(ACTOR, "card", card, {"partner": "mandiri"})]
    assert audited(conn, "partner.card_unlinked") == [(ACTOR, "card", card, {})]


def test_a_phone_names_its_holders_only_card_of_this_bank(database: Database) -> None:
    open_banks()
    mine, second, foreign = *issue(count=2), *issue(issuer=BCA)
    partner = add()
    holder = register(SITI)
    for card in (mine, foreign):
        (face,) = faces([card])
        assert link_card(number=face.number, secret=face.secret, owner=holder, **BY) == card
    for phone in ("6281200009999", "081200009999"):
        told = inquire(partner, phone)
        assert told.customer_name == f"Kartu Satu {number_of(mine)[-4:]}"
        assert told.customer_number == "*" * (len(phone) - 4) + "9999"
    take(partner, "6281200009999", "5000.00")
    conn = database.connect()
    assert one(conn, "select card, amount from cards_top_up") == (mine, 5_000)

    (face,) = faces([second])
    link_card(number=face.number, secret=face.secret, owner=holder, **BY)
    for phone in ("6281200009999", "6281200009998"):
        with refused(Case.ACCOUNT_UNKNOWN):
            inquire(partner, phone)


def test_a_familys_phone_names_nobodys_card(database: Database) -> None:
    open_banks()
    cards = issue(count=2)
    partner = add()
    family = [SITI, Profile(name="Ani Contoh", phone=SITI.phone)]
    for card, person in zip(cards, family, strict=True):
        (face,) = faces([card])
        link_card(number=face.number, secret=face.secret, owner=register(person), **BY)
    with refused(Case.ACCOUNT_UNKNOWN):
        take(partner, "6281200009999", "5000.00")
    assert postings(database.connect()) == 0


def test_the_limits_of_a_cards_product_are_told_and_kept(database: Database) -> None:
    open_banks()
    ensure_products(products=[VISITOR], **BY)
    (card,) = issue(balance=500_000)
    database.connect().execute("update cards_card set product = 1 where id = %s", [card])
    partner, number = add(), number_of(card)
    assert inquire(partner, number).max_amount == Money("1500000.00", "IDR")
    with refused(Case.ACCOUNT_LIMIT):
        inquire(partner, number, "1500001.00")
    with refused(Case.ACCOUNT_LIMIT):
        take(partner, number, "1500001.00")
    take(partner, number, "1500000.00")
    with refused(Case.ACCOUNT_LIMIT):
        inquire(partner, number)
    with refused(Case.AMOUNT_LIMIT):
        take(partner, number, "20000001.00", "R-2")


def call(told: object, path: str, *, text: str, encoding: signing.Encoding, **headers: str) -> Any:
    """What a call gets that signs `text` with the partner's private key: status and document."""
    body = json.dumps(told).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    signed = {
        "X-TIMESTAMP": AT.isoformat(),
        "X-SIGNATURE": signing.sign_asymmetric(private_key(), text, encoding),
        "CHANNEL-ID": "95221",
        **named,
    }
    service = Service.ACCESS_TOKEN if "token" in path else Service.TOP_UP
    answered = calls.answer(calls.Call(service, "POST", path, signed, body, AT))
    return answered.status, json.loads(answered.body)


def test_a_partner_that_spells_otherwise_is_understood(database: Database) -> None:
    open_banks()
    spoken = read_profile(
        'encoding = "hex"\nexpires_in = "number"\ntoken_type = "BearerToken"\n'
        'spelling = { grantType = "grant_type", accessToken = "access_token" }\n'
        '[paths]\n73 = "/authorization/v1/access-token/b2b.htm"\n'
    )
    add(GOOD._replace(profile=spoken))
    path = "/authorization/v1/access-token/b2b.htm"
    asked: dict[str, Any] = {
        "text": f"key-1|{AT.isoformat()}",
        "encoding": "hex",
        "X_CLIENT_KEY": "key-1",
    }
    status, told = call({"grant_type": "client_credentials"}, path, **asked)
    assert status == 200 and told["expiresIn"] == 900 and told["tokenType"] == "BearerToken"
    assert queries.holds_token(queries.partners()[0], told["access_token"], AT)
    status, told = call({"grantType": "client_credentials"}, path + "?x=1", **asked)
    assert status == 200, "the standard's own spelling is understood too"
    status, told = call({}, path, **asked)
    assert (status, told["responseMessage"]) == (400, "Invalid Mandatory Field grant_type")


def test_a_card_that_is_busy_too_long_is_told_in_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_banks()
    (card,) = issue()
    text = (files("satu.partners") / "profiles" / "dana.toml").read_text()
    add(GOOD._replace(profile=read_profile(text)))
    path = "/rest/v1.0/emoney/topup"
    told = {
        "partnerReferenceNo": "R-1",
        "customerNumber": number_of(card),
        "amount": {"value": "5000.00", "currency": "IDR"},
    }
    asked: dict[str, Any] = {
        "text": signing.asymmetric_text("POST", path, json.dumps(told).encode(), AT.isoformat()),
        "encoding": "base64",
        "X_PARTNER_ID": "id-1",
        "X_EXTERNAL_ID": "E-1",
    }
    monkeypatch.setattr(store, "PATIENCE_MS", 100)
    with held_rows(database, [card]):
        status, answer = call(told, path, **asked)
    assert (status, answer["responseCode"]) == (504, "5043800")
    conn = database.connect()
    assert postings(conn) == 0 and one(conn, "select count(*) from partners_call") == (0,)
    assert call(told, path, **asked)[1]["responseCode"] == "2003800"
    assert call(told, path, **asked)[1]["responseCode"] == "2003800"
    assert postings(conn) == 1
