"""What every page's answer carries: its language, and what a browser may load for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation

LANGUAGE_COOKIE = "satu_language"
YEAR_S = 365 * 24 * 3600

# Everything comes from the same place, nothing is written inside a page: no inline script or
# style can run, so words that people send us can never become code.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

Answer = Callable[[HttpRequest], HttpResponseBase]


def content_security(get_response: Answer) -> Answer:
    """Sends the strict Content-Security-Policy with every answer."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response

    return answer


class Compression(GZipMiddleware):
    """Compresses pages, style sheets and scripts; what is polled once a second says so itself."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        kind = response.headers.get("Content-Type", "")
        return super().process_response(request, response) if kind.startswith("text/") else response


class Sessions(SessionMiddleware):
    """Django's sessions; only the answer that ends a session takes its cookie away.

    A page that asks every few seconds may ask in the old session's name while somebody enters
    anew in the same browser: its late answer must not take away the new session's cookie.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        answer = super().process_response(request, response)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and not cookie.value and not request.session.modified:
            del answer.cookies[settings.SESSION_COOKIE_NAME]
        return answer


def chosen_language(get_response: Answer) -> Answer:
    """Indonesian, unless the reader chose otherwise: by `?lang=`, which a cookie remembers."""
    known = [code for code, _ in settings.LANGUAGES]

    def answer(request: HttpRequest) -> HttpResponseBase:
        asked = request.GET.get("lang", "")
        kept = request.COOKIES.get(LANGUAGE_COOKIE, "")
        language = next((code for code in (asked, kept) if code in known), known[0])
        with translation.override(language):
            response = get_response(request)
        if asked in known and asked != kept:
            response.set_cookie(
                LANGUAGE_COOKIE,
                asked,
                max_age=YEAR_S,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        response.headers.setdefault("Content-Language", language)
        return response

    return answer
