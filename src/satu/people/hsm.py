"""Master keys in a hardware module, through PKCS#11: they are made there and never leave it.

Needs the extra `satu[hsm]` and the module's own library. Tested with SoftHSM2.
"""

from __future__ import annotations

import os
from threading import Lock
from typing import Any

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11.mechanisms import GCMParams

from satu.people.vault import NONCE_BYTES
from satu.project.environment import EnvironmentProblem

KEY_BITS = 256
TAG_BITS = 128


class ModuleVault:
    """Wraps with keys that are labelled `satu-people-1`, `satu-people-2`, … in a token."""

    def __init__(self, library: str, token: str, pin: str) -> None:
        try:
            found = pkcs11.lib(library).get_token(token_label=token)
            self._session = _log_in(found, pin)
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            reason = str(error) or type(error).__name__
            problem = f"SATU_PKCS11_MODULE: token {token!r} of {library}: {reason}"
            raise EnvironmentProblem(problem) from error
        self._keys: dict[int, Any] = {}  # what a key can do is known at run time only
        self._lock = Lock()  # a session does one thing at a time

    def make(self, master: int) -> None:
        with self._lock:
            if self._find(master) is None:
                self._keys[master] = self._session.generate_key(
                    KeyType.AES,
                    KEY_BITS,
                    label=_label(master),
                    store=True,
                    capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
                    template={Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True},
                )

    def wrap(self, master: int, key: bytes, *, bound_to: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        with self._lock:
            return nonce + bytes(self._key(master).encrypt(key, **_gcm(nonce, bound_to)))

    def unwrap(self, master: int, box: bytes, *, bound_to: bytes) -> bytes:
        nonce, rest = box[:NONCE_BYTES], box[NONCE_BYTES:]
        with self._lock:
            return bytes(self._key(master).decrypt(rest, **_gcm(nonce, bound_to)))

    def _key(self, master: int) -> Any:
        found = self._find(master)
        if found is None:
            problem = f"SATU_PKCS11_TOKEN: the token has no key {_label(master)}; restore it"
            raise EnvironmentProblem(problem)
        return found

    def _find(self, master: int) -> Any | None:
        if master not in self._keys:
            wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: _label(master)}
            found = list(self._session.get_objects(wanted))
            if not found:
                return None
            (key,) = found
            self._keys[master] = key
        return self._keys[master]


def _log_in(token: pkcs11.Token, pin: str) -> pkcs11.Session:
    try:
        return token.open(rw=True, user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:  # this program is, with another session
        return token.open(rw=True)


def _label(master: int) -> str:
    return f"satu-people-{master}"


def _gcm(nonce: bytes, bound_to: bytes) -> dict[str, object]:
    params = GCMParams(nonce, bound_to, TAG_BITS)
    return {"mechanism": Mechanism.AES_GCM, "mechanism_param": params}
