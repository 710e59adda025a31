"""Every page with whom it is for. A url that is not here fails tests/database/test_web_doors.py.

A line says what the page's own guard says (satu.web.doors.rights); the test holds them against
each other and knocks at every page as everybody. Give your front's dictionary the new line.
`moves_money` is said of pages whose POST lets money move: no administrator is among their roles.
"""

from __future__ import annotations

from satu.people.kinds import Role
from satu.web.doors.rights import (
    CITY_ROLES,
    PROGRAM,
    PUBLIC,
    RESIDENT,
    RESIDENTS_MONEY,
    SIGNED_IN,
    Right,
    staff,
)

PUBLIC_PAGES: dict[str, Right] = {
    "public:home": PUBLIC,
    "public:city": PUBLIC,
    "public:fares": PUBLIC,
    "public:names": PUBLIC,
    "public:tap": PUBLIC,
    "public:riders": PUBLIC,
    "public:developers": PUBLIC,
    "public:contract": PUBLIC,
    "public:contract_file": PUBLIC,
    "public:places": PUBLIC,
    "public:map": PUBLIC,
    "public:health": PUBLIC,
    "sheet": PUBLIC,
    "moved": PUBLIC,
    "design:parts": PUBLIC,
    "design:confirm": PUBLIC,
    "design:framed": PUBLIC,
}

PORTAL_PAGES: dict[str, Right] = {
    "portal:home": RESIDENT,
    "portal:history": RESIDENT,
    "portal:statement": RESIDENT,
    "portal:journey": RESIDENT,
    "portal:refund": RESIDENT,
    "portal:repair": RESIDENTS_MONEY,
    "portal:link": RESIDENT,
    "portal:link_code": RESIDENT,
    "portal:freeze": RESIDENT,
    "portal:unfreeze": RESIDENT,
    "portal:lost": RESIDENT,
    "portal:replace": RESIDENT,
    "portal:purses": RESIDENT,
    "portal:purse_first": RESIDENT,
    "portal:purse_open": RESIDENT,
    "portal:purse_close": RESIDENT,
    "portal:order_end": RESIDENT,
    "portal:family": RESIDENT,
    "portal:family_limit": RESIDENT,
    "portal:data": RESIDENT,
    "portal:profile": RESIDENT,
    "portal:looks": RESIDENT,
    "portal:question": RESIDENT,
    "portal:purposes": RESIDENT,
    "portal:consent": RESIDENT,
    "portal:wishes": RESIDENT,
    "portal:export": RESIDENT,
    "portal:cases": RESIDENT,
    "portal:case_new": RESIDENT,
    "portal:case": RESIDENT,
    "portal:case_end": RESIDENT,
    "portal:close": RESIDENT,
    "portal:top_up": RESIDENTS_MONEY,
    "portal:family_send": RESIDENTS_MONEY,
}

# Of these roles a city makes its teams for cases; each sees its own teams' cases.
CASE_WORKERS = staff(Role.DESK, Role.BENEFITS, Role.PRIVACY, Role.TECHNICIAN, Role.BANK)

# Who opens what is personal says what for; what each may decide is asked by the domains as well.
OPENERS = (Role.BENEFITS, Role.DESK, Role.PRIVACY)
STEPPERS = (Role.DESK, Role.BANK)
DECIDERS = (Role.BANK, Role.OPERATOR, Role.TREASURER)

DESK_PAGES: dict[str, Right] = {
    "console:home": staff(),
    "console:find": staff(*OPENERS, Role.BANK, Role.AUDITOR),
    "console:card": staff(*OPENERS, Role.BANK, Role.AUDITOR),
    "console:card_fares": staff(*OPENERS, Role.AUDITOR),
    "console:card_purses": staff(*OPENERS, Role.AUDITOR),
    "console:card_books": staff(*OPENERS, Role.AUDITOR),
    "console:card_looks": staff(*OPENERS, Role.AUDITOR),
    "console:card_open": staff(*OPENERS),
    "console:card_grant": staff(Role.DESK, Role.BENEFITS, moves_money=True),
    "console:card_step": staff(*STEPPERS),
    "console:register": staff(Role.DESK),
    "console:resident": staff(*OPENERS),
    "console:profile": staff(*OPENERS),
    "console:link": staff(Role.DESK),
    "console:code": staff(Role.DESK),
    "console:approvals": staff(Role.DESK, *DECIDERS, Role.AUDITOR),
    "console:propose": staff(Role.DESK, *DECIDERS, moves_money=True),
    "console:approval": staff(Role.DESK, *DECIDERS, Role.AUDITOR),
    "console:approve": staff(*DECIDERS, moves_money=True),
    "console:decline": staff(*DECIDERS, moves_money=True),
    "console:withdraw": staff(Role.DESK, *DECIDERS, moves_money=True),
    "console:refunds": staff(Role.DESK, Role.AUDITOR),
    "console:refund": staff(Role.DESK, Role.AUDITOR),
    "console:refund_believe": staff(Role.DESK, moves_money=True),
    "console:refund_reject": staff(Role.DESK),
    "console:orders": staff(*STEPPERS, Role.AUDITOR),
    "console:order_new": staff(*STEPPERS),
    "console:order_deliver": staff(*STEPPERS),
}

CONSOLE_PAGES: dict[str, Right] = {
    **DESK_PAGES,
    "console:enter": PUBLIC,  # the link itself is the key
    "console:own_revenue": staff(Role.OPERATOR),
    "console:own_lines": staff(Role.OPERATOR),
    "console:own_owed": staff(Role.OPERATOR),
    "console:own_readers": staff(Role.OPERATOR),
    "console:bank": staff(Role.BANK),
    "console:bank_owed": staff(Role.BANK),
    "console:bank_clearing": staff(Role.BANK),
    "console:bank_clearing_file": staff(Role.BANK),
    "console:live": staff(*CITY_ROLES),
    "console:live_data": staff(*CITY_ROLES),
    "console:live_map": staff(*CITY_ROLES),
    "console:compared": staff(*CITY_ROLES),
    "console:operator": staff(*CITY_ROLES),
    "console:line": staff(*CITY_ROLES),
    "console:place": staff(*CITY_ROLES),
    "console:find_place": staff(*CITY_ROLES),
    "console:hour": staff(*CITY_ROLES),
    "console:alarms": staff(*CITY_ROLES),
    "console:alarms_all": staff(*CITY_ROLES),
    "console:alarm_take": staff(Role.TECHNICIAN, Role.DESK, Role.ADMINISTRATOR),
    "console:devices": staff(*CITY_ROLES),
    "console:device": staff(*CITY_ROLES),
    "console:device_change": staff(Role.TECHNICIAN, Role.ADMINISTRATOR),
    "console:coverage": staff(*CITY_ROLES),
    "console:tariffs": staff(*CITY_ROLES),
    "console:tariff_compare": staff(*CITY_ROLES),
    "console:tariff_upload": staff(Role.ADMINISTRATOR),
    "console:tariff_roll_back": staff(Role.ADMINISTRATOR),
    "console:tariff_draft": staff(*CITY_ROLES),
    "console:tariff_rehearse": staff(Role.ADMINISTRATOR),
    "console:tariff_activate": staff(Role.ADMINISTRATOR),
    "console:rehearsal": staff(*CITY_ROLES),
    "console:rehearsal_picture": staff(*CITY_ROLES),
    "console:tariff_decide": staff(Role.ADMINISTRATOR, Role.TREASURER),
    "console:reference": staff(*CITY_ROLES),
    "console:reference_table": staff(*CITY_ROLES),
    "console:reference_row": staff(*CITY_ROLES),
    "console:organisation_new": staff(Role.ADMINISTRATOR),
    "console:organisation_edit": staff(Role.ADMINISTRATOR),
    "console:audit": staff(Role.AUDITOR, Role.PRIVACY),
    "console:audit_chain": staff(Role.AUDITOR, Role.PRIVACY),
    "console:audit_prove": staff(Role.AUDITOR, Role.PRIVACY),
    "console:audit_staff": staff(Role.AUDITOR, Role.PRIVACY),
    "console:cases": CASE_WORKERS,
    "console:case_new": staff(Role.DESK, Role.BENEFITS, Role.PRIVACY),
    "console:case": CASE_WORKERS,
    "console:case_read": CASE_WORKERS,
    "console:case_take": CASE_WORKERS,
    "console:case_answer": CASE_WORKERS,
    "console:case_step": CASE_WORKERS,
}

# Views that are called by programs, and check themselves who calls: by signature or session.
API_DOORS: dict[str, Right] = {
    "api:openapi-json": PUBLIC,
    "api:api-root": PUBLIC,
    "api:quote": PUBLIC,
    "api:card_day_fares": staff(Role.DESK, Role.PRIVACY),
    "api:my_history": RESIDENT,
    "api:my_day_fares": RESIDENT,
    "satu.partners.doors.door": PROGRAM,
}

DOOR_PAGES: dict[str, Right] = {
    "account_login": PUBLIC,
    "account_code": PUBLIC,
    "account_choose": PUBLIC,  # for who has just proved to hold the phone
    "account_signup": PUBLIC,  # likewise
    "account_staff": PUBLIC,
    "account_logout": PUBLIC,
    "account_logout_all": SIGNED_IN,
    "account_address": SIGNED_IN,
    "account_keep_address": SIGNED_IN,
    "account_outbox": PUBLIC,  # codes and messages of a demo; in production nothing is there
    "mfa_login_webauthn": PUBLIC,
    "mfa_authenticate": PUBLIC,  # for who is in the middle of a sign-in
    "mfa_index": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
}

RIGHTS: dict[str, Right] = {
    **DOOR_PAGES,
    **PUBLIC_PAGES,
    **PORTAL_PAGES,
    **CONSOLE_PAGES,
    **API_DOORS,
}

# The actions that let money move. A page that calls one says `moves_money`; who approves what two
# people have to want is asked by satu.approvals itself.
MONEY_ACTIONS = frozenset(
    {
        "satu.cards.actions.top_up",
        "satu.cards.closing.pay_closed",
        "satu.cards.crediting.credit",
        "satu.cards.interbank.set_prefund",
        "satu.cards.losses.bear_loss",
        "satu.cards.moving.move",
        "satu.cards.refunds.refund",
        "satu.cards.rights_actions.sell_pass",
        "satu.cards.transfers.transfer_value",
        "satu.payments.agents.fund_agent",
        "satu.payments.agents.top_up_at_agent",
        "satu.payments.cash_out.cash_out",
        "satu.payments.orders.place_order",
        "satu.payments.orders.run_orders",
        "satu.payments.settling.settle",
        "satu.payments.switching.switch_bank",
        "satu.payments.top_ups.top_up",
        "satu.taps.corrections.correct_fares",
        "satu.taps.passes.sell_pass",
        "satu.taps.repairs.approve_repair",
    }
)
