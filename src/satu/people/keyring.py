"""Which vault and which master key wrap people's data keys."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from django.conf import settings

from satu.ledger.actions import raw_connection
from satu.people import store
from satu.people.vault import DerivedVault, Vault
from satu.project.environment import EnvironmentProblem


@cache
def vault() -> Vault:
    """This installation's vault. EnvironmentProblem: production without a hardware module."""
    if settings.PKCS11 is not None:
        # The module's library is an extra: who runs a demo does not have it.
        from satu.people.hsm import ModuleVault  # noqa: PLC0415

        return ModuleVault(*settings.PKCS11)
    if settings.PRODUCTION:
        raise EnvironmentProblem("SATU_PKCS11_MODULE: production keeps people's keys in a module")
    return DerivedVault(settings.PERSON_MASTER)


def master_in_use(at: datetime) -> int:
    """The master that wraps, made at the first need. Call in the transaction that wraps."""
    conn = raw_connection()
    found = store.current_master(conn)
    if found is None:
        store.lock_masters(conn)
        found = store.current_master(conn) or make_master(store.FIRST_MASTER, at)
    return found


def make_master(number: int, at: datetime) -> int:
    """Have a master key that wraps from the commit on. The masters are locked."""
    vault().make(number)
    store.add_master(raw_connection(), number, at)
    return number
