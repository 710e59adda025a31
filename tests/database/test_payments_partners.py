"""A card whose money went to another bank: the old bank sees it no more, the new one does."""

from __future__ import annotations

from satu.cards.actions import link_card
from satu.cards.queries import faces
from satu.formats.snap.codes import Case
from satu.formats.snap.messages import BalanceRequest, StatusRequest
from satu.partners import actions, services
from satu.payments.settling import Position, Standing, standing
from satu.payments.switching import Switched, switch_bank
from tests.database.cards_support import BCA, MANDIRI, Money, issue, money, open_banks
from tests.database.test_partners import BY, GOOD, add, known, number_of, refused, take
from tests.support import Database


def test_the_bank_that_has_the_money_is_the_one_that_sees_the_card(database: Database) -> None:
    open_banks()
    (card,) = issue()
    (face,) = faces([card])
    link_card(number=face.number, secret=face.secret, owner=501, **BY)
    old = add()
    new = add(GOOD._replace(code="bca", issuer="bca", client_key="key-2", partner_id="id-2"))
    take(old, number_of(card), "500.00")
    linked = actions.link_card(code="mandiri", card=card, **BY)
    assert isinstance(linked, actions.Linked)
    mine = known(old, token=linked.token)
    assert services.tell_balance(mine, BalanceRequest()).account_infos[0].amount.value == "500.00"
    done = switch_bank(card=card, bank=BCA, key="S", owner=501, **BY)
    assert isinstance(done, Switched) and done.amount == 500
    with refused(Case.CUSTOMER_TOKEN_INVALID):
        services.tell_balance(mine, BalanceRequest())
    with refused(Case.ACCOUNT_UNKNOWN):
        services.tell_balance(known(old), BalanceRequest(account_no=number_of(card)))
    take(old, number_of(card), "500.00", "R-2")
    assert standing(MANDIRI) == Standing(10**9, (Position(MANDIRI, BCA, 1_000),))
    status = StatusRequest(original_partner_reference_no="R-1", service_code="38")
    assert services.tell_status(known(old), status).latest_transaction_status == "00"
    take(new, number_of(card), "700.00")
    assert money(database.connect(), card) == Money(1_700, 0)
