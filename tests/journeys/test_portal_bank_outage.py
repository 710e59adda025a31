"""A bank that does not answer: what a resident is told on the top-up page, and when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from satu.cards.actions import link_card
from satu.cards.queries import faces
from satu.ledger.verify import verify
from satu.partners.banks import bank_of, client, probe
from satu.partners.breaker import FAILURES_TO_OPEN
from satu.partners.calling import call_banks
from satu.taps.verify import ALL_CHECKS
from tests.journeys.bank_support import bank
from tests.journeys.gateway_support import AT, BALANCE, Town, gateway
from tests.journeys.partners_support import web
from tests.journeys.portal_support import Portal, Reader
from tests.small_city import BANK
from tests.support import Database
from tests.web_doors import ACTOR, new_resident

PHONE, TYPED = "+6281200009999", "0812 0000 9999"
AMOUNT = 50_000
PAGE = "/saya/isi-saldo/"
IS_OUT = "Bank Mandiri sedang gangguan"


def test_a_banks_outage_is_told_where_money_comes_in(database: Database) -> None:
    town = Town(database)
    (card,) = town.cards()
    (face,) = faces([card])
    siti = new_resident(phone=PHONE)
    linked = link_card(number=face.number, secret=face.secret, owner=siti, actor=ACTOR, at=AT)
    assert linked == card
    with web() as satu, gateway() as door, bank(satu.base_url) as mandiri:
        reader, portal = Reader(town, door, town.reader()), Portal(satu.base_url)
        portal.sign_in(TYPED)
        told = portal.page(PAGE)
        assert IS_OUT not in told and face.number in told.replace(" ", "")

        mandiri.behave("down")
        called = bank_of(BANK)
        assert called is not None
        now = datetime.now(UTC)
        with httpx.Client() as http:
            for _ in range(FAILURES_TO_OPEN):
                assert not probe(called, client(called, http), now)
        told = portal.page(PAGE)
        assert IS_OUT in told and "Isi saldo lewat bank ini berhenti sejak" in told
        assert "Pakai bank lain atau agen. Semua kartu tetap dapat dipakai" in told
        assert face.number not in told.replace(" ", ""), "nobody pays to a bank that is out"
        assert "Bank Mandiri is out" in portal.page(PAGE + "?lang=en")
        ridden = reader.enters(card)
        assert ridden.code == "accepted" and ridden.balance == BALANCE - ridden.charge

        mandiri.behave()
        assert call_banks(at=now + timedelta(seconds=60)) == 0
        assert "is out" not in portal.page(PAGE)
        assert mandiri.top_up(face.number, AMOUNT, "T-1").status_code == 200
        left = f"{BALANCE - ridden.charge + AMOUNT:,}"
        assert left in portal.page(PAGE)
    report = verify(town.conn, ALL_CHECKS)
    assert report.ok, report.problems
