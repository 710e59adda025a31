"""Bringing facts into force, and back: one signed bundle a city, changed whole or not at all.

A bundle is built, checked and signed before the active one is touched; gateways and readers
verify it again before they leave the one they have. Every change is logged, with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.db import connection, transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.fares.faults import faults
from satu.fares.tariff import Tariff
from satu.formats.faults.fault import Fault, fault_at
from satu.services import sealed
from satu.services.rules import Bundle, Rules
from satu.taps import models
from satu.wire.signing import scheme_key

LOCK = 0x504C_4143  # "PLAC": of two changes at once, one waits


class Loaded(NamedTuple):
    """What a change did. `changed` false: the facts in force were already these.

    `bundle` has the database's numbers.
    """

    bundle: Bundle
    digest: bytes
    changed: bool


class NotActivated(Exception):
    """Why facts did not come into force: `code`, and every fault. Nothing changed."""

    def __init__(self, code: str, *faults: Fault) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.code = code
        self.faults = faults


def locked_bundle(city: str) -> Bundle | None:
    """The facts in force, kept from changing until the transaction ends; None: none are."""
    lock()
    found = _active(city)
    return sealed.decode(bytes(found.content)) if found else None


def lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])


def activate_tariff(
    *,
    city: str,
    tariff: Tariff,
    replace: bool = False,
    actor: str,
    at: datetime,
    reason: str,
) -> Loaded:
    """Bring a tariff's version into force beside the others, from its `valid_from` on.

    NotActivated: `city_unknown`, `version_known` (another content has this name or day; only
    with `replace` it gives way), `tariff_unusable` (every fault). What was ridden already is
    priced again only by `satu fare rerate`.
    """
    with transaction.atomic():
        old = locked_bundle(city)
        if old is None:
            raise NotActivated("city_unknown", Fault(city, 0, "", "city_not_loaded"))
        others = []
        for known in old.tariffs:
            is_rival = known.version == tariff.version or known.valid_from == tariff.valid_from
            if is_rival and known != tariff and not replace:
                day = known.valid_from.isoformat()
                told = fault_at(known.version, 0, "", "version_in_force", day=day)
                raise NotActivated("version_known", told)
            if not is_rival:
                others.append(known)
        tariffs = tuple(sorted([*others, tariff], key=lambda one: one.valid_from))
        new = msgspec.structs.replace(old, tariffs=tariffs)
        return activate(new, old, actor=actor, at=at, reason=reason)


def roll_back(*, city: str, actor: str, at: datetime, reason: str) -> Loaded:
    """Bring back the tariffs that were in force before the last change of tariffs.

    Points and routes stay as they are. Again undoes the roll-back. NotActivated: `city_unknown`,
    `nothing_before`.
    """
    with transaction.atomic():
        current = locked_bundle(city)
        if current is None:
            raise NotActivated("city_unknown", Fault(city, 0, "", "city_not_loaded"))
        for row in models.Activation.objects.filter(city=city).order_by("-id"):
            before = sealed.decode(bytes(row.bundle.content))
            if before.tariffs != current.tariffs:
                new = msgspec.structs.replace(current, tariffs=before.tariffs)
                return activate(new, current, actor=actor, at=at, reason=reason)
        raise NotActivated("nothing_before", Fault(city, 0, "", "tariffs_none_before"))


def activate(
    bundle: Bundle,
    old: Bundle | None,
    *,
    actor: str,
    at: datetime,
    reason: str,
) -> Loaded:
    """Make a bundle the one in force; the caller holds the lock. NotActivated `tariff_unusable`."""
    content = sealed.encode(bundle)
    digest = sealed.digest(content)
    if old is not None and sealed.encode(old) == content:
        return Loaded(bundle, digest, changed=False)
    found = list(_faults(bundle))
    if found:
        raise NotActivated("tariff_unusable", *found)
    Rules(bundle)  # what no gateway could fold raises here, before anything changes
    signed = sealed.seal_bundle(scheme_key(settings.SCHEME_SEED), content)
    models.Bundle.objects.filter(city=bundle.city, is_active=True).update(is_active=False)
    stored, _ = models.Bundle.objects.update_or_create(
        city=bundle.city,
        digest=digest,
        defaults={
            "content": content,
            "loaded_at": at,
            "is_active": True,
            "key": signed.key,
            "signature": signed.signature,
        },
    )
    models.Activation.objects.create(
        city=bundle.city, bundle=stored, at=at, actor=actor, reason=reason
    )
    details: Detail = {
        "city": bundle.city,
        "digest": digest.hex(),
        "points": len(bundle.points),
        "routes": len(bundle.routes),
        "tariffs": len(bundle.tariffs),
        "reason": reason,
    }
    subject = Subject("bundle", stored.id)
    record(subject=subject, action="city.loaded", actor=actor, at=at, detail=details)
    return Loaded(bundle, digest, changed=True)


def _active(city: str) -> models.Bundle | None:
    return models.Bundle.objects.filter(city=city, is_active=True).first()


def _faults(bundle: Bundle) -> Iterator[Fault]:
    """What keeps a bundle from being used: unusable tariffs, places that none of them prices."""
    named = {point.network for point in bundle.points}
    named |= {route.network for route in bundle.routes}
    for tariff in bundle.tariffs:
        yield from (
            fault._replace(file=f"{tariff.version}: {fault.file}") for fault in faults(tariff)
        )
        missing = tuple(sorted(named - {network.id for network in tariff.networks}))
        if missing:
            yield fault_at(tariff.version, 0, "", "networks_unpriced", names=missing)
