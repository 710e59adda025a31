"""The messages between a reader and the gateway: what is decoded, what is answered. Pure.

Field names are part of the public contract (openapi.json is made from these types).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from satu.kernel.ids import MAX_SEQUENCE

MediumKind = Literal["chip", "bank_chip", "emv", "qr", "plate"]
Decided = Literal["open", "refused", "ask"]
Direction = Literal["either", "entry", "exit"]

# Printable ASCII: tokens and codes are names for machines, and no store or log has to escape them.
PRINTABLE = r"^[ -~]*$(?!\n)"
Token = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=PRINTABLE)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=PRINTABLE)]
RouteCode = Annotated[str, msgspec.Meta(max_length=64, pattern=PRINTABLE)]
Sequence = Annotated[int, msgspec.Meta(ge=0, le=MAX_SEQUENCE)]
Riders = Annotated[int, msgspec.Meta(ge=1, le=9)]
AtMs = Annotated[int, msgspec.Meta(ge=0, le=4_102_444_800_000)]

MAX_BATCH_TAPS = 5_000


class Tap(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One touch, as its reader tells it. `(device, sequence)` names it for ever.

    `at_ms` is the device's clock (milliseconds since 1970, UTC). For Satu's own chip `token` is
    the card's serial in decimal digits. `point` and `route` are codes of the city's data.
    `riders` is how many people go in on this touch; the exit of one ends the ride of all.
    """

    sequence: Sequence
    at_ms: AtMs
    token: Token
    point: Code
    medium: MediumKind = "chip"
    direction: Direction = "either"
    route: RouteCode = ""
    decided: Decided = "ask"
    riders: Riders = 1


class TapBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a reader kept while it was offline, in its own order."""

    taps: Annotated[list[Tap], msgspec.Meta(min_length=1, max_length=MAX_BATCH_TAPS)]


class Words(msgspec.Struct, frozen=True):
    """The same sentence in Indonesian and English, for the gate's screen."""

    id: str
    en: str

    def told(self, language: str) -> str:
        """The sentence in a language, `id` or `en`."""
        return self.en if language == "en" else self.id


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a tap. Amounts in the smallest unit of the purse's asset.

    `code` is the outcome's stable name (`accepted`, `balance_insufficient`, `quarantined_…`);
    `repeat` tells that the tap was known and this is its stored decision; `charge` is what this
    tap moved (it can be negative), `full_fare` what the use would cost alone.
    """

    device: int
    sequence: int
    accepted: bool
    code: str
    meaning: str = "none"
    charge: int = 0
    full_fare: int = 0
    balance: int | None = None
    repeat: bool = False
    words: Words | None = None


class Health(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a reader tells of itself, every few minutes; the newest report is kept.

    `queued` taps wait to be uploaded. `tariff` is the digest of the tariff it rides by ("": none);
    `deny_list` the version of its deny list and `deny_list_ms` when that was sealed (0: none).
    """

    queued: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
    tariff: Annotated[str, msgspec.Meta(max_length=64, pattern=PRINTABLE)] = ""
    deny_list: Annotated[int, msgspec.Meta(ge=0, le=10**18 - 1)] = 0
    deny_list_ms: AtMs = 0
    program: Annotated[str, msgspec.Meta(max_length=64, pattern=PRINTABLE)] = ""


class BatchResult(msgspec.Struct, frozen=True):
    """One decision a tap, in the order of the upload."""

    results: list[Decision]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer to bad input (RFC 9457). `type` and `code` are for programs, the rest for people.

    `title` names the kind of problem and is always the same for a code; `detail` says in English
    what was wrong this time and what to do, `words` what to do in both languages.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    words: Words

    @classmethod
    def of(cls, code: str, status: int, title: str, words: Words, about: str = "") -> Problem:
        """The problem of a kind. `about`, in English without a full stop: what was wrong now."""
        detail = f"{about}. {words.en}" if about else words.en
        return cls(f"urn:satu:problem:{code}", title, status, code, detail, words)
