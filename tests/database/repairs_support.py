"""The small city with its facts loaded, whose metro repairs two missing taps a month."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from satu.cards.actions import ensure_issuers, issue_cards
from satu.cards.kinds import Issuer
from satu.fares.tariff import Tariff
from satu.kernel.days import from_ms
from satu.kernel.refusal import UseClass
from satu.ledger.verify import verify
from satu.services.rules import Rules
from satu.taps.actions import NewDevice, load_places, register_devices
from satu.taps.repair_rules import Refusal
from satu.taps.repairs import Asked, ask_repair
from satu.taps.verify import ALL_CHECKS
from tests.small_city import BANK, BUNDLE, METRO, TARIFF, SmallCity

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RIDER = "resident:7"
replace = msgspec.structs.replace


def tariff_with(*, repairs: int = 2, autocompletes: int = 0, **more: object) -> Tariff:
    limits = {"repairs": repairs, "autocompletes": autocompletes}
    networks = tuple(
        replace(network, **limits) if network.id == "metro" else network
        for network in TARIFF.networks
    )
    return replace(TARIFF, networks=networks, **more)


class RepairCity(SmallCity):
    """Its facts are loaded, so that what is asked for is found by its code."""

    def __init__(self, database: object, tariff: Tariff | None = None) -> None:
        super().__init__(database)
        bank = Issuer(BANK, "bank", "Bank", "100001", True)
        ensure_issuers(issuers=[bank], actor="test", at=NOW)
        bundle = replace(BUNDLE, tariffs=(tariff or tariff_with(),))
        self.rules = Rules(load_places(bundle=bundle, actor="test", at=NOW).bundle)
        # Taps of these tests come from device 1, whose names must not be a repair's.
        reader = NewDevice("reader", METRO, None, bytes(32))
        assert register_devices(devices=[reader], actor="test", at=NOW) == {"reader": 1}

    def card(self, balance: int = 50_000) -> int:
        made = issue_cards(issuer=BANK, count=1, balance=balance, actor="test", at=NOW)
        assert isinstance(made, range)
        return made[0]

    def ride_without_exit(self, card: int, point: str, at_ms: int) -> int:
        """A ride whose exit nobody saw: the use's name. The day is closed by the caller."""
        entry = self.tap(card, point, at_ms, direction="entry")
        self.send(entry)
        return 1 << 40 | entry.sequence

    def ask(self, card: int, use: int, point: str, said_ms: int, now_ms: int) -> Asked | Refusal:
        return ask_repair(
            url=self.database.app_url,
            card=card,
            use=use,
            point=point,
            said_at=from_ms(said_ms),
            actor=RIDER,
            at=from_ms(now_ms),
        )

    def classes(self, card: int) -> list[tuple[UseClass, int]]:
        return [(UseClass(row[1]), row[2]) for row in self.uses(card)]

    def postings(self) -> int:
        row = self.conn.execute("select count(*) from ledger_posting").fetchone()
        assert row is not None
        return int(row[0])

    def taps(self) -> int:
        row = self.conn.execute("select count(*) from taps_tap").fetchone()
        assert row is not None
        return int(row[0])

    def trail(self, action: str) -> list[tuple[str, dict[str, object]]]:
        return self.conn.execute(
            "select actor, detail from audit_entry where action = %s order by id", [action]
        ).fetchall()

    def is_sound(self) -> bool:
        report = verify(self.conn, ALL_CHECKS)
        assert report.problems == []
        return report.ok
