"""A lost card as its holder meets it: the gate, the page, the gate again, the new card, the books.

Everything goes over HTTP: taps through a real gateway, reports through the real pages.
"""

from __future__ import annotations

import time

from satu.cards.held import cards_of
from satu.ledger.verify import verify
from satu.project.clock import now_ms
from satu.taps.verify import ALL_CHECKS
from tests.journeys.gateway_support import AT, BALANCE, Town, gateway
from tests.journeys.partners_support import web
from tests.journeys.portal_support import Portal, Reader
from tests.support import Database
from tests.web_doors import new_resident

PHONE, TYPED = "+6281200009999", "0812 0000 9999"
MINUTE_MS = 60_000
REFUSED_WITHIN_S = 5.0
FARES = (2_000, 3_500)  # early bird or not, by the hour this test runs
ZOO = 4_000


def test_a_lost_card_is_reported_and_replaced_by_page(database: Database) -> None:
    from satu.cards.queries import faces

    town = Town(database)
    (old,) = town.cards()
    (face,) = faces([old])
    siti = new_resident(phone=PHONE)
    with web() as satu, gateway() as door:
        reader, portal = Reader(town, door, town.reader()), Portal(satu.base_url)
        portal.sign_in(TYPED)
        told = portal.send("/saya/hubungkan/", number=face.number, secret=face.secret)
        assert "Kartu ini sekarang milik Anda" in told

        rode = reader.enters(old)
        assert rode.code == "accepted" and rode.charge in FARES
        left = BALANCE - rode.charge
        # The zoo's gate has no network today: it took the card too, before it was lost.
        gate = {"point": "GATE", "route": "", "direction": "entry", "decided": "open"}
        offline = town.tap(old, **gate, at_ms=now_ms() - MINUTE_MS)
        assert not reader.denies(old)

        told = portal.send(f"/saya/kartu/{old}/hilang/", why="lost")
        since = time.monotonic()
        assert "tidak membuka gerbang lagi" in told and rupiah(left) in told
        refused = reader.enters(old)
        assert (refused.code, refused.charge) == ("card_blocked", 0)
        while not reader.denies(old):
            assert time.monotonic() - since < REFUSED_WITHIN_S
            time.sleep(0.1)
        assert time.monotonic() - since < REFUSED_WITHIN_S

        told = portal.send(f"/saya/kartu/{old}/ganti/")
        assert "Kartu baru memuat uang Anda" in told and rupiah(left) in told
        (new,) = [card for card in cards_of(siti, AT.date()) if card.serial != old]
        assert f"•{new.number[-4:]}" in told
        rides = reader.enters(new.serial)
        assert rides.code == "accepted" and rides.charge in FARES
        assert rides.balance == left - rides.charge
        assert reader.enters(old).code == "card_closed"

        (late,) = reader.uploads([offline])
        assert (late.code, late.charge) == ("accepted", ZOO)
        left -= rides.charge + ZOO
        assert reader.uploads([offline])[0].repeat
        assert town.balance(old) == town.balance(new.serial) == left
        assert rupiah(left) in portal.page("/saya/isi-saldo/")
        assert "Kartu baru memuat uang Anda" in portal.page(f"/saya/kartu/{old}/hilang/")
    report = verify(town.conn, ALL_CHECKS)
    assert report.ok, report.problems


def rupiah(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")
