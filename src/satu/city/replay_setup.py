"""Makes a city ready for a file of rides: its places, its readers, its cards. Through actions.

Everything here is done once: a second run of the same file finds it all and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import psycopg
from django.conf import settings
from django.db import connection, transaction

from satu.cards import queries as cards_queries
from satu.cards import store
from satu.cards.actions import NewMedium, add_media, issue_cards
from satu.cards.errors import Refusal
from satu.cards.kinds import Medium
from satu.cards.rules import token_hash
from satu.city.load import load_city, register_simulated_devices
from satu.city.pack import Pack
from satu.city.replay_places import Missing, missing_places
from satu.city.replay_plan import NO_STOP, Survey
from satu.services.rules import Bundle
from satu.taps.actions import NewDevice, add_places, register_devices
from satu.validator.keys import DeviceKeys, simulated_keys

ACTOR = "city.replay"
REPLAY_DEVICE = "replay"  # sends the taps of a file that name no stop


class SetupError(Exception):
    """A file cannot be replayed here; its text is one line that says what to do."""


def city_ready(*, pack: Pack, at: datetime) -> dict[str, int]:
    """Load the pack's city if the database has no bank yet; the issuers' numbers by a file's names.

    The names are the issuers' codes and aliases; "" is the first issuer, for files that name none.
    """
    if not cards_queries.issuers():
        load_city(pack=pack, actor=ACTOR, at=at)
    numbers = {issuer.code: issuer.id for issuer in cards_queries.issuers()}
    known = [row for row in pack.issuers if row.code in numbers]
    if not known:
        raise SetupError(
            f"no bank of {pack.city.name} is known, but another city's are: give the file a "
            "SATU_HOME or database of its own"
        )
    names = {name: row.code for row in known for name in (row.code, *row.aliases.split())}
    return {name: numbers[code] for name, code in names.items()} | {"": numbers[known[0].code]}


def add_missing_places(*, found: Survey, bundle: Bundle, at: datetime) -> tuple[Missing, Bundle]:
    """Add what the file names and the city lacks; the bundle that is in force then."""
    missing = missing_places(found, bundle)
    if not missing.points and not missing.routes:
        return missing, bundle
    loaded = add_places(
        points=missing.points, routes=missing.routes, city=bundle.city, actor=ACTOR, at=at
    )
    return missing, loaded.bundle


def ready_readers(
    *, stops: Iterable[str], bundle: Bundle, form: str, master: bytes, at: datetime
) -> dict[str, DeviceKeys]:
    """The keys of the reader at each stop, "" and unknown stops being the replay device's.

    Each kind of file (`form`) has a replay device of its own. `master` is the installation's
    key `device`.
    """
    standing = register_simulated_devices(bundle=bundle, master=master, actor=ACTOR, at=at)
    replay_device = NewDevice(
        code=f"{REPLAY_DEVICE}:{form}",
        operator=bundle.operators[0].id,
        point=None,
        public_key=lambda number: simulated_keys(number, master).public_key,
    )
    (nowhere,) = register_devices(devices=[replay_device], actor=ACTOR, at=at).values()
    numbers = {stop: standing.get(stop, nowhere) for stop in stops} | {NO_STOP: nowhere}
    keys = {number: simulated_keys(number, master) for number in set(numbers.values())}
    return {stop: keys[number] for stop, number in numbers.items()}


def create_cards(
    *, cards: Mapping[str, str], issuer_of: Mapping[str, int], balance: int, at: datetime
) -> dict[str, int]:
    """Make those of the cards that do not exist yet, each with `balance`: how many by issuer.

    `cards` maps what a reader reads from the card to the issuer as the file writes it,
    `issuer_of` that to the issuer's number; "" stands for names that are not in it.
    """
    with transaction.atomic():
        missing: dict[int, list[str]] = {}
        known = _known_tokens(cards)
        for token, name in sorted(cards.items()):
            if token not in known:
                issuer = issuer_of.get(name, issuer_of[""])
                missing.setdefault(issuer, []).append(token)
        for issuer, tokens in sorted(missing.items()):
            serials = issue_cards(
                issuer=issuer, count=len(tokens), balance=balance, actor=ACTOR, at=at
            )
            if isinstance(serials, Refusal):
                raise SetupError(f"cards cannot be issued: {serials}; see --balance")
            media = [
                NewMedium(card, Medium.BANK_CHIP, token)
                for card, token in zip(serials, tokens, strict=True)
            ]
            refused = [answer for answer in add_media(media=media, actor=ACTOR, at=at) if answer]
            assert not refused, refused
    codes = {issuer.id: issuer.code for issuer in cards_queries.issuers()}
    return {codes[issuer]: len(tokens) for issuer, tokens in sorted(missing.items())}


def _known_tokens(tokens: Iterable[str]) -> set[str]:
    hashed = {token_hash(settings.TOKEN_KEY, Medium.BANK_CHIP, token): token for token in tokens}
    raw = connection.connection
    assert isinstance(raw, psycopg.Connection)
    found = store.media(raw, [(Medium.BANK_CHIP, key) for key in hashed])
    return {hashed[key] for _, key in found}
