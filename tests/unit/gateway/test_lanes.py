"""What a lane takes when it is free: everything, but never only one kind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.gateway.clock import RealClock
from satu.gateway.lanes import MAX_BATCH, UPLOADS_SHARE, Lane, Lanes, Ticket, Waiting
from satu.gateway.link import Link
from satu.gateway.metrics import Metrics
from satu.gateway.problems import ProblemError
from satu.gateway.registry import Registry
from satu.kernel.refusal import Outcome
from satu.taps.tap import Answer, Arrival
from satu.wire.messages import Tap

METRICS = Metrics()
REGISTRY = Registry(b"s" * 32, lambda seconds: None)


def lane() -> Lane:
    return Lane(Link("", "test"), lambda: REGISTRY.road, RealClock(), METRICS)


def waiting(sequences: Iterable[int]) -> list[Waiting]:
    loop = asyncio.new_event_loop()
    made = []
    for sequence in sequences:
        tap = Tap(sequence=sequence, at_ms=1, token=str(sequence), point="A")
        ticket = Ticket(1, loop.create_future(), 0.0)
        made.append(Waiting(Arrival(1, tap, 1), ticket, 0))
    loop.close()
    return made


def lanes(queued_uploads: int = 10) -> Lanes:
    return Lanes(
        "",
        road=lambda: REGISTRY.road,
        clock=RealClock(),
        metrics=Metrics(),
        lanes=2,
        queued_singles=10,
        queued_uploads=queued_uploads,
    )


@given(st.integers(0, 1_200), st.integers(0, 1_200))
def test_a_batch_takes_all_it_can_in_order_and_starves_nobody(singles: int, uploads: int) -> None:
    free = lane()
    free.singles.extend(waiting(range(singles)))
    free.uploads.extend(waiting(range(10_000, 10_000 + uploads)))
    taken: list[int] = []
    while free.singles or free.uploads:
        had = len(free.singles), len(free.uploads)
        batch = [each.arrival.tap.sequence for each in free.take()]
        assert len(batch) == min(MAX_BATCH, sum(had))
        of_uploads = sum(sequence >= 10_000 for sequence in batch)
        assert of_uploads >= min(UPLOADS_SHARE, had[1])
        assert len(batch) - of_uploads >= min(MAX_BATCH - UPLOADS_SHARE, had[0])
        taken += batch
    assert [each for each in taken if each < 10_000] == list(range(singles))
    assert [each for each in taken if each >= 10_000] == list(range(10_000, 10_000 + uploads))


def test_a_ticket_is_done_when_its_last_tap_is() -> None:
    async def answered() -> list[Answer]:
        ticket = Ticket(2, asyncio.get_running_loop().create_future(), 0.0)
        ticket.answer(1, Answer(Outcome.CARD_BLOCKED))
        assert not ticket.done.done()
        ticket.answer(0, Answer(Outcome.ACCEPTED))
        ticket.fail("database_away")
        return await ticket.done

    assert [answer.outcome for answer in asyncio.run(answered())] == [
        Outcome.ACCEPTED,
        Outcome.CARD_BLOCKED,
    ]


def test_room_for_uploads_is_given_back() -> None:
    door = lanes(queued_uploads=10)
    with door.room_for(6), door.room_for(4):
        with pytest.raises(ProblemError) as raised, door.room_for(1):
            pass
        assert raised.value.code == "busy"
    with door.room_for(5_000):  # alone, any upload has room
        pass
    with door.room_for(10):
        pass


def test_without_its_connection_a_lane_takes_nothing() -> None:
    (each,) = waiting([1])
    with pytest.raises(ProblemError) as raised:
        asyncio.run(lanes().one(each.arrival))
    assert raised.value.code == "database_away"
