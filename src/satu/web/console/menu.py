"""What the staff's menu leads to. A page adds its entry here, with the roles that see it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from satu.people.kinds import Role
from satu.web.design.menus import Entry
from satu.web.doors.rights import CITY_ROLES

CASES = frozenset({Role.DESK, Role.BENEFITS, Role.PRIVACY, Role.TECHNICIAN, Role.BANK})

DESKS = frozenset({Role.DESK, Role.BENEFITS, Role.PRIVACY})
MONEY = frozenset({Role.DESK, Role.BANK, Role.OPERATOR, Role.TREASURER, Role.AUDITOR})

ENTRIES = (
    Entry(_("What waits"), "console:home"),
    Entry(_("Cards and people"), "console:find", DESKS | {Role.BANK, Role.AUDITOR}),
    Entry(_("Refunds"), "console:refunds", frozenset({Role.DESK, Role.AUDITOR})),
    Entry(_("Four eyes"), "console:approvals", MONEY),
    Entry(_("Card orders"), "console:orders", frozenset({Role.DESK, Role.BANK, Role.AUDITOR})),
    Entry(_("Control room"), "console:live", frozenset(CITY_ROLES)),
    Entry(_("Alarms"), "console:alarms_all", frozenset(CITY_ROLES)),
    Entry(_("Readers"), "console:devices", frozenset(CITY_ROLES)),
    Entry(_("Cases"), "console:cases", CASES),
    Entry(_("Tariffs"), "console:tariffs", frozenset(CITY_ROLES)),
    Entry(_("Coverage"), "console:coverage", frozenset(CITY_ROLES)),
    Entry(_("Reference data"), "console:reference", frozenset(CITY_ROLES)),
    Entry(_("Audit"), "console:audit", frozenset({Role.AUDITOR, Role.PRIVACY})),
    Entry(_("Revenue"), "console:own_revenue", frozenset({Role.OPERATOR})),
    Entry(_("Lines"), "console:own_lines", frozenset({Role.OPERATOR})),
    Entry(_("What banks owe"), "console:own_owed", frozenset({Role.OPERATOR})),
    Entry(_("Your readers"), "console:own_readers", frozenset({Role.OPERATOR})),
    Entry(_("Float"), "console:bank", frozenset({Role.BANK})),
    Entry(_("Owed to operators"), "console:bank_owed", frozenset({Role.BANK})),
    Entry(_("Clearing"), "console:bank_clearing", frozenset({Role.BANK})),
)

# Where the search field on top sends what was typed (POST: it may be a phone number or a NIK).
FIND = "console:find"
