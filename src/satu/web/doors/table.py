"""Every page with whom it is for. A url that is not here fails tests/database/test_web_doors.py.

A line says what the page's own guard says (satu.web.doors.rights); the test holds them against
each other and knocks at every page as everybody. Give your front's dictionary the new line.
`moves_money` is said of pages whose POST lets money move: no administrator is among their roles.
"""

from __future__ import annotations

from satu.people.kinds import Role
from satu.web.doors.rights import CITY_ROLES, PROGRAM, PUBLIC, Right, staff

PUBLIC_PAGES: dict[str, Right] = {
    "public:city": PUBLIC,
    "public:places": PUBLIC,
    "public:map": PUBLIC,
    "public:health": PUBLIC,
    "design:parts": PUBLIC,
    "design:confirm": PUBLIC,
    "design:framed": PUBLIC,
}

PORTAL_PAGES: dict[str, Right] = {}

CONSOLE_PAGES: dict[str, Right] = {
    "console:enter": PUBLIC,  # the link itself is the key
    "console:live": staff(*CITY_ROLES),
    "console:live_data": staff(*CITY_ROLES),
    "console:live_map": staff(*CITY_ROLES),
}

# Views that are called by programs, and check themselves who calls: by signature or session.
API_DOORS: dict[str, Right] = {
    "api:openapi-json": PUBLIC,
    "api:api-root": PUBLIC,
    "api:quote": PUBLIC,
    "api:card_day_fares": staff(Role.DESK, Role.PRIVACY),
    "satu.partners.doors.door": PROGRAM,
}

RIGHTS: dict[str, Right] = {**PUBLIC_PAGES, **PORTAL_PAGES, **CONSOLE_PAGES, **API_DOORS}
