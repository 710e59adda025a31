"""Three people, a card, and anything in any order: it passes when it should, and never else."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from satu.cards.lifecycle import freeze_card, unfreeze_card
from satu.ledger.verify import verify
from satu.messages.kinds import Kind
from satu.messages.queries import outbox
from satu.taps.verify import ALL_CHECKS
from satu.web import handing
from satu.web.doors import codes, sending
from tests.database.handing_support import everything_of, now, owner, trail
from tests.residents_town import ResidentsTown
from tests.web_doors import ACTOR

STEPS = 60
HOUR = timedelta(hours=1)


class Told:
    """A code that a holder was sent, and what happened with it."""

    def __init__(self, number: int, code: str, asker: int, holder: int, at: datetime) -> None:
        self.number, self.code, self.asker, self.holder, self.at = number, code, asker, holder, at
        self.tries, self.is_used, self.has_passed = 0, False, False


class Model:
    """What should be: whose the card is, when it was last denied, and who typed what wrong."""

    def __init__(self, town: ResidentsTown) -> None:
        self.town, self.at = town, now() - timedelta(days=2)
        self.owner, self.is_frozen = town.tono, False
        self.denied_at, self.passed_at = self.at - HOUR, self.at - HOUR
        self.told: list[Told] = []
        self.wrong: list[datetime] = []
        self.passes = 0

    def ask(self, asker: int) -> None:
        number = self.town.printed(self.town.tonos)[0]
        before = len(codes.outbox(self.at) or [])
        made = handing.ask_holder(
            number=number, asker=asker, usual="adult", machine="m", actor="t", at=self.at
        )
        sending.wait_for_all()
        shown = codes.outbox(self.at) or []
        if len(shown) > before:
            assert isinstance(made, int) and not self.is_frozen and asker != self.owner
            self.told.append(Told(made, shown[0].code, asker, self.owner, self.at))

    def tell(self, told: Told) -> None:
        expected = self.passes_by(told)
        done = handing.take_over(
            code=told.number, typed=told.code, asker=told.asker, usual="adult", actor="t",
            at=self.at,
        )  # fmt: skip
        assert isinstance(done, int) is expected, (told.__dict__, self.__dict__)

    def passes_by(self, told: Told) -> bool:
        """Whether the card is the asker's after a code was told now; the model goes on."""
        if told.has_passed and self.owner == told.asker:
            return True
        if self.at - told.at >= 2 * codes.VALID:
            return False
        if len([one for one in self.wrong if one > self.at - HOUR]) >= handing.MOST_TRIES:
            return False
        fits = not told.is_used and told.tries < codes.MAX_TRIES
        if not fits or self.at - told.at >= codes.VALID:
            self.wrong.append(self.at)
            return False
        told.tries, told.is_used = told.tries + 1, True
        is_alive = self.owner == told.holder and told.asker != self.owner
        if self.is_frozen or not is_alive or self.denied_at >= told.at:
            return False
        told.has_passed, self.owner = True, told.asker
        self.passed_at, self.passes = self.at, self.passes + 1
        return True

    def freeze(self) -> None:
        change = unfreeze_card if self.is_frozen else freeze_card
        done = change(card=self.town.tonos, owner=None, actor=ACTOR, at=self.at)
        assert not isinstance(done, str), done
        self.is_frozen, self.denied_at = not self.is_frozen, self.at


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_card_is_whose_the_codes_say_and_nothing_else_happens(
    town: ResidentsTown, seed: int
) -> None:
    random, model = Random(seed), Model(town)
    people = [town.tono, town.dian, town.siti]
    books = everything_of(town)[2:5]
    for _ in range(STEPS):
        model.at += timedelta(seconds=random.choice([5, 60, 400, 1_500]))
        what = random.random()
        if what < 0.45:
            model.ask(random.choice(people))
        elif what < 0.9 and model.told:
            model.tell(random.choice(model.told[-3:]))
        elif what >= 0.9:
            model.freeze()
        assert owner(town, town.tonos) == model.owner
    assert model.passes, "the seed is worth nothing"
    assert len(trail(town, "card.handed_over")) == model.passes
    kinds = [one.kind for one in outbox()]
    assert kinds.count(Kind.CARD_GIVEN) == kinds.count(Kind.CARD_TAKEN) == model.passes
    assert everything_of(town)[2:5] == books
    assert not verify(town.conn, ALL_CHECKS).problems
