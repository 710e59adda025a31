"""The small city with residents whose cards rode yesterday: pages look at what has been."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from satu.cards.actions import issue_cards, link_card
from satu.cards.queries import faces
from satu.cases.city import keep_city
from satu.city.cases import read_cases
from satu.kernel.days import from_ms
from satu.people.guardians import appoint_guardian
from satu.people.kinds import GuardianKind, Role, Scope
from satu.wire.messages import Tap
from tests.database.people_support import ACTOR, CASE, prepare
from tests.database.repairs_support import RepairCity, tariff_with
from tests.database.test_cases import PACK
from tests.small_city import BANK, MONDAY, at

ONE_DAY = timedelta(days=1)


class PortalCity(RepairCity):
    """Its cases and purposes are loaded. `repairs`: how many a month its metro mends by rule."""

    def __init__(self, database: Any, repairs: int = 2) -> None:
        super().__init__(database, tariff_with(repairs=repairs))
        prepare()
        cases = read_cases(PACK, [])
        assert cases is not None
        keep_city(city=cases, asset="IDR", actor="test", at=datetime.now(tz=UTC))

    def run(self, job: Any) -> Any:
        """In a thread of its own: in that of a browser's test a loop is running already."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(super().run, job).result()

    def card(self, balance: int = 50_000) -> int:
        """A card that was issued a fortnight ago."""
        made = issue_cards(issuer=BANK, count=1, balance=balance, actor="test", at=when(6, ago=14))
        assert isinstance(made, range)
        return made[0]

    def linked(self, resident: int, balance: int = 50_000) -> int:
        """A new card of a resident."""
        card = self.card(balance)
        (face,) = faces([card])
        done = link_card(
            number=face.number,
            secret=face.secret,
            owner=resident,
            actor=f"resident:{resident}",
            at=datetime.now(tz=UTC),
        )
        assert not isinstance(done, str), done
        return card

    def ride(self, card: int, hour: int = 8, *, ago: int = 1) -> None:
        """From station X to station Y, some days ago."""
        self.send(*self.way(card, hour, ago=ago))

    def way(self, card: int, hour: int = 8, *, ago: int = 1) -> tuple[Tap, Tap]:
        """The taps of `ride`."""
        return (
            self.tap(card, "X", then(hour, 7, ago=ago), direction="entry"),
            self.tap(card, "Y", then(hour, 31, ago=ago), direction="exit"),
        )

    def ride_without_end(self, card: int, hour: int = 8) -> int:
        """In at station X yesterday and never out; the day is closed. The use's name."""
        use = self.ride_without_exit(card, "X", then(hour))
        self.close(today(), then(4, ago=0))
        return use


def today() -> date:
    return localdate(datetime.now(tz=UTC))


def then(hour: int, minute: int = 0, *, ago: int = 1) -> int:
    """The instant of a local time some days ago, in milliseconds."""
    return at(hour, minute, day=(today() - MONDAY).days - ago)


def when(hour: int, minute: int = 0, *, ago: int = 1) -> datetime:
    return from_ms(then(hour, minute, ago=ago))


def look_after(parent: int, child: int) -> None:
    """Let somebody be the parent of another and see where they go."""
    now = datetime.now(tz=UTC)
    appoint_guardian(
        guardian=parent,
        ward=child,
        kind=GuardianKind.PARENT,
        scopes=[Scope.CARD, Scope.TRIPS],
        until=None,
        role=Role.DESK,
        case=CASE,
        actor=ACTOR,
        at=now - ONE_DAY,
    )
