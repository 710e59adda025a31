"""Lets a simulated bank in as a partner, with a service id of its own for virtual accounts."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

from satu.city.bank_keys import public_pem
from satu.formats.snap.profile import load_profile, read_profile
from satu.partners import actions, queries
from satu.partners.errors import Refusal
from satu.partners.models import Partner


class RealBankError(Exception):
    """The bank was let in with a key of its own: it is not simulated."""


def let_in(*, code: str, actor: str, at: datetime) -> Partner | Refusal:
    """The partner that a simulated bank is at Satu; added with the bank's key if there is none.

    RealBankError. Refusals: as satu.partners.actions.add_partner.
    """
    pem = public_pem(code)
    partner = next((one for one in queries.partners() if one.code == code), None)
    if partner is None:
        spoken = read_profile((files("satu.partners") / "profiles" / "snap.toml").read_text())
        new = actions.NewPartner(code, code, code, code, pem, spoken)
        added = actions.add_partner(new=new, actor=actor, at=at)
        if isinstance(added, Refusal):
            return added
        partner = added.partner
    if partner.public_key.strip() != pem.strip():
        raise RealBankError(code)
    given = load_profile(partner.profile).service_id or f"88{partner.issuer_id:03}"
    return actions.set_service_id(code=code, service_id=given, actor=actor, at=at)
