"""Words that several fronts say the same way."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.people.kinds import Role

ROLE_NAMES: dict[str, str | Promise] = {
    Role.DESK: _("Card desk"),
    Role.BENEFITS: _("Benefits"),
    Role.PRIVACY: _("Privacy"),
    Role.TECHNICIAN: _("Technician"),
    Role.OPERATOR: _("Operator's staff"),
    Role.BANK: _("Bank's staff"),
    Role.TREASURER: _("Treasurer"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.RESIDENT: _("Residents themselves"),
    Role.GUARDIAN: _("Guardians and carers"),
    Role.SYSTEM: _("Satu's own programs"),
}


def role_names(roles: frozenset[str]) -> str:
    """`Card desk, Privacy`: roles in the page's language, in the order above."""
    return ", ".join(str(name) for role, name in ROLE_NAMES.items() if role in roles)
