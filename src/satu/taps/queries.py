"""Every read of places and readers that Django's side uses; gateways use satu.taps.places."""

from __future__ import annotations

from collections.abc import Iterable

from satu.services import sealed
from satu.services.rules import Bundle
from satu.taps import models
from satu.taps.places import NoCityLoaded


def active_bundle(city: str) -> Bundle:
    """A city's facts in force; NoCityLoaded if it was never loaded."""
    found = models.Bundle.objects.filter(city=city, is_active=True).first()
    if found is None:
        raise NoCityLoaded(f"{city} is not loaded; run: satu city load")
    return sealed.decode(bytes(found.content))


def device_numbers(codes: Iterable[str]) -> dict[str, int]:
    """The numbers of readers by their codes; unknown codes are left out."""
    found = models.Device.objects.filter(code__in=list(codes))
    return dict(found.values_list("code", "id"))
