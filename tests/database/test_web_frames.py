"""What the frames of the fronts say of who is signed in, and what they offer them."""

from __future__ import annotations

import re

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from satu.web.doors.sessions import user_of_resident
from tests.support import Database
from tests.web_doors import new_resident, staff_client

LABELS = re.compile(r"<li><a [^>]*>([^<]+)</a></li>")


def request_of(client) -> HttpRequest:
    """A request as the client would make it."""
    response = client.get("/healthz")
    request: HttpRequest = response.wsgi_request
    return request


def drawn(frame: str, request: HttpRequest) -> str:
    with translation.override("en"):
        return render_to_string(f"{frame}/base.html", {}, request=request)


def test_the_console_says_who_one_is_and_shows_what_ones_role_may(database: Database):
    html = drawn("console", request_of(staff_client("ani", "desk", "privacy")))
    assert "Console · Card desk, Privacy" in html and "<strong>ani</strong>" in html
    assert "Control room" in LABELS.findall(html)
    leave = reverse("account_logout")
    assert f'action="{leave}"' in html and "csrfmiddlewaretoken" in html


def test_an_operators_staff_see_no_room_of_the_whole_city(database: Database):
    client = staff_client("budi", "operator", acts_for="operator:bus")
    html = drawn("console", request_of(client))
    assert "Operator&#x27;s staff" in html and "Control room" not in LABELS.findall(html)


def test_nobody_is_named_to_nobody(database: Database):
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.user = AnonymousUser()
    for frame in ("portal", "console", "public"):
        html = drawn(frame, request)
        assert "Sign out" not in html and "Control room" not in html


def test_a_public_page_asks_nobody_who_they_are(database: Database):
    request = RequestFactory().get("/")
    assert "The city now" in drawn("public", request)
    assert not hasattr(request, "user")


def test_a_resident_can_sign_out(database: Database):
    request = RequestFactory().get("/saya/")
    request.user = user_of_resident(new_resident())
    assert "Sign out" in drawn("portal", request)
