"""Puts a city pack into the database: places, issuers, cards' kinds, accounts, readers."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from satu.cards.actions import ensure_issuers
from satu.cards.kinds import Issuer
from satu.cards.products import ensure_products
from satu.cases.city import keep_city as keep_cases
from satu.city.pack import Pack
from satu.ledger.actions import AccountName, ensure_accounts
from satu.ledger.kinds import SCHEME, AccountKind, Asset
from satu.messages.actions import keep_rules
from satu.payments.fees import keep_fees
from satu.people.areas import keep_areas
from satu.people.consents import keep_register
from satu.services.rules import Bundle
from satu.taps.actions import NewDevice, load_places, register_devices
from satu.taps.activation import Loaded
from satu.validator.keys import simulated_keys


class CityLoaded(NamedTuple):
    """What a load left: the bundle in force, and how many accounts the city's parties have."""

    places: Loaded
    accounts: int


def load_city(*, pack: Pack, actor: str, at: datetime) -> CityLoaded:
    """Make a pack's facts the ones in force, all or nothing; a second time changes nothing.

    RegisterFault: a purpose was told in other words before.
    """
    with transaction.atomic():
        places = load_places(bundle=pack.bundle(), actor=actor, at=at)
        issuers = [
            Issuer(
                id=row.id,
                code=row.code,
                name=row.name,
                number_prefix=row.prefix,
                is_simulated=row.simulated,
                note=row.note,
            )
            for row in pack.issuers
        ]
        asset = Asset[pack.city.currency]
        floats = ensure_issuers(issuers=issuers, asset=asset, actor=actor, at=at)
        ensure_products(products=pack.products, actor=actor, at=at)
        keep_fees(rules=pack.fees, actor=actor, at=at)
        if pack.purposes is not None:
            keep_register(wanted=pack.purposes, actor=actor, at=at)
        keep_areas(areas=[(row.code, row.name) for row in pack.areas], actor=actor, at=at)
        if pack.messages is not None:
            keep_rules(rules=pack.messages, actor=actor, at=at)
        if pack.cases is not None:
            keep_cases(city=pack.cases, asset=pack.city.currency, actor=actor, at=at)
        wanted = accounts_of(places.bundle, list(floats), asset)
        accounts = ensure_accounts(wanted=wanted, actor=actor, at=at)
    return CityLoaded(places, len(floats) + len(accounts))


def accounts_of(bundle: Bundle, issuers: list[int], asset: Asset) -> list[AccountName]:
    """What each issuer owes each operator, and what each operator is owed without cover."""
    payables = [
        (AccountKind.PAYABLE, issuer, asset, operator.id, 0)
        for issuer in issuers
        for operator in bundle.operators
    ]
    claims = [
        (AccountKind.UNFUNDED_CLAIM, SCHEME, asset, operator.id, 0) for operator in bundle.operators
    ]
    return payables + claims


def register_simulated_devices(
    *, bundle: Bundle, master: bytes, actor: str, at: datetime
) -> dict[str, int]:
    """One reader at each point, named as the point is.

    Their keys derive from `master` (the key `device`), so anyone who holds it can sign for them:
    for demos, replays and benches only. The readers' numbers by code.
    """

    def public_key(device: int) -> bytes:
        return simulated_keys(device, master).public_key

    devices = [
        NewDevice(point.code, point.operator, point.id, public_key) for point in bundle.points
    ]
    return register_devices(devices=devices, actor=actor, at=at)
