"""A phone that has never been at the portal sees it within a second. Run alone, as test_speed."""

from __future__ import annotations

from statistics import median

from tests.browser import conftest, test_portal
from tests.browser.faces import seconds_until_usable
from tests.browser.test_portal import Visit, signed_in
from tests.portal_city import PortalCity

browser, webs, web, visit = conftest.browser, conftest.webs, conftest.web, conftest.visit
city, card = test_portal.city, test_portal.card
TRIES = 5


def test_a_phone_that_has_never_been_here_sees_it_in_a_second(
    city: PortalCity, card: int, visit: Visit
) -> None:
    path = "/saya/"
    signed_in(city, visit(390, 844)).go(path)  # the server's own first time is not the phone's
    waited = [seconds_until_usable(signed_in(city, visit(390, 844)), path) for _ in range(TRIES)]
    print(waited)
    assert median(waited) < 1.0, waited
