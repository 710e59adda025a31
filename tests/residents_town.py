"""A resident with a card, a child and a stranger, for tests of the portal's pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.test import Client

from satu.cards.actions import issue_cards, link_card
from satu.cards.queries import faces
from satu.cases.city import keep_city
from satu.city.bank_partner import let_in
from satu.city.cases import read_cases
from satu.city.fees import read_fees
from satu.payments.fees import keep_fees
from satu.people.actions import register_resident
from satu.people.consents import keep_register
from satu.people.guardians import Appointed, appoint_guardian
from satu.people.kinds import Assurance, GuardianKind, Role, Scope
from satu.people.profile import NewResident, Profile, Registered
from satu.people.register import read_register
from tests.database.cards_support import MANDIRI, open_banks
from tests.web_doors import ACTOR, hire, new_resident

PACK = Path(__file__).resolve().parent.parent / "cities/jakarta"
BALANCE = 100_000
CHILDS_YEARS = 10
ALL = (Scope.CARD, Scope.MONEY, Scope.TRIPS)


class ResidentsTown:
    """Banks with their numbers, the city's purposes and cases; Siti with a card, her child Budi
    with another; Tono, a stranger; Dian, who has no card; one card is nobody's yet."""

    def __init__(self, database: Any) -> None:
        self.conn = database.connect()
        self.at = datetime.now(UTC) - timedelta(hours=2)
        register = read_register((PACK / "purposes.toml").read_text("utf-8"))
        keep_register(wanted=register, actor=ACTOR, at=self.at)
        cases = read_cases(PACK, [])
        assert cases is not None
        keep_city(city=cases, asset="IDR", actor=ACTOR, at=self.at)
        keep_fees(rules=read_fees(PACK, "IDR", []), actor=ACTOR, at=self.at)
        open_banks()
        for bank in ("mandiri", "bca"):
            let_in(code=bank, actor=ACTOR, at=self.at)
        hire("ani", "desk")
        self.siti = new_resident()
        self.tono = new_resident("Tono Contoh", "+6281200008888")
        self.dian = new_resident("Dian Contoh", "+6281200007777")
        self.budi = self._child()
        made = issue_cards(issuer=MANDIRI, count=4, balance=BALANCE, actor=ACTOR, at=self.at)
        assert isinstance(made, range)
        self.card, self.childs, self.tonos, self.free = made
        for owner, card in ((self.siti, 0), (self.budi, 1), (self.tono, 2)):
            self._link(made[card], owner)
        self._appoint()

    def _child(self) -> int:
        born = self.at.date().replace(year=self.at.year - CHILDS_YEARS, day=1)
        profile = Profile(name="Budi Contoh", birth_date=born)
        new = NewResident(profile=profile, level=Assurance.ANONYMOUS)
        done = register_resident(new=new, actor=ACTOR, at=self.at)
        assert isinstance(done, Registered)
        return done.resident

    def _link(self, card: int, owner: int) -> None:
        number, secret = self.printed(card)
        done = link_card(number=number, secret=secret, owner=owner, actor=ACTOR, at=self.at)
        assert done == card, done

    def _appoint(self) -> None:
        done = appoint_guardian(
            guardian=self.siti,
            ward=self.budi,
            kind=GuardianKind.PARENT,
            scopes=ALL,
            until=None,
            role=Role.DESK,
            case="T-1",
            actor="staff:ani",
            at=self.at,
        )
        assert isinstance(done, Appointed), done

    def printed(self, card: int) -> tuple[str, str]:
        """The number and secret that stand on a card."""
        (face,) = faces([card])
        return face.number, face.secret

    def balance(self, card: int) -> int:
        """What is in a card's purses together."""
        row = self.conn.execute(
            "select sum(a.balance)::bigint from cards_card c"
            "  join ledger_account a on a.id = any(coalesce(c.purses, array[c.purse]))"
            " where c.id = %s",
            [card],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def count(self, table: str) -> int:
        row = self.conn.execute(f"select count(*) from {table}").fetchone()
        assert row is not None
        return int(row[0])


def page(client: Client, path: str) -> str:
    """A page that opens."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def send(client: Client, path: str, **told: Any) -> str:
    """What a form leads to: the page after it, or itself with what is wrong."""
    answer = client.post(path, told, follow=True)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()
