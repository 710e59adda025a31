"""From what the road answered to what the reader is told, as JSON or msgpack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import msgspec

from satu.gateway.door import JSON, MSGPACK
from satu.gateway.problems import ProblemError
from satu.kernel.refusal import Meaning, Outcome
from satu.taps.tap import Answer, Arrival
from satu.wire.messages import BatchResult, Decision, Health, Tap, TapBatch, Words
from satu.wire.words import say

Message = TypeVar("Message", covariant=True)


class Decoder(Protocol[Message]):
    """What msgspec's decoders have in common."""

    def decode(self, body: bytes, /) -> Message: ...


class Codec:
    """One content type's decoders and its encoder; making them once is what makes them fast."""

    def __init__(self, name: bytes) -> None:
        self.name = name
        self.headers = [(b"content-type", name), (b"cache-control", b"no-store")]
        library = msgspec.json if name == JSON else msgspec.msgpack
        self.tap: Decoder[Tap] = library.Decoder(Tap)
        self.batch: Decoder[TapBatch] = library.Decoder(TapBatch)
        self.health: Decoder[Health] = library.Decoder(Health)
        self.encode = library.Encoder().encode

    def read_tap(self, body: bytes) -> Tap:
        """ProblemError `body_malformed` or `body_invalid`."""
        try:
            return self.tap.decode(body)
        except msgspec.MsgspecError as error:
            raise _unreadable(error) from None
        except UnicodeDecodeError:
            raise ProblemError("body_malformed", "not UTF-8") from None

    def read_batch(self, body: bytes) -> TapBatch:
        """ProblemError `body_malformed` or `body_invalid`."""
        try:
            return self.batch.decode(body)
        except msgspec.MsgspecError as error:
            raise _unreadable(error) from None
        except UnicodeDecodeError:
            raise ProblemError("body_malformed", "not UTF-8") from None

    def read_health(self, body: bytes) -> Health:
        """ProblemError `body_malformed` or `body_invalid`."""
        try:
            return self.health.decode(body)
        except msgspec.MsgspecError as error:
            raise _unreadable(error) from None
        except UnicodeDecodeError:
            raise ProblemError("body_malformed", "not UTF-8") from None


def _unreadable(error: msgspec.MsgspecError) -> ProblemError:
    # Its text names the field and what was expected there; it goes to the sender, not to a log.
    code = "body_invalid" if isinstance(error, msgspec.ValidationError) else "body_malformed"
    return ProblemError(code, str(error))


CODECS = {JSON: Codec(JSON), MSGPACK: Codec(MSGPACK)}


def codec_for(content_type: bytes) -> Codec:
    """ProblemError `content_type_unknown` for any but JSON and msgpack."""
    codec = CODECS.get(content_type)
    if codec is None:
        raise ProblemError("content_type_unknown")
    return codec


# Looked up for every tap; an enum's own names are slow to ask for.
CODES = {outcome: outcome.code for outcome in Outcome}
MEANINGS = {meaning: meaning.code for meaning in Meaning}


def decision(arrival: Arrival, answer: Answer, words: Words | None = None) -> Decision:
    """What a reader is told of one tap."""
    return Decision(
        device=arrival.device,
        sequence=arrival.tap.sequence,
        accepted=answer.outcome is Outcome.ACCEPTED,
        code=CODES[answer.outcome],
        meaning=MEANINGS[answer.meaning],
        charge=answer.charge,
        full_fare=answer.full_fare,
        balance=answer.balance,
        repeat=answer.repeat,
        words=words,
    )


def spoken_decision(arrival: Arrival, answer: Answer, asset: str) -> Decision:
    """A single tap's decision, with words for the gate's screen; `asset` is the city's money."""
    words = say(
        answer.outcome,
        answer.meaning,
        charge=answer.charge,
        full_fare=answer.full_fare,
        balance=answer.balance,
        asset=asset,
    )
    return decision(arrival, answer, words)


def batch_result(arrivals: Sequence[Arrival], answers: Sequence[Answer]) -> BatchResult:
    """An upload's decisions, in order; without words, since no rider waits for them."""
    pairs = zip(arrivals, answers, strict=True)
    return BatchResult([decision(arrival, answer) for arrival, answer in pairs])
