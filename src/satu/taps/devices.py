"""What staff do to a reader: block it, let it back, retire it, give it new keys. All audited."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.taps.models import Device
from satu.taps.places import DeviceState

KEY_BYTES = 32
LONGEST_REASON = 500


class Refusal(StrEnum):
    """Why nothing was changed."""

    DEVICE_UNKNOWN = "device_unknown"
    REASON_MISSING = "reason_missing"
    ALREADY_SO = "already_so"
    RETIRED = "retired"
    KEY_INVALID = "key_invalid"


def set_state(
    *, device: int, state: DeviceState, reason: str, actor: str, at: datetime
) -> Refusal | None:
    """Block a reader, let it back, or retire it for good; None: done.

    Gateways learn of it within seconds. What a retired reader still holds is not taken any more.
    """
    if not is_reason(reason):
        return Refusal.REASON_MISSING
    with transaction.atomic():
        found = _locked(device)
        if found is None:
            return Refusal.DEVICE_UNKNOWN
        if found.state == state:
            return Refusal.ALREADY_SO
        if found.state == DeviceState.RETIRED:
            return Refusal.RETIRED
        found.state = state
        found.save(update_fields=["state"])
        _record(f"device.{state.name.lower()}", found, {"reason": reason.strip()}, actor, at)
    return None


def replace_key(
    *, device: int, public_key: bytes, reason: str, actor: str, at: datetime
) -> Refusal | None:
    """Take a reader's new key for uploads (raw Ed25519, 32 bytes) and give up its request key.

    The request key is derived from the reader's number and the version, which goes up: with the
    old one nothing is answered any more. None: done.
    """
    if not is_reason(reason):
        return Refusal.REASON_MISSING
    if len(public_key) != KEY_BYTES:
        return Refusal.KEY_INVALID
    with transaction.atomic():
        found = _locked(device)
        if found is None:
            return Refusal.DEVICE_UNKNOWN
        if found.state == DeviceState.RETIRED:
            return Refusal.RETIRED
        if bytes(found.public_key) == public_key:
            return Refusal.ALREADY_SO
        found.public_key = public_key
        found.key_version += 1
        found.save(update_fields=["public_key", "key_version"])
        detail: Detail = {"reason": reason.strip(), "key_version": found.key_version}
        _record("device.key_replaced", found, detail, actor, at)
    return None


def is_reason(text: str) -> bool:
    """Whether somebody said why, in a sentence that can be kept."""
    return 0 < len(text.strip()) <= LONGEST_REASON


def _locked(device: int) -> Device | None:
    return Device.objects.select_for_update().filter(id=device).first()


def _record(action: str, device: Device, detail: Detail, actor: str, at: datetime) -> None:
    record(subject=Subject("device", device.id), action=action, actor=actor, at=at, detail=detail)
